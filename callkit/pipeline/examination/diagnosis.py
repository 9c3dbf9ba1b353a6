"""What the doctor found out about an account, each finding with its evidence and how sure it is."""

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape
from typing import NamedTuple

KNOWN, LIKELY, NOT_TOLD = "known", "likely", "not told"
ENOUGH = 10  # calls that agree before a finding counts as known
_WIDTH, _MARGIN = 100, 19


class Finding(NamedTuple):
    """What was found about one matter, how sure that is, and what it rests on."""

    about: str
    said: str
    sure: str = KNOWN
    evidence: str = ""


class Advice(NamedTuple):
    """A setting that differs from what was found; without a value it is only a hint."""

    name: str
    value: str | float | None
    why: str

    def __str__(self) -> str:
        if self.value is None:
            return f"# {self.name}: {self.why}"
        value = f'"{self.value}"' if isinstance(self.value, str) else f"{self.value:g}"
        return f"{self.name} = {value}  # {self.why}"


def sure_by(n: int) -> str:
    """Return how sure a finding is on which so many calls agree."""
    return NOT_TOLD if not n else KNOWN if n >= ENOUGH else LIKELY


@dataclass(frozen=True)
class Diagnosis:
    """
    What an account's API really does.

    Parameters
    ----------
    account, host
        Who was asked.
    findings
        What was found, in the order it was looked for.
    advice
        Settings that differ from what was found.
    grammar
        Lines of TOML: a row for each frequent kind of step that no row of the grammar fits.
    n_requests, most_requests
        Requests that were sent, and the most that would have been.
    could_look
        Whether the API gave at least one page of calls.
    """

    account: str
    host: str
    findings: tuple[Finding, ...] = field(repr=False)
    advice: tuple[Advice, ...] = ()
    grammar: tuple[str, ...] = field(default=(), repr=False)
    n_requests: int = 0
    most_requests: int = 0
    could_look: bool = True

    @property
    def exit_code(self) -> int:
        """0 where the API could be looked at, 3 where not one page could be read."""
        return 0 if self.could_look else 3

    def found(self, about: str) -> Finding | None:
        """Return the finding about a matter; None where it was not looked at."""
        return next((finding for finding in self.findings if finding.about == about), None)

    def toml(self) -> str:
        """Return what can be pasted into callkit.toml; settings stand above all tables there."""
        return "\n".join([*map(str, self.advice), *self.grammar])

    def __str__(self) -> str:
        lines = [self._title(), ""]
        for finding in self.findings:
            lines += _block(f"{finding.about:<{_MARGIN}}", finding.said)
            lines += _block(f"  {finding.sure:<{_MARGIN - 2}}", finding.evidence or "-")
        if self.toml():
            lines += ["", "For callkit.toml:", "", self.toml()]
        elif self.could_look:
            lines += ["", "The settings agree with what was found."]
        return "\n".join(line.rstrip() for line in lines)

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><th scope='row'>{escape(f.about)}</th>"
            + "".join(f"<td>{escape(text)}</td>" for text in f[1:])
            + "</tr>"
            for f in self.findings
        )
        head = "".join(f"<th scope='col'>{text}</th>" for text in ("About", "Found", "How sure", "Evidence"))
        table = f"<table><caption>{escape(self._title())}</caption><thead><tr>{head}</tr></thead>"
        pasted = f"<p>For callkit.toml:</p><pre>{escape(self.toml())}</pre>" if self.toml() else ""
        return f"{table}<tbody>{rows}</tbody></table>{pasted}"

    def _title(self) -> str:
        return f"Account {self.account} at {self.host}: {self.n_requests} of at most {self.most_requests} requests."


def _block(head: str, text: str) -> Iterator[str]:
    return iter(
        textwrap.wrap(
            text, _WIDTH, initial_indent=head, subsequent_indent=" " * _MARGIN, break_on_hyphens=False
        )
    )
