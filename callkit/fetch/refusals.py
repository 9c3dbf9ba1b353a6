"""What each refusal of the API means, as an error in one sentence."""

from collections.abc import Callable
from typing import Any

import msgspec
import requests

from callkit.errors import AuthError, FetchError, RouteError
from callkit.privacy import mask_numbers

_GATEWAY_WORDS = (
    "missing authentication token",
    "not a valid key=value pair",
    "authorization header requires",
    "no matching route",
)
_GATEWAY_ERRORS = ("MissingAuthenticationToken", "IncompleteSignature", "InvalidSignature")


def refusal(
    response: requests.Response,
    host: str,
    path: str,
    *,
    hide: Callable[[str], str],
    of_key: Callable[[int], str],
) -> FetchError | None:
    """
    Return what an answer's status means; None where it is good.

    Parameters
    ----------
    response
        The answer.
    host, path
        What was asked.
    hide
        Takes the account's key out of a text of the vendor.
    of_key
        Says, given the status, that the key was refused, and what to check.
    """
    status = response.status_code
    if status == 200:
        return None
    if status == 404 or (status == 403 and is_gateway(response)):
        message = f"{host} has no route {path} (it answered {status}): there is no such route on this host; "
        return RouteError(message + "check base_url and dialect.")
    if status == 401 or (status == 403 and not is_html(response)):
        return AuthError(of_key(status))
    return FetchError(f"{host} refused {path} with {status}{_said(response, hide)}; check the settings.")


def is_gateway(response: requests.Response) -> bool:
    """Tell whether an API gateway answered, which knows no such route, and not the account's API."""
    kind, body = response.headers.get("x-amzn-errortype", ""), response.text.lower()
    return kind.startswith(_GATEWAY_ERRORS) or any(words in body for words in _GATEWAY_WORDS)


def is_html(response: requests.Response) -> bool:
    """Tell whether an answer is a page for people, as firewalls and proxies give it."""
    return response.content.lstrip()[:1] == b"<"


def _said(response: requests.Response, hide: Callable[[str], str]) -> str:
    if is_html(response):
        return " (a page for people: something before the API answered, such as a firewall)"
    try:
        answer = msgspec.json.decode(response.content, type=dict[str, Any])
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return ""
    errors = answer.get("errors")
    message = answer.get("message") or (errors.get("message") if isinstance(errors, dict) else "")
    text = mask_numbers(hide(str(message or "")))[:200]
    return f" ({text})" if text else ""
