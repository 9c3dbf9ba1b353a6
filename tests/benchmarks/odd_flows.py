"""Lines, objects, flows and records as vendors write them, and as they should not, drawn from a seed."""

import json
from collections.abc import Callable, Sequence
from random import Random
from typing import Any

from msgspec import Raw

NAMES = ["201", "Ann (Sales)", "Ζωή Παππά", "小林", "", "(", ")", "a) (b", "07700 900417",
    "🙂👩\u200d👩\u200d👧", "\u200fמשה\u200e", "<b>A & B</b>", "\"q\" 's' `t`", "Meet at 27-Mar-2020 05:00:00",
    "x at 27-Mar-2020 06:02:00) is busy", "a) did not answer",
    "Dialed Extension (1) at 27-Mar-2020 06:02:00", "line\nbreak", "\u00a0 \t", "é" * 30, "a\\", "=1+1",
    "@a", "$name", "N.A.", "null", "\u2028", "Caller hanged up the call", "{}", "ſtrasse",
    "İstanbul"]  # fmt: skip
NUMBERS = ["442079460100", "4420XXXXX021", "+447700900417", "07700900417", "1", "#", "anonymous", "", "1 2",
    "٣"]  # fmt: skip
KINDS = ["Extension", "Number", "Ring Group", "Call Queue", "Virtual Receptionist", "Voicemail",
    "Time Group", "Announcement", "Conference", "voicemail", "Call  Queue", "", "Extension "]  # fmt: skip
TEXTS = ["Call received on {number}", "Call forwarded to {kind} ({name})", "Dialed {kind} ({name})",
    "Caller hanged up the call", "Call placed by Extension ({name})",
    "Option {number} selected in {kind} ({name})", "Call forwarded to Virtual Receptionist ({name})",
    "Call forwarded to Call Queue ({name})", "Call forwarded to Voicemail ({name})",
    "Option 1 selected in Virtual Receptionist ({name})", "Call outside Time Group ({name})",
    "Announcement ({name}) played", "Extension ({name}) did not answer", "{kind} ({name}) is busy",
    "Number ({number}) did not answer", "Call answered by {kind} ({name})",
    "Call transferred to {kind} ({name})", "{kind} ({name}) hanged up the call", "Call ended by the system",
    "Call answered by Extension ({name})", "Call parked on Orbit {number}", "{name}"]  # fmt: skip
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec", "mar",
    "AUG"]  # fmt: skip
BROKEN = [" at 31-Feb-2020 06:02:00", " at 27-Mar-2020 25:00:00", " at 27-Mrz-2020 06:02:00",
    " at 27-Mar-1890 06:02:00", " at 27-Mar-2150 06:02:00", " at noon", " at 27-Mar-2020 06:02",
    "at 27-Mar-2020 06:02:00", " at 2020-03-27 06:02:00", " at 27-Mar-2020 06:02:60",
    " at  27-Mar-2020 06:02:00", " at ٢٧-Mar-2020 06:02:00"]  # fmt: skip
SIGNS = [*" ()-:0123456789aZ{}[]\",\\", " at ", "\u00a0", "\n", "\r", "\t", "\0", "é", "🙂", "\u200f",
    "27-Mar-2020", "null"]  # fmt: skip
TYPES = ["init", "TimeGroup", "IVR", "DTMF", "Auto+Attendant", "Auto Attendant", "Department",
    "Inbound Queue", "Customer", "ClickToCall", "Agent", "Transfer", "Voicemail", "voice-streaming",
    "Agent-Hangup", "hangup", "Hangup", "Orbit", "", None, "AGENT", "agent%20"]  # fmt: skip
STATES = ["Answered", "Dialed", "No Answer", "Busy", "Missed", "answered", "no_answer", "",
    None]  # fmt: skip
ODD = [None, "", "N.A.", 0, 5, -1, 1e300, 10**30, "x", "🙂", "soon", True, False, [], {}, ["a"], {"a": 1},
    "$hole", "null"]  # fmt: skip


def line(random: Random) -> str:
    """Draw one line, two of five harmed."""
    day, month, year = random.randrange(1, 29), random.choice(MONTHS), random.randrange(2019, 2028)
    second = random.randrange(86_400)
    stamp = f" at {day:02}-{month}-{year} {second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}"
    words = random.choice(TEXTS).format(
        number=random.choice(NUMBERS), kind=random.choice(KINDS), name=random.choice(NAMES)
    )
    drawn = random.random()
    if drawn < 0.1:
        stamp = random.choice(("", "", *BROKEN))
    elif drawn < 0.15:
        stamp = stamp.replace(" at 0", " at ") + random.choice((" ", "\r\n", "\u00a0", "", "\t"))
    text = random.choice((" ", " ", "", "\u00a0", "\t ")) + words + stamp
    return harmed(random, text) if random.random() < 0.4 else text


