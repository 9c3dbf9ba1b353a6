"""The account under examination: what is asked of it, in which form, and what came so far."""

from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from types import ModuleType
from typing import NamedTuple

from callkit import clock
from callkit.dialects import dialect
from callkit.errors import FetchError
from callkit.fetch.client import Client
from callkit.flow.stamps import MONTHS
from callkit.pipeline.examination.answers import Answer, CountedSession, judged
from callkit.pipeline.examination.calls import Call
from callkit.pipeline.examination.diagnosis import Advice
from callkit.settings import Settings

SECONDS, DAYS, VENDOR = "YYYY-MM-DD HH:MM:SS", "YYYY-MM-DD", "DD-Mon-YYYY HH:MM:SS"
WIDE_DAYS = 28  # call_records takes a month at most
_SECOND = timedelta(seconds=1)


class Span(NamedTuple):
    """A stretch of wall clock, its last second included."""

    first: datetime
    last: datetime

    @classmethod
    def of(cls, day: date, n_days: int = 1) -> "Span":
        """Return the span of so many days that end with this one."""
        return cls(clock.midnight(day - timedelta(days=n_days - 1)), datetime.combine(day, time(23, 59, 59)))

    @classmethod
    def around(cls, moment: datetime, seconds: int) -> "Span":
        """Return the span of so many seconds on both sides of a moment."""
        return cls(moment - seconds * _SECOND, moment + seconds * _SECOND)

    def holds(self, call: Call) -> bool:
        """Tell whether a call began in it."""
        return call.wall is not None and self.first <= call.wall <= self.last


def written(moment: datetime, style: str) -> str:
    """
    Write a wall-clock time in one of the ways that are tried.

    >>> written(datetime(2020, 3, 27, 6, 1, 57), VENDOR)
    '27-Mar-2020 06:01:57'
    """
    if style == VENDOR:
        return f"{moment.day:02}-{MONTHS[moment.month - 1].capitalize()}-{moment:%Y %H:%M:%S}"
    return moment.strftime(clock.WALL_FORMAT if style == SECONDS else "%Y-%m-%d")


class Case:
    """
    One account, and what is known of it so far.

    Parameters
    ----------
    settings
        The account.
    client, session
        What asks, and what counts the questions.
    now
        Gives the present instant.
    """

    def __init__(
        self, settings: Settings, client: Client, session: CountedSession, now: Callable[[], datetime]
    ) -> None:
        self.settings, self.session = settings, session
        self._client = client
        self.today = clock.wall(now(), settings.time_zone).date()
        self.name = settings.dialect
        self.scheme = settings.auth_scheme
        self.style = SECONDS
        self.zone_refusal = ""
        self.is_readable = False
        self.day: date | None = None
        self.sample = Answer("", "")
        self.wide = Answer("", "")
        self.bodies: list[bytes] = []
        self._seen: set[str] = set()
        self.advice: list[Advice] = []

    @property
    def module(self) -> ModuleType:
        """The dialect that the account speaks."""
        return dialect(self.name)

    @property
    def has_zone(self) -> bool:
        """Whether questions carry the zone."""
        return "time_zone" in self._query(Span.of(self.today), {})

    def send(self, name: str, query: dict[str, str], scheme: str | None = None) -> Answer:
        """
        Ask in a dialect, once more where the server fails, and return what the answer is.

        Raises
        ------
        FetchError
            The host cannot be reached, or says again and again that there are too many requests; or no request is
            left.
        """
        module = dialect(name)
        for _ in range(2):
            probe = self._client.probe(module.PATH, query, scheme=scheme or self.scheme)
            if probe.status == 429:
                raise FetchError(
                    f"{self.session.host} says again and again that there are too many requests."
                )
            if probe.status < 500:
                break
        answer = judged(probe, module)
        self.is_readable |= answer.is_page
        return answer

    def ask(self, span: Span, *, style: str = "", **changes: str | None) -> Answer:
        """
        Ask for the first page of a span, with some parameters changed, or left out where they are None.

        Raises
        ------
        FetchError
            As for `send`.
        """
        style = style or self.style
        bounds = {"from_date": written(span.first, style), "to_date": written(span.last, style)}
        return self.send(self.name, self._query(span, {**bounds, **changes}))

    def keep(self, answer: Answer) -> None:
        """Keep a page for what callkit makes of it, unless all of its calls are here already."""
        keys = {call.key for call in answer.calls}
        if answer.is_page and not keys <= self._seen:
            self.bodies.append(answer.body)
            self._seen |= keys

    def _query(self, span: Span, changes: dict[str, str | None]) -> dict[str, str]:
        usual = self.module.query(
            span.first, span.last + _SECOND, 1, time_zone=self.settings.time_zone, limit=self.module.LIMIT
        )
        dropped = {"time_zone": None} if self.zone_refusal else {}
        return {name: text for name, text in {**usual, **dropped, **changes}.items() if text is not None}

    @property
    def wide_span(self) -> Span:
        """Four weeks that end with the day of the sample."""
        return Span.of(self.day or self.today - timedelta(days=1), WIDE_DAYS)

    @property
    def timed_call(self) -> Call | None:
        """A call of the sample that began more than a second from any other, from the middle of the page."""
        calls = self.sample.calls
        seconds = Counter(call.wall for call in calls)
        alone = [
            call
            for call in calls
            if call.wall and sum(seconds[call.wall + n * _SECOND] for n in (-1, 0, 1)) == 1 and call.key
        ]
        return alone[len(alone) // 2] if alone else None

    @property
    def named_call(self) -> Call | None:
        """A call of the sample that has an id and the rarest of the numbers; None where there is none."""
        calls = [call for call in self.sample.calls if call.call_id and call.number]
        numbers = Counter(call.number for call in calls)
        return min(calls, key=lambda call: numbers[call.number], default=None)
