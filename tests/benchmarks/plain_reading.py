"""Steps of flows read one by one in plain Python: slow, and written from the vendor's wording, not from the grammar.

What is compared of a step: step, status of the row, target kind, name, id, number, who hung up, whether a schedule
check failed, and the time in epoch milliseconds (wall clock of a line), None where there is none.
"""

import json
import re
from datetime import UTC, datetime
from typing import Any, NamedTuple
from urllib.parse import unquote

MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
WORDS = {"Extension": "extension", "Ring Group": "ring_group", "Call Queue": "queue", "Virtual Receptionist": "menu",
         "Voicemail": "voicemail", "Time Group": "schedule", "Announcement": "announcement",
         "Number": "number"}  # fmt: skip
LEADS_TO = {"extension": "extension", "agent": "extension", "agent_extension": "extension", "department": "ring_group",
            "inbound_queue": "queue", "ivr": "menu", "auto_attendant": "announcement", "auto_attend": "announcement",
            "time_condition": "schedule", "voicemail": "voicemail", "number": "number"}  # fmt: skip
NOTHING = ["", "null", "none", "nil", "n.a.", "n.a", "n/a", "na", "-"]
STAMP = re.compile(
    r"(.*) at ([0-9]{1,2})-([A-Za-z]{3})-([0-9]{4}) ([0-9]{2}):([0-9]{2}):([0-9]{2})", re.DOTALL
)


class Plain(NamedTuple):
    """What one step says."""

    step: str = "unknown"
    status: str | None = None
    kind: str | None = None
    name: str | None = None
    id: str | None = None
    number: str | None = None
    ended_by: str | None = None
    failed: bool = False
    at_ms: int | None = None


def read(step: str) -> Plain:
    """Read one step."""
    if step[:1] == "{" and (fields := json_object(step)) is not None:
        return of_object(fields)
    head, at_ms = parted(step)
    said = documented(head) or (assumed(head) if at_ms is not None else None) or Plain()
    return said._replace(at_ms=at_ms)


def parted(line: str) -> tuple[str, int | None]:
    """Return a line without its stamp, and what the stamp says."""
    found = STAMP.fullmatch(line.rstrip())
    try:
        head, day, month, year, *clock = found.groups() if found else ()
        moment = datetime(int(year), MONTHS.index(month.lower()) + 1, int(day), *map(int, clock), tzinfo=UTC)
    except ValueError:
        return line.strip(), None
    if not 1970 <= moment.year < 2100:
        return line.strip(), None
    return head.strip(), int(moment.timestamp()) * 1000


def target(text: str | None, step: str, status: str, only: tuple[str, ...] = ()) -> Plain | None:
    """Read ``kind (name)``."""
    place = text.find(" (") if text else -1
    if not text or place < 1 or not text.endswith(")") or re.search("[()]", text[:place]):
        return None
    kind, name = text[:place].strip(), text[place + 2 : -1].strip() or None
    if only and text[:place] not in only:
        return None
    means = WORDS.get(kind, "other") if kind else "other" if name else None
    return Plain(
        step, status, means, None if means == "number" else name, number=name if means == "number" else None
    )


def after(text: str, words: str) -> str | None:
    """Return what follows some words, None where a text does not begin with them."""
    return text[len(words) :] if text.startswith(words) else None


def documented(head: str) -> Plain | None:
    """Read the four lines of the vendor's page."""
    if head == "Caller hanged up the call":
        return Plain("hangup", "documented", ended_by="caller")
    number = after(head, "Call received on ")
    if number and not any(sign.isspace() for sign in number):
        return Plain("received", "documented", "did", number=number)
    if leads := after(head, "Call forwarded to "):
        for stage in ("virtual receptionist", "call queue", "voicemail"):
            if leads.lower().startswith(stage) and leads[len(stage) :].lstrip().startswith("("):
                return None
        return target(leads, "forwarded", "documented")
    return target(after(head, "Dialed "), "dialed", "documented")


def assumed(head: str) -> Plain | None:  # noqa: C901
    """Read the lines the vendor's words suggest."""
    seats, guess = ("Extension", "Number"), "assumed"
    if head == "Call ended by the system":
        return Plain("hangup", guess, ended_by="system")
    if leads := after(head, "Call forwarded to "):
        for word, step in (
            ("Virtual Receptionist", "menu"),
            ("Call Queue", "queued"),
            ("Voicemail", "voicemail"),
        ):
            if said := target(leads, step, guess, (word,)):
                return said
    if pressed := re.match(r"Option ([0-9*#]+) selected in ", head):
        menu = target(head[pressed.end() :], "menu_input", guess, ("Virtual Receptionist",))
        return menu and menu._replace(number=pressed[1])
    if check := target(after(head, "Call outside "), "schedule_check", guess, ("Time Group",)):
        return check._replace(failed=True)
    for words, step, only in (
        ("Call placed by ", "received", ("Extension",)), ("Call answered by ", "answered", seats),
        ("Call transferred to ", "transferred", ()),
    ):  # fmt: skip
        if said := target(after(head, words), step, guess, only):
            return said
    for words, step, only in (
        (" did not answer", "no_answer", seats), (" is busy", "busy", seats), (" hanged up the call", "hangup", seats),
        (" played", "announcement", ("Announcement",)),
    ):  # fmt: skip
        if head.endswith(words) and (said := target(head[: -len(words)], step, guess, only)):
            ender = {"extension": "callee", "number": "caller"}[str(said.kind)] if step == "hangup" else None
            return said._replace(ended_by=ender)
    return None


