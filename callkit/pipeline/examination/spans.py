"""How dates are asked for: which writings are understood, whether bounds are included, what time_zone does."""

from datetime import date, timedelta

from callkit.clock import offset_in_words, zone
from callkit.pipeline.examination.answers import Answer
from callkit.pipeline.examination.calls import Call
from callkit.pipeline.examination.case import DAYS, SECONDS, VENDOR, Case, Span
from callkit.pipeline.examination.diagnosis import KNOWN, LIKELY, NOT_TOLD, Finding, sure_by
from callkit.pipeline.wording import several

STYLES = (SECONDS, DAYS, VENDOR)
DAYS_BACK = 7
_SECOND = timedelta(seconds=1)
_MARGIN_S = 60
_OTHER_ZONES = ("Asia/Kolkata", "America/New_York")


def sample(case: Case) -> list[Finding]:
    """Look for a day with calls, from yesterday back; where no writing of a date brings one, ask without dates."""
    days = [case.today - timedelta(days=n) for n in range(1, DAYS_BACK + 1)]
    tried: list[str] = []
    for day in days:
        answer = _of_day(case, day)
        if not answer.is_page:
            tried.append(f"{SECONDS}: {answer.words}")
            break
        if _take(case, day, answer):
            said = f"{day:%A} {day} is looked at: {_several_of(answer)}."
            return [Finding("Sample", said, KNOWN, f"{several((days[0] - day).days + 1, 'day')} asked for.")]
    else:
        tried.append(f"{SECONDS}: no call in {DAYS_BACK} days")
    for style in (VENDOR, DAYS):
        answer = case.ask(Span.of(days[0], DAYS_BACK), style=style)
        day_found = _latest_day(answer, days)
        if day_found and _take(case, day_found, case.ask(Span.of(day_found), style=style)):
            case.style = style
            said = f"{day_found:%A} {day_found} is looked at: {_several_of(case.sample)}."
            return [Finding("Sample", said, KNOWN, f"Found with dates as {style}; {'; '.join(tried)}.")]
        tried.append(f"{style}: {answer.words if not answer.is_page else 'no call'}")
    anything = case.ask(Span.of(days[0]), from_date=None, to_date=None)
    there = f"without dates: {_several_of(anything) if anything.is_page else anything.words}"
    case.keep(anything)
    said = f"No day with calls was found from {days[-1]} to {days[0]}, so that little more can be told."
    return [Finding("Sample", said, NOT_TOLD, "; ".join([*tried, there]))]


def _of_day(case: Case, day: date) -> Answer:
    """Ask for a day; where that is refused, without time_zone, and if that helps never with it again."""
    answer = case.ask(Span.of(day))
    if not answer.is_page and case.has_zone:
        bare = case.ask(Span.of(day), time_zone=None)
        if bare.is_page:
            case.zone_refusal = answer.words
            return bare
    return answer


def _take(case: Case, day: date, answer: Answer) -> bool:
    if not any(Span.of(day).holds(call) for call in answer.calls):
        return False
    case.day, case.sample = day, answer
    case.keep(answer)
    return True


def _latest_day(answer: Answer, days: list[date]) -> date | None:
    found = {call.wall.date() for call in answer.calls if call.wall}
    return max(found & set(days), default=None)


def _several_of(answer: Answer) -> str:
    n = len(answer.calls)
    if answer.announced is None or answer.announced == n:
        return several(n, "call")
    return f"{several(answer.announced, 'call')}, of which {n} came"


def dates(case: Case) -> list[Finding]:
    """Find out which writings of from_date and to_date select the day asked for."""
    if not case.day:
        return [Finding("Dates", "No call to tell them by.", NOT_TOLD)]
    span = Span.of(case.day)
    answers = {s: case.sample if s == case.style else case.ask(span, style=s) for s in STYLES}
    verdicts = {style: _verdict(case, span, answer) for style, answer in answers.items()}
    good = [style for style in STYLES if verdicts[style] == "selects the day"]
    n = sum(map(span.holds, case.sample.calls))
    evidence = "; ".join(f"{style}: {_counted(span, answers[style])}" for style in STYLES)
    rest = "".join(f" {style} {words}." for style, words in verdicts.items() if style not in good)
    if not good:
        return [Finding("Dates", f"No writing selects the day asked for.{rest}", sure_by(n), evidence)]
    hint = "" if SECONDS in good else f" callkit writes {SECONDS}, which this API does not understand."
    return [
        Finding("Dates", f"Select the day asked for: {', '.join(good)}.{rest}{hint}", sure_by(n), evidence)
    ]


def _verdict(case: Case, span: Span, answer: Answer) -> str:
    if not answer.is_page:
        return f"is refused ({answer.words})"
    if not answer.calls:
        return "selects nothing"
    if not all(map(span.holds, answer.calls)):
        return "is not understood: calls of other days come"
    whole = (case.sample.announced, len(case.sample.calls))
    return (
        "selects the day" if (answer.announced, len(answer.calls)) == whole else "selects a part of the day"
    )


def _counted(span: Span, answer: Answer) -> str:
    if not answer.is_page:
        return answer.words
    return f"{sum(map(span.holds, answer.calls))} of {len(answer.calls)} calls are of the day"


