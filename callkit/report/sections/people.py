"""People: how often each extension answered when it rang, by group and never by result."""

from typing import Any

import pandas as pd

from callkit.look import words
from callkit.look.parts import ColumnSpec, Html, empty, figure, join, section, strong, table
from callkit.look.tokens import NARROW, WIDE
from callkit.metrics.against_others import LEAST
from callkit.metrics.people import Crew, crew
from callkit.plots.people import figure_answer_rates
from callkit.report.compared import records
from callkit.report.model import Report
from callkit.report.sections import crowd, extensions, phrases
from callkit.report.sections.extensions import NO_GROUP

_ID, _HEADING = "people", "People"
_NAMED = 6  # groups, or extensions on one side, that a sentence names
_LEFT_OUT = (
    ("n_busy", "at engaged extensions"),
    ("n_elsewhere", "that a colleague answered"),
    ("n_unknown", "that the record does not tell about"),
)
_COUNTED = (
    ("n_rings", "Rings"), ("n_answered", "Answered"), ("n_unanswered", "Not picked up"), ("n_busy", "Engaged"),
    ("n_elsewhere", "By a colleague"), ("n_unknown", "Not known"),
)  # fmt: skip
_ALWAYS = ("n_rings", "n_answered", "n_unanswered")
_COMPARED = {"low": "below the others", "high": "above the others", "usual": "not told apart"}


def people(model: Report) -> Html:
    """Return the answer rates of extensions with their intervals, and who differs from the others of the group."""
    if model.tables.events.empty:
        return empty(
            _ID,
            _HEADING,
            "The account does not send the steps of a call, so rings cannot be counted by person.",
        )
    found = _crew(model)
    rings = found.everybody.iloc[0] if len(found.people) else None
    if rings is None or not rings["n_answered"] + rings["n_unanswered"]:
        return empty(_ID, _HEADING, f"No extension rang in this {model.noun}, so there is nobody to show.")
    rows = _labelled(model, found.people)
    drawn = crowd.most_rung(rows)
    share = float(rings["answer_rate"])
    evidence = figure(
        "f-people",
        figure_answer_rates(drawn, WIDE, overall=share),
        figure_answer_rates(drawn, NARROW, overall=share),
        title="Share of rings answered by each extension, with 95% intervals.",
        desc=_described(found, rings),
        caption=_caption(rows, rings, crowd.partly(len(drawn), len(rows))),
        numbers=_numbers(drawn, crowd.others(rows, drawn), found, rings),
    )
    finding = _finding(rows, found, rings)
    finding = finding if model.is_complete else f"So far: {finding}"
    return section(_ID, _HEADING, finding, _say(rows, found, rings), [evidence])


def _crew(model: Report) -> Crew:
    """Return the counts of people and groups, the groups called as the audience may see them."""
    groups = extensions.groups_of(model)
    found = crew(model.tables, model.period.start, model.period.end, groups=groups)
    names = {group: extensions.shown(model, group) for group in groups.values()}
    of_people, of_groups = (rows.assign(group=rows["group"].map(names).astype("str")) for rows in found[:2])
    return Crew(of_people, of_groups, found.everybody)


def _labelled(model: Report, rows: pd.DataFrame) -> pd.DataFrame:
    """Return the extensions as the audience may see them, by group and then by number."""
    labels = extensions.extension_labels(model, rows)
    rows = rows.assign(label=labels, agent_id=labels, agent_name=labels)
    order = sorted(range(len(rows)), key=lambda row: extensions.place(labels[row]))
    return rows.iloc[order].sort_values("group", kind="stable", ignore_index=True)


def _finding(rows: pd.DataFrame, found: Crew, rings: "pd.Series[Any]") -> str:
    named = found.groups.dropna(subset=["group"])
    for verdict in ("low", "high"):
        differing = named[named["verdict"] == verdict].sort_values("answer_rate", ascending=verdict == "low")
        if len(differing):
            return _differs(records(differing)[0], found.groups)
    of_all = f"{words.count(rings['n_answered'])} of {words.plural(_decided(rings), 'ring')}"
    together = f"{words.rate(rings['answer_rate'], 0)} of the rings were answered"
    lows, highs = (rows[rows["verdict"] == verdict] for verdict in ("low", "high"))
    if len(lows) + len(highs):
        return f"{together}: {of_all}. {_who_differs(rows)}"
    if (found.groups["verdict"] == "usual").any():
        return f"{together}, and no group can be told from the others."
    if (rows["verdict"] == "usual").any():
        return f"{together}, and nobody can be told from the others."
    return f"{together}: {of_all}."


def _differs(group: dict[str, Any], groups: pd.DataFrame) -> str:
    others = groups.loc[groups["group"] != group["group"], "group"]
    rest = "the other groups pick" if len(others) > 1 else f"{others.fillna('the rest').iloc[0]} picks"
    own, theirs = group["answer_rate"], group["others_rate"]
    places = 0 if words.rate(own, 0) != words.rate(theirs, 0) else 1
    return f"{group['group']} picks up {words.rate(own, places)} of its rings; {rest} up {words.rate(theirs, places)}."


def _decided(row: Any) -> int:
    return int(row["n_answered"] + row["n_unanswered"])


