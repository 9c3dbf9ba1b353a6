"""Every number taken on Spark against the same taken embedded: counts exactly, all else to 1e-9."""

from datetime import date

import ibis
import pandas as pd
import pandas.testing as pdt
import pytest

from callkit.errors import UsageError
from callkit.metrics import concurrency, load, people, recovery, signals, staffing, waiting
from callkit.metrics.catalogue import CATALOGUE
from callkit.metrics.compare import compare
from callkit.metrics.giving_up import hazard, patience_index
from callkit.metrics.sources import between
from callkit.metrics.summary import summarise
from callkit.opening import OpeningHours
from callkit.periods import Week
from tests.metrics.frames import call, calls
from tests.spark import MARKS
from tests.spark.conftest import WEEKS

pytestmark = MARKS
EXACT = {"n", "n_null", "number", "method"}
GROUPINGS = [
    None, "hour_of_day", "weekday", "day", "iso_week", "month", "did", "outcome", "agent_name",
    ["iso_week", "hour_of_day"], ["day", "did"], ["service_kind", "direction", "weekday"],
]  # fmt: skip
OF_CALLS = [name for name, number in CATALOGUE.items() if number.grain != "ring"]
OPENING = OpeningHours.parse({"mon": "08:00-18:00", "tue": "08:00-18:00", "sat": "09:00-12:00"}, "GB-ENG")


def same(found, wanted):
    """Hold one answer against another: what is counted exactly, what is divided or summed to 1e-9."""
    assert list(found) == list(wanted)
    assert found.dtypes.map(str).to_dict() == wanted.dtypes.map(str).to_dict()
    assert len(wanted)
    counts = wanted["number"].map(lambda name: CATALOGUE[name].statistic in ("count", "share"))
    for name in wanted:
        if name in ("value", "low", "high", "numerator"):
            pdt.assert_series_equal(found[name], wanted[name], check_exact=False, rtol=1e-9, atol=0)
        else:
            pdt.assert_series_equal(found[name], wanted[name])
    pdt.assert_series_equal(found.loc[counts, "numerator"], wanted.loc[counts, "numerator"], check_exact=True)


def alike(found, wanted):
    pdt.assert_frame_equal(found, wanted, check_exact=False, rtol=1e-9, atol=0, check_dtype=False)
    assert len(wanted)
    of_found, of_wanted = dict(found.attrs), dict(wanted.attrs)
    learnt = of_found.pop("learnt", ()), of_wanted.pop("learnt", ())  # means of seconds, in another order
    assert learnt[0] == pytest.approx(learnt[1], rel=1e-9, nan_ok=True)
    assert of_found == of_wanted


@pytest.mark.parametrize("by", GROUPINGS, ids=str)
def test_every_number_by_every_grouping(shop, by):
    found, wanted = summarise(shop.lake, by=by), summarise(shop.loaded, by=by)
    assert set(wanted["number"]) == set(CATALOGUE)
    same(found, wanted)


def test_numbers_with_other_thresholds(shop):
    options = {"service_level_s": 45.5, "short_abandon_s": 0}
    same(
        summarise(shop.lake.calls, by="weekday", **options),
        summarise(shop.loaded.calls, by="weekday", **options),
    )


def test_the_zone_of_the_session_makes_no_difference(spark, shop):
    engine = ibis.pyspark.connect(spark.newSession())
    table = engine.read_parquet(f"{shop.out}/calls/2026-10-25.parquet")
    before = summarise(table, by=["day", "hour_of_day"])
    engine.raw_sql("SET TIME ZONE 'America/New_York'")
    same(summarise(table, by=["day", "hour_of_day"]), before)


def test_nothing_at_all_counts_as_nothing(shop):
    nobody, day = shop.lake.calls.filter(ibis._.did == "nobody"), date(2026, 10, 19)
    same(summarise(nobody), summarise(shop.loaded.calls.head(0)))
    same(
        summarise(between(shop.lake, day, date(2026, 10, 20))),
        summarise(between(shop.loaded, day, date(2026, 10, 20))),
    )