def harmed(random: Random, text: str) -> str:
    """Harm a text in one or two places."""
    for _ in range(random.choice((1, 1, 2))):
        at = random.randrange(len(text) + 1)
        kind = random.randrange(5)
        if kind == 0:
            text = text[:at] + text[at + random.randrange(1, 6) :]
        elif kind == 1:
            text = text[:at] + random.choice(SIGNS) + text[at:]
        elif kind == 2:
            text = text[:at] + random.choice(SIGNS) + text[at + 1 :]
        elif kind == 3:
            text = text[:at] + text[at // 2 :]
        else:
            text = text[at:] + text[:at] if random.random() < 0.1 else text[:at] + text[at:].swapcase()
    return text


def step(random: Random) -> str:
    """Draw one object as JSON, one of five harmed as a text."""
    fields: dict[str, Any] = {"type": random.choice(TYPES)}
    for key, values in (
        ("dialst", STATES), ("name", NAMES), ("id", [*NAMES, 7, 201]), ("num", NUMBERS), ("number", NUMBERS),
        ("input", NUMBERS), ("ivr_name", NAMES), ("tgst", ["Failed", "Passed", ""]),
        ("dstype", ["extension", "ivr", "hangup", None]), ("anstime", [1585288920, "1585288920.5", None]),
        ("email", NAMES),
    ):  # fmt: skip
        if random.random() < 0.4:
            fields[key] = random.choice(values)
    if random.random() < 0.95:
        epoch = random.randrange(1_500_000_000, 1_900_000_000)
        fields["time"] = random.choice((epoch, f"{epoch}", epoch + 0.25, f"{epoch}.875", epoch * 1000))
    if random.random() < 0.1:
        fields[random.choice(list(fields))] = random.choice(ODD)
    if random.random() < 0.05:
        fields["name"] = f"PJSIP%2F{random.choice(NUMBERS)}%40TRUNK"
    keys = list(fields)
    random.shuffle(keys)
    text = json.dumps({key: fields[key] for key in keys}, ensure_ascii=random.random() < 0.3)
    if random.random() < 0.03:
        text += random.choice((",", f",{text}", " ", "]", f',"x",{text}', "\n", "{}"))
    return harmed(random, text) if random.random() < 0.17 else text


def flow(random: Random, steps: Sequence[str]) -> tuple[Any, list[str]]:
    """Return a flow of these steps in one of the forms it comes in, and the steps it must be read as."""
    told = list(steps)
    raws: list[Any] = [
        Raw(s.encode()) if s[:1] == "{" and is_json(s) and random.random() < 0.7 else s for s in steps
    ]
    form = random.randrange(10)
    if form == 0:
        return {str(n): raws[n] for n in sorted(range(len(raws)), key=lambda _: random.random())}, told
    if form == 1:
        return json.dumps(told), told
    if form == 2 and told and told[0].strip()[:1] not in ("", "[", "{", "$", "n", "N", "-") and told[-1]:
        text = "\n".join(told)
        return text, text.removesuffix("\n").split("\n")
    if form == 3 and random.random() < 0.3:
        return random.choice((None, "", [], {}, "NULL")), []
    if form == 4:
        at = random.randrange(len(told) + 1)
        more, written = random.choice(
            ((None, "null"), (5, "5"), (["a", 1], '["a",1]'), (True, "true"), ("", ""))
        )
        raws.insert(at, more)
        told.insert(at, written)
    return raws, told


def is_json(text: str) -> bool:
    """Say whether a text is JSON that may stand for itself in a page, all as it is."""
    try:
        json.loads(text, parse_constant=int)
    except ValueError:
        return False
    return text == text.strip()


def report(random: Random, key: str, sent: Any) -> dict[str, Any]:
    """Return a record of call_report, one of three with an odd value or a field less."""
    inner = {"inbound_sec": 9, "ring_time": "4", "answer_time": 0, "call_flow": sent, "call_id": key,
             "call_date": "2020-03-27", "call_duration": "9", "connection_time": "06:01:57"}  # fmt: skip
    one = {"id": 1, "call_hint": "inbound", "source": "07700900417", "destination": None, "reason_key": "cancel",
           "hangup_cause": "Normal Clearing", "date": "27-Mar-2020 06:01:57", "recording_file_link": None,
           "status": "missed", "call_answered_by": "", "service": "Ring Group (Sales)"}  # fmt: skip
    spoil(random, inner, ("call_flow", "call_id", "call_date"))
    spoil(random, one, ("date",))
    return one | {"call_stats": inner}


def records(random: Random, key: str, sent: Any) -> dict[str, Any]:
    """Return a record of call_records, one of three with an odd value or a field less."""
    one = {"id": key, "call_id": key, "direction": "inbound", "status": "missed", "date": "2020-03-27",
           "time": "06:01:57", "end_stamp": "2020-03-27 06:02:06", "call_duration": 9, "answered_seconds": 0,
           "agent_number": None, "agent_name": "", "client_number": "+447700900417", "did_number": "+442079460100",
           "reason": "", "hangup_cause": "Normal clearing", "call_flow": sent, "agent_ring_time": "N.A.",
           "voicemail_recording": False, "notes": {}, "call_tags": []}  # fmt: skip
    spoil(random, one, ("call_flow", "call_id", "date", "time", "end_stamp"))
    return one


def spoil(random: Random, fields: dict[str, Any], kept: Sequence[str]) -> None:
    """Give a field an odd value or take it out, at times; or add one nobody knows."""
    if random.random() < 0.2:
        key = random.choice([key for key in fields if key not in kept])
        fields[key] = random.choice(ODD)
        if random.random() < 0.3:
            del fields[key]
    if random.random() < 0.03:
        fields[f"odd{random.randrange(5)}"] = random.choice(ODD)


FORMS: dict[str, tuple[str, Callable[[Random, str, Any], dict[str, Any]]]] = {
    "call_report": ("data", report),
    "call_records": ("results", records),
}
