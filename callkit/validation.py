"""What the value of a setting may be."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from callkit.clock import zone
from callkit.errors import SettingsError
from callkit.keys import token
from callkit.opening import OpeningHours
from callkit.privacy import Secret, require_country

BASE_URLS = {
    "call_report": "https://api.acefone.co.uk",
    "call_records": "https://api-account-uk.acefone.com",
}
DIALECTS = (*BASE_URLS, "webhook")  # webhooks are read from files and have no host
AUTH_SCHEMES = ("Bearer", "bearer", "raw")
MOST_CONNECTIONS = 16
_SECRETS = ("token", "password", "pseudonym_key")
_PATHS = ("data", "token_file")
_WHOLE = ("service_level_s", "short_abandon_s", "connections", "processes")
_NUMBERS = ("rate", "service_level_goal", *_WHOLE)
_REMEDIES = {
    "rate": "write requests a second, such as 1",
    "service_level_goal": "write a share between 0 and 1, such as 0.8",
    "service_level_s": "write whole seconds, such as 20",
    "short_abandon_s": "write whole seconds, such as 5",
    "connections": f"write a whole number from 1 to {MOST_CONNECTIONS}",
    "processes": "write a whole number, such as 2, or 0 for one on each processor",
    "service_targets": 'write a table [service_targets] with lines such as "Sales" = 15',
    "dids": 'write a table [dids] with lines such as "+442079460100" = "Main"',
    "agents": 'write a table [agents] with lines such as "201" = { name = "Amy", group = "Sales" }',
    "grammar": "write tables [[grammar]] with a pattern and a step each",
    "example": "write true or false",
}


@dataclass(frozen=True)
class Person:
    """How an extension or agent is shown: a name and a group, either of them empty."""

    name: str = ""
    group: str = ""


def checked(values: dict[str, Any]) -> dict[str, Any]:
    """
    Return the values with their types, each of them found to be usable.

    Raises
    ------
    SettingsError
        A value cannot be used; the message names it.
    """
    hours = values.pop("opening_hours", None)
    holidays = _typed("bank_holidays", values.pop("bank_holidays", ""))
    typed = {name: _typed(name, value) for name, value in values.items()}
    typed["account"] = _account(typed["account"])
    zone(typed.get("time_zone", "Europe/London"))
    dialect = typed.get("dialect", "call_report")
    if dialect not in DIALECTS:
        raise SettingsError(f"dialect {dialect!r} is not known; the dialects are {', '.join(DIALECTS)}.")
    url = typed.get("base_url", BASE_URLS.get(dialect, ""))
    typed["base_url"] = base_url(url) if url or dialect in BASE_URLS else ""
    if typed.get("auth_scheme", "Bearer") not in AUTH_SCHEMES:
        raise SettingsError(
            f"auth_scheme {typed['auth_scheme']!r} is not known; the schemes are {', '.join(AUTH_SCHEMES)}."
        )
    require_country(typed.get("country", "GB"))
    if typed.get("show_agents", "extension") not in ("extension", "name"):
        raise SettingsError(f"show_agents {typed['show_agents']!r} is not 'extension' or 'name'.")
    if not 0 < typed.get("service_level_goal", 0.8) < 1:
        raise SettingsError(
            f"service_level_goal {typed['service_level_goal']} is not a share between 0 and 1."
        )
    if hours is not None:
        typed["opening"] = OpeningHours.parse(hours, holidays)
    elif holidays:
        raise SettingsError("bank_holidays needs [opening_hours] beside it; name the hours of a usual week.")
    return typed


def _typed(name: str, value: Any) -> Any:
    try:
        if name in _NUMBERS:
            return _number(name, value)
        if name == "dids":
            return {str(k): _text(v) for k, v in dict(value).items()}
        if name == "service_targets":
            return {str(k): _seconds(v) for k, v in dict(value).items()}
        if name == "agents":
            return {str(k): _person(v) for k, v in dict(value).items()}
        if name == "grammar":
            if not isinstance(value, list | tuple):
                raise TypeError(value)
            return tuple(grammar_row(number, row) for number, row in enumerate(value, 1))
        if name == "example":
            return {True: True, False: False}[value]
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise SettingsError(f"Setting {name} = {value!r} cannot be used; {_REMEDIES[name]}.") from error
    return _text_or_path(name, value)


def grammar_row(number: int, written: object) -> dict[str, str]:
    """
    Return a row of ``[[grammar]]`` with all its values as text.

    Parameters
    ----------
    number
        Which row it is, for the message.
    written
        The row as it was written.

    Raises
    ------
    SettingsError
        It is no table, or one of its values is no text.
    """
    where = f"[[grammar]] row {number}"
    if not isinstance(written, Mapping):
        raise SettingsError(f"{where} is {written!r}; write a pattern and a step in a table.")
    for key, value in written.items():
        if key == "failed" and not isinstance(value, str | bool):
            raise SettingsError(f"{where} has {key} = {value}; write true or false.")
        if key != "failed" and not isinstance(value, str):
            raise SettingsError(f"{where} has {key} = {value}; write it as text in quotes.")
    return {key: str(value) for key, value in written.items()}


def _number(name: str, value: Any) -> float:
    number = float(value)
    is_whole = name in _WHOLE
    if isinstance(value, bool) or not 0 <= number < math.inf or (is_whole and number != int(number)):
        raise ValueError(value)
    if name == "connections" and not 1 <= number <= MOST_CONNECTIONS:
        raise ValueError(value)
    return int(number) if is_whole else number


def _seconds(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < math.inf:
        raise ValueError(value)
    return value


def _text_or_path(name: str, value: Any) -> str | Path | Secret | None:
    if name in _PATHS and isinstance(value, Path):
        return value
    if not isinstance(value, str):
        shown = "" if name in _SECRETS else f" = {value!r}"
        raise SettingsError(f"Setting {name}{shown} must be text in quotes.")
    if name in _SECRETS:
        return token(value) if name == "token" else Secret(value.strip("\r\n"))
    if name == "token_file" and not value:
        return None
    return Path(value).expanduser() if name in _PATHS else value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def _person(value: Any) -> Person:
    if not isinstance(value, dict):
        return Person(_text(value))
    return Person(**{key: _text(part) for key, part in value.items()})


def _account(name: str) -> str:
    if not name.replace("-", "").replace("_", "").isalnum():
        raise SettingsError(f"account {name!r} must be letters, digits, - and _ only: it names folders.")
    return name


def base_url(url: str) -> str:
    """
    Return the address of a host to which a key may be sent.

    Raises
    ------
    SettingsError
        It is no address of a host, holds more than one, or would send the key in the open.
    """
    try:
        parts = urlsplit(url)
        has_host = bool(parts.hostname) and parts.port != 0
    except ValueError:
        has_host = False
    if not has_host and "://" in url:
        raise SettingsError(f"base_url {url!r} names no host; write it like {BASE_URLS['call_report']!r}.")
    if has_host and (parts.username or parts.password or parts.query):
        raise SettingsError("base_url holds more than a host and a path; the key goes into CALLKIT_TOKEN.")
    loopback = has_host and parts.hostname in ("127.0.0.1", "::1", "localhost")
    if has_host and (parts.scheme == "https" or (parts.scheme == "http" and loopback)):
        return url.rstrip("/")
    raise SettingsError(f"base_url {url!r} must begin with https://: the key would travel in the open.")
