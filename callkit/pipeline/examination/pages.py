"""How pages come: their length, their number and their order; what filters and unknown parameters do."""

from collections.abc import Callable, Sequence
from itertools import pairwise

from callkit.fetch.filters import canonical
from callkit.pipeline.examination.answers import Answer
from callkit.pipeline.examination.calls import Call
from callkit.pipeline.examination.case import WIDE_DAYS, Case
from callkit.pipeline.examination.diagnosis import KNOWN, LIKELY, NOT_TOLD, Finding, sure_by
from callkit.pipeline.wording import several

LARGEST, BEYOND = 100, 200
SPREAD = 5  # pages that are read besides, for what callkit makes of them
_UNKNOWN = "callkit_doctor"
_CALLER = {"call_report": "src_num", "call_records": "callerid"}
_NUMBERS = {  # by the page, and the place in it, where page 2 of one record each stands
    ("1", 0): "The parameter page is ignored.",
    ("1", 1): "Pages count from 1.",
    ("0", 2): "Pages count from 0, and callkit counts from 1: the first page of each read is missed.",
}
_SELECTS, _IGNORED = "selects its calls", "is ignored"
_MEANINGS = {  # by whether a call's own id selects it, and whether its client's number does
    (True, True): "It takes the call's own id, and the client's number too.",
    (True, False): "It means the call's own id.",
    (False, True): "It means the client's number.",
}


def page_size(case: Case) -> list[Finding]:
    """Find out how many records come for a limit of 1, of 100, of more, and without one; and whether pages count."""
    case.wide = case.ask(case.wide_span)
    n_all = case.wide.announced or len(case.wide.calls)
    if not case.wide.is_page:
        return [Finding("Page size", f"{WIDE_DAYS} days brought no page.", NOT_TOLD, case.wide.words)]
    case.keep(case.wide)
    second = case.ask(case.wide_span, limit="1", page="2")
    answers = {"100": case.wide}
    if n_all > LARGEST:
        answers[str(BEYOND)] = case.ask(case.wide_span, limit=str(BEYOND))
    answers["none"] = case.ask(case.wide_span, limit=None)
    parts = [_brings("1", second), *(_brings(limit, answer) for limit, answer in answers.items())]
    n_whole = len(case.wide.calls)
    is_whole = n_whole == min(LARGEST, n_all)
    said = "A limit of 100 is honoured" if is_whole else f"A limit of 100 brings {n_whole} records at most"
    if n_all <= LARGEST:
        said += f"; what more than 100 brings cannot be told from {several(n_all, 'call')}"
    elif answers[str(BEYOND)].is_page:
        n = len(answers[str(BEYOND)].calls)
        said += f"; a limit of {BEYOND} {'counts as well' if n > n_whole else f'counts as {n}'}"
    else:
        said += f"; a limit of {BEYOND} is refused"
    if answers["none"].is_page and n_all > len(answers["none"].calls):
        said += f"; the default is {len(answers['none'].calls)}"
    sure = (KNOWN if n_all >= LARGEST else LIKELY) if n_all > 1 else NOT_TOLD
    evidence = f"Of {several(n_all, 'call')} in {WIDE_DAYS} days: {'; '.join(parts)}"
    return [Finding("Page size", f"{said}.", sure, evidence), _page_number(case, second)]


def _brings(limit: str, answer: Answer) -> str:
    what = several(len(answer.calls), "record") if answer.is_page else answer.words
    return f"limit {limit}: {what}" if limit != "none" else f"without limit: {what}"


def _page_number(case: Case, second: Answer) -> Finding:
    """Tell by page 2 of one record each where in the long page it stands."""
    about, pages = "Page number", (("1", case.wide), ("0", None))
    if len(second.calls) == 1:
        for number, held in pages:
            page = held or case.ask(case.wide_span, page=number)
            keys = [call.key for call in page.calls]
            place = keys.index(second.calls[0].key) if second.calls[0].key in keys else -1
            if (number, place) in _NUMBERS:
                evidence = (
                    f"page 2 with a limit of 1 holds record {place + 1} of page {number} with a limit of 100"
                )
                return Finding(about, _NUMBERS[number, place], KNOWN, evidence)
    return Finding(about, "It cannot be told.", NOT_TOLD, _brings("1", second))


