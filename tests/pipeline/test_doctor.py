"""The doctor as a whole: what it says of hosts, keys and paces, that it stops, and what it never says."""

import random
import re
from dataclasses import replace

import pytest
from starlette.responses import HTMLResponse, RedirectResponse, Response

from callkit.errors import ServerError, SettingsError
from callkit.pipeline.doctor import LOOKS, doctor
from callkit.pipeline.examination.answers import MOST_REQUESTS
from callkit.privacy import Secret
from callkit.sandbox import auth
from callkit.sandbox.centre import truth
from callkit.settings import Settings
from tests.fetch.answers import Answer, answering
from tests.pipeline.variations import NOW, examined, failure, gateway

DIALECTS = ("call_report", "call_records")
REPORT, RECORDS = "/v1/call_report", "/v1/call/records"


def only(path):
    return lambda asked: None if asked.path == path else gateway()


@pytest.fixture(scope="module", params=DIALECTS)
def usual(request):
    return examined(dialect=request.param)


def test_the_sandbox_is_as_it_is_configured(usual):
    found = usual.diagnosis
    assert found.exit_code == 0
    assert found.toml() == ""
    assert "The settings agree with what was found." in str(found)
    assert usual.said("Key").startswith(
        "Accepted as Bearer, bearer, raw; auth_scheme Bearer is one of them. [known]"
    )
    assert usual.said("Sample").startswith("Tuesday 2026-11-17 is looked at: ")
    assert usual.said("Rate").startswith("No request was one too many. [known]")
    assert len(usual.asked) < 30


def test_every_finding_carries_how_sure_it_is(usual):
    assert {finding.sure for finding in usual.diagnosis.findings} <= {"known", "likely", "not told"}
    assert all(finding.said.endswith(".") for finding in usual.diagnosis.findings)
    assert max(map(len, str(usual.diagnosis).splitlines())) <= 110


def test_no_number_and_no_name_is_said(usual):
    week = truth(NOW.date().replace(day=9), NOW.date(), now=NOW)
    numbers = {call.caller for call in week if call.caller}
    assert len(numbers) > 100
    digits = re.sub(r"[\s-]", "", usual.text)
    assert not [n for n in numbers if n.removeprefix("+44") in digits]
    assert not re.search(r"Amira|Harvey|Bookings", usual.text)


def test_a_page_is_shown_in_a_notebook(usual):
    html = usual.diagnosis._repr_html_()
    assert html.startswith("<table><caption>Account sandbox")
    assert html.count("<tr>") == len(usual.diagnosis.findings) + 1


def test_the_other_dialect_is_recommended():
    seen = examined(instead=only(RECORDS))
    assert seen.said("Dialect").startswith("call_records: GET /v1/call/records gives a page. [known]")
    assert "call_report: 403: there is no such route" in seen.said("Dialect")
    assert 'dialect = "call_records"' in seen.diagnosis.toml()
    assert seen.said("call_id").startswith("It means the call's own id.")
    back = examined(instead=only(REPORT), dialect="call_records")
    assert 'dialect = "call_report"' in back.diagnosis.toml()


@pytest.mark.parametrize(
    ("schemes", "advice"), [(("raw",), "raw"), (("bearer",), "bearer"), (("Bearer", "raw"), "")]
)
def test_the_forms_of_the_key(schemes, advice):
    seen = examined(server={"schemes": schemes})
    accepted = [s for s in ("Bearer", "bearer", "raw") if s in schemes]
    verdict = "is not one of them" if advice else "is one of them"
    assert seen.said("Key").startswith(f"Accepted as {', '.join(accepted)}; auth_scheme Bearer {verdict}.")
    assert [a.scheme for a in seen.asked[:4]] == ["Bearer", "Bearer", "bearer", "raw"]
    assert (f'auth_scheme = "{advice}"' in seen.diagnosis.toml()) is bool(advice)
    assert seen.diagnosis.exit_code == 0
    assert seen.diagnosis.found("Flow")


def test_a_wrong_key_is_a_finding():
    seen = examined(token=Secret("quite-wrong"))
    assert seen.diagnosis.exit_code == 3
    assert seen.said("Key").startswith("The key is accepted in no form; check CALLKIT_TOKEN, ")
    assert seen.said("Host").startswith("127.0.0.1:")
    assert len(seen.asked) == 4
    assert "quite-wrong" not in seen.text


def test_a_login_is_made_once():
    login = {"token": Secret(), "login_id": auth.LOGIN_ID, "password": Secret(auth.PASSWORD)}
    seen = examined(**login)
    assert seen.diagnosis.exit_code == 0
    assert [a.method for a in seen.asked].count("POST") == 1
    refused = examined(**login | {"password": Secret("quite-wrong")})
    assert refused.diagnosis.exit_code == 3
    assert "refused the login of account 'sandbox'" in refused.said("Key")
    assert len(refused.asked) == 1


def test_a_host_that_is_not_there():
    settings = replace(Settings.load("sandbox", {}), base_url="http://127.0.0.1:9")
    found = doctor(settings, now=lambda: NOW, sleep=lambda _: None)
    assert found.exit_code == 3
    assert "Cannot reach 127.0.0.1:9" in str(found)
    assert "check base_url and the network" in str(found)


@pytest.mark.parametrize("status", [200, 403, 503])
def test_pages_for_people(status):
    seen = examined(instead=lambda _: HTMLResponse("<html>Welcome, please sign in</html>", status))
    assert seen.diagnosis.exit_code == 3
    assert "answers with pages for people: a portal, a proxy or a firewall" in seen.said("Host")
    assert "# base_url: the vendor's hosts are https://api.acefone.co.uk or" in seen.diagnosis.toml()


