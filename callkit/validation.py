"""What the value of a setting may be."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from callkit.clock import zone
from callkit.errors import SettingsError
from callkit.opening import OpeningHours
from callkit.privacy import Secret

DIALECTS = ("call_report",)
BASE_URLS = {"call_report": "https://api.acefone.co.uk"}
_SECRETS = ("token", "password", "pseudonym_key")
_NUMBERS = {"rate": float, "service_level_goal": float, "service_level_s": int, "short_abandon_s": int}


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
    hours, holidays = values.pop("opening_hours", None), values.pop("bank_holidays", "")
    typed = {name: _typed(name, value) for name, value in values.items()}
    typed["account"] = _account(typed["account"])
    zone(typed.get("time_zone", "Europe/London"))
    dialect = typed.get("dialect", "call_report")
    if dialect not in DIALECTS:
        raise SettingsError(f"dialect {dialect!r} is not known; the dialects are {', '.join(DIALECTS)}.")
    typed["base_url"] = _base_url(typed.get("base_url", BASE_URLS[dialect]))
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
            return _positive(_NUMBERS[name](value))
        if name == "dids":
            return {str(k): str(v) for k, v in dict(value).items()}
        if name == "agents":
            return {
                str(k): Person(**v) if isinstance(v, dict) else Person(str(v)) for k, v in dict(value).items()
            }
        if name == "grammar":
            return tuple({str(k): str(v) for k, v in dict(row).items()} for row in value)
        if name == "data":
            return Path(value)
    except (TypeError, ValueError) as error:
        raise SettingsError(
            f"Setting {name} = {value!r} cannot be used; see callkit.example.toml."
        ) from error
    if name == "example":
        return bool(value)
    if not isinstance(value, str):
        shown = "" if name in _SECRETS else f" = {value!r}"
        raise SettingsError(f"Setting {name}{shown} must be text in quotes.")
    return Secret(value) if name in _SECRETS else value


def _positive(number: float) -> float:
    if not number >= 0:
        raise ValueError(number)
    return number


def _account(name: str) -> str:
    if not name.replace("-", "").replace("_", "").isalnum():
        raise SettingsError(f"account {name!r} must be letters, digits, - and _ only: it names folders.")
    return name


def _base_url(url: str) -> str:
    parts = urlsplit(url)
    loopback = parts.hostname in ("127.0.0.1", "::1", "localhost")
    if parts.scheme == "https" or (parts.scheme == "http" and loopback):
        return url.rstrip("/")
    raise SettingsError(f"base_url {url!r} must begin with https://: the key would travel in the open.")
