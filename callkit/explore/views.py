"""What the explorer can show: each view is a box of widgets that is brought up to date from a `Scene`."""

from collections.abc import Callable
from typing import NamedTuple, Protocol

import ipywidgets as widgets
import pandas as pd

from callkit.explore import pieces, state
from callkit.explore.pace import Debounce
from callkit.explore.pieces import Drawing
from callkit.explore.state import PAGE, Choice
from callkit.explore.wording import HEADS, Names, call_line
from callkit.look import words
from callkit.look.markup import NOTHING, Html
from callkit.metrics import load as demand
from callkit.opening import OpeningHours


class Scene(NamedTuple):
    """
    All a view needs to show itself.

    Parameters
    ----------
    calls
        The calls of the choice, newest first.
    history
        The same picks with every day of the data, for what is usual.
    events
        The steps of all calls.
    choice, names, opening, time_zone
        The view's period and picks, the names of values, the opening hours, and the zone of the wall clock.
    """

    calls: pd.DataFrame
    history: pd.DataFrame
    events: pd.DataFrame
    choice: Choice
    names: Names
    opening: OpeningHours
    time_zone: str


class View(Protocol):
    """One way to look at the picked calls."""

    label: str
    tooltip: str
    box: widgets.Widget

    def update(self, scene: Scene) -> None:
        """Show a scene."""

    def code(self) -> list[str]:
        """Return the Python lines that draw what is shown from the picked calls ``view``."""

    def html(self) -> Html:
        """Return what is shown as markup that needs no front end."""


class Drawn(widgets.VBox):  # type: ignore[misc]
    """A drawing: the wide one at once, its narrow twin a moment later, so that the reader waits for one only."""

    def __init__(self) -> None:
        self._wide, self._narrow, self._caption = widgets.HTML(), widgets.HTML(), widgets.HTML()
        self._drawing: Drawing | None = None
        self._later = Debounce(self._draw_narrow, 0)
        super().__init__([self._wide, self._narrow, self._caption])

    def show(self, drawing: Drawing | None, instead: Html = NOTHING) -> None:
        """Show a drawing, or what stands in its place."""
        self._drawing = drawing
        self._wide.value = drawing.wide() if drawing else instead
        self._caption.value = Html('<p class="small">{}</p>').format(drawing.caption) if drawing else ""
        if drawing:
            self._later()
        else:
            self._narrow.value = ""

    def html(self) -> Html:
        """Return the drawing with its caption, as markup that needs no front end."""
        return Html(self._wide.value) + Html(self._caption.value)

    def _draw_narrow(self) -> None:
        self._narrow.value = self._drawing.narrow() if self._drawing else ""


class DemandView:
    """When people call: calls offered by weekday and hour."""

    label = "When people call"
    tooltip = "Calls offered by weekday and hour"

    def __init__(self, changed: Callable[[], None]) -> None:  # noqa: ARG002 (every view is made alike)
        self._figure = Drawn()
        self._table = widgets.HTML()
        self._opening = OpeningHours()
        numbers = disclosure("Show the numbers", "The table behind the figure", self._table)
        self.box = widgets.VBox([self._figure, *numbers]).add_class("ck-view")

    def update(self, scene: Scene) -> None:
        """Show a scene."""
        self._opening = scene.opening
        since, until = scene.choice.since, scene.choice.until
        table = demand.arrivals(scene.history, scene.opening, since, until, time_zone=scene.time_zone)
        drawing = pieces.demand(table)
        self._figure.show(drawing, Html("") if drawing else pieces.no_demand(table))
        self._table.value = pieces.demand_numbers(table)

    def code(self) -> list[str]:
        """Return the Python lines that draw what is shown from the picked calls ``view``."""
        hours = "" if self._opening == OpeningHours() else ", opening=settings.opening"
        return [f"ck.plots.arrivals(view{hours})"]

    def html(self) -> Html:
        """Return what is shown as markup that needs no front end."""
        return self._figure.html()


