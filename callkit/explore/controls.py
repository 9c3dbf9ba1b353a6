"""The explorer's controls, top to bottom as a sentence is read: when, which calls, show what."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date

import ipywidgets as widgets
import pandas as pd

from callkit.explore import state
from callkit.explore.state import FACETS, PRESETS, Choice, Facet
from callkit.explore.wording import Names
from callkit.look import words

_FIRST_PRESET = PRESETS[1]
_MOST_ROWS = 6


class Controls:
    """
    The rail of controls, and the choice they stand for.

    Parameters
    ----------
    calls
        All calls, newest first.
    names
        Names of values.
    views
        Names of the views to choose from, with their tooltips.
    changed
        Called after any change by the reader.
    """

    def __init__(
        self, calls: pd.DataFrame, names: Names, views: dict[str, str], changed: Callable[[], None]
    ) -> None:
        self._calls, self._names, self._changed = calls, names, changed
        self._quiet = False
        self.first, self.last = state.span(calls)
        start, end = state.preset(_FIRST_PRESET, self.first, self.last)
        self.start = self._day("First day", "The first day to look at", start)
        self.end = self._day("Last day", "The last day to look at", end)
        self.presets = _toggles(
            "Up to the last day", [p.label for p in PRESETS], [p.tooltip for p in PRESETS]
        )
        self.presets.value = _FIRST_PRESET.label
        self.show = _toggles("Show", list(views), list(views.values())).add_class("ck-name")
        self._all = {facet.column: state.values(calls, facet.column) for facet in FACETS}
        self.facets = {facet.column: self._select(facet) for facet in FACETS}
        if "inbound" in self._all["direction"]:
            self.facets["direction"].value = ("inbound",)
        self.recount()
        self.box = self._box()
        self._watch()

    def choice(self) -> Choice:
        """
        Return what the controls say.

        Raises
        ------
        UsageError
            The two days are no period of the data.
        """
        since, until = state.period(self.start.value, self.end.value, self.first, self.last)
        return Choice(since, until, {name: tuple(select.value) for name, select in self.facets.items()})

    def recount(self, choice: Choice | None = None) -> None:
        """Offer the values that leave calls, and those picked, with their counts; default: of the present choice."""
        choice = choice or self.choice()
        with self._silence():
            for column, select in self.facets.items():
                n = state.counts(self._calls, choice, column)
                options = tuple(
                    (f"{self._names.value(column, value)} ({words.count(n.get(value, 0))})", value)
                    for value in self._all[column]
                    if n.get(value) or value in select.value
                )
                if select.options != options:
                    kept = select.value
                    select.options = options
                    select.value = kept

    def _select(self, facet: Facet) -> widgets.SelectMultiple:
        values = self._all[facet.column]
        select = widgets.SelectMultiple(
            options=[(self._names.value(facet.column, value), value) for value in values],
            rows=min(len(values), _MOST_ROWS),
            description=facet.label,
            tooltip=facet.tooltip,
        )
        select.add_class("ck-control")
        return select

    def _day(self, label: str, tooltip: str, day: date) -> widgets.DatePicker:
        held = f"{words.day(self.first)} to {words.day(self.last)} {self.last.year}"
        picker = widgets.DatePicker(
            value=day, description=label, tooltip=f"{tooltip}; the calls run from {held}"
        )
        picker.add_class("ck-control")
        return picker

    def _box(self) -> widgets.VBox:
        days = widgets.Box([self.start, self.end]).add_class("ck-pair")
        hint = widgets.HTML('<p class="small">Ctrl or Shift picks several; none picked shows all.</p>')
        which = _group("Which calls", [*self.facets.values(), hint])
        show = widgets.VBox([self.show]).add_class("ck-group")
        return widgets.VBox([_group("When", [days, self.presets]), which, show]).add_class("ck-rail")

    def _watch(self) -> None:
        for picker in (self.start, self.end):
            picker.observe(self._day_changed, "value")
        self.presets.observe(self._preset_changed, "value")
        for control in (*self.facets.values(), self.show):
            control.observe(self._tell, "value")

    def _day_changed(self, _: object) -> None:
        if self._quiet:
            return
        days = (self.start.value, self.end.value)
        with self._silence():
            same = (p.label for p in PRESETS if state.preset(p, self.first, self.last) == days)
            self.presets.value = next(same, None)
        self._changed()

    def _preset_changed(self, _: object) -> None:
        if self._quiet or self.presets.value is None:
            return
        picked = next(p for p in PRESETS if p.label == self.presets.value)
        with self._silence():
            self.start.value, self.end.value = state.preset(picked, self.first, self.last)
        self._changed()

    def _tell(self, _: object) -> None:
        if not self._quiet:
            self._changed()

    @contextmanager
    def _silence(self) -> Iterator[None]:
        before, self._quiet = self._quiet, True
        try:
            yield
        finally:
            self._quiet = before


def _group(name: str, controls: list[widgets.Widget]) -> widgets.VBox:
    head = widgets.HTML(f'<p class="ck-name">{name}</p>')
    return widgets.VBox([head, *controls]).add_class("ck-group")


def _toggles(label: str, options: list[str], tooltips: list[str]) -> widgets.ToggleButtons:
    buttons = widgets.ToggleButtons(options=options, tooltips=tooltips, description=label, tooltip=label)
    return buttons.add_class("ck-control")
