"""Settings of one account: callkit.toml, the environment, and a key that never shows itself."""

import difflib
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Self

from callkit import keys
from callkit.errors import SettingsError
from callkit.opening import OpeningHours
from callkit.privacy import Secret
from callkit.validation import BASE_URLS, Person, checked

SANDBOX_FILE = Path(__file__).parent / "sandbox" / "callkit.toml"
EXAMPLE_FILE = Path(__file__).parent / "callkit.example.toml"


@dataclass(frozen=True)
class Settings:
    """
    All that callkit knows about one account.

    Read it with `Settings.load`; every field of one word has an environment twin ``CALLKIT_<NAME>``.

    Parameters
    ----------
    account
        Short name of the account; its folders under `data` carry it.
    base_url, dialect
        Host of the API, and the form of its answers.
    time_zone
        IANA zone of the vendor's stamps.
    country
        Two-letter region by which national phone numbers are read.
    data
        Folder that holds ``raw``, ``tables`` and ``reports``.
    rate, connections
        Requests a second at most, 0 for no limit; and how many may be under way at once, 1 to 16.
    processes
        How many processes build tables where there are many; 0: as many as there are processors.
    auth_scheme
        How the key stands in its header: after ``Bearer`` or ``bearer``, or alone (``raw``).
    token, token_file, keyring
        The account's key; else a file whose first line it is; else the service under which the system's keyring
        holds it (or, beside the name of a login, the password) for the account.
    login_id, email, password
        The login that gives a key, where there is none: an id or an address, whichever the account has.
    pseudonym_key
        Key of the callers' pseudonyms; empty: made once and kept in ``data/.key``.
    service_level_s, short_abandon_s, service_level_goal
        A call counts as answered in time within so many seconds; one given up within so many is short; the share
        of calls aimed at (0–1).
    service_targets
        Services that are to be answered within other seconds, by their name.
    opening
        Opening hours and bank holidays.
    dids
        Label for each of our own numbers.
    agents
        Name and group of extensions, by their id.
    show_agents
        How people appear in shared reports: ``extension`` or ``name``.
    grammar
        Extra rows for the table of call-flow steps.
    example
        True where the data are invented, as in the sandbox: pages are titled "Example data".
    title
        What reports call the business; empty: "Phone calls".
    """

    account: str
    base_url: str = BASE_URLS["call_report"]
    dialect: str = "call_report"
    time_zone: str = "Europe/London"
    country: str = "GB"
    data: Path = Path("data")
    rate: float = 1.0
    connections: int = 4
    processes: int = 0
    auth_scheme: str = "Bearer"
    token: Secret = Secret()
    token_file: Path | None = None
    keyring: str = ""
    login_id: str = field(default="", repr=False)
    email: str = field(default="", repr=False)
    password: Secret = Secret()
    pseudonym_key: Secret = Secret()
    service_level_s: int = 20
    short_abandon_s: int = 5
    service_level_goal: float = 0.8
    service_targets: Mapping[str, float] = field(default_factory=dict)
    opening: OpeningHours = field(default_factory=OpeningHours)
    dids: Mapping[str, str] = field(default_factory=dict)
    agents: Mapping[str, Person] = field(default_factory=dict)
    show_agents: str = "extension"
    grammar: tuple[Mapping[str, str], ...] = ()
    example: bool = False
    title: str = ""

    @classmethod
    def load(cls, config: str | Path | None = None, environ: Mapping[str, str] = os.environ) -> Self:
        """
        Read the settings from a file and the environment; the environment wins.

        Parameters
        ----------
        config
            A callkit.toml, or ``"sandbox"`` for the built-in example account. Default: the file that
            ``CALLKIT_CONFIG`` names, else ``callkit.toml`` in this folder or the nearest one above.

        Raises
        ------
        SettingsError
            The file is missing or not TOML; a setting is unknown or has a value that cannot be used; no account is
            configured.
        """
        path = find(config, environ)
        values = _read(path) if path else {}
        twins = {"data": "CALLKIT_DATA"} if path == SANDBOX_FILE else _TWINS
        if path != SANDBOX_FILE:
            _refuse_typos(environ)
        values = keys.merged(values, {name: environ[key] for name, key in twins.items() if environ.get(key)})
        if not values.get("account"):
            message = (
                f"No account is configured: copy {EXAMPLE_FILE} to callkit.toml and name the account there, "
                "or use the built-in sandbox (callkit report weekly --sandbox)."
            )
            raise SettingsError(message)
        if values["account"] == "sandbox" and path != SANDBOX_FILE:
            raise SettingsError("account 'sandbox' is kept for the built-in example; choose another name.")
        return cls(**{"data": _home() / "data", **checked(values)})

    def folder(self, kind: str) -> Path:
        """Return the account's folder of a kind: ``raw``, ``tables`` or ``reports``."""
        return self.data / kind / self.account

    def line(self, did: str | None) -> str:
        """Return the label of one of our own numbers: its name in ``[dids]``, else its last three digits."""
        digits = _digits(did or "")
        if not digits:
            return "Unknown line"
        return next(
            (label for number, label in self.dids.items() if _digits(number) == digits), f"Line {digits[-3:]}"
        )

    def key(self) -> Secret | keys.Login:
        """
        Return the account's token, or the login that gives one, from where it is kept.

        Raises
        ------
        SettingsError
            There is neither, it cannot be read, or the account's dialect is not fetched.
        """
        if self.dialect not in BASE_URLS:
            message = (
                f"Account {self.account!r} keeps {self.dialect}s, which are not fetched; read them with "
                f'ck.tidy(pages, dialect="{self.dialect}").'
            )
            raise SettingsError(message)
        if self.token:
            return self.token
        if self.token_file:
            return keys.from_file(self.token_file)
        name = self.login_id or self.email
        if name and (password := self.password or self._kept()):
            return keys.Login("login_id" if self.login_id else "email", name, password)
        if self.keyring:
            return keys.token(self._kept().reveal())
        message = (
            f"No key for account {self.account!r}: set CALLKIT_TOKEN, or CALLKIT_LOGIN_ID (or CALLKIT_EMAIL) and "
            "CALLKIT_PASSWORD, in the environment."
        )
        raise SettingsError(message)

    def _kept(self) -> Secret:
        return keys.from_keyring(self.keyring, self.account) if self.keyring else Secret()

    def require_key(self) -> None:
        """
        Make sure that a key or a login is there, and can be read.

        Raises
        ------
        SettingsError
            As for `key`.
        """
        self.key()