def test_what_records_do_not_say(spark, tmp_path):
    frame = calls(
        call("answered", 10, did="a", talk_s=5),
        call("answered", None, did="a", caller="+447700900417"),
        call("abandoned", 3, did=None, started_local=None, caller="+447700900417"),
        call("busy", None, did=None, started_local=None),
        call("closed", None, did="c"),
    )
    frame.to_parquet(tmp_path / "calls.parquet", index=False)
    table = ibis.pyspark.connect(spark.newSession()).read_parquet(tmp_path / "calls.parquet")
    for by in (None, "did", "day", "iso_week", "month", "hour_of_day", "weekday", ["day", "outcome"]):
        same(summarise(table, by=by), summarise(frame, by=by))


def test_weeks_of_every_year_have_the_name_python_gives(spark, tmp_path):
    starts = pd.date_range("2015-12-20", "2033-01-12", freq="D") + pd.Timedelta(hours=23)
    frame = calls(
        *(call("answered", 1, started_local=at.to_pydatetime()) for at in starts if at.month in (12, 1))
    )
    frame.to_parquet(tmp_path / "calls.parquet", index=False)
    table = ibis.pyspark.connect(spark.newSession()).read_parquet(tmp_path / "calls.parquet")
    found, wanted = (summarise(of, "n_offered", by="iso_week") for of in (table, frame))
    names = {str(Week.of(at.date())) for at in frame["started_local"]}
    assert set(wanted["iso_week"]) == names
    same(found, wanted)


def test_all_that_stands_on_calls(shop):
    span, weeks = (Week.parse(WEEKS[0]).start, Week.parse(WEEKS[0]).end), [Week.parse(w) for w in WEEKS]
    spark, here = shop.lake.calls, shop.loaded.calls
    alike(waiting.wait_bins(spark), waiting.wait_bins(here))
    alike(waiting.patience(spark), waiting.patience(here))
    for of in (waiting.offered_wait, waiting.willing_wait, waiting.given_up_by, hazard, patience_index):
        alike(of(spark), of(here))
    alike(recovery.unreached(spark, *span), recovery.unreached(here, *span))
    alike(recovery.episodes(spark, OPENING, *span), recovery.episodes(here, OPENING, *span))
    assert recovery.n_withheld(spark, *span) == recovery.n_withheld(here, *span)
    alike(load.arrivals(spark, OPENING, *span), load.arrivals(here, OPENING, *span))
    alike(staffing.agents_needed(spark, OPENING, *span), staffing.agents_needed(here, OPENING, *span))
    alike(load.offered_load(spark, OPENING, *span), load.offered_load(here, OPENING, *span))
    alike(concurrency.concurrency(spark), concurrency.concurrency(here))
    alike(concurrency.time_at(spark, since=span[0]), concurrency.time_at(here, since=span[0]))
    alike(recovery.callback_summary(spark), recovery.callback_summary(here))
    found, wanted = (signals.series(of, weeks, OF_CALLS) for of in (spark, here))
    same(found, wanted)
    alike(*(signals.verdicts(of, weeks[1]) for of in (found, wanted)))
    alike(*(signals.hourly(of, weeks[:1], weeks[1], "answer_rate") for of in (spark, here)))


def test_all_that_stands_on_events(shop):
    alike(people.people(shop.lake), people.people(shop.loaded))
    alike(people.by_hour(shop.lake), people.by_hour(shop.loaded))


@pytest.mark.parametrize("by", [None, "did"])
def test_a_comparison(shop, by):
    found, wanted = (compare(of, *WEEKS, by=by) for of in (shop.lake, shop.loaded))
    pdt.assert_frame_equal(found, wanted, check_exact=False, rtol=1e-9, atol=0)
    assert wanted["low"].notna().any()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"by": "dod"}, "the calls have no column 'dod'; did you mean 'did'?"),
        ({"by": 7}, "by 7 is neither a column name nor a grouping"),
        ({"numbers": "n_ofered"}, "number 'n_ofered' is not in the catalogue; did you mean 'n_offered'"),
    ],
)
def test_what_is_asked_wrongly_is_one_sentence(shop, arguments, says):
    with pytest.raises(UsageError) as raised:
        summarise(shop.lake, **arguments)
    assert str(raised.value).startswith(says)
    assert "\n" not in str(raised.value)


def test_an_instant_for_a_wall_clock_is_refused(shop):
    table = shop.lake.calls.mutate(started_local=ibis._.started_at)
    with pytest.raises(UsageError, match=r"^column 'started_local' is an instant; give the wall clock"):
        summarise(table)
