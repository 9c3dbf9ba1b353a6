"""Synthetic pages of call_report for measuring, seeded: about 1 kB and six flow lines a call, with the wire's oddities.

Numbers are text at times, fields are null or missing, some calls are outbound. All names and numbers are invented.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

A_PAGE = 100
CALLS_A_DAY = 20_000
FIRST_DAY = date(2026, 1, 5)
CALLERS = (  # beginnings of the numbers that Ofcom keeps for drama
    "07700900", "02079460", "01134960", "01144960", "01154960", "01164960", "01174960", "01184960", "01214960",
    "01314960", "01414960", "01514960", "01614960", "01914980", "02890180", "02920180", "01632960",
)  # fmt: skip
FLOWS = (  # share of the calls, outcome, steps after the first
    (55, "answered", ("menu", "key", "queued", "dialed", "answered", "hangup")),
    (15, "missed", ("menu", "queued", "dialed", "missed", "hangup")),
    (10, "missed", ("forwarded", "dialed", "hangup")),
    (10, "answered", ("menu", "key", "queued", "dialed", "missed", "dialed", "answered", "hangup")),
    (6, "missed", ("menu", "hangup")),
    (4, "missed", ("closed", "voicemail", "hangup")),
)
LINES = {
    "menu": " Call forwarded to Virtual Receptionist (Main menu) at {at}",
    "key": " Option {key} selected in Virtual Receptionist (Main menu) at {at}",
    "queued": " Call forwarded to Call Queue ({queue}) at {at}",
    "forwarded": " Call forwarded to Extension ({who}) at {at}",
    "dialed": " Dialed Extension ({who}) at {at}",
    "answered": " Call answered by Extension ({who}) at {at}",
    "missed": " Extension ({who}) did not answer at {at}",
    "closed": " Call outside Time Group (Office hours) at {at}",
    "voicemail": " Call forwarded to Voicemail (Messages) at {at}",
    "hangup": " Caller hanged up the call",
}
RECORD = (
    '{{"id":{id},"call_stats":{{"inbound_sec":{lasted},"outbound_sec":{talk},"bill_sec":0,"bill_calls":0,'
    '"total_charges":0,"connection_time":"{clock}","ring_time":{ring},"answer_time":{talk},"call_flow":[{flow}],'
    '"call_id":"{epoch}.{n}"{unique},"call_date":"{day}","call_duration":{lasted}}},"call_hint":"inbound",'
    '"source":{source},"destination":null,"forward_to_number":"{did} Call Queue ({queue})","reason_key":"{reason}",'
    '"hangup_cause":"Normal Clearing","date":"{at}","recording_file_link":{link},"status":"{status}",'
    '"call_answered_by":"{agent}","service":"Call Queue ({queue})"}}'
)


def pages(
    n_calls: int,
    *,
    seed: int = 1,
    n_dids: int = 20,
    n_people: int = 40,
    first: int = 0,
    a_day: int = CALLS_A_DAY,
) -> Iterator[bytes]:
    """
    Give pages of so many calls, in the order of their days.

    Parameters
    ----------
    n_calls
        How many calls.
    seed
        Seed of all that is drawn.
    n_dids, n_people
        Different numbers called and extensions: with them the number of distinct lines grows.
    first
        Number of the first call; with it a day can be made alone.
    a_day
        Calls of each day.
    """
    random = Random(f"{seed} {first}")
    shares, kinds = [flow[0] for flow in FLOWS], range(len(FLOWS))
    for begin in range(first, first + n_calls, A_PAGE):
        size = min(A_PAGE, first + n_calls - begin)
        drawn = random.choices(kinds, shares, k=size)
        records = [
            record(random, begin + i, FLOWS[kind], n_dids, n_people, a_day) for i, kind in enumerate(drawn)
        ]
        head = (
            f'"total_records":"{n_calls}","filtered_records":"{n_calls}","page_records":"{size}","page":"1"'
        )
        yield f'{{{head},"data":[{",".join(records)}]}}'.encode()


def record(
    random: Random, n: int, flow: tuple[int, str, tuple[str, ...]], n_dids: int, n_people: int, a_day: int
) -> str:
    """Return the JSON of one call."""
    _, status, steps = flow
    day = FIRST_DAY + timedelta(days=n // a_day)
    second = 28_800 + (n % a_day) * 36_000 // a_day
    odd = random.getrandbits(30)
    did = f"4420794601{odd % n_dids:02}" if n_dids <= 100 else f"4420{odd % n_dids:08}"
    who = f"Agent {odd // 7 % n_people:03}"
    words = {"did": did, "who": who, "key": odd % 4 + 1, "queue": ("Sales", "Support", "Accounts")[odd % 3]}
    flow_lines, moment = [f'"Call received on {did} at {stamp(day, second)}"'], second
    for place, step in enumerate(steps):
        moment += (odd >> place) % 20
        flow_lines.append(f'"{LINES[step].format(at=stamp(day, moment), **words)}"')
    talk = odd % 300 + 5 if status == "answered" else 0
    sent = f'"{talk}"' if odd % 10 == 0 else talk
    lasted = moment - second + talk
    return RECORD.format(
        id=n, n=n, lasted=f'"{lasted}"' if odd % 3 else lasted, talk=sent, clock=stamp(day, second)[12:],
        ring='""' if odd % 2000 == 0 else f'"{odd % 30}"', flow=",".join(flow_lines),
        epoch=1_767_571_200 + 86_400 * (n // a_day) + second, day=day, at=stamp(day, second),
        unique="" if odd % 50 == 0 else f',"unique_id":{10**9 + n}',
        source=f'"{CALLERS[odd // 7 % 17]}{odd // 119 % 1000:03}"' if odd % 20 else '"anonymous"', did=did,
        reason="Call Disconnected By Caller" if odd % 2 else "", status=status,
        link=f'"https://recordings.example/{odd}.mp3?token=x"' if talk else "null",
        agent=odd // 7 % n_people + 100 if talk else "", queue=words["queue"],
    )  # fmt: skip


def stamp(day: date, second: int) -> str:
    """Return a moment as the lines write it."""
    return f"{day:%d-%b-%Y} {second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}"
