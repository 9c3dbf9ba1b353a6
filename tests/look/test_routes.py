"""Routes as rows, from the tables of the metrics."""

import re
from math import nan

from callkit.look.parts.routes import Route, Step, routes, told
from callkit.metrics.routes import routes as counted
from tests.metrics.ways import GAVE_UP, HUNTED, TOLD_NOTHING, tables


def plain(page):
    return " ".join(re.sub(r"<[^>]+>", " ", page).replace("\xa0", " ").split())


def test_the_tables_of_the_metrics_are_told():
    items, others = told(*counted(tables(HUNTED, GAVE_UP, GAVE_UP, TOLD_NOTHING)))
    assert items[0] == Route(2, 0.5, [Step("no_answer", "Sales", 20.0)], "gave_up")
    assert [step.kind for step in items[1].steps] == ["menu", "no_answer", "no_answer", "ring"]
    assert others == (1, 0.25, "1 other route, 25.0% of calls")
    said = plain(routes(items, others))
    assert "2 50.0% Sales did not pick up, 20 s › caller gave up" in said
    assert said.endswith("1 25.0% 1 other route, 25.0% of calls")


def test_what_is_left_out_adds_up():
    table, steps = counted(tables(HUNTED, GAVE_UP, GAVE_UP, TOLD_NOTHING), most=1)
    items, others = told(table, steps)
    assert len(items) == 1
    assert others == (2, 0.5, "2 other routes, none above 25.0% of calls")
    assert told(*counted(tables(GAVE_UP)))[1] is None


def test_a_step_of_unknown_length_is_said_and_takes_no_room():
    page = routes([Route(3, 1.0, [Step("menu", "Menu", nan), Step("ring", "Sales", 5)], "closed")])
    assert "Menu – › Sales 5 s › closed" in plain(page)
    assert not re.search(r"nan[%\" ]", page)


def test_routes_of_no_seconds_are_drawn():
    page = routes([Route(3, 1.0, [Step("menu", "Menu", 0.0)], "nobody")])
    assert "ended unanswered" in plain(page)
    assert not re.search(r"nan[%\" ]", page)
