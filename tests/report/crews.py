"""A week of so many calls that its groups differ, the steps of its calls, and the tables of a section read back."""

import re
from collections import defaultdict
from functools import cache

from callkit.look.typography import plain
from tests.report.weeks import usual_calls, weekly


@cache
def busy_week():
    """Return a week after four alike of so many calls that the groups differ, and people are short at times."""
    rows = usual_calls(n_before=4, a_day=170)
    return weekly(
        [row | {"talk_s": 500.0 if row["outcome"] == "answered" else 0.0} for row in rows], n_before=4
    )


@cache
def usual_week():
    return weekly(n_before=4)


def steps_of(model):
    """Return the steps of each call of the period, in their order."""
    found, keys = defaultdict(list), set(model.calls["call_key"])
    for step in model.tables.events.itertuples():
        if step.call_key in keys:
            found[step.call_key].append(step)
    return found


def cells(html, caption):
    """Return the rows of a table as lists of words, those of its foot too."""
    found = re.search(rf"<caption>{caption}</caption>(.*?)</table>", html, re.DOTALL)[1]
    rows = re.findall(r"<tr.*?>(.*?)</tr>", found, re.DOTALL)
    return [[plain(cell) for cell in re.findall(r"<t[hd].*?</t[hd]>", row, re.DOTALL)] for row in rows[1:]]
