"""Hours of work: when somebody is there, and what so many hours of work from now on are. Pure functions.

"mon-thu 09:00-17:30, fri 09:00-12:00, fri 13:00-16:00" in a time zone; days change with summer time, hours do not.
24:00 is the end of a day: who works through the night writes "fri 22:00-24:00, sat 00:00-06:00".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_datetime, get_day_names, get_timezone_name

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_PART = re.compile(r"([a-z]{3})(?:-([a-z]{3}))? ([0-2]\d:[0-5]\d)-([0-2]\d:[0-5]\d)")
_DAY = re.compile(r"\b(?:" + "|".join(DAYS) + r")\b")
_MIDNIGHT = time(0)
"""As the end of a span: that of the day, which is written 24:00."""
_LONGEST_WAIT = 3660
"""Days looked ahead: no promise reaches further."""


def in_words(hours: str, language: str) -> str:
    """The hours with days as a language names them: "lun.–ven. 09:00–17:30"."""
    names = get_day_names("abbreviated", "stand-alone", language)
    return _DAY.sub(lambda found: names[DAYS.index(found[0])], hours.lower()).replace("-", "–")


def zone_in_words(zone: str, language: str) -> str:
    """The name of a time zone in a language: "Central European Time"."""
    return get_timezone_name(ZoneInfo(zone), locale=language)


def moment_in_words(moment: datetime, zone: str, language: str) -> str:
    """Day and time of a zone's clocks, short, in a language: "16/11/2026 10:12"."""
    return format_datetime(moment, "short", tzinfo=ZoneInfo(zone), locale=language)


class WrongHours(ValueError):
    """The text does not say hours of a week."""


@dataclass(frozen=True, slots=True)
class Hours:
    """For each day of the week the spans of work, in order, and the zone they are meant in."""

    week: tuple[tuple[tuple[time, time], ...], ...]
    zone: str = "UTC"

    @classmethod
    def read(cls, text: str, zone: str = "UTC") -> Hours:
        """Read "mon-fri 09:00-17:30, sat 10:00-12:00".

        Raises:
            WrongHours: days, times or their order are not understood.
        """
        week: list[list[tuple[time, time]]] = [[] for _ in DAYS]
        for part in (part.strip().lower() for part in text.split(",") if part.strip()):
            match = _PART.fullmatch(part)
            if match is None or match[1] not in DAYS or (match[2] or match[1]) not in DAYS:
                raise WrongHours(part)
            first, last = DAYS.index(match[1]), DAYS.index(match[2] or match[1])
            try:
                start = time.fromisoformat(match[3])
                end = _MIDNIGHT if match[4] == "24:00" else time.fromisoformat(match[4])
            except ValueError as wrong:
                raise WrongHours(part) from wrong
            if first > last or (start >= end and match[4] != "24:00"):
                raise WrongHours(part)
            for day in range(first, last + 1):
                week[day].append((start, end))
        if not any(week):
            raise WrongHours(text)
        for spans in week:
            spans.sort()
            for (_start, end), (start, _end) in zip(spans, spans[1:], strict=False):
                if end > start or end == _MIDNIGHT:
                    raise WrongHours(text)
        return cls(tuple(tuple(spans) for spans in week), zone)

    def spans(self, moment: datetime) -> list[tuple[datetime, datetime]]:
        """The spans of work of the day that `moment` lies in, in UTC."""
        zone = ZoneInfo(self.zone)
        day = moment.astimezone(zone).date()
        return [
            (
                datetime.combine(day, start, zone).astimezone(UTC),
                datetime.combine(day + timedelta(end == _MIDNIGHT), end, zone).astimezone(UTC),
            )
            for start, end in self.week[day.weekday()]
        ]

    def is_open(self, moment: datetime) -> bool:
        """True while somebody is there."""
        return any(start <= moment < end for start, end in self.spans(moment))

    def next_open(self, moment: datetime) -> datetime:
        """When somebody is there again; the moment itself while somebody is."""
        return self.after(moment, timedelta(0))

    def after(self, moment: datetime, work: timedelta) -> datetime:
        """The moment at which so much time of work has passed since `moment`.

        With nothing to wait for it is the first moment of work. Figures: Friday 16:30, hours to 17:30, four
        hours: Monday 12:00 where work begins at 09:00.
        """
        left, day = work, moment
        for _ in range(_LONGEST_WAIT):
            for start, end in self.spans(day):
                begin = max(start, moment)
                if begin >= end:
                    continue
                if end - begin >= left:
                    return begin + left
                left -= end - begin
            day = self._next_day(day)
        raise OverflowError("no promise reaches so far")

    def between(self, start: datetime, end: datetime) -> timedelta:
        """How much time of work lies between two moments; nothing when the second is not later."""
        total, day = timedelta(0), start
        while day < end + timedelta(days=1) and start < end:
            for begin, stop in self.spans(day):
                total += max(timedelta(0), min(stop, end) - max(begin, start))
            day = self._next_day(day)
            if day - start > timedelta(days=_LONGEST_WAIT):
                break
        return total

    def _next_day(self, moment: datetime) -> datetime:
        zone = ZoneInfo(self.zone)
        following = moment.astimezone(zone).date() + timedelta(days=1)
        return datetime.combine(following, time(0), zone).astimezone(UTC)
