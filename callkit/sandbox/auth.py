"""The keys of the sandbox: one that always opens it, and those a login gives for an hour."""

import hmac
import secrets
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from callkit.errors import UsageError
from callkit.sandbox.business import TOKEN

LOGIN_PATH, REFRESH_PATH = "/v1/auth/login", "/v1/auth/refresh"
LOGIN_ID, EMAIL, PASSWORD = "sandbox", "sandbox@callkit.example", "sandbox-password"  # noqa: S105 (opens nothing else)
LIFETIME_S = 3600
SCHEMES = ("raw", "Bearer", "bearer")


class Keys:
    """
    Gives access tokens, and tells whether an authorization header holds a key.

    Parameters
    ----------
    lifetime_s
        How long an access token opens the API.
    schemes
        Which forms of the header are read: ``raw`` (the key alone), ``Bearer``, ``bearer``; other writings of Bearer
        count as the last.
    """

    def __init__(self, lifetime_s: float = LIFETIME_S, schemes: Collection[str] = SCHEMES) -> None:
        self._lifetime_s = lifetime_s
        self._schemes = frozenset(schemes)
        self._ends: dict[str, float] = {}

    def login(self, given: Mapping[str, Any], now: datetime) -> dict[str, Any] | None:
        """
        Return an access token for a login, or None where the login is wrong.

        Raises
        ------
        UsageError
            There is no password, or neither a login_id nor an email.
        """
        name, password = given.get("login_id", given.get("email")), given.get("password")
        if not name or not password:
            raise UsageError("A login needs login_id or email, and password.")
        wanted = LOGIN_ID if "login_id" in given else EMAIL
        return self._grant(now) if name == wanted and _same(str(password), PASSWORD) else None

    def refresh(self, header: str, now: datetime) -> dict[str, Any] | None:
        """Return a new access token for one that is still good, else None."""
        return self._grant(now) if self._key(header) in self._ends and self.opens(header, now) else None

    def opens(self, header: str, now: datetime) -> bool:
        """Tell whether a header holds the account's key, or an access token that has not ended."""
        key = self._key(header)
        return _same(key, TOKEN) or self._ends.get(key, 0.0) > now.timestamp()

    def _key(self, header: str) -> str:
        scheme, _, key = header.strip().rpartition(" ")
        scheme = scheme.strip() or "raw"
        return key if (scheme if scheme in SCHEMES else scheme.lower()) in self._schemes else ""

    def _grant(self, now: datetime) -> dict[str, Any]:
        token = f"sandbox-{secrets.token_hex(16)}"
        self._ends[token] = now.timestamp() + self._lifetime_s
        return {
            "success": True,
            "access_token": token,
            "token_type": "bearer",
            "expires_in": self._lifetime_s,
        }


def _same(given: str, wanted: str) -> bool:
    return hmac.compare_digest(given.encode(), wanted.encode())
