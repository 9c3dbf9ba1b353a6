"""What a read proves, over a small list that changes while it is paged, newest record first."""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import pytest

from callkit.dialects import RawPage
from callkit.fetch.paging import Held, Read
from callkit.fetch.windows import Span

NOW = datetime(2026, 11, 17, 9, tzinfo=UTC)
DAY = Span(datetime(2026, 11, 16), datetime(2026, 11, 17))
HALVES = [Span(DAY.since, DAY.since + timedelta(hours=12)), Span(DAY.since + timedelta(hours=12), DAY.until)]


class Says(NamedTuple):
    filtered: int | None
    identities: tuple[int, ...]
    total: int | None = None


class Listing:
    """Records 0 to n − 1, one every so many minutes; `then` changes them after so many requests."""

    def __init__(self, n, size=2, then=None):
        self.records, self.size = [(DAY.since + timedelta(minutes=10 * i), i) for i in range(n)], size
        self.then = then or {}
        self.asked = []

    def ask(self, since, until, number):
        self.asked.append((since, until, number))
        fit = sorted(((at, i) for at, i in self.records if since <= at < until), reverse=True)
        page = fit[(number - 1) * self.size : number * self.size]
        says = Says(len(fit), tuple(i for _, i in page))
        self.then.get(len(self.asked), lambda _: None)(self)
        return RawPage(repr(says).encode(), NOW)


def envelope(body):
    return eval(body.decode(), {"Says": Says})


def run(listing, spans=(DAY,)):
    read = Read(listing.ask, envelope, spans)
    pages = list(read)
    return read.reading(NOW), [i for page in pages for i in envelope(page.body).identities]


def arrives(minute):
    return lambda listing: listing.records.append((DAY.since + timedelta(minutes=minute), 99))


def vanishes(number):
    return lambda listing: listing.records.remove((DAY.since + timedelta(minutes=10 * number), number))


def swapped(listing):
    arrives(1000)(listing)
    vanishes(3)(listing)


def test_a_listing_at_rest_is_proven_after_a_closing_look():
    listing = Listing(5)
    reading, came = run(listing)
    assert reading.doubt == ""
    assert (reading.announced, reading.received, reading.distinct, reading.n_pages) == (5, 5, 5, 3)
    assert came == [4, 3, 2, 1, 0]
    assert [number for *_, number in listing.asked] == [1, 2, 3, 1]


@pytest.mark.parametrize("n", [0, 1, 2])
def test_a_single_page_is_its_own_proof(n):
    listing = Listing(n)
    assert run(listing)[0].doubt == ""
    assert len(listing.asked) == 1


def test_a_call_that_arrives_while_it_is_paged_is_noticed():
    reading, came = run(Listing(5, then={1: arrives(1000)}))
    assert reading.doubt == "the announced count moved from 5 to 6 while it was read"
    assert came == [4, 3, 3, 2, 1, 0]
    assert (reading.received, reading.distinct) == (6, 5)


def test_a_call_that_arrives_after_the_last_page_is_noticed():
    reading, _ = run(Listing(5, then={3: arrives(1000)}))
    assert reading.doubt == "6 records were announced after it was read, and 5 had come"


def test_a_call_that_goes_while_another_comes_is_noticed():
    reading, _ = run(Listing(6, then={3: swapped}))
    assert reading.doubt == "the first page changed while the others were read"


def test_a_call_that_vanishes_is_noticed():
    reading, _ = run(Listing(5, then={1: vanishes(4)}))
    assert "moved from 5 to 4" in reading.doubt


def test_parts_are_held_against_the_whole():
    listing = Listing(100, size=20)
    reading, came = run(listing, HALVES)
    assert reading.doubt == ""
    assert sorted(came) == list(range(100))
    assert (reading.announced, reading.distinct) == (100, 100)
    assert listing.asked[-3:] == [(*HALVES[0], 1), (*HALVES[1], 1), (*DAY, 1)]


def test_a_call_that_goes_from_one_part_while_another_comes_is_noticed():
    def swapped_parts(listing):
        arrives(1)(listing)
        vanishes(99)(listing)

    reading, _ = run(Listing(100, size=100, then={1: swapped_parts}), HALVES)
    assert reading.doubt == "73 records were announced after it was read, and 72 had come"


def test_a_call_between_the_parts_is_missed_by_none():
    reading, _ = run(
        Listing(100, size=20), [HALVES[0], Span(HALVES[1].since + timedelta(hours=1), DAY.until)]
    )
    assert reading.doubt == "100 records were announced after it was read, and 94 had come"


def test_pages_that_are_here_already_are_counted_alike():
    pages = [RawPage(repr(Says(3, ids)).encode()) for ids in ((2, 1), (0,))]
    held = Held(pages, envelope)
    assert list(held) == pages
    assert held.reading(NOW).doubt == ""
