"""Bring the list of past reports up to date, without letting a run wait for what the list stands on.

The list needs the report's model, which takes most of a second to load. A run loads it while its kernel works.
"""

import logging
import threading
from pathlib import Path
from types import ModuleType

from callkit.errors import CallkitError
from callkit.privacy import mask_message
from callkit.settings import Settings

log = logging.getLogger("callkit")


def load_meanwhile() -> None:
    """Begin to load what the list needs, in the background."""
    threading.Thread(target=_index, daemon=True).start()


def update(folder: Path, settings: Settings) -> None:
    """
    Write the list of a folder's reports, under the folder's lock.

    Where it cannot be written, whatever the reason, that is a warning: the reports themselves stand.
    """
    try:
        _index().write(folder, settings)
    except Exception as error:
        why = str(error) if isinstance(error, CallkitError) else f"{type(error).__name__}: {error}"
        log.warning("The list of reports in %s is out of date: %s", folder, mask_message(why))


def _index() -> ModuleType:
    from callkit.report import index

    return index
