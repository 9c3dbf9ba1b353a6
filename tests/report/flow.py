"""Plausible steps for the invented calls: who rang, who picked up, and where a call went on to."""

import pandas as pd

from callkit.schema import EVENTS, INSTANT, SECONDS, TEXT

GROUPS = SALES, SUPPORT = ("Sales", ("201", "202", "203")), ("Support", ("211", "212"))
NAMES = {"201": "Amira", "202": "Ben", "203": "Carys", "211": "Eilidh", "212": "Femi"}
MENU_S, RING_S = 9.0, 15.0
MOST_RINGS = 2  # of one group, before the call goes to the other
HANDED_ON = 12  # every so manieth answered call
_KINDS = {TEXT: "str", SECONDS: "float64", INSTANT: "datetime64[us, UTC]"}
_TEXTS = ("agent_id", "agent_name", "service_kind", "service_name")
_COUNTS = ("n_steps", "n_unknown_steps", "n_targets", "n_rings", "n_transfers")


def told(calls):
    """Return calls with all that their steps tell, and the steps; a call of unknown wait has none."""
    facts, rows = [], []
    for number, row in enumerate(calls.itertuples()):
        steps = _steps(row, number)
        facts.append(_facts(row, steps))
        rows += [(row.call_key, position, row.started_at, *step) for position, step in enumerate(steps)]
    found = pd.DataFrame(facts, calls.index, [*_TEXTS, "answered_s", "duration_s", *_COUNTS])
    found["answered_at"] = calls["started_at"] + pd.to_timedelta(found.pop("answered_s").astype(float), "s")
    kinds = dict.fromkeys(_TEXTS, "category") | dict.fromkeys(_COUNTS, "int32") | {"duration_s": float}
    return calls.join(found.astype(kinds).astype({"answered_at": "datetime64[us, UTC]"})), _events(rows)


def _steps(row, number):
    """Return the steps of a call: what happens after how many seconds, at what of which name."""
    wait, talk = row.wait_s, row.talk_s or 0.0
    if row.direction == "outbound":
        over = [("answered", 3 + wait, "number", None)] if row.outcome == "answered" and wait == wait else []
        ended = ("hangup", 3 + (wait if wait == wait else 20) + talk, None, None)
        return [("received", 0.0, "extension", "201"), ("dialed", 3.0, "number", None), *over, ended]
    begun = [("received", 0.0, "did", None)]
    if row.outcome == "closed":
        return [*begun, ("schedule_check", 1.0, "schedule", "Opening hours"), ("hangup", 5.0, None, None)]
    begun.append(("menu", 2.0, "menu", "Main menu"))
    if row.outcome == "left_menu":
        return [*begun, ("hangup", 20.0, None, None)]
    if wait != wait:
        return []
    waited, who = _waited(row, MENU_S + wait)
    ends = [("hangup", MENU_S + wait + talk, None, None)]
    if row.outcome == "answered":
        answered, handed = ("answered", MENU_S + wait, "extension", who), []
        if number % HANDED_ON == 0 and talk > 10:
            at, to = MENU_S + wait + talk / 2, "212" if who != "212" else "211"
            handed = [("transferred", at, "extension", to), ("dialed", at, "extension", to)]
            handed.append(("answered", at + 4, "extension", to))
        ends = [answered, *handed, *ends]
    elif row.outcome in ("no_answer", "busy"):
        ends.insert(0, (row.outcome, MENU_S + wait, "extension", who))
    elif row.outcome == "voicemail":
        ends = [
            ("voicemail", MENU_S + wait, "voicemail", "Main box"),
            ("hangup", MENU_S + wait + 20, None, None),
        ]
    return [*begun, *waited, *ends]


def _waited(row, until_s):
    """Return the rings of a call up to a second, and the extension that rings last."""
    groups = [SUPPORT, SALES] if str(row.did).endswith("200") else [SALES, SUPPORT]
    first, at, place, steps = row.started_local.minute + row.started_local.second, MENU_S, 0, []
    while True:
        name, people = groups[place // MOST_RINGS % 2]
        if place % MOST_RINGS == 0:
            steps.append(("forwarded", at, "ring_group", name))
        who = people[(first + place) % len(people)]
        steps.append(("dialed", at, "extension", who))
        at, place = at + RING_S, place + 1
        if at >= until_s:
            return steps, who
        steps.append(("no_answer", at, "extension", who))


def _facts(row, steps):
    answers = [place for place, step in enumerate(steps) if step[0] == "answered"]
    first = answers[0] if answers else len(steps)
    who = steps[first][3] if answers and row.direction == "inbound" else None
    group = next((name for step, _, kind, name in steps if kind == "ring_group"), None)
    targets = {step[2:] for step in steps[:first] if step[0] in ("forwarded", "dialed")}
    return (
        who, NAMES.get(who), "Ring Group" if group else None, group, steps[first][1] if answers else None,
        steps[-1][1] if steps else None, len(steps), 0, len(targets),
        sum(step[0] == "dialed" for step in steps[:first]),
        sum(step[0] == "transferred" for step in steps[first:]),
    )  # fmt: skip


def _events(rows):
    names = ["call_key", "position", "started_at", "step", "elapsed_s", "target_kind", "target_name"]
    found = pd.DataFrame(rows, columns=names).astype({"elapsed_s": float, "position": "int32"})
    found["at"] = pd.to_datetime(found.pop("started_at"), utc=True) + pd.to_timedelta(found["elapsed_s"], "s")
    found["at_source"], found["raw"] = "explicit", found["step"]
    ended_by = pd.Series("caller", found.index, dtype="object")
    found["ended_by"] = ended_by.where(found["step"] == "hangup", None)
    empty = {c.name: None for c in EVENTS if c.name not in found}
    kinds = {c.name: _KINDS.get(c.type, "category") for c in EVENTS if c.name != "position"}
    return found.assign(**empty)[[c.name for c in EVENTS]].astype(kinds)
