"""The explorer: pick a period and values, see when people call, and follow one call step by step."""

import logging
from typing import Any

import ipywidgets as widgets
import pandas as pd

from callkit.errors import CallkitError, UsageError
from callkit.explore import pieces, state
from callkit.explore.controls import Controls
from callkit.explore.pace import Debounce
from callkit.explore.state import FACETS, Choice
from callkit.explore.theme import style_sheet
from callkit.explore.views import VIEWS, Scene, disclosure
from callkit.explore.wording import Names, code, finding
from callkit.look import words
from callkit.look.markup import Html
from callkit.look.typography import plain, unbroken
from callkit.opening import OpeningHours
from callkit.privacy import mask_numbers
from callkit.settings import Settings

DEBOUNCE_S = 0.25
_CALLS = (
    "call_key",
    "started_at",
    "started_local",
    "caller",
    "wait_s",
    "talk_s",
    *(f.column for f in FACETS),
)
_EVENTS = ("call_key", "position", "step", "elapsed_s", "raw")
# JupyterLab takes arrows, letters and Enter from whatever has the focus in an output, unless that element says so.
_KEEP_KEYS = (
    "this.closest('.callkit-explorer').addEventListener('focusin',"
    "e=>e.target.setAttribute('data-lm-suppress-shortcuts','true'))"
)
_log = logging.getLogger(__name__)


def explore(calls: pd.DataFrame, events: pd.DataFrame, settings: Settings | None = None) -> "Explorer":
    """
    Return widgets to look at calls: by period, service, line and outcome, by hour, and one by one.

    Without a front end for widgets it shows a figure with its sentence instead. Callers are masked.

    Parameters
    ----------
    calls, events
        What `callkit.load` or `callkit.tidy` return.
    settings
        The account: its opening hours, names of lines and people. Default: always open, lines by their last digits.

    Raises
    ------
    UsageError
        One of the frames is not callkit's.
    NoDataError
        There are no calls.
    """
    for name, frame, needed in (("calls", calls, _CALLS), ("events", events, _EVENTS)):
        missing = next((c for c in needed if c not in getattr(frame, "columns", ())), None)
        if missing:
            raise UsageError(
                f"{name} has no column {missing!r}; pass the frames of ck.load(settings) unchanged."
            )
    return Explorer(calls, events, settings)


class Explorer(widgets.VBox):  # type: ignore[misc]
    """
    The widgets of `explore`; shows itself in a notebook.

    Parameters
    ----------
    calls, events, settings
        As `explore` takes them.
    """

    def __init__(self, calls: pd.DataFrame, events: pd.DataFrame, settings: Settings | None = None) -> None:
        self._calls, self._events = state.newest_first(calls), events
        self._n_undated = len(calls) - len(self._calls)
        self._names = Names(settings)
        self._opening = settings.opening if settings else OpeningHours()
        self._time_zone = settings.time_zone if settings else "Europe/London"
        self._views = {view.label: view for view in (make(self._say_code) for make in VIEWS)}
        self._later = Debounce(self.refresh, DEBOUNCE_S)
        tooltips = {label: view.tooltip for label, view in self._views.items()}
        self.controls = Controls(self._calls, self._names, tooltips, self._wait)
        self._finding, self._note = widgets.HTML(), widgets.HTML()
        self._status = widgets.HTML().add_class("ck-status")
        self._code = widgets.HTML()
        self._choice: Choice | None = None
        copy = disclosure("Copy as code", "The Python lines that make this view", self._code)
        boxes = [view.box for view in self._views.values()]
        head = widgets.HBox([self._finding, self._status]).add_class("ck-head")
        field = widgets.VBox([head, self._note, *boxes, *copy]).add_class("ck-field")
        style = widgets.HTML(f'<style onload="{_KEEP_KEYS}">{style_sheet()}</style>').add_class("ck-style")
        body = widgets.HBox([self.controls.box, field]).add_class("ck-body")
        super().__init__([style, body])
        self.add_class("callkit-explorer")
        self.refresh()

    @property
    def view(self) -> Any:
        """The view that is shown."""
        return self._views[self.controls.show.value]

    def refresh(self) -> None:
        """Bring everything up to date with the controls."""
        try:
            self._show(self.controls.choice())
        except CallkitError as error:
            self._fail(str(error))
        except Exception as error:
            _log.exception("The explorer's view could not be drawn.")
            self._fail(f"This view could not be drawn: {type(error).__name__}: {mask_numbers(str(error))}")
        self._status.value = ""

    def _show(self, choice: Choice) -> None:
        self._choice = choice
        self.controls.recount(choice)
        calls = state.chosen(self._calls, choice)
        self._say(finding(choice, len(calls), self._names), self._left_out())
        if calls.empty:
            self._fail("Widen the period, or pick fewer values.", finding_too=False)
            return
        history = state.chosen(self._calls, choice, whole_history=True)
        self.view.update(
            Scene(calls, history, self._events, choice, self._names, self._opening, self._time_zone)
        )
        self._note.value = ""
        self._only(self.view)
        self._say_code()

    def _wait(self) -> None:
        self._status.value = Html('<span class="small" role="status">Wait…</span>')
        self._later()

    def _say(self, sentence: str, left_out: str = "") -> None:
        small = Html('<p class="small">{}</p>').format(left_out) if left_out else ""
        said = Html('<p class="finding" role="status">{}</p>').format(unbroken(sentence))
        self._finding.value = said + small

    def _fail(self, sentence: str, *, finding_too: bool = True) -> None:
        if finding_too:
            self._say("This view cannot be shown.")
        self._note.value = pieces.note(sentence)
        self._only(None)

    def _only(self, shown: Any) -> None:
        for view in self._views.values():
            view.box.layout.display = "" if view is shown else "none"

    def python(self) -> str:
        """Return the Python lines that make the view from ``calls`` and ``events``."""
        return code(self._choice, self.view.code()) if self._choice else ""

    def _say_code(self) -> None:
        hint = Html('<p class="small">A click selects all lines.</p>')
        self._code.value = Html('<pre class="code" tabindex="0">{}</pre>').format(self.python()) + hint

    def _left_out(self) -> str:
        if not self._n_undated:
            return ""
        return f"{words.plural(self._n_undated, 'call')} without a readable date cannot be shown."

    def static(self) -> Html:
        """Return what is shown as markup that needs no front end."""
        return Html('<style>{}</style><div class="callkit-explorer">{}{}{}{}</div>').format(
            Html(style_sheet()),
            Html(self._finding.value),
            Html(self._note.value),
            self.view.html() if not self._note.value else "",
            Html('<p class="small">Run the cell in Jupyter to get the controls.</p>'),
        )

    def __repr__(self) -> str:
        return plain(f"{self._finding.value} {self._note.value}")

    def _repr_mimebundle_(self, **options: Any) -> dict[str, str]:
        bundle: dict[str, str] = super()._repr_mimebundle_(**options)
        return {**bundle, "text/plain": repr(self), "text/html": self.static()}
