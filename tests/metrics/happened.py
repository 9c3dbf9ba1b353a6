"""Calls as the simulator knows them, and how many went on at once, in plain Python: second by second."""

import json
from collections import Counter, defaultdict
from datetime import UTC, datetime
from functools import cache
from zoneinfo import ZoneInfo

from callkit.periods import Week
from callkit.sandbox import wire
from callkit.tables.tidy import tidy

LONDON = ZoneInfo("Europe/London")


@cache
def week(name):
    """Return the simulator's calls of a week, and the tables read back from what it sends."""
    sent = wire.sent(Week.parse(name))
    page = {"success": "true", "data": [json.loads(record.body) for record in sent]}
    return [record.call for record in sent], tidy([page])


def local(second):
    return datetime.fromtimestamp(second, UTC).astimezone(LONDON).replace(tzinfo=None)


def spans_of(calls):
    """Return, of the tables' calls, kind → list of (start, end) in UTC seconds."""
    spans = defaultdict(list)
    for c in calls.to_dict("records"):
        begun = c["started_at"].timestamp()
        is_in = c["direction"] == "inbound"
        if c["ended_at"] == c["ended_at"]:
            spans["lines"].append((begun, c["ended_at"].timestamp()))
        if is_in and c["outcome"] == "answered" and c["answered_at"] == c["answered_at"]:
            answered = c["answered_at"].timestamp()
            spans["talking"].append((answered, answered + c["talk_s"]))
        if is_in and c["outcome"] not in ("left_menu", "closed") and c["wait_s"] == c["wait_s"]:
            waits = begun + c["menu_s"]
            spans["waiting"].append((waits, waits + c["wait_s"]))
    return spans


def seconds_of(spans):
    """Count in which second how many spans of whole seconds go on."""
    at_once = Counter()
    for start, end in spans:
        assert start == int(start)
        assert end == int(end)
        at_once.update(range(int(start), int(end)))
    return at_once


def hours_of(at_once):
    """Return UTC hour → (seconds together, most at once, first second of that)."""
    hours, found = defaultdict(dict), {}
    for second, n in at_once.items():
        hours[second - second % 3600][second] = n
    for hour, ns in hours.items():
        most = max(ns.values())
        found[hour] = (sum(ns.values()), most, min(second for second, n in ns.items() if n == most))
    return found
