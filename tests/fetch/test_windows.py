from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import NamedTuple

import pytest

from callkit.fetch.windows import LONGEST_CALL, Known, Span, Tally, months, parts, too_early, wanting

MON, TUE, WED, THU = (date(2026, 11, 16 + i) for i in range(4))
NOON = datetime(2026, 11, 18, 12, tzinfo=UTC)  # Wednesday
LONG_AFTER = datetime(2026, 12, 1, tzinfo=UTC)


class Says(NamedTuple):
    filtered: int | None
    identities: tuple[int, ...]
    total: int | None = None


def tally(*pages):
    counted = Tally()
    for says in pages:
        counted.add(Says(*says))
    return counted


def decide(known, moment=NOON, since=MON, until=THU + timedelta(days=1), zone="Europe/London"):
    return [(w.day, w.why) for w in wanting(since, until, known, moment, zone)]


def test_what_fits_the_filters_is_announced_not_all_there_is():
    assert tally((2, (1, 2), 9)).is_done
    assert tally((None, (1, 2), 9)).announced == 9


def test_the_first_count_announced_is_named_where_it_moves_twice():
    assert tally((5, (1, 2)), (6, (3, 4)), (5, (5,))).doubt.startswith(
        "the announced count moved from 5 to 5"
    )


def test_days_never_fetched_are_wanting_and_future_days_never():
    assert decide({}) == [(MON, "new"), (TUE, "new"), (WED, "today")]


def test_this_day_is_read_up_to_two_minutes_ago():
    today = wanting(WED, THU, {}, NOON, "Europe/London")[0]
    assert (today.since, today.until) == (datetime(2026, 11, 18), datetime(2026, 11, 18, 11, 58))


def test_a_past_day_is_read_to_its_end():
    assert wanting(MON, TUE, {}, NOON, "Europe/London")[0].until == datetime(2026, 11, 17)


def test_a_day_read_soon_after_its_end_is_pending_for_48_hours():
    soon = Known(datetime(2026, 11, 17, 1, tzinfo=UTC), True)
    late = Known(datetime(2026, 11, 19, 0, tzinfo=UTC), True)
    assert decide({MON: soon}, until=TUE) == [(MON, "pending")]
    assert decide({MON: soon}, until=TUE, moment=LONG_AFTER) == [(MON, "pending")]
    assert decide({MON: late}, until=TUE, moment=LONG_AFTER) == []


def test_a_day_not_proven_complete_is_wanting_for_ever():
    assert decide({MON: Known(LONG_AFTER, False)}, until=TUE, moment=LONG_AFTER) == [(MON, "incomplete")]


def test_just_after_midnight_the_new_day_has_nothing_to_read_yet():
    assert decide({}, moment=datetime(2026, 11, 18, 0, 1, tzinfo=UTC)) == [(MON, "new"), (TUE, "today")]


def test_the_wall_clock_of_the_account_decides_which_days_there_are():
    evening = datetime(2026, 11, 15, 20, tzinfo=UTC)
    assert decide({}, moment=evening, until=TUE) == []
    assert decide({}, moment=evening, until=TUE, zone="Asia/Kolkata") == [(MON, "today")]


@pytest.mark.parametrize("hours", [23, 25])
def test_a_day_of_the_clock_change_ends_at_its_own_midnight(hours):
    day = date(2026, 3, 29) if hours == 23 else date(2026, 10, 25)
    start = datetime(2026, 3, 29, 0, tzinfo=UTC) if hours == 23 else datetime(2026, 10, 24, 23, tzinfo=UTC)
    end = datetime.combine(day + timedelta(days=1), datetime.min.time())
    ended_at = start + timedelta(hours=hours)
    assert not too_early(end, ended_at + LONGEST_CALL, day, "Europe/London")
    assert "going on still" in too_early(end, ended_at, day, "Europe/London")
    assert "had not ended" in too_early(end, ended_at - timedelta(seconds=1), day, "Europe/London")


def test_a_window_that_stops_before_midnight_is_no_whole_day():
    early = too_early(datetime(2026, 11, 16, 23, 59), LONG_AFTER, MON, "Europe/London")
    assert early == "the day had not ended; it is read up to 23:59"