class CallView:
    """One call: a list to pick from, and the steps of the picked call."""

    label = "One call"
    tooltip = "Pick a call from the list and see its steps"

    def __init__(self, changed: Callable[[], None]) -> None:
        self._changed = changed
        self._scene: Scene | None = None
        self._page, self._quiet = 0, False
        self.list = widgets.Select(rows=12, tooltip="Up and down arrows pick a call; its steps stand below")
        self.list.add_class("ck-calls")
        self.newer = widgets.Button(description=f"Newer {PAGE}", tooltip="The calls after these")
        self.older = widgets.Button(description=f"Older {PAGE}", tooltip="The calls before these")
        self._where = widgets.HTML()
        self._head, self._steps = widgets.HTML(), widgets.HTML()
        self._figure = Drawn()
        turn = widgets.HBox([self.newer, self.older, self._where]).add_class("ck-actions")
        self.box = widgets.VBox([self.list, turn, self._head, self._figure, self._steps]).add_class("ck-view")
        self.list.observe(self._picked, "value")
        self.newer.on_click(lambda _: self._turn(-1))
        self.older.on_click(lambda _: self._turn(1))

    def update(self, scene: Scene) -> None:
        """Show a scene, from its newest call."""
        self._scene, self._page = scene, 0
        self._list()

    def code(self) -> list[str]:
        """Return the Python lines that draw what is shown from the picked calls ``view``."""
        if self.list.value is None:
            return ["view"]
        return [f'ck.plots.call_timeline(events[events["call_key"] == {self.list.value!r}])']

    def html(self) -> Html:
        """Return what is shown as markup that needs no front end."""
        return Html(self._head.value) + self._figure.html() + Html(self._steps.value)

    def _turn(self, pages: int) -> None:
        self._page += pages
        self._list()
        self._changed()

    def _list(self) -> None:
        if self._scene is None:
            return
        calls, names = self._scene.calls, self._scene.names
        shown = state.page(calls, self._page)
        lines = [call_line(call, names) for call in shown.itertuples()]
        rows = pieces.columns([HEADS, *lines])
        self._quiet = True
        self.list.description = rows[0]
        self.list.options = list(zip(rows[1:], shown["call_key"], strict=True))
        self.list.value = shown["call_key"].iloc[0] if lines else None
        self._quiet = False
        start, n = self._page * PAGE, len(calls)
        self.newer.disabled = self._page == 0
        self.older.disabled = self._page + 1 >= state.n_pages(n)
        said = f"Calls {words.span(start + 1, start + len(lines))} of {words.count(n)}, newest first"
        self._where.value = Html('<p class="small">{}</p>').format(said if n else "No calls to list")
        self._show()

    def _picked(self, _: object) -> None:
        if not self._quiet:
            self._show()
            self._changed()

    def _show(self) -> None:
        if self._scene is None or self.list.value is None:
            return
        key, calls, names = self.list.value, self._scene.calls, self._scene.names
        call = next(calls[calls["call_key"] == key].itertuples())
        steps = state.steps(self._scene.events, key)
        self._head.value = pieces.call_head(call, names)
        if steps.empty:
            self._figure.show(None, pieces.no_steps())
            self._steps.value = ""
            return
        self._figure.show(pieces.call_drawing(call, steps, names))
        self._steps.value = pieces.step_list(steps, names)


VIEWS: tuple[Callable[[Callable[[], None]], View], ...] = (DemandView, CallView)


def disclosure(label: str, tooltip: str, content: widgets.Widget) -> list[widgets.Widget]:
    """Return a button that shows and hides a widget, and the widget; it stays as it is when its content changes."""
    button = widgets.ToggleButton(description=label, tooltip=tooltip)

    def turn(_: object) -> None:
        content.layout.display = "" if button.value else "none"

    content.layout.display = "none"
    button.observe(turn, "value")
    return [widgets.HBox([button]).add_class("ck-actions"), content]