def bounds(case: Case) -> list[Finding]:
    """Find out whether from_date and to_date are included, by the second of a known call."""
    call = case.timed_call
    if call is None or call.wall is None or case.style == DAYS:
        return [Finding("Bounds", "No call stands alone in its second, to tell them by.", NOT_TOLD)]
    tried = []
    for before, after, said in (
        (0, 0, "Both bounds are included."),
        (0, 1, "from_date is included, to_date is not: callkit misses calls of a day's last second."),
        (1, 0, "to_date is included, from_date is not: callkit misses calls of a day's first second."),
        (1, 1, "Neither bound is included: callkit misses calls of a day's first and last second."),
    ):
        span = Span(call.wall - before * _SECOND, call.wall + after * _SECOND)
        answer = case.ask(span)
        mine = sum(found.key == call.key for found in answer.calls)
        asked = (
            f"-{before} s to +{after} s of a known call" if before or after else "the second of a known call"
        )
        tried.append(f"{asked}: {_found(answer, mine)}")
        if answer.calls and not all(map(span.holds, answer.calls)):
            said = "The time of day is not looked at: calls of other seconds come too."
            return [Finding("Bounds", said, sure_by(len(answer.calls)), "; ".join(tried))]
        if mine:
            return [Finding("Bounds", said, KNOWN, "; ".join(tried))]
    said = "A known call is not found by its own second; the API may read the bounds on another clock."
    return [Finding("Bounds", said, NOT_TOLD, "; ".join(tried))]


def _found(answer: Answer, mine: int) -> str:
    if not answer.is_page:
        return answer.words
    return f"{several(len(answer.calls), 'call')}, {'it is there' if mine else 'it is not there'}"


def time_zone(case: Case) -> list[Finding]:
    """Find out what the parameter time_zone does, by asking for one span with another zone."""
    call, zone_name = case.timed_call, case.settings.time_zone
    if case.zone_refusal:
        said = f"{zone_name} is refused, and callkit sends it with every question: a sync is refused too."
        return [Finding("time_zone", said, KNOWN, f"{case.zone_refusal}; without time_zone a page")]
    if not case.has_zone:
        return [Finding("time_zone", f"{case.name} has no parameter time_zone; none is sent.", NOT_TOLD)]
    if call is None or call.wall is None:
        return [Finding("time_zone", "No call to tell it by.", NOT_TOLD)]
    other, ahead = _other_zone(case, call)
    same = case.ask(Span.around(call.wall, _MARGIN_S), time_zone=other)
    moved = Answer("", "not asked")
    found = at_its_own_time = _same(same, call)
    if same.is_page and not found:
        moved = case.ask(Span.around(call.wall + ahead, _MARGIN_S), time_zone=other)
        found = _same(moved, call)
    asked = f"with {other}, {_apart(ahead)} {zone_name}"
    evidence = f"{asked}, a known call is asked for at its own time ({_there(same, call)})"
    evidence += (
        f" and at the same instant there ({_there(moved, call)})" if moved.words != "not asked" else ""
    )
    if not found or found.wall is None:
        said = "refused" if not same.is_page else "not clear"
        return [Finding("time_zone", f"Its effect is {said}.", NOT_TOLD, evidence), *_own_zone(case)]
    is_window, is_stamp = at_its_own_time is None, found.wall != call.wall
    said = {
        (False, False): "It has no effect: the API keeps to the account's own clock.",
        (True, False): "It moves the span that is asked for, and not the stamps.",
        (False, True): "It moves the stamps, and not the span that is asked for.",
        (True, True): "It moves both the span that is asked for and the stamps.",
    }[is_window, is_stamp]
    sure = KNOWN if found.wall in (call.wall, call.wall + ahead) else LIKELY
    return [Finding("time_zone", said, sure, evidence), *_own_zone(case)]


def _other_zone(case: Case, call: Call) -> tuple[str, timedelta]:
    """Return a zone whose clock shows another time than the account's, and by how much it is ahead."""

    def offset(name: str) -> timedelta:
        assert call.wall is not None  # noqa: S101
        return call.wall.replace(tzinfo=zone(name)).utcoffset() or timedelta()

    ours = offset(case.settings.time_zone)
    other = next(name for name in _OTHER_ZONES if offset(name) != ours)
    return other, offset(other) - ours


def _apart(ahead: timedelta) -> str:
    return offset_in_words(int(ahead.total_seconds()))


def _same(answer: Answer, call: Call) -> Call | None:
    return next((found for found in answer.calls if found.key == call.key), None)


def _there(answer: Answer, call: Call) -> str:
    if not answer.is_page:
        return answer.words
    if not answer.calls:
        return "no call comes"
    return (
        f"{several(len(answer.calls), 'call')}, {'it is there' if _same(answer, call) else 'it is not there'}"
    )


def _own_zone(case: Case) -> list[Finding]:
    """Say what clock the stamps are on where no zone is named."""
    assert case.day is not None  # noqa: S101
    answer = case.ask(Span.of(case.day), time_zone=None)
    known = {call.key: call.wall for call in case.sample.calls if call.wall}
    shifts = {call.wall - known[call.key] for call in answer.calls if call.wall and call.key in known}
    n = sum(call.key in known for call in answer.calls)
    evidence = (
        f"{n} of {len(answer.calls)} calls came with and without it" if answer.is_page else answer.words
    )
    about = "Without time_zone"
    if len(shifts) != 1:
        return [Finding(about, "What clock the stamps are on is not clear.", NOT_TOLD, evidence)]
    shift = shifts.pop()
    words = f"{_apart(shift)} those with {case.settings.time_zone}" if shift else "the same"
    return [Finding(about, f"The stamps are {words}.", sure_by(n), evidence)]
