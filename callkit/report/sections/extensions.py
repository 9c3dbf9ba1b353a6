"""What the people of an account are called on a page: by extension, unless the account chose their names."""

import re

import pandas as pd

from callkit.look.typography import inert
from callkit.privacy import caller_code, pseudonym_key
from callkit.report.model import Report
from callkit.report.sections.names import shortened

_NUMBER = re.compile(r"(?:ext(?:ension)?\b\.?\s*)?\(?([0-9]{1,6})\)?", re.IGNORECASE)
_LONG = re.compile("[0-9]{7,}")
_PREFIX = "Ext. "
_UNNAMED = "Person "
NO_GROUP = "No group"


def extension_labels(model: Report, rows: pd.DataFrame) -> list[str]:
    """
    Return what to call each extension, no two alike.

    An internal page names people. On a shared one they are named by the settings where the account chose so
    (``show_agents = "name"``); else they appear by the number of their extension, and who has none as four letters
    that stay the same in every report: a name in the records may be a person's.

    Parameters
    ----------
    model
        Whose page it is, and for whom.
    rows
        ``agent_id`` and ``agent_name``.
    """
    keys = [
        [str(key) for key in pair if pd.notna(key)]
        for pair in zip(rows["agent_id"], rows["agent_name"], strict=True)
    ]
    labels = [_named(model, own) or _by_number(own) or _in_letters(model, own) for own in keys]
    alike = {label for label in labels if labels.count(label) > 1}
    return [
        f"{label} ({_letters(model, own)})" if label in alike else label
        for label, own in zip(labels, keys, strict=True)
    ]


def groups_of(model: Report) -> dict[str, str]:
    """Return the group of each extension that has one."""
    return {who: person.group for who, person in model.settings.agents.items() if person.group}


def shown(model: Report, text: str) -> str:
    """Return a name in one line, and no longer than a line holds, as the audience may see it."""
    return shortened(inert(" ".join(model.shown(text).split())))


def place(label: str) -> tuple[tuple[int, int, str], ...]:
    """Return what a label is sorted by: numbers in it by their size."""
    parts = re.split(r"([0-9]+)", label)
    return tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts)


def listed(labels: list[str]) -> list[str]:
    """Return labels as a sentence lists them: ``Ext. 201, 202 and 203`` says once what they are."""
    if not all(label.startswith(_PREFIX) for label in labels):
        return labels
    return [label if not place else label.removeprefix(_PREFIX) for place, label in enumerate(labels)]


def is_letters(label: str) -> bool:
    """Tell whether a label hides a name."""
    return label.startswith(_UNNAMED)


def _named(model: Report, keys: list[str]) -> str:
    if model.audience != "internal" and model.settings.show_agents != "name":
        return ""
    people = [model.settings.agents[key].name for key in keys if key in model.settings.agents]
    names = [*people, *(keys[-1:] if model.audience == "internal" else [])]
    named = next((name for name in names if name), "")
    return "" if _number(named) else shown(model, named)


def _by_number(keys: list[str]) -> str:
    return next((f"{_PREFIX}{number}" for key in keys if (number := _number(key))), "")


def _number(key: str) -> str:
    """Return the number of an extension: whole up to six digits, of a longer one its last three; else nothing."""
    if found := _NUMBER.fullmatch(key.strip()):
        return found[1]
    return f"…{key[-3:]}" if _LONG.fullmatch(key) else ""


def _in_letters(model: Report, keys: list[str]) -> str:
    return f"{_UNNAMED}{_letters(model, keys)}" if keys else "Not named"


def _letters(model: Report, keys: list[str]) -> str:
    key = pseudonym_key(model.settings.pseudonym_key, model.settings.data)
    return caller_code(f"person {' '.join(keys)}", key)[:4]