def test_calls_may_go_on_after_midnight():
    half_past_one = datetime(2026, 11, 17, 1, 30, tzinfo=UTC)
    early = too_early(datetime(2026, 11, 17), half_past_one, MON, "Europe/London")
    assert early == "it was read at 01:30 of the next day, when calls of the day may have been going on still"


def test_paging_is_done_at_the_announced_count_or_with_an_empty_page():
    assert not tally((5, (1, 2)), (5, (3, 4))).is_done
    assert tally((5, (1, 2)), (5, (3, 4)), (5, (5,))).is_done
    assert tally((5, (1, 2)), (5, ())).is_done
    assert not tally((None, (1, 2))).is_done
    assert tally((None, (1, 2)), (None, ())).is_done
    assert tally((0, ())).is_done
    assert not Tally().is_done


def test_a_record_that_comes_twice_does_not_stand_for_another():
    drifted = tally((4, (1, 2)), (4, (2, 3)))
    assert (drifted.received, len(drifted.seen)) == (4, 3)
    assert not drifted.is_done


def test_a_full_page_is_no_end_where_the_count_may_be_its_own():
    own = Tally(full=2)
    own.add(Says(2, (1, 2)))
    assert not own.is_done
    own.add(Says(2, (3, 4)))
    own.add(Says(1, (5,)))
    assert own.is_done
    assert own.doubt != ""


def test_pages_that_bring_nothing_new_end_it():
    assert not tally((9, (1, 2)), (9, (3, 4)), (9, (1, 2))).is_done
    assert tally((9, (1, 2)), (9, (3, 4)), (9, (1, 2)), (9, (3, 4))).is_done


def test_a_repeated_page_ends_it():
    assert tally((4, (1, 2)), (4, (1, 2))).is_done


@pytest.mark.parametrize(
    ("pages", "doubt"),
    [
        ([(3, (1, 2)), (3, (3,))], ""),
        ([(0, ())], ""),
        ([(3, (1, 2)), (3, ())], "3 records were announced and 2 came"),
        ([(3, (1, 2)), (3, (3, 4))], "3 records were announced and 4 came"),
        ([(3, (1, 2)), (3, (2,)), (3, ())], "3 records were announced and 2 came"),
        ([(3, (1, 2)), (4, (3, 4))], "the announced count moved from 3 to 4 while it was read"),
        (
            [(3, (1, 2)), (3, (1, 2))],
            "page 2 repeats the page before; the parameter page seems to be ignored",
        ),
        ([(None, (1, 2)), (None, ())], "the API announced no count"),
    ],
)
def test_what_speaks_against_a_read(pages, doubt):
    assert tally(*pages).doubt == doubt


def test_the_total_counts_where_no_filtered_count_is_given():
    assert tally((None, (1, 2), 2)).announced == 2


DAY = Span(datetime(2026, 11, 16), datetime(2026, 11, 17))


@pytest.mark.parametrize("n", [1, 4, 7, 24])
def test_parts_cover_a_span_without_gap_or_overlap(n):
    cut = parts(DAY, n, "Europe/London")
    assert len(cut) == n
    assert (cut[0].since, cut[-1].until) == DAY
    assert all(a.until == b.since for a, b in pairwise(cut))
    assert all(moment.microsecond == 0 for span in cut for moment in span)


@pytest.mark.parametrize("day", [datetime(2026, 3, 29), datetime(2026, 10, 25)])
def test_no_cut_falls_into_an_hour_that_happens_twice_or_never(day):
    cut = parts(Span(day, day + timedelta(days=1)), 24, "Europe/London")
    assert [span.since.hour for span in cut] == [0, *range(3, 24)]


def test_a_span_shorter_than_its_parts_is_cut_into_fewer():
    second = Span(DAY.since, DAY.since + timedelta(seconds=1))
    assert parts(second, 4, "Europe/London") == [second]


def test_months_are_no_longer_than_the_api_takes():
    span = Span(datetime(2026, 1, 15, 12), datetime(2026, 4, 2))
    cut = list(months(span, timedelta(days=28)))
    assert (cut[0].since, cut[-1].until) == span
    assert all(a.until == b.since for a, b in pairwise(cut))
    assert all(part.until - part.since <= timedelta(days=28) for part in cut)
    assert list(months(span, None)) == [span]
