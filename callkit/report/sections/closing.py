"""What every number counts, how the report was made, and the page's last line."""

from callkit.look import words
from callkit.look.parts import Definition, Html, definitions, provenance, section
from callkit.look.parts import footer as last_line
from callkit.metrics.catalogue import CATALOGUE
from callkit.periods import Month
from callkit.report.model import N_BEFORE, TILES, Report
from callkit.report.record import audience, versions
from callkit.report.sections.first import label

_SHOWN = (
    "n_offered", "n_left_menu", "n_closed", "answer_rate", "abandon_rate", "n_missed", "service_level",
    "service_level_strict", "wait_median", "wait_p90", "transfer_rate", "n_unreached", "charge_per_answered",
)  # fmt: skip

_ON_TILES = (*TILES, "wait_median", "service_level_strict")
_WAIT = (
    "From the first queue, group or extension the call went to, until somebody or a voicemail answered, or the call "
    "ended. Menus and greetings are not wait."
)
_USUAL = (
    f"Three sigma around the mean of the {N_BEFORE} {{0}}s before: XmR limits for counts and seconds, Laney’s limits "
    "for shares, which allow for the number of calls; never narrower than chance alone. Also unusual, though inside, "
    "is the eighth {0} in a row on one side of the mean: its badge says so. A range from 0 to 100% judges nothing. "
    "{1}s with bank holidays count as they came. An ordinary {0} falls outside now and then."
)


def define(model: Report) -> Html:
    """Return the definitions of the numbers on the page, from the catalogue."""
    settings = model.settings
    target = (
        f"Here the target is {words.seconds(settings.service_level_s)}{_own_targets(model)} and a short abandon ends "
        f"within {words.seconds(settings.short_abandon_s)}."
    )
    items = [
        *(_definition(model, name, target if name == "service_level" else "") for name in _SHOWN),
        Definition("Wait", _WAIT, "wait_s"),
        Definition("Usual range", _usual(model)),
        Definition(
            "95% interval", f"{_interval(model)} That of patience is Greenwood’s, of independent callers."
        ),
    ]
    say = ["Printed from the same table the numbers are computed from."]
    return section("definitions", "Definitions", "What each number counts.", say, [definitions(items)])


def _usual(model: Report) -> str:
    said = _USUAL.format(model.noun, words.opening(model.noun))
    more = "Counts of the months before are set to as many days as this month has."
    return f"{said} {more}" if isinstance(model.period, Month) else said


def _own_targets(model: Report) -> str:
    own = [
        f"{model.shown(name)} {words.seconds(target)}"
        for name, target in model.settings.service_targets.items()
    ]
    return f" ({', '.join(own)})" if own else ""


def _interval(model: Report) -> str:
    said = (
        f"The values of the true share that this {model.noun}’s count is compatible with: Wilson’s interval"
    )
    if model.totals["answer_rate"]["dispersion"] is None:
        return f"{said}, as if no call depended on another, for want of weeks to tell."
    return f"{said}, widened by how much more the days of up to 13 weeks, to its end, differ than chance alone makes."


def made(model: Report) -> Html:
    """Return how the report was made: what would make it again, with no clock and no path."""
    of = versions()
    digest = model.raw_data_sha256
    n_pages = int(model.statements["n_pages"].sum())
    items = {
        "callkit": of["callkit"],
        "account": model.settings.account,
        model.noun: str(model.period),
        "audience": audience(model),
        "allow incomplete": "no" if model.is_complete else "yes",
        "time zone": model.settings.time_zone,
        "raw data": f"{words.plural(len(model.statements), 'day')}, {words.plural(n_pages, 'page')}, "
        f"sha256 {':'.join(digest[i : i + 4] for i in range(0, 16, 4))}…{digest[-4:]}",
        "python": " · ".join([of["python"], *(f"{n} {of[n]}" for n in ("pandas", "duckdb", "matplotlib"))]),
    }
    say = ["Keep it with the file; it lets anybody make it again."]
    return section("provenance", "Provenance", "How this report was made.", say, [provenance(items)])


def footer(model: Report) -> Html:
    """Return the page's last line."""
    return last_line(is_final=model.is_complete, example=model.settings.example)


def _definition(model: Report, name: str, more: str) -> Definition:
    row = CATALOGUE[name]
    value = model.total(name)
    shown = ""
    if name not in _ON_TILES and value is not None:
        shown = f"This {model.noun}:\N{NO-BREAK SPACE}{words.value(value, row.unit)}."
    return Definition(label(model, name), " ".join(filter(None, [row.definition, more, shown])), name)
