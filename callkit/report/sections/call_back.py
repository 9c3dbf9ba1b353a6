"""Call back: the callers nobody has spoken to, the list to act on."""

from callkit.look import words
from callkit.look.parts import Html, call_back_list, empty, note, section
from callkit.report.model import Report
from callkit.report.sections.waiting_list import advice, waiting_list

_ID, _HEADING = "callback", "Call back"
_MOST = 250  # rows: more of them nobody rings within a week, and the page would not go by mail


def call_back(model: Report) -> Html:
    """Return the list of callers to ring, the most urgent first."""
    withheld = _withheld(model.n_withheld)
    so_far = "" if model.is_complete else " so far"
    if model.unreached.empty:
        n = int(model.compared["n_unreached"].n)
        if n:
            more = (
                f"All {words.count(n)} callers we missed have spoken to us since."
                if n > 1
                else "The one caller we missed has spoken to us since."
            )
        else:
            more = (
                ""
                if withheld
                else f"No call was missed{so_far}."
                if len(model.calls)
                else f"Nobody called{so_far}."
            )
        said = "Nobody we could ring is waiting." if withheld else "Nobody is waiting for a call back."
        return empty(_ID, _HEADING, said, f"{more} {withheld}".strip())
    n = len(model.unreached)
    until = model.by_its_end if model.is_complete else "yet"
    have = "had" if model.is_complete else "has" if n == 1 else "have"
    finding = f"{words.plural(n, 'caller')} {have} not spoken to us {until}. {advice(model)}"
    reached = "reached" if model.is_complete else "has reached"
    later = " Later calls are not looked at." if model.is_complete else ""
    say = [
        f"Callers we missed during the {model.noun} whom nobody {reached} {until}: most attempts first, then the "
        f"latest day and the longest wait.{later}"
    ]
    if model.audience == "shared":
        say.append(
            f"Numbers are masked in this shared copy; the internal one, {model.period}.internal.html, shows them in "
            "the same order. The letters beside a caller stay the same in every report, so you see who waited before."
        )
    listed = call_back_list(waiting_list(model, _MOST))
    cut_off = _cut_off(n)
    return section(
        _ID,
        _HEADING,
        finding.strip(),
        [*say, *([withheld] if withheld else [])],
        [listed, *([note(cut_off)] if cut_off else [])],
    )


def _cut_off(n: int) -> str:
    """Say that the list is cut, and where all of it is."""
    if n <= _MOST:
        return ""
    where = "callkit.metrics.recovery.unreached lists all"
    return f"The list shows the {words.count(_MOST)} most urgent of {words.count(n)} callers; {where}."


def _withheld(n: int) -> str:
    if not n:
        return ""
    if n == 1:
        return (
            "1 missed call came without a number we can ring, such as a withheld one. It is not in the list."
        )
    return (
        f"{words.count(n)} missed calls came without a number we can ring, such as a withheld one. "
        "They are not in the list."
    )
