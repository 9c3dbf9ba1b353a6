"""The explorer's widgets: what they say and show after each change, without a front end."""

import asyncio
import re
from datetime import date

import pytest
from ipywidgets import HTML

import callkit as ck
from callkit.errors import NoDataError, UsageError
from callkit.explore import pieces
from callkit.explore.explorer import Explorer, explore
from callkit.explore.state import NONE
from callkit.metrics.load import arrivals
from callkit.opening import OpeningHours
from callkit.settings import Settings

OPENING = OpeningHours.parse(dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), "08:00-18:00"))
SETTINGS = Settings("example", dids={"442079460100": "Main", "442079460200": "Support"}, opening=OPENING)
WEEK = "Monday 16 to Wednesday 18 November 2026"
RING = re.compile(r"7700900\d{3}|2079460958")


@pytest.fixture
def shown(calls, events):
    return explore(calls, events, SETTINGS)


def markup(widget):
    """Return all markup of a box that is not hidden."""
    if widget.layout.display == "none":
        return ""
    if isinstance(widget, HTML):
        return widget.value
    return "".join(map(markup, getattr(widget, "children", ())))


def field(shown):
    return markup(shown.children[1].children[1])


def test_it_opens_on_the_incoming_calls_of_four_weeks(shown):
    assert repr(shown) == "6 calls, Tuesday 27 October to Wednesday 18 November 2026: incoming."
    assert shown.controls.presets.value == "4 weeks"
    assert '<svg class="fig wide"' in field(shown)
    assert '<svg class="fig narrow"' in field(shown)
    assert "Busiest: Monday 12:00, with 0.7 calls in the hour." in field(shown)


def test_a_preset_moves_the_days(shown):
    shown.controls.presets.value = "This week"
    assert (shown.controls.start.value, shown.controls.end.value) == (date(2026, 11, 16), date(2026, 11, 18))
    assert repr(shown) == f"3 calls, {WEEK}: incoming."


def test_a_picked_day_lights_the_preset_it_equals(shown):
    shown.controls.start.value = date(2026, 11, 17)
    assert shown.controls.presets.value is None
    assert repr(shown) == "2 calls, Tuesday 17 to Wednesday 18 November 2026: incoming."
    shown.controls.start.value = date(2026, 11, 16)
    assert shown.controls.presets.value == "This week"


def test_a_service_narrows_the_calls_and_the_counts_follow(shown):
    shown.controls.facets["service_name"].value = ("Sales",)
    assert repr(shown).endswith("3 calls, Tuesday 27 October to Wednesday 18 November 2026: incoming; Sales.")
    labels = {name: [label for label, _ in select.options] for name, select in shown.controls.facets.items()}
    assert labels["service_name"] == ["Sales (3)", "Support (2)", "no service (1)"]
    assert labels["outcome"] == ["answered (2)", "gave up (1)"]
    assert labels["did"] == ["Main (3)"]
    assert shown.controls.facets["service_name"].value == ("Sales",)


@pytest.mark.parametrize(
    ("start", "end", "note"),
    [
        (None, date(2026, 11, 18), "The first day is empty or not a date"),
        (date(2026, 11, 18), date(2026, 11, 16), "is after the last day"),
        (date(2027, 1, 1), date(2027, 1, 2), "There are no calls from Fri"),
    ],
)
def test_days_that_cannot_be_used_become_a_note(shown, start, end, note):
    shown.controls.start.value, shown.controls.end.value = start, end
    text = field(shown).replace("\N{NO-BREAK SPACE}", " ")
    assert note in text
    assert 'role="alert"' in text
    assert "<svg" not in text
    shown.controls.presets.value = "4 weeks"
    assert 'role="alert"' not in field(shown)


def test_no_call_left_is_said_in_a_sentence(shown):
    shown.controls.facets["outcome"].value = ("closed",)
    shown.controls.facets["service_name"].value = (NONE,)
    shown.controls.presets.value = "This week"
    shown.controls.end.value = date(2026, 11, 17)
    labels = [label for label, _ in shown.controls.facets["outcome"].options]
    assert labels == ["closed (0)"]
    assert repr(shown).startswith("No calls fit on ")
    assert "Widen the period, or pick fewer values." in field(shown)


def test_the_numbers_leave_out_what_was_never_open(shown):
    assert "Show the numbers" in str(shown.children)
    table = pieces.demand_numbers(arrivals(shown._calls, OPENING, date(2026, 11, 16), date(2026, 11, 23)))
    assert re.findall("<th scope=.col.[^>]*>([^<]+)", table) == [
        "From",
        "Mon",
        "Tue",
        "Wed",
        "Thu",
        "Fri",
        "All",
    ]
    assert re.findall("<th scope=.row.[^>]*>([^<]+)", table) == [f"{h:02d}:00" for h in range(8, 18)] + [
        "All"
    ]
    assert re.findall("<td[^>]*>([^<]+)", table)[-6:] == ["1", "1", "0", "0", "0", "2"]