_TABLES = ("dids", "agents", "service_targets", "opening_hours", "grammar", "bank_holidays")
_NAMES = [f.name for f in fields(Settings) if f.name != "opening"]
_TWINS = {name: f"CALLKIT_{name.upper()}" for name in _NAMES if name not in (*_TABLES, "example")}


def _digits(number: str) -> str:
    return number.removeprefix("+").removeprefix("00").strip()


def find(config: str | Path | None = None, environ: Mapping[str, str] = os.environ) -> Path | None:
    """Return the settings file that `Settings.load` would read; None where there is none."""
    chosen = config or environ.get("CALLKIT_CONFIG")
    if chosen == "sandbox":
        return SANDBOX_FILE
    if chosen:
        return Path(chosen).expanduser()
    here = Path.cwd()
    return next((p / "callkit.toml" for p in (here, *here.parents) if (p / "callkit.toml").is_file()), None)


def _refuse_typos(environ: Mapping[str, str]) -> None:
    known = sorted([*_TWINS.values(), "CALLKIT_CONFIG"])
    for name in sorted(environ):
        if name.startswith("CALLKIT_") and name not in known:
            near = difflib.get_close_matches(name, known, 1, cutoff=0.85)
            if near:
                raise SettingsError(f"The environment has an unknown setting {name}; did you mean {near[0]}?")


def _home() -> Path:
    here = Path.cwd()
    return next(
        (p for p in (here, *here.parents) if (p / "callkit.toml").is_file() or (p / "notebooks").is_dir()),
        here,
    )


def _read(path: Path) -> dict[str, Any]:
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise SettingsError(f"Settings file {path} does not exist; copy {EXAMPLE_FILE} to it.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise SettingsError(f"Settings file {path} cannot be read: {error}.") from error
    known = sorted({*_NAMES, *_TABLES})
    for name in values:
        if name not in known:
            near = difflib.get_close_matches(name, known, 1)
            hint = f"did you mean {near[0]!r}?" if near else f"the settings are {', '.join(known)}."
            raise SettingsError(f"{path.name} has an unknown setting {name!r}; {hint}")
    for name in ("data", "token_file"):
        if isinstance(values.get(name), str) and (values[name] or name == "data"):
            values[name] = Path(os.path.normpath(path.parent / Path(values[name]).expanduser()))
    return values
