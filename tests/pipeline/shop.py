"""A small shop's calls on a loopback server, and a sync of them."""

from dataclasses import replace
from datetime import UTC, date, datetime

from callkit.fetch.client import Client
from callkit.fetch.session import Session
from callkit.pipeline.sync import sync
from tests.fetch.answers import Answer, page, record

MONDAY, TUESDAY = date(2026, 11, 16), date(2026, 11, 17)
THURSDAY = date(2026, 11, 19)
LATER = datetime(2026, 12, 1, 9, tzinfo=UTC)
CALLS = {"2026-11-16": 5, "2026-11-17": 0, "2026-11-18": 3}


def phones(per_day=CALLS, size=2):
    """Answer like an API that holds so many calls a day."""

    def by(asked):
        day, number = asked.query["from_date"][:10], int(asked.query["page"])
        stamp = datetime.fromisoformat(day).strftime("%d-%b-%Y")
        records = [record(i, stamp) for i in reversed(range(per_day.get(day, 0)))]
        return Answer(page(records[(number - 1) * size : number * size], len(records), number))

    return by


def run(settings, url, since=MONDAY, until=THURSDAY, moment=LATER):
    settings = replace(settings, base_url=url)
    client = Client(settings, Session(url, sleep=lambda _: None))
    return sync(settings, since, until, client=client, now=lambda: moment)
