"""Where an account's key is kept: in the settings, in a file, or in the system's keyring."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from callkit.errors import SettingsError
from callkit.privacy import Secret

_TOKENS = ("token", "token_file", "keyring")
_NAMES = ("login_id", "email")


class Login(NamedTuple):
    """A login: the name of its field (``login_id`` or ``email``), who signs in, and the password."""

    field: str
    name: str
    password: Secret


def merged(in_file: Mapping[str, Any], in_environment: Mapping[str, Any]) -> dict[str, Any]:
    """
    Join the settings of a file and of the environment, which wins.

    Where the environment names a token, wherever it is kept, or a whole login, what the file says of tokens does not
    count; the same holds for the name of a login.

    Raises
    ------
    SettingsError
        One of the two places names two tokens, or two names of a login.
    """
    for place, values in (("The settings file", in_file), ("The environment", in_environment)):
        for one, other in (_TOKENS[:2], _NAMES):
            if values.get(one) and values.get(other):
                raise SettingsError(f"{place} has both {one} and {other}; keep one of them.")
    has_name = any(in_environment.get(name) for name in _NAMES)
    has_login = has_name and bool(in_environment.get("password"))
    ignored: set[str] = set(_NAMES) if has_name else set()
    if has_login or any(in_environment.get(name) for name in _TOKENS):
        ignored.update(_TOKENS)
    return {name: value for name, value in in_file.items() if name not in ignored} | dict(in_environment)


def token(text: str) -> Secret:
    """
    Return a token without the blanks and line ends that copying brings along.

    Raises
    ------
    SettingsError
        It cannot be a key.
    """
    text = text.strip()
    if not (text.isascii() and text.isprintable()):
        raise SettingsError("The token holds characters no key has; copy it again, without line breaks.")
    return Secret(text)


def from_file(path: Path) -> Secret:
    """
    Return the token that is the first line of a file.

    Raises
    ------
    SettingsError
        The file is missing, empty or cannot be read.
    """
    try:
        with path.open(encoding="utf-8-sig") as file:
            line = file.readline(100_000)
    except FileNotFoundError:
        line, trouble = "", "does not exist"
    except UnicodeDecodeError:
        line, trouble = "", "is not text"
    except OSError as error:
        line, trouble = "", f"cannot be read ({error.strerror})"
    else:
        trouble = "" if line.strip() else "has an empty first line"
    if trouble:
        raise SettingsError(f"token_file {path} {trouble}; write the key to its first line.")
    return token(line)


def from_keyring(service: str, account: str) -> Secret:
    """
    Return what the system's keyring holds for an account.

    Raises
    ------
    SettingsError
        The package keyring is not installed, there is no keyring, or it has no such entry.
    """
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError:
        message = f"keyring = {service!r} needs the package keyring; install it with pip install 'callkit[keyring]'."
        raise SettingsError(message) from None
    remedy = f"store the key with: keyring set {service} {account}"
    try:
        held = keyring.get_password(service, account)
    except KeyringError as error:
        kind = type(error).__name__
        raise SettingsError(f"The keyring cannot be read ({kind}); unlock it, and {remedy}") from None
    if not held:
        raise SettingsError(f"The keyring has no entry {service!r} for {account!r}; {remedy}")
    return Secret(held.strip("\r\n"))
