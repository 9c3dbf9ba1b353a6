"""What was forgotten, in words."""

from dataclasses import dataclass
from datetime import date

from callkit.pipeline.wording import as_text, several, span


@dataclass(frozen=True)
class Forgotten:
    """
    What was taken out of an account's files for one number, or would be.

    Parameters
    ----------
    account
        The account.
    caller
        Whose records, with the number masked.
    is_trial
        True where nothing was changed.
    days
        Days whose raw files or tables showed the number.
    n_raw_files, n_pages, n_records
        Raw files and pages that were rewritten, and records they lost; a record read twice counts twice.
    reports
        Files of reports that were removed, named from the folder of reports on.
    returning
        Days that the next sync reads again.
    """

    account: str
    caller: str
    is_trial: bool
    days: tuple[date, ...]
    n_raw_files: int
    n_pages: int
    n_records: int
    reports: tuple[str, ...]
    returning: tuple[date, ...]

    @property
    def numbers(self) -> dict[str, int]:
        """How much was deleted, as the log of deletions notes it."""
        return {
            "raw_files": self.n_raw_files,
            "pages": self.n_pages,
            "records": self.n_records,
            "table_days": len(self.days),
            "report_files": len(self.reports),
        }

    def lines(self) -> list[tuple[str, str]]:
        """Return the report as pairs of a heading and a sentence."""
        lines = [("Account", f"{self.account}."), ("Caller", f"{self.caller}.")]
        if not self.days and not self.reports:
            lines.append(("Found", "nothing; no record and no report here shows this number."))
        else:
            lines += self._found()
        if self.is_trial:
            lines.append(("Trial", "nothing was changed; without --dry-run all of this goes."))
        lines += self._warnings()
        return lines

    def __str__(self) -> str:
        return as_text(self.lines())

    def _found(self) -> list[tuple[str, str]]:
        pages, files = several(self.n_pages, "page"), several(self.n_raw_files, "raw file")
        raw = f"{several(self.n_records, 'record')} on {pages} of {files}"
        raw += f", {span(self.days)}." if self.days else "."
        lines = [
            ("Records", raw),
            ("Tables", f"those of {several(len(self.days), 'day')} are built again without them."),
        ]
        listed = ":" if self.reports else "."
        lines.append(("Reports", f"{several(len(self.reports), 'file')} that showed the number{listed}"))
        lines += [("", name) for name in self.reports]
        lines.append(("Shared", "pages with pseudonyms and masked numbers stay."))
        return lines

    def _warnings(self) -> list[tuple[str, str]]:
        lines = []
        if self.returning:
            days = ", ".join(map(str, self.returning))
            again = "which brings the records back while the API has them: sync, and run this command again."
            lines.append(("Warning", f"{days} will be read again by the next sync, {again}"))
        text = "ask the vendor to delete the caller's records too; a sync of days that are not held here brings them."
        lines.append(("Note", text))
        return lines
