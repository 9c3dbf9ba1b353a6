"""A week of the sandbox into which somebody wrote numbers, names, addresses and links, wherever a record holds text."""

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

from callkit.clock import days, wall
from callkit.dialects import RawPage, dialect
from callkit.fetch import archive
from callkit.fetch.windows import Window
from callkit.periods import Week
from callkit.sandbox import wire
from callkit.settings import Settings

WEEK = Week(2026, 47)
LATER = datetime(2026, 12, 1, 9, tzinfo=UTC)
PEOPLE = ("Robin Featherstone", "Aoife Dhomhnaill", "Zbigniew Kowalczyk")
MAILS = ("robin.featherstone@example.org", "a+b@calls.example.com", "zbigniew@example.net")
WRITINGS = (
    "+44 (0)7700 900{0}", "0044 7700 900{0}", "07700.900.{0}", "07700\N{NO-BREAK SPACE}900\N{NO-BREAK SPACE}{0}",
    "+447700900{0}", "07700-900-{0}", "4477 0090 0{0}", "07700/900{0}", "(07700) 900\N{NON-BREAKING HYPHEN}{0}",
    "07700\N{ZERO WIDTH SPACE}900{0}", "07700 900\N{WORD JOINER}{0}", "tel:+44-7700-900{0}",
)  # fmt: skip
_WIRE_NUMBER = re.compile(r"(?<!\d)(?:\+|00)?44[1-9]\d{8,9}(?!\d)")
_LINK = re.compile(r"https?://\S+")
_BETWEEN = re.compile(r"(?<=\d)[\s()./_·+\u00ad\u200b-\u200f\u2010-\u2015\u2060\ufeff-]{1,4}(?=\d)")


class Written(NamedTuple):
    """What stands in the records that no shared file may show."""

    numbers: set[str]
    mails: set[str]
    links: set[str]
    tokens: set[str]
    names: set[str]

    def shown(self, text: str, words: list[str]) -> dict[str, list[str]]:
        """Return what a file shows: anywhere in its text, and numbers in any writing in each of its words."""
        runs = {run for word in words for run in re.findall(r"\d{7,}", _BETWEEN.sub("", word))}
        numbers = [number for number in self.numbers if any(number[-7:] in run for run in runs)]
        lower = text.lower()
        others = {kind: [x for x in getattr(self, kind) if x.lower() in lower] for kind in self._fields[1:]}
        return {"numbers": numbers, **others}


def archived(settings: Settings) -> Written:
    """Put the week into an account's archive, and return what was written into its records."""
    written = Written(set(), set(MAILS), set(), set(), {part for name in PEOPLE for part in name.split()})
    by_day: dict[date, list[Any]] = defaultdict(list)
    for place, (call, body) in enumerate(wire.sent(WEEK, dialect=settings.dialect)):
        record = json.loads(body)
        _spoil(record, place, settings.dialect, written)
        for text in _texts(record):
            written.numbers.update(number[-10:] for number in _WIRE_NUMBER.findall(text))
            written.links.update(_LINK.findall(text))
        by_day[wall(datetime.fromtimestamp(call.started, UTC), settings.time_zone).date()].append(record)
    written.tokens.update(link.rpartition("token=")[2] for link in written.links if "token=" in link)
    layout = dialect(settings.dialect).LAYOUT
    for day in days(WEEK.start, WEEK.end):
        counts = {name: len(by_day[day]) for name in layout.counts[:3] if name}
        page = json.dumps({**counts, "page": 1, layout.records: by_day[day]}).encode()
        start = datetime.combine(day, datetime.min.time())
        window = Window(day, start, start + timedelta(days=1), "new")
        archive.write(settings, window, [RawPage(page, LATER, "page")], lambda: LATER)
    return written


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
    elif isinstance(value, str):
        yield value


def _spoil(record: dict[str, Any], place: int, name: str, written: Written) -> None:
    """Write into a record whatever its field is for, and what it is not for."""
    ends = f"{place % 900 + 100:03d}"
    number = WRITINGS[place % len(WRITINGS)].format(ends)
    written.numbers.add(f"7700900{ends}")
    who, mail = PEOPLE[place % len(PEOPLE)], MAILS[place % len(MAILS)]
    link = f"https://recordings.example/listen/{place}?token=open{place:05d}sesame"
    record |= {f"note by {who} {number}": f"{who} {number} {mail}"} if place % 50 == 3 else {}
    if name == "call_report":
        _spoil_report(record, place, number, who, mail, link)
    else:
        _spoil_records(record, place, number, who, mail, link)


def _spoil_report(record: dict[str, Any], place: int, number: str, who: str, mail: str, link: str) -> None:
    flow = record["call_stats"]["call_flow"]
    record["recording_file_link"] = link
    record["destination"] = number
    if place % 3 == 0:
        record |= {"source": number, "forward_to_number": f"{number} Extension ({who})"}
        record["call_answered_by"] = f"{who} {number}"
    if place % 5 == 0:
        record |= {"service": f"Extension ({who})", "reason_key": f"{who} {number} {mail} {link}"}
        record["call_stats"]["call_flow"] = [
            re.sub(r"Extension \(\d+\)", f"Extension ({who})", x) for x in flow
        ]
    if place % 7 == 0:
        flow.insert(1, f" Whispered to {who} ({number}) {mail} {link} at the desk")
    if place % 11 == 0:
        record |= {"hangup_cause": f"{who} {mail}", "status": f"{number} {who}"}


def _spoil_records(record: dict[str, Any], place: int, number: str, who: str, mail: str, link: str) -> None:
    flow = record["call_flow"]
    record |= {
        "recording_url": link,
        "notes": f"{who} {number} {mail}",
        "contact_details": {"name": who, "number": number},
    }
    record |= {
        "caller_id_num": number,
        "missed_agents": [{"name": who, "number": number}],
        "lead_data": {"mail": mail},
    }
    if place % 3 == 0:
        record |= {
            "client_number": number,
            "agent_name": who,
            "agent_number": number,
            "call_tags": [who, mail],
        }
    if place % 5 == 0:
        record |= {"service": f"Agent: {who}", "reason": f"{who} {number} {mail} {link}"}
        for step in flow:
            step |= {"name": who, "num": number} if step["type"] == "Agent" else {}
    if place % 7 == 0:
        flow.insert(
            1, {"type": f"Whisper to {who}", "name": f"{who} {number}", "num": mail, "time": flow[0]["time"]}
        )
    if place % 11 == 0:
        record |= {"hangup_cause": f"{who} {mail}", "description": f"{who} {number} {link}"}
