"""Six control panels over the weeks up to one, with the one table they share."""

from typing import Any

from callkit.look import words
from callkit.look.parts import ColumnSpec, Html, panel, panels, table
from callkit.metrics.catalogue import CATALOGUE
from callkit.plots.panel import figure_control_panel
from callkit.report.compared import Compared
from callkit.report.model import N_BEFORE, TILES, Report
from callkit.report.sections import phrases
from callkit.report.sections.first import label, verdict_badge


def week_panels(model: Report, this: str = "This week") -> Html:
    """
    Return the six numbers of a week and of those before it.

    Parameters
    ----------
    model
        Of the last week that is drawn.
    this
        What that week is called at the beginning of a sentence.
    """
    drawn = [_panel(model, model.compared[number], this) for number in TILES]
    return panels(drawn, _numbers(model))


def _panel(model: Report, found: Compared, this: str) -> Html:
    name = label(model, found.number)
    said = f"{this} {phrases.value(found)}{phrases.then(phrases.against(found, model.noun))}."
    return panel(
        name,
        verdict_badge(model, found),
        figure_control_panel(model.over_time, model.verdicts, found.number),
        id=f"f-weeks-{found.number.replace('_', '-')}",
        title=f"{name}, week by week.",
        desc=said,
    )


def _numbers(model: Report) -> Html:
    values = model.over_time.pivot_table(
        index="period", columns="number", values="value", aggfunc="first", dropna=False
    )
    rows: list[dict[str, Any]] = [{"period": period, **dict(row)} for period, row in values.iterrows()]
    foot = {"period": "Usual", **{number: phrases.usual(model.compared[number]) for number in TILES}}
    columns = [
        ColumnSpec("period", words.opening(model.noun)),
        *(ColumnSpec(n, label(model, n), numeric=True, show=_shown(n)) for n in TILES),
    ]
    return table(
        rows,
        columns,
        caption="The last weeks, number by number",
        foot=foot if model.n_before >= N_BEFORE else None,
        stacked=True,
    )


def _shown(number: str) -> Any:
    unit = CATALOGUE[number].unit
    return lambda value: value if isinstance(value, str) else words.value(value, unit)
