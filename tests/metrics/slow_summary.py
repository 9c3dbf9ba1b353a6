"""All numbers of each group of calls, counted call by call in plain Python; see `slow` and `slow_grains`."""

from collections import defaultdict
from datetime import timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

from tests.metrics import slow_grains as grains
from tests.metrics.slow import DEFAULTS, is_missed, of_calls

KEYS = {
    "hour_of_day": lambda at: at.hour,
    "weekday": lambda at: at.weekday(),
    "day": lambda at: at - timedelta(hours=at.hour, minutes=at.minute, seconds=at.second),
    "iso_week": lambda at: "{}-W{:02}".format(*at.isocalendar()[:2]),
    "month": lambda at: f"{at.year}-{at.month:02}",
}
PERIODS = ("day", "iso_week", "month")
LONDON = ZoneInfo("Europe/London")


def calls_of(frame):
    """Return the calls of a frame, null as None and instants as UTC seconds."""
    found = []
    for row in frame.astype(object).where(frame.notna(), None).to_dict("records"):
        told = {name: None if value != value else value for name, value in row.items()}
        started, answered = (told[name] and told[name].timestamp() for name in ("started_at", "answered_at"))
        key, local = told["call_key"], told["started_local"]
        found.append(SimpleNamespace(**told, key=key, local=local, started=started, answered=answered))
    return found


def part(call, name):
    if name not in KEYS:
        return getattr(call, name)
    return None if call.local is None else KEYS[name](call.local)


def is_between(local, since, until):
    if since is None and until is None:
        return True
    if local is None:
        return False
    return (since is None or local.date() >= since) and (until is None or local.date() < until)


def summarised(calls, by=(), choices=DEFAULTS, *, since=None, until=None, zone=LONDON, fates_of=None):
    """
    Return group → number → what is told of it.

    Parameters
    ----------
    calls
        All calls of the archive.
    by
        Names of facts of a call, or of the clock's parts.
    since, until
        The period: first date, and the date after its last.
    zone
        Zone of the wall clock.
    fates_of
        Return the fates of the rings of a call; without it no rings are told.
    """

    def group_of(call):
        return tuple(part(call, name) for name in by)

    def period_of(group):
        return tuple(of for of, name in zip(group, by, strict=True) if name in PERIODS)

    asked = [c for c in calls if is_between(c.local, since, until)]
    before_end = [c for c in calls if is_between(c.local, None, until)]
    own, periods = defaultdict(list), defaultdict(list)
    for c in asked:
        own[group_of(c)].append(c)
        periods[period_of(group_of(c))].append(c)
    rows = {
        "contacts": by_group(grains.contacts(calls, group_of), since, until),
        "episodes": by_group(grains.episodes(calls, group_of), since, until),
        "hours": by_hour(before_end, asked, by, since, until, zone),
    }
    groups = dict.fromkeys([*([] if by else [()]), *own, *rows["hours"]])
    first = grains.first_calls(before_end)
    return {
        group: of_calls(own[group], choices)
        | grains.of_missed_callers([c for c in own[group] if is_missed(c)], periods[period_of(group)])
        | grains.of_callers(own[group], first)
        | grains.of_contacts(rows["contacts"][group])
        | grains.of_episodes(rows["episodes"][group])
        | grains.of_hours(rows["hours"][group])
        | (grains.of_rings(f for c in own[group] for f in fates_of(c)) if fates_of else {})
        for group in groups
    }


def by_group(told, since, until):
    found = defaultdict(list)
    for group, call, row in told:
        if is_between(call.local, since, until):
            found[group].append(row)
    return found


def by_hour(archive, asked, by, since, until, zone):
    """Return group → rows of clock hours; the clock's parts are those of the hour's own start."""

    def parts_of(call):
        return tuple(part(call, name) for name in by if name not in KEYS)

    def group_of(parts, wall):
        rest = iter(parts)
        return tuple(KEYS[name](wall) if name in KEYS else next(rest) for name in by)

    found = defaultdict(list)
    for group, wall, row in grains.hours(archive, asked, parts_of, group_of, zone):
        if is_between(wall, since, until):
            found[group].append(row)
    return found
