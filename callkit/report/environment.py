"""What processes of a report are told by their environment: the settings, and none of the account's keys."""

import dataclasses
import os
from collections.abc import Mapping
from pathlib import Path

from callkit.errors import UsageError
from callkit.settings import Settings

_SECRETS = (
    "CALLKIT_TOKEN", "CALLKIT_TOKEN_FILE", "CALLKIT_KEYRING", "CALLKIT_LOGIN_ID", "CALLKIT_EMAIL", "CALLKIT_PASSWORD",
)  # fmt: skip
_KEYS = (*_SECRETS, "CALLKIT_PSEUDONYM_KEY")
_ONLY_FETCHING = (
    "base_url", "rate", "connections", "processes", "auth_scheme", "token", "token_file", "keyring", "login_id",
    "email", "password", "data",
)  # fmt: skip


def without_key(environ: Mapping[str, str]) -> dict[str, str]:
    """Return an environment without the account's token and login."""
    return {name: value for name, value in environ.items() if name not in _SECRETS}


def without_any_key(environ: Mapping[str, str]) -> dict[str, str]:
    """Return an environment without the account's token and login, and without the key of the pseudonyms."""
    return {name: value for name, value in environ.items() if name not in _KEYS}


def kernel_environment(settings: Settings) -> dict[str, str]:
    """
    Return what the kernel's environment must add so that the notebook loads the same settings.

    Raises
    ------
    UsageError
        The notebook would load other settings: some were changed after loading.
    """
    added = {"CALLKIT_DATA": str(settings.data.resolve())}
    if settings.account == "sandbox":
        added["CALLKIT_CONFIG"] = "sandbox"
    elif "CALLKIT_CONFIG" in os.environ:
        added["CALLKIT_CONFIG"] = str(Path(os.environ["CALLKIT_CONFIG"]).resolve())
    seen = Settings.load(environ={**without_key(os.environ), **added})
    fields = [f.name for f in dataclasses.fields(Settings) if f.name not in _ONLY_FETCHING]
    different = [name for name in fields if getattr(seen, name) != getattr(settings, name)]
    if different:
        message = (
            f"The notebook would load another {different[0]} than the settings given have; "
            "write it to a callkit.toml and name that in CALLKIT_CONFIG."
        )
        raise UsageError(message)
    return added
