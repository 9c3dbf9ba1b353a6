import socket
from datetime import UTC, datetime
from threading import Thread, Timer

import pytest

from callkit.errors import FetchError, PageError, ServerError
from callkit.fetch.limiter import Limiter
from callkit.fetch.session import Session, retry_after_s
from tests.fetch.answers import Answer, answering

NOON = datetime(2026, 11, 16, 12, tzinfo=UTC)
FINE = Answer(b"fine")


def ask(url, sleeps, read=lambda response: response.content, **options):
    options = {"random": lambda: 0.5, "now": lambda: NOON, "monotonic": lambda: 100.0, **options}
    with Session(url, sleep=sleeps.append, **options) as session:
        return session.send("GET", "/v1/call_report", read)


def test_waits_grow_with_full_jitter_until_the_answer_is_good():
    sleeps = []
    with answering(*[Answer(status=500)] * 3, FINE) as (url, asked):
        assert ask(url, sleeps) == b"fine"
    assert (sleeps, len(asked)) == ([0.5, 1.0, 2.0], 4)


def test_jitter_goes_down_to_no_wait_at_all():
    sleeps = []
    with answering(Answer(status=503), FINE) as (url, _):
        ask(url, sleeps, random=lambda: 0.0)
    assert sleeps == [0.0]


def test_retry_after_in_seconds_is_obeyed():
    sleeps = []
    with answering(Answer(status=429, headers={"Retry-After": "7"}), FINE) as (url, _):
        assert ask(url, sleeps) == b"fine"
    assert sleeps == [7.0]


def test_retry_after_as_a_date_is_obeyed():
    sleeps = []
    with answering(Answer(status=429, headers={"Retry-After": "Mon, 16 Nov 2026 12:00:30 GMT"}), FINE) as (
        url,
        _,
    ):
        ask(url, sleeps)
    assert sleeps == [30.0]


@pytest.mark.parametrize(
    ("value", "seconds"),
    [(None, 0), ("", 0), ("soon", 0), ("12", 12), (" 1.5 ", 1.5), ("Mon, 16 Nov 2026 11:00:00 GMT", 0),
     ("Mon, 16 Nov 2026 12:01:00 -0000", 60)],
)  # fmt: skip
def test_retry_after(value, seconds):
    assert retry_after_s(value, NOON) == seconds


def test_a_garbled_answer_is_not_an_unreachable_host():
    garbled = Answer(b"no gzip", headers={"Content-Encoding": "gzip"})
    with (
        answering(garbled) as (url, _),
        pytest.raises(FetchError, match="broke its answer off or garbled it"),
    ):
        ask(url, [])


def test_the_last_failure_is_raised_in_one_sentence():
    sleeps = []
    with (
        answering(Answer(status=502)) as (url, asked),
        pytest.raises(FetchError, match=r"answered 502 6 times"),
    ):
        ask(url, sleeps)
    assert len(asked) == 6
    assert sleeps == [0.5, 1.0, 2.0, 4.0, 8.0]


def test_too_many_requests_names_the_setting():
    with answering(Answer(status=429)) as (url, _), pytest.raises(FetchError, match="lower the setting rate"):
        ask(url, [])


def test_a_very_long_retry_after_is_not_waited_for():
    sleeps = []
    answer = Answer(status=429, headers={"Retry-After": "3600"})
    with answering(answer) as (url, _), pytest.raises(FetchError, match="alone for 3600 s"):
        ask(url, sleeps)
    assert sleeps == []


def test_an_unreachable_host_is_one_sentence_after_a_few_attempts():
    sleeps = []
    with answering(FINE) as (url, _):
        pass
    with pytest.raises(
        FetchError, match=r"^Cannot reach 127\.0\.0\.1:\d+ \(Connection refused\); check base_url"
    ):
        ask(url, sleeps)
    assert sleeps == [0.5, 1.0, 2.0]


def test_a_silent_host_is_asked_again():
    import threading

    silence = threading.Event()

    def slow(asked):
        silence.wait(5)
        return FINE

    sleeps = []
    with answering(by=slow) as (url, _):
        with pytest.raises(FetchError, match=r"sent nothing for 0\.02 s"):
            ask(url, sleeps, timeout_s=(1, 0.02))
        silence.set()
    assert len(sleeps) == 5


