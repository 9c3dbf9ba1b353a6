"""Every error callkit raises on purpose, in one tree.

::

    CallkitError              exit code
    ├── UsageError            2    an argument, a setting or a parameter is wrong
    │   ├── SettingsError
    │   └── ParameterError
    ├── FetchError            3    the API could not be read
    │   ├── AuthError              the account's key was refused
    │   ├── RouteError             this host has no such route
    │   ├── PageError              an answer is not a page of call records
    │   └── ServerError            the API failed on a request again and again
    ├── ArchiveError          3    an archived page cannot be trusted
    ├── NoDataError           4    nothing, or not everything, is there for the period
    ├── NotebookError         1    a notebook stopped before its end
    ├── RunTimeoutError       5    a run took longer than allowed
    └── LockedError           75   another run holds the lock

Each message is one sentence that names the value and the remedy.
"""


class CallkitError(Exception):
    """Base of all callkit errors; `exit_code` is what the command line returns for it."""

    exit_code = 1


class UsageError(CallkitError):
    """An argument has a value callkit cannot use."""

    exit_code = 2


class SettingsError(UsageError):
    """A setting in callkit.toml or the environment is missing or wrong."""


class ParameterError(UsageError):
    """A notebook parameter has an unknown name or a value of the wrong type."""


class FetchError(CallkitError):
    """The API could not be reached or did not answer with call records."""

    exit_code = 3


class AuthError(FetchError):
    """The API refused the account's key."""


class RouteError(FetchError):
    """The host does not know the route that was asked for."""


class PageError(FetchError):
    """An answer of the API is not a readable page of call records."""


class ServerError(FetchError):
    """The API failed on a request or gave no answer in time, again and again; others may still succeed."""


class ArchiveError(CallkitError):
    """An archived page is damaged or does not match its recorded hash."""

    exit_code = 3


class NoDataError(CallkitError):
    """There are no call records, or not all of them, for the period asked for."""

    exit_code = 4


class NotebookError(CallkitError):
    """A notebook stopped before its last cell."""

    exit_code = 1


class RunTimeoutError(CallkitError):
    """A run took longer than its time limit."""

    exit_code = 5


class LockedError(CallkitError):
    """Another run holds the lock of this account."""

    exit_code = 75
