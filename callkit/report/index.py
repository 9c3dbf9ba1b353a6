"""The list of all past reports of one kind: the newest with its numbers over time, then a row for each.

Made of the sidecars alone, with no clock, so the same reports give the same bytes.
"""

import os
from collections.abc import Sequence
from pathlib import Path

from callkit.look import words
from callkit.look.page import document
from callkit.look.parts import (
    NOTHING,
    Html,
    banner,
    empty,
    footer,
    join,
    page_header,
    past_table,
    section,
)
from callkit.periods import KINDS, Period, Week
from callkit.privacy import mask_numbers
from callkit.report import contract
from callkit.report.newest import first_screen
from callkit.report.past import ENOUGH, NUMBERS, PastReport, past_reports
from callkit.report.past_rows import gaps, past_rows, why
from callkit.settings import Settings

NAME = "index.html"
_PART = ".index.html.part"  # one name: what a killed run left is written over


def write(folder: Path, settings: Settings) -> Path:
    """
    Write the list of a folder's reports and return its path; the caller holds the folder's lock.

    Parameters
    ----------
    folder
        Named by the kind of its reports, such as ``data/reports/<account>/weekly``; it is there.
    settings
        The account.

    Raises
    ------
    UsageError
        The folder is not named by a kind of report.
    NotebookError
        The list breaks the report contract; the one before it stays.
    """
    html = page(folder, settings)
    contract.require(html)
    part = folder / _PART
    part.write_text(html, encoding="utf-8", newline="\n")
    part.chmod(0o644)
    os.replace(part, folder / NAME)  # noqa: PTH105
    return folder / NAME


def page(folder: Path, settings: Settings) -> str:
    """Return the list of a folder's reports as a page."""
    past = past_reports(folder, settings.time_zone)
    noun = "week" if KINDS[folder.name] is Week else "month"
    newest = next((one for one in past if one.numbers), None)
    first = past[0].period if past else None
    title = _title(settings)
    body = [
        _header(newest, noun, settings),
        _later(past, newest),
        first_screen(past, newest, noun) if newest else NOTHING,
        _all(past, noun) if first else _none(noun),
        footer(_kept(past), example=settings.example),
    ]
    return document(f"{title}, {folder.name}", join(body), running=title, example=settings.example)


def _title(settings: Settings) -> str:
    name = mask_numbers(settings.title)
    return f"{name}, phone reports" if name else "Phone reports"


def _header(newest: PastReport | None, noun: str, settings: Settings) -> Html:
    fetched = []
    if newest and newest.fetched_at:
        fetched = [f"Data as of {words.long_moment(newest.fetched_at, newest.period.start.year)}"]
    is_complete = bool(newest and newest.is_complete)
    complete = f"{'Complete' if is_complete else 'Incomplete'} {noun}" if newest else "Nothing published"
    return page_header(
        _title(settings),
        f"Newest: {_named_with_days(newest.period)}" if newest else "No report yet",
        kind=f"{'Weekly' if noun == 'week' else 'Monthly'} phone reports",
        is_complete=is_complete,
        complete=complete,
        status=fetched,
        example=settings.example,
    )


def _named_with_days(period: Period) -> str:
    if not isinstance(period, Week):
        return words.named(period)
    return f"{words.named(period)}, {words.period(period.start, period.end)}"


def _later(past: Sequence[PastReport], newest: PastReport | None) -> Html:
    """Warn where the last period has no report that can be read."""
    if not past or past[0] is newest:
        return NOTHING
    last = past[0]
    name = words.named_with_year(last.period)
    bold = f"The numbers of {name} could not be read." if last.is_published else f"No report of {name}."
    return banner(bold, why(last))


def _all(past: Sequence[PastReport], noun: str) -> Html:
    return section(
        "reports",
        "All reports",
        _finding(past, noun),
        _how_to_read(past, noun),
        [past_table(past_rows(past, noun), [*NUMBERS.values()], noun=noun)],
    )


def _none(noun: str) -> Html:
    return empty("reports", "All reports", f"No {noun} has been reported yet.")


def _finding(past: Sequence[PastReport], noun: str) -> str:
    readable = [one for one in past if one.numbers]
    said = [_unusual(readable, noun)] if readable else []
    if not any(one.is_published for one in past):
        said = ["No report is published yet."]
    elif not readable:
        said = ["No report’s numbers can be read."]
    failed = [one for one in past if not one.is_published]
    if len(failed) == 1:
        name = words.opening(words.named(failed[0].period)).replace(" ", "\N{NO-BREAK SPACE}")
        said.append(f"{name} was not published.")
    elif failed:
        said.append(f"{words.opening(words.in_words(len(failed)))} {noun}s were not published.")
    if n_missing := sum(gap.n for gap in gaps(past)):
        have = f"{noun} between has" if n_missing == 1 else f"{noun}s between have"
        said.append(f"{words.opening(words.in_words(n_missing))} {have} no report.")
    return " ".join(said)


def _how_to_read(past: Sequence[PastReport], noun: str) -> list[str]:
    said = [
        "Each report is one file and works offline. The table shows the numbers as each report printed them."
    ]
    alone = sum(bool(one.numbers) and not one.is_compared for one in past)
    if alone and any(one.is_compared for one in past):
        reports = words.opening(f"{words.in_words(alone)} {'report is' if alone == 1 else 'reports are'}")
        said.append(
            f"{reports} not compared with usual {noun}s: fewer than {ENOUGH} came before, or not all calls were in."
        )
    if any(one.n_unusual for one in past):
        said.append("A filled mark is worse or has no direction, an open one is better.")
    runs = {found.running for one in past for found in (one.numbers or {}).values()} - {0}
    if runs:
        said.append(
            f"A marked number inside its usual range is the last of {words.in_words(max(runs))} {noun}s in a row on "
            "one side of their mean."
        )
    return said


def _unusual(readable: Sequence[PastReport], noun: str) -> str:
    """Say how many reports there are, and how many have unusual numbers."""
    n, n_unusual = len(readable), sum(one.n_unusual > 0 for one in readable)
    reports = words.opening(f"{words.in_words(n)} report{'' if n == 1 else 's'}")
    if not any(one.is_compared for one in readable):
        return f"{reports}, {'not' if n == 1 else 'none'} compared with usual {noun}s."
    if n == 1:
        return f"{reports}, with{'' if n_unusual else 'out'} unusual numbers."
    which = {0: "none", n: "all"}.get(n_unusual, words.in_words(n_unusual))
    return f"{reports}, {which} with unusual numbers."


def _kept(past: Sequence[PastReport]) -> str:
    n = sum(one.is_published for one in past)
    return f"{words.opening(words.in_words(n))} report{' is' if n == 1 else 's are'} kept here."