def test_an_unreadable_answer_is_asked_for_again():
    def read(response):
        if response.content != b"fine":
            raise PageError("Not a page.")
        return "read"

    sleeps = []
    with answering(Answer(b"{"), FINE) as (url, _):
        assert ask(url, sleeps, read) == "read"
    with answering(Answer(b"{")) as (url, asked), pytest.raises(PageError, match="Not a page"):
        ask(url, sleeps, read)
    assert len(asked) == 3


def test_another_host_never_gets_a_request():
    with answering(FINE) as (other, elsewhere):
        redirect = Answer(status=302, headers={"Location": f"{other}/v1/call_report"})
        with answering(redirect) as (url, _), pytest.raises(FetchError, match=f"redirects to {other}"):
            ask(url, [])
    assert elsewhere == []


def test_the_same_host_by_another_scheme_never_gets_a_request():
    def by(asked):
        return Answer(status=302, headers={"Location": f"https://{asked.headers['host']}/v1/call_report"})

    with answering(by=by) as (url, asked), pytest.raises(FetchError, match="redirects to https://"):
        ask(url, [])
    assert len(asked) == 1


def test_a_redirect_on_the_same_host_is_followed():
    def by(asked):
        return FINE if asked.path == "/there" else Answer(status=307, headers={"Location": "/there"})

    with answering(by=by) as (url, _):
        assert ask(url, []) == b"fine"


def test_a_circle_of_redirects_ends():
    with (
        answering(Answer(status=302, headers={"Location": "/"})) as (url, _),
        pytest.raises(FetchError, match="circle"),
    ):
        ask(url, [])


def test_the_limiter_spaces_requests_and_never_hurries_to_catch_up():
    time_s, sleeps = [100.0], []

    def sleep(seconds):
        sleeps.append(round(seconds, 6))
        time_s[0] += seconds

    limiter = Limiter(4, sleep=sleep, monotonic=lambda: time_s[0])
    for _ in range(3):
        limiter.wait()
    time_s[0] += 10
    limiter.wait()
    limiter.wait()
    assert sleeps == [0.2525, 0.2525, 0.2525]


def test_no_rate_means_no_wait():
    Limiter(0, sleep=lambda _: pytest.fail("slept")).wait()


def test_a_turn_is_noted_for_the_other_processes(tmp_path):
    time_s, slept = [100.0], []
    limiters = [
        Limiter(4, tmp_path / ".rate", sleep=slept.append, monotonic=lambda: time_s[0]) for _ in range(2)
    ]
    for limiter in (*limiters, *limiters):
        limiter.wait()
        time_s[0] += 0.1
    assert slept == pytest.approx([0.1525] * 3)


@pytest.mark.parametrize("noted", ["", "rubbish", "99999999"])
def test_a_note_that_means_nothing_holds_nobody_up(tmp_path, noted):
    (tmp_path / ".rate").write_text(noted)
    Limiter(4, tmp_path / ".rate", sleep=lambda _: pytest.fail("slept"), monotonic=lambda: 5.0).wait()


def test_a_refusal_holds_all_threads_up():
    slept = []
    limiter = Limiter(0, sleep=slept.append, monotonic=lambda: 50.0)
    limiter.hold(7)
    limiter.wait()
    limiter.wait()
    assert slept == [7.0]


def test_a_closed_session_wakes_who_waits_and_sends_nothing_more():
    with answering(Answer(status=503, headers={"Retry-After": "200"})) as (url, asked):
        session = Session(url)
        Timer(0.2, session.close).start()
        with pytest.raises(FetchError, match="The fetch was stopped; sync again"):
            session.send("GET", "/v1/call_report", lambda response: response.content)
        assert len(asked) == 1


def test_a_redirect_to_no_address_is_said():
    answer = Answer(status=302, headers={"Location": "http://["})
    with (
        answering(answer) as (url, _),
        pytest.raises(FetchError, match="redirects to something that is no address"),
    ):
        ask(url, [])


def test_a_host_that_closes_before_its_answer_is_reachable_all_the_same():
    with socket.create_server(("127.0.0.1", 0)) as server:

        def hang_up():
            for _ in range(4):
                server.accept()[0].close()

        Thread(target=hang_up, daemon=True).start()
        with pytest.raises(ServerError, match="broke off before its answer was whole"):
            ask(f"http://127.0.0.1:{server.getsockname()[1]}", [])


def test_who_is_woken_leaves_the_turn_as_it_was_noted(tmp_path):
    limiter = Limiter(1, tmp_path / ".rate", sleep=lambda _: True, monotonic=lambda: 50.0)
    limiter.hold(200)
    limiter.wait()
    assert float((tmp_path / ".rate").read_text()) == 250.0