def json_object(text: str) -> dict[str, Any] | None:
    """Return a JSON object, None where a text is none."""
    try:
        found = json.loads(text, parse_constant=int)  # int refuses NaN and Infinity
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def of_object(fields: dict[str, Any]) -> Plain:
    """Read an object."""
    at, answered = epoch_ms(fields.get("time")), epoch_ms(fields.get("anstime"))
    said = shape(fields)
    if said is None or (said.status == "assumed" and at is None and answered is None):
        return Plain(at_ms=at)
    is_interval = said.step == "joined" and not letters(fields, "type")
    return said._replace(at_ms=answered if is_interval and answered is not None else at)


def shape(fields: dict[str, Any]) -> Plain | None:  # noqa: C901
    """Read what an object says apart from its time."""
    state, name, key = letters(fields, "dialst"), text(fields, "name"), text(fields, "id")
    number = phone(fields, "num") or phone(fields, "number")
    seat = Plain("", "observed", "extension", name, key, number)
    match letters(fields, "type"), state:
        case "init", _:
            return seat._replace(step="received", status="assumed") if letters(fields, "id") else (
                seat._replace(step="received", kind="did", name=None))  # fmt: skip
        case "timegroup", _:
            failed = letters(fields, "tgst") == "failed"
            return seat._replace(
                step="schedule_check",
                status="observed" if failed else "assumed",
                kind="schedule",
                failed=failed,
            )
        case "dtmf", _:
            pressed = phone(fields, "input")
            return Plain("menu_input", "observed", "menu", text(fields, "ivr_name"), number=pressed)
        case ("ivr" | "autoattendant" | "inboundqueue" | "voicestreaming") as found, _:
            step, kind = {"ivr": ("menu", "menu"), "autoattendant": ("announcement", "announcement"),
                          "inboundqueue": ("queued", "queue"), "voicestreaming": ("bot", "other")}[found]  # fmt: skip
            return seat._replace(step=step, kind=kind)
        case ("department" | "voicemail") as found, _:
            step, kind = {"department": ("forwarded", "ring_group"), "voicemail": ("voicemail",) * 2}[found]
            return seat._replace(step=step, kind=kind, status="assumed")
        case "customer", "answered" if not letters(fields, "num"):
            return loose(fields, seat._replace(step="joined"))
        case "customer", ("answered" | "noanswer" | "busy"):
            step = {"answered": "answered", "noanswer": "no_answer", "busy": "busy"}[state]
            return seat._replace(step=step, kind="number", status="assumed", name=None)
        case "", _ if fields.get("anstime") is not None:
            return loose(fields, seat._replace(step="joined"))
        case "clicktocall", _:
            return Plain("dialed", "observed", "number", None, key, phone(fields, "name"))
        case "agent", ("dialed" | "answered"):
            return seat._replace(step=state)
        case "agent", ("noanswer" | "busy"):
            return seat._replace(step=state.replace("noa", "no_a"), status="assumed")
        case "transfer", _:
            return loose(fields, seat._replace(step="transferred", status="assumed"))
        case "agenthangup", _:
            return seat._replace(step="hangup", ended_by="unknown")
        case "hangup", _:
            return loose(fields, seat._replace(step="hangup", ended_by="unknown"))
    return None


def loose(fields: dict[str, Any], said: Plain) -> Plain:
    """Give an object the kind of target it names itself."""
    kind = LEADS_TO.get(text(fields, "dstype") or "")
    rest = "other" if said.name or said.id else "number" if said.number else None
    return said._replace(kind=kind or rest)


def text(fields: dict[str, Any], key: str) -> str | None:
    """Return a field as text, None where it holds nothing."""
    value = fields.get(key)
    if value is None or isinstance(value, dict | list):
        return None
    written = str(value).lower() if isinstance(value, bool) else str(value)
    written = re.sub("[\ud800-\udfff]", "\ufffd", written)  # half of an emoji
    is_nothing = written.strip().lower() in NOTHING or re.fullmatch(r"\$\w+\s*", written)
    return None if is_nothing else written.strip()


def letters(fields: dict[str, Any], key: str) -> str:
    """Return a field's letters and digits, small."""
    return "".join(sign for sign in unquote(text(fields, key) or "") if re.match(r"[^\W_]", sign)).lower()


def phone(fields: dict[str, Any], key: str) -> str | None:
    """Return a number, also one within a channel's name."""
    parts = unquote(text(fields, key) or "").split("/")
    for n in range(len(parts) - 1, -1, -1):
        number = "/".join(parts[n:]).partition("@")[0]
        if re.fullmatch(r"\+?[0-9Xx*#]+", number):
            return number
    return None


def epoch_ms(value: object) -> int | None:
    """Return an epoch in milliseconds."""
    try:
        seconds = (
            float(str(value)) if isinstance(value, str | int | float) and not isinstance(value, bool) else 0
        )
    except ValueError:
        return None
    if 0 < seconds < 4_102_444_800:
        return round(seconds * 1000)
    return round(seconds) if 4_102_444_800 <= seconds < 4_102_444_800_000 else None
