"""Whatever goes wrong, no key and no password is shown: not in a message, not behind it, not in a log."""

import json
import logging
import pickle
import traceback
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest

from callkit.errors import FetchError
from callkit.fetch.client import Client
from callkit.fetch.session import Session
from callkit.privacy import Secret
from callkit.settings import Settings
from tests.fetch.answers import Answer, answering, page

DAY = (datetime(2026, 11, 16), datetime(2026, 11, 17))
NOON = datetime(2026, 11, 16, 12, tzinfo=UTC)
KEY, WORD, LENT = 'kept/very+"secret', 'hidden/"word', "lent=key/of+an+hour"
TOKEN = Settings(account="shop", token=Secret(KEY), rate=0)
LOGIN = replace(TOKEN, token=Secret(), email="user@example.com", password=Secret(WORD))


def writings(secret):
    quoted = json.dumps(secret)[1:-1]
    return [secret, quote(secret), quote(secret, safe=""), quoted, quoted.replace("/", "\\/")]


def echo(status, *, is_json=True, **headers):
    """Answer with every secret in every writing."""
    text = " ".join(w for secret in (KEY, WORD, LENT) for w in writings(secret))
    return Answer(json.dumps({"message": text, "success": "false"}) if is_json else text, status, headers)


def grant(**more):
    return Answer(json.dumps({"access_token": LENT, **more}))


def behind(error):
    """Yield an error and all that it came from, shown to people or not."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


ANSWERS = [
    [echo(200)], [echo(200, is_json=False)], [echo(400)], [echo(422)], [echo(401)], [echo(403)], [echo(404)],
    [echo(403, is_json=False)], [echo(500)], [echo(429)], [Answer("{", 200)], [Answer("<html>", 403)],
    [echo(302, Location="https://other.example/?key=1")],
]  # fmt: skip


@pytest.mark.parametrize("answers", ANSWERS)
@pytest.mark.parametrize("kind", ["token", "login", "late", "refused"])
def test_no_secret_is_shown(caplog, answers, kind):
    caplog.set_level(logging.DEBUG)
    settings = TOKEN if kind == "token" else LOGIN
    first = {
        "token": [],
        "login": [],
        "late": [grant(expires_in=60)],
        "refused": [grant(), Answer(status=401), grant()],
    }
    moments = iter([NOON + timedelta(minutes=n) for n in range(99)])
    shown = []
    with answering(*first[kind], *answers) as (url, _):
        session = Session(url, sleep=lambda _: None)
        client = Client(replace(settings, base_url=url), session, now=lambda: next(moments))
        for ask in (
            lambda: client.page(*DAY, 1),
            lambda: client.probe("/v1/call_report", {}),
            lambda: [*client.pages(*DAY)],
        ):
            try:
                shown.append(repr(ask()))
            except FetchError as error:
                shown += traceback.format_exception(error)
                shown += [f"{e} {e!r} {e.args}" for e in behind(error)]
        shown += [
            repr(client),
            repr(client._credentials),
            repr(client._credentials._lease),
            repr(vars(client)),
        ]
    shown.append(caplog.text)
    held = {"token": [KEY], "login": [WORD], "late": [WORD, LENT], "refused": [WORD, LENT]}[kind]
    parts = {part for secret in held for writing in writings(secret) for part in (writing, writing[:12])}
    assert sorted(part for part in parts if part in "".join(shown)) == []


def test_a_page_keeps_what_was_asked_but_not_the_key():
    with answering(Answer(page([]))) as (url, _), Client(replace(TOKEN, base_url=url)) as client:
        found = client.page(*DAY, 1)
    assert found.source.startswith("/v1/call_report?from_date=2026-11-16")
    assert KEY not in repr(found)


def test_settings_with_a_key_are_not_pickled():
    with pytest.raises(TypeError, match="never pickled"):
        pickle.dumps(LOGIN)
