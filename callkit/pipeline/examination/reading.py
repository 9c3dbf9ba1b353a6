"""What callkit makes of the pages that came: records and keys it cannot read, steps it does not know; and the pace."""

from collections.abc import Iterable

import pyarrow.compute as pc

from callkit.dialects import RawPage
from callkit.errors import CallkitError
from callkit.pipeline.examination.calls import calls
from callkit.pipeline.examination.case import Case
from callkit.pipeline.examination.clock import clock_of
from callkit.pipeline.examination.diagnosis import KNOWN, LIKELY, NOT_TOLD, Advice, Finding, sure_by
from callkit.pipeline.examination.steps import as_rows
from callkit.pipeline.wording import several
from callkit.privacy import mask_numbers
from callkit.tables.calls import Options
from callkit.tables.tidy import Built, build

_MOST_NAMED = 10
_NAMES = ("agent_name", "service_name", "target_name", "target_id")


def reading(case: Case) -> tuple[list[Finding], list[str]]:
    """Return what was found in the records that came, and rows for the grammar."""
    if not case.bodies:
        return [Finding("Records", "No record came.", NOT_TOLD)], []
    found = {call.key: call for body in case.bodies for call in calls(body, case.module)}
    clock = clock_of(case, list(found.values()))
    settings = case.settings
    options = Options(
        case.name,
        settings.time_zone,
        settings.account,
        settings.country,
        settings.grammar,
        {eid: person.name for eid, person in settings.agents.items()},
    )
    try:
        built = build([RawPage(body) for body in case.bodies], options)
    except CallkitError as error:
        return [clock, Finding("Records", mask_numbers(str(error)), KNOWN, f"{len(found)} records came")], []
    flow, rows = _flow(case, built)
    return [clock, _records(built), flow], rows


def _records(built: Built) -> Finding:
    n, unread = built.received, len(built.quarantined)
    said = f"{_share(unread, n)} cannot be read." if unread else "Every record can be read."
    keys = sorted(built.unknown_keys, key=lambda key: -built.unknown_keys[key])
    if keys:
        named = ", ".join(
            f"{mask_numbers(repr(k)[1:-1])} ({built.unknown_keys[k]:,})" for k in keys[:_MOST_NAMED]
        )
        more = f" and {len(keys) - _MOST_NAMED} more" if len(keys) > _MOST_NAMED else ""
        said += f" Keys that callkit does not know: {named}{more}."
    else:
        said += " No key is unknown."
    evidence = f"{several(n, 'record')}, {built.duplicates:,} of them twice"
    return Finding("Records", said, sure_by(n), evidence)


def _flow(case: Case, built: Built) -> tuple[Finding, list[str]]:
    steps, n = built.events["step"], built.events.num_rows
    unknown = built.events["raw"].filter(pc.equal(steps.cast("string"), "unknown")).to_pylist()
    evidence = f"{several(n, 'step')} of {several(built.calls.num_rows, 'call')}"
    if not unknown:
        said = "Every step fits a row of the grammar." if n else "No call has a flow."
        return Finding("Flow", said, sure_by(n), evidence), []
    said = f"{_share(len(unknown), n)} fit no row of the grammar; rows for them stand below."
    return Finding("Flow", said, sure_by(n), evidence), as_rows(unknown, n, _names(case, built))


def _names(case: Case, built: Built) -> list[str]:
    """Return every name that the account's settings and the other steps tell of."""
    tables = (built.calls, built.events)
    columns: Iterable[list[str | None]] = (
        table[name].cast("string").unique().to_pylist()
        for table in tables
        for name in _NAMES
        if name in table.column_names
    )
    told = [name for column in columns for name in column if name]
    people = case.settings.agents.values()
    return [*told, *case.settings.dids.values(), *(p.name for p in people), *(p.group for p in people)]


def _share(part: int, whole: int) -> str:
    return f"{part:,} of {whole:,} ({part / whole:.0%})"


def rate(case: Case) -> Finding:
    """Say what the API said about too many requests, and how fast it was asked."""
    session = case.session
    n, refused = len(session.sent_at), session.too_many
    pace = f"{several(n, 'request')}, the fastest at {session.pace:.3g} a second"
    pace += f"; the slowest answer took {session.slowest_s:.2f} s"
    if not refused:
        return Finding("Rate", "No request was one too many.", KNOWN if n else NOT_TOLD, pace)
    waits = sorted({wait for wait in refused if wait})
    after = f"with Retry-After {', '.join(waits)}" if waits else "without Retry-After"
    asked = min(case.settings.rate or session.pace, session.pace) or 1.0
    slower = float(f"{asked / 2:.1g}")
    case.advice.append(Advice("rate", slower, f"{len(refused)} of {n} requests were too many"))
    said = f"The API refused {several(len(refused), 'request')} as too many (429), {after}; lower the rate."
    return Finding("Rate", said, LIKELY, pace)
