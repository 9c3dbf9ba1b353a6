"""The paths of calls once more in plain Python, a call at a time."""

from collections import Counter, defaultdict
from statistics import fmean, median

from tests.metrics.ways import PEOPLE

ENDS = {"answered": "answered", "abandoned": "gave_up", "left_menu": "gave_up"}
ENDS |= {"voicemail": "voicemail", "closed": "closed"}


def activity(step, by_target):
    if not by_target or step.step in ("hangup", "unknown"):
        return step.step
    kind = step.kind if step.kind in ("extension", "ring_group", "queue", "number", "other") else None
    name = None if step.kind in ("number", "did") else step.name
    return " ".join(part for part in (step.step, kind and kind.replace("_", " "), name) if part)


def variants(ways, by_target=False):
    """Return path → calls, answered calls, median length."""
    found = defaultdict(list)
    for way in ways:
        found[" › ".join(activity(s, by_target) for s in way.steps) or "no_steps"].append(way)
    return {
        path: (len(of), sum(w.outcome == "answered" for w in of), middle(w.duration_s for w in of))
        for path, of in found.items()
    }


def transitions(ways, by_target=False):
    """Return (step, next step) → how often, known gaps, median gap."""
    gaps = defaultdict(list)
    for way in ways:
        told = [("start", 0.0), *((activity(s, by_target), s.at) for s in way.steps), ("end", way.duration_s)]
        for (one, at), (other, later) in zip(told, told[1:], strict=False):
            is_known = at is not None and later is not None and later >= at
            gaps[one, other].append(later - at if is_known else None)
    return {pair: (len(of), sum(g is not None for g in of), middle(of)) for pair, of in gaps.items()}


def middle(values):
    known = [v for v in values if v is not None]
    return median(known) if known else None


def target(step):
    return step.kind, None if step.kind in ("number", "did") else step.name


def is_stay(step):
    return step.step in ("forwarded", "queued") and step.kind not in PEOPLE


def visits(way):
    """Return target, seconds (None where not known) and fate of each stay before the first answer."""
    found, steps = [], list(way.steps)
    answered = next((i for i, s in enumerate(steps) if s.step == "answered"), len(steps))
    takes_on = ("forwarded", "queued", "transferred", "menu", "voicemail", "bot", "answered", "hangup")
    came_last = None
    for i, step in enumerate(steps):
        if step.step == "dialed" and i <= answered:
            found.append((target(step), *ring(steps, i, takes_on)))
        if is_stay(step):
            if came_last == target(step):
                continue
            if i <= answered:
                found.append((target(step), *stay(steps, i, takes_on)))
            came_last = target(step)
        elif step.step in takes_on and step.step not in ("forwarded", "queued"):
            came_last = None
    return found


def stay(steps, i, takes_on):
    for later in steps[i + 1 :]:
        if is_stay(later) and target(later) == target(steps[i]):
            continue
        if later.step in ("forwarded", "queued") and later.kind in PEOPLE:
            continue
        if later.step in takes_on:
            return outcome_of(steps[i], later, later.step)
    return None, "ended"


def ring(steps, i, takes_on):
    step, last, away = steps[i], steps[i], None
    for later in steps[i + 1 :]:
        if later.step == "dialed" and later.at is not None and later.at == last.at:
            last = later
        elif later.step in (*takes_on, "dialed"):
            away = later
            break
    for later in steps[i + 1 :]:
        if (later.kind, later.name, later.number) != (step.kind, step.name, step.number):
            continue
        if later.step == "dialed":
            break
        if later.step == "answered":
            return outcome_of(step, later, "answered")
        if later.step in ("no_answer", "busy"):
            gone = away.step if away else "hangup"
            return outcome_of(step, later, "refused" if gone == "answered" else gone)
    return outcome_of(step, away, away.step) if away else (None, "ended")


def outcome_of(step, end, gone):
    fate = {"answered": "answered", "hangup": "ended"}.get(gone, "went_on")
    known = step.at is not None and end.at is not None and end.at >= step.at
    return end.at - step.at if known and fate == "went_on" else None, fate