def test_a_host_without_the_routes():
    assert "has neither route; check base_url." in examined(instead=lambda _: gateway()).said("Host")
    assert "take the path /v2 out of base_url" in examined(path="/v2").said("Host")


def test_a_redirect_to_another_host():
    seen = examined(instead=lambda a: RedirectResponse(f"https://elsewhere.example{a.path}?key=1"))
    assert "sends us to https://elsewhere.example, where the key is not sent." in seen.said("Host")
    assert "# base_url: https://elsewhere.example, if that is" in seen.diagnosis.toml()
    assert "only sends us to other paths" in examined(instead=lambda _: RedirectResponse("/login")).said(
        "Host"
    )


def test_a_server_that_fails():
    seen = examined(instead=lambda _: failure(500, "500 response"))
    assert seen.diagnosis.exit_code == 3
    assert "with no page of calls; check base_url, try later. [likely]" in seen.said("Host")
    assert len(seen.asked) == 4


def test_one_question_that_fails_leaves_the_others():
    seen = examined(instead=lambda a: failure(500, "no") if a.query.get("limit") == "200" else None)
    assert "a limit of 200 is refused" in seen.said("Page size")
    assert seen.diagnosis.found("Flow")


def test_a_question_without_an_answer_leaves_the_others(monkeypatch):
    def silent(_):
        raise ServerError("127.0.0.1 sent nothing for 60 s; sync again later.")

    looks = tuple((about, silent if about == "Order" else look) for about, look in LOOKS)
    monkeypatch.setattr("callkit.pipeline.doctor.LOOKS", looks)
    seen = examined()
    assert "sent nothing for 60 s" in seen.said("Order")
    assert seen.diagnosis.found("Order").sure == "not told"
    assert seen.diagnosis.found("Unknown parameter")


def test_a_failure_that_repeats_our_key_and_a_number():
    message = "key sandbox-key of 07700900123 is not good"
    seen = examined(instead=lambda _: failure(200, message))
    assert "sandbox-key" not in seen.text
    assert "07700900123" not in seen.text
    assert "key *** of …123 is not good" in seen.said("Host")


def too_many(every, **headers):
    asked = []

    def instead(one):
        asked.append(one)
        return failure(429, "Too many requests.", **headers) if len(asked) % every == 0 else None

    return instead


def test_what_the_server_says_about_the_rate():
    seen = examined(instead=too_many(7, retry_after="2"), rate=0)
    assert seen.diagnosis.exit_code == 0
    assert re.match(
        r"The API refused \d requests as too many \(429\), with Retry-After 2; lower", seen.said("Rate")
    )
    assert re.search(r"^rate = \d+  # \d of \d+ requests were too many", seen.diagnosis.toml(), re.M)
    silent = examined(instead=too_many(7), rate=0)
    assert "without Retry-After" in silent.said("Rate")


def test_too_many_requests_again_and_again():
    seen = examined(instead=lambda _: failure(429, "Too many requests."))
    assert seen.diagnosis.exit_code == 3
    assert "too many requests" in seen.said("Host")
    assert len(seen.asked) == 6
    later = examined(instead=lambda _: failure(429, "Too many requests.", retry_after="3600"))
    assert "asks to be left alone for 3600 s" in later.said("Host")


def test_the_rate_of_the_account_is_kept():
    waits = []
    seen = examined(sleep=waits.append, rate=2)
    assert len(waits) == len(seen.asked) - 1
    assert max(waits) <= 0.51


def test_the_most_requests_are_never_exceeded():
    seen = examined(instead=too_many(2))
    assert len(seen.asked) == MOST_REQUESTS
    assert "40 requests were sent, which is all the doctor may send." in seen.said("Requests")
    assert "looked at: " in seen.said("Requests")
    assert seen.diagnosis.exit_code == 0
    assert seen.diagnosis.found("Flow")


@pytest.mark.parametrize("seed", range(30))
def test_no_answer_makes_it_raise(seed):
    chance = random.Random(seed)
    bodies = [b"", b"null", b"[]", b'{"data": []}', b'{"data": [1, null, {}]}', b'{"results": {}}', b"\xff\xfe",
              b'{"data": [{"date": 5, "call_stats": []}]}', b"<html>", b'{"count": "x", "results": [{"id": {}}]}',
              b'{"data": [{"date": "nonsense", "source": 7700900123, "call_stats": {"call_id": 1.5}}] }']  # fmt: skip
    statuses = [200] * 12 + [204, 301, 302, 400, 401, 403, 404, 429, 500, 502]

    def by(_):
        return Answer(
            chance.choice(bodies), chance.choice(statuses), chance.choice([{}, {"location": "//["}])
        )

    with answering(by=by) as (url, asked):
        settings = replace(Settings.load("sandbox", {}), base_url=url)
        found = doctor(settings, now=lambda: NOW, sleep=lambda _: None)
    assert len(asked) == found.n_requests <= MOST_REQUESTS
    assert str(found)
    assert found._repr_html_()
    assert found.exit_code in (0, 3)


def test_no_key_is_an_error_of_the_settings():
    with pytest.raises(SettingsError, match="No key for account"):
        doctor(replace(Settings.load("sandbox", {}), token=Secret()))


def test_a_response_without_anything():
    assert examined(instead=lambda _: Response(b"", 204)).diagnosis.exit_code == 3