def order(case: Case) -> list[Finding]:
    """Find out in what order the records of a page stand, and those that began in one second."""
    pages = (case.wide, case.sample)
    calls = next((a.calls for a in pages if len({call.wall for call in a.calls if call.wall}) > 1), ())
    pairs = [(a, b) for a, b in pairwise(calls) if a.wall and b.wall]
    falls, rises, ties = (
        [pair for pair in pairs if holds(*pair)]
        for holds in (_falls, lambda a, b: _falls(b, a), lambda a, b: a.wall == b.wall)
    )
    evidence = (
        f"Of {several(len(pairs), 'pair')} of neighbours {len(falls)} fall in time, {len(rises)} rise, "
        f"{len(ties)} are of one second"
    )
    if not (falls or rises):
        return [Finding("Order", "There are too few calls to tell it.", NOT_TOLD, evidence)]
    if falls and rises:
        return [Finding("Order", "Neither newest nor oldest first.", sure_by(len(pairs)), evidence)]
    said = "Newest first" if falls else "Oldest first"
    tied = f"; calls of one second {_tied(ties)}" if ties else ""
    return [Finding("Order", f"{said}{tied}.", sure_by(len(falls) + len(rises)), evidence)]


def _falls(a: Call, b: Call) -> bool:
    return a.wall is not None and b.wall is not None and a.wall > b.wall


def _tied(ties: Sequence[tuple[Call, Call]]) -> str:
    n_falling = sum(a.key > b.key for a, b in ties)
    if n_falling in (0, len(ties)):
        return f"stand by their id, the {'last' if n_falling else 'first'} one first"
    return "stand in no order of their ids"


def call_id(case: Case) -> list[Finding]:
    """Find out whether call_id means the call or the client, and whether the caller's number is a filter."""
    call, n_all = case.named_call, case.wide.announced or len(case.wide.calls)
    if call is None or n_all < 2:
        return [Finding("call_id", "No call with an id and a number, to tell it by.", NOT_TOLD)]
    country = case.settings.country
    number = canonical(call.number, country)

    def is_call(found: Call) -> bool:
        return found.call_id == call.call_id

    def is_client(found: Call) -> bool:
        return canonical(found.number, country) == number

    by_id = _filtered(case.ask(case.wide_span, call_id=call.call_id), n_all, is_call)
    by_number = _filtered(case.ask(case.wide_span, call_id=call.number), n_all, is_client)
    name = _CALLER[case.name]
    by_caller = _filtered(case.ask(case.wide_span, **{name: call.number}), n_all, is_client)
    said = _MEANINGS.get((by_id[0] == _SELECTS, by_number[0] == _SELECTS), "Its meaning is not clear.")
    if by_id[0] == by_number[0] == _IGNORED:
        said = "It is ignored: every call comes."
    sure = NOT_TOLD if "not clear" in said else KNOWN
    evidence = f"a call's own id {by_id[0]} ({by_id[1]}); its client's number {by_number[0]} ({by_number[1]})"
    sure_of_caller = NOT_TOLD if by_caller[0] == "is not clear" else KNOWN
    caller = Finding(name, f"The client's number {by_caller[0]}.", sure_of_caller, by_caller[1])
    return [Finding("call_id", said, sure, evidence), caller]


def _filtered(answer: Answer, n_all: int, fits: Callable[[Call], bool]) -> tuple[str, str]:
    """Say what a filter does to all calls, and the counts."""
    if not answer.is_page:
        return "is refused", answer.words
    n_fitting = sum(map(fits, answer.calls))
    n = len(answer.calls) if answer.announced is None else answer.announced
    counts = f"{n:,} of {several(n_all, 'call')}"
    if not answer.calls:
        return "selects nothing", counts
    counts += f", {n_fitting} of the {len(answer.calls)} that came fit"
    if n_fitting == len(answer.calls):
        is_fewer = n < n_all or len(answer.calls) < min(LARGEST, n_all)
        return _SELECTS if is_fewer else "is not clear", counts
    return _IGNORED if n >= n_all else "is not clear", counts


def unknown_parameter(case: Case) -> list[Finding]:
    """Find out whether a parameter that does not exist is refused."""
    answer = case.ask(case.wide_span, limit="1", **{_UNKNOWN: "1"})
    if answer.is_page:
        said = "It is passed over: a misspelt filter goes unnoticed."
    else:
        said = "It is refused: a misspelt filter is noticed."
    return [Finding("Unknown parameter", said, KNOWN, f"{_UNKNOWN}: {answer.words}")]


def spread(case: Case) -> list[Finding]:
    """Fetch some pages from all over the four weeks: rare steps and other days' clocks are seen by them alone."""
    size = len(case.wide.calls)
    n_pages = -(-(case.wide.announced or 0) // size) if size else 0
    numbers = (
        sorted({1 + n_pages * (n + 1) // (SPREAD + 1) for n in range(SPREAD)} - {1}) if n_pages > 1 else []
    )
    for number in numbers:
        case.keep(case.ask(case.wide_span, page=str(number)))
    return []