def hops(ways):
    """Return target → calls, visits, answered, went on, ended, seconds lost in all and on average, known."""
    found = defaultdict(list)
    for number, way in enumerate(ways):
        for at, seconds, fate in visits(way):
            found[at].append((number, seconds, fate))
    told = {}
    for at, of in found.items():
        fates = Counter(fate for _, _, fate in of)
        lost = [s for _, s, _ in of if s is not None]
        counts = len({n for n, _, _ in of}), len(of), fates["answered"], fates["went_on"], fates["ended"]
        told[at] = (*counts, sum(lost), fmean(lost) if lost else None, middle(lost), len(lost))
    return told


def returns(ways):
    """Return calls that came back, calls that came to any target, and pair → calls."""
    pairs, back, came = defaultdict(set), set(), set()
    for number, way in enumerate(ways):
        rung = [s for s in way.steps if s.step == "dialed"]
        groups = [
            s for s in way.steps if s.step in ("forwarded", "queued", "transferred") and s.kind not in PEOPLE
        ]
        for steps in (rung, groups):
            who = [(*target(s), s.number) for s in steps]
            came |= {number} if steps else set()
            for i, one in enumerate(who):
                if i and one in who[:i] and who[i - 1] != one:
                    pairs[one[:2], who[i - 1][:2]].add(number)
                    back.add(number)
    return len(back), len(came), {pair: len(of) for pair, of in pairs.items()}


MENU = {"menu": "Menu", "menu_input": "Menu", "announcement": "Announcement", "bot": "Assistant"}
COMES, OVER = ("forwarded", "queued", "transferred"), ("answered", "voicemail")


def route(way):
    """Return how a call ended and its stages: kind, label and seconds."""
    steps = placed(way)
    stages, is_open = [], []
    for i, (step, label) in enumerate(steps):
        if step.step in OVER:
            break
        after = steps[i + 1][0] if i + 1 < len(steps) else None
        until = after.at if after else way.duration_s
        known = None not in (until, step.at) and until >= step.at
        is_open.append((label, until - step.at if known else None))
        if kind := kind_of(step, after):
            stages += [(kind, *one) for one in is_open]
            is_open = []
    merged = []
    for kind, label, seconds in stages:
        if merged and merged[-1][:2] == [kind, label]:
            merged[-1][2].append(seconds)
        else:
            merged.append([kind, label, [seconds]])
    return ENDS.get(way.outcome, "nobody"), tuple(
        (kind, label, None if None in parts else sum(parts)) for kind, label, parts in merged
    )


def placed(way):
    """Return the steps of a call up to its answer or voicemail, and where each takes place."""
    steps, waits, group = [], False, None
    for step in way.steps:
        if step.step in COMES and step.kind not in PEOPLE:
            group = target(step)[1] or (step.kind or "queue").replace("_", " ").capitalize()
        waits |= step.step in (*COMES, "dialed")
        label = MENU.get(step.step)
        if step.step in (*COMES, "dialed", "no_answer", "busy"):
            label = group or ("Number" if step.kind == "number" else "Extension")
        if step.step in OVER:
            return [*steps, (step, None)]
        if label and not (step.step == "announcement" and waits):
            steps.append((step, label))
    return steps


def kind_of(step, after):
    """Return the kind of stage a step is; None where the ring after it tells."""
    at_once = step.step == "dialed" and after and after.at is not None and after.at == step.at
    if after and after.step == "dialed" and (step.step in COMES or at_once):
        return None
    if step.step in MENU:
        return "menu"
    if step.step in COMES:
        return "queue"
    return "ring" if after and after.step == "answered" else "no_answer"


def routes(ways):
    """Return (end, stages) → calls, and for each stage its known and median seconds."""
    found = defaultdict(list)
    for way in ways:
        end, stages = route(way)
        found[end, tuple(stage[:2] for stage in stages)].append([s for _, _, s in stages])
    return {
        way: (
            len(of),
            [(sum(s is not None for s in stage), middle(stage)) for stage in zip(*of, strict=True)],
        )
        for way, of in found.items()
    }