def _say(rows: pd.DataFrame, found: Crew, rings: "pd.Series[Any]") -> list[str]:
    reading = (
        "Share of rings answered, with its 95% interval. One call can ring several people, so rings add up to more "
        "than calls."
    )
    by_group = [_of_groups(found)] if found.groups["group"].notna().any() and len(found.groups) > 1 else []
    order = (
        "Sorted by group, not by result"
        if rows["group"].notna().any()
        else "Sorted by extension, not by result"
    )
    hidden = (
        " A name in the records may be a person’s, so who has no extension number appears as four letters, the same in "
        "every report."
        if any(map(extensions.is_letters, rows["label"]))
        else ""
    )
    return [
        reading,
        *by_group,
        _compared(rows, rings),
        f"{order}. Below {LEAST} rings nobody is compared.{hidden}",
    ]


def _of_groups(found: Crew) -> str:
    """Say what the shares of the groups are taken from."""
    most = found.groups.loc[sorted(found.groups.nlargest(_NAMED, "n_rings").index)]
    said = [
        f"{row['group'] if pd.notna(row['group']) else NO_GROUP} {words.count(row['n_answered'])} of "
        f"{words.count(_decided(row))} ({words.interval(row['low'], row['high'])})"
        for row in records(most)
        if _decided(row)
    ]
    others = len(found.groups) - len(most)
    rest = f" {words.opening(words.in_words(others))} more in the table." if others else ""
    return f"By group, with 95% intervals: {'; '.join(said)}.{rest}"


def _compared(rows: pd.DataFrame, rings: "pd.Series[Any]") -> str:
    n = int(rows["p_adjusted"].notna().sum())
    if pd.isna(rings["dispersion"]):
        return "Nobody is compared yet: that needs four whole weeks of calls."
    if not n:
        return "Nobody is compared: no extension has enough rings, and a colleague in its group, to be."
    differing = _who_differs(rows)
    allowing = f"Allowing for {words.in_words(n)} comparison{'' if n == 1 else 's'}"
    if not differing:
        return f"{allowing}, nobody can be told from {_others(rows)}."
    return f"{allowing}, {differing.rstrip('.')}; the rest cannot be told apart."


def _others(rows: pd.DataFrame) -> str:
    return "the others in the same group" if rows["group"].notna().any() else "the others"


def _who_differs(rows: pd.DataFrame) -> str:
    """Say who is below the others, and who above; empty where nobody is."""
    said: list[str] = []
    for verdict, side in (("low", "below"), ("high", "above")):
        labels = rows.loc[rows["verdict"] == verdict, "label"].tolist()
        more = [f"{words.in_words(len(labels) - _NAMED)} more"] if len(labels) > _NAMED else []
        if labels:
            verb = ("is" if len(labels) == 1 else "are") + f" {side}"
            whom = "" if said else f" {_others(rows)}"
            said.append(f"{phrases.listing([*extensions.listed(labels[:_NAMED]), *more])} {verb}{whom}")
    return f"{', '.join(said)}." if said else ""


def _caption(rows: pd.DataFrame, rings: "pd.Series[Any]", partly: str) -> Html:
    open_dot = "" if rows["is_ranked"].all() else f" Open dot: fewer than {LEAST} rings."
    differs = (
        f" Triangle: differs from {_others(rows)}." if rows["verdict"].isin(("low", "high")).any() else ""
    )
    others = [f"{words.count(rings[name])} {where}" for name, where in _LEFT_OUT if rings[name]]
    not_counted = f" Not counted, of all rings: {phrases.listing(others)}." if others else ""
    return strong("Rings answered per extension,") + (
        f" n = {words.plural(_decided(rings), 'ring')}. Dashed line: all extensions together.{open_dot}{differs}"
        f"{not_counted}{partly}"
    )


def _described(found: Crew, rings: "pd.Series[Any]") -> str:
    shares = [
        f"{row['group']} {words.rate(row['answer_rate'], 0)}"
        for row in records(found.groups.dropna(subset=["group", "answer_rate"]))
    ]
    said = f"All together {words.rate(rings['answer_rate'], 0)} of {words.plural(_decided(rings), 'ring')}."
    return f"{said} By group: {', '.join(shares)}." if shares else said


def _numbers(rows: pd.DataFrame, others: list[dict[str, Any]], found: Crew, rings: "pd.Series[Any]") -> Html:
    columns = [
        *(ColumnSpec(name, head, numeric=True) for name, head in _COUNTED if name in _ALWAYS or rings[name]),
        ColumnSpec("answer_rate", "Picked up", numeric=True, small="interval", show=lambda x: words.rate(x)),
    ]
    of_people = [
        ColumnSpec("talk_median_s", "Talk, median", numeric=True, small="most", show=words.seconds),
        ColumnSpec("compared", "Compared"),
    ]
    has_groups = rows["group"].notna().any()
    foot = _row(dict(rings), "All")
    people_of = table(
        [*(_row(row, row["label"]) for row in records(rows)), *others],
        [ColumnSpec("name", "Extension", small="group"), *columns, *of_people],
        caption="Rings by extension",
        foot=foot,
        stacked=True,
    )
    if not has_groups:
        return people_of
    of_groups = [_row(row, row["group"]) | {"group": ""} for row in records(found.groups)]
    by_group = table(of_groups, [ColumnSpec("name", "Group"), *columns], caption="Rings by group", foot=foot)
    return join([by_group, people_of])


def _row(row: dict[Any, Any], name: Any) -> dict[str, Any]:
    most = row.get("talk_p90_s")
    return {
        **row,
        "name": name if pd.notna(name) else NO_GROUP,
        "interval": words.interval(row["low"], row["high"]) if pd.notna(row["low"]) else "",
        "most": f"9 in 10 within {words.seconds(most)}" if pd.notna(most) else "",
        "compared": _COMPARED.get(row["verdict"], "" if row["is_ranked"] else "too few"),
    }