def test_outgoing_calls_have_no_demand(shown):
    shown.controls.facets["direction"].value = ("outbound",)
    assert "No call was offered in an open hour of this period." in field(shown)


def test_a_call_is_picked_from_the_list_and_shown_step_by_step(shown):
    shown.controls.show.value = "One call"
    view = shown.view
    assert len(view.list.options) == 6
    assert view.list.description.split() == ["When", "Caller", "Line", "Service", "Outcome", "Wait", "Talk"]
    assert "The account does not send the steps of this call" in field(shown)
    view.list.value = "4"
    text = field(shown).replace("\N{NO-BREAK SPACE}", " ")
    assert (
        "Mon 16 Nov, 12:00, from Mobile, ends 417: answered after a wait of 24 s, talked for 3 min 20 s."
        in text
    )
    assert text.count("<li>") == 8
    assert '<i class="lost"' in text
    assert "Call received on …100 at 16-Nov-2026 12:00:00" in text
    assert "next after 15 s" in text
    assert "Sent without a time: the call&#39;s start plus its length." in text
    assert "<svg" in text


def test_nobodys_number_is_in_what_is_shown(shown):
    shown.controls.show.value = "One call"
    for _, key in shown.view.list.options:
        shown.view.list.value = key
        everything = field(shown) + str(shown.view.list.options) + str(shown._repr_mimebundle_())
        assert not RING.search(everything)


def test_long_lists_turn_pages(calls, events):
    many = calls.loc[calls.index.repeat(20)].reset_index(drop=True)
    many["call_key"] = [f"k{i}" for i in range(len(many))]
    shown = explore(many, events)
    shown.controls.show.value = "One call"
    view = shown.view
    assert (len(view.list.options), view.newer.disabled, view.older.disabled) == (50, True, False)
    assert "Calls 1–50 of 120, newest first" in field(shown)
    view.older.click()
    view.older.click()
    assert (len(view.list.options), view.newer.disabled, view.older.disabled) == (20, False, True)
    assert "Calls 101–120 of 120, newest first" in field(shown)


def test_the_copied_code_draws_the_same_view(shown, calls, events):
    shown.controls.presets.value = "This week"
    names = {"calls": calls, "events": events, "ck": ck, "settings": SETTINGS}
    lines = shown.python()
    assert lines.splitlines()[-1] == "ck.plots.arrivals(view, opening=settings.opening)"
    exec(lines, names)
    assert len(names["view"]) == 3
    shown.controls.show.value = "One call"
    shown.view.list.value = "4"
    assert shown.python().endswith("""ck.plots.call_timeline(events[events["call_key"] == '4'])""")
    exec(shown.python(), names)


def test_every_control_has_a_label_and_a_tooltip(shown):
    controls, view = shown.controls, shown._views["One call"]
    labelled = [controls.start, controls.end, controls.presets, controls.show, *controls.facets.values()]
    for control in [*labelled, view.newer, view.older]:
        assert control.description
        assert control.tooltip


def test_without_a_front_end_it_shows_its_sentence_and_figure(shown):
    bundle = shown._repr_mimebundle_()
    assert bundle["text/plain"] == repr(shown)
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert '<div class="callkit-explorer">' in bundle["text/html"]
    assert "<svg" in bundle["text/html"]
    assert "6 calls" in bundle["text/html"].replace("\N{NO-BREAK SPACE}", " ")


def test_calls_without_a_date_are_counted_and_left_out(calls, events):
    calls.loc[0, "started_local"] = None
    shown = explore(calls, events)
    assert "1 call without a readable date cannot be shown." in repr(shown)


def test_it_answers_bad_frames_with_the_remedy(calls, events):
    with pytest.raises(UsageError, match=r"calls has no column 'outcome'; pass the frames of ck\.load"):
        explore(calls.drop(columns="outcome"), events)
    with pytest.raises(UsageError, match="calls has no column 'call_key'"):
        explore(None, None)
    with pytest.raises(UsageError, match="calls has no column 'started_at'"):
        explore(events, calls)
    with pytest.raises(NoDataError):
        explore(calls.iloc[:0], events)


def test_an_unexpected_error_is_shown_and_logged(shown, monkeypatch, caplog):
    def broken(*_):
        raise ZeroDivisionError("of all things")

    monkeypatch.setattr(pieces, "demand", broken)
    shown.refresh()
    assert "This view could not be drawn: ZeroDivisionError: of all things" in field(shown)
    assert "could not be drawn" in caplog.text


def test_the_package_answers_to_the_front_doors_name(calls, events):
    assert isinstance(ck.explore(calls, events), Explorer)
    assert isinstance(ck.explore(calls, events), Explorer)  # the second time the name is the package


def test_while_it_waits_it_says_so(shown):
    async def scene():
        shown.controls.presets.value = "This week"
        return field(shown)

    assert "Wait…" in asyncio.run(scene())
