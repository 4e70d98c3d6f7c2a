"""Moves the dates of the worked example, in values and in sentences, to another day."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

MONTHS = (
    *("januari", "februari", "maart", "april", "mei", "juni"),
    *("juli", "augustus", "september", "oktober", "november", "december"),
)
NAMES = "|".join(MONTHS)
A_DAY = re.compile(rf"\b(\d{{1,2}}) ({NAMES})(?: (\d{{4}}))?\b")
A_MONTH = re.compile(rf"(?<!\d )\b(in|sinds|vanaf) ({NAMES})\b")
A_YEAR = re.compile(r"(?<!\d )\b(in|van) (20\d\d)\b")
MID_MONTH, MID_YEAR = 15, 7


@dataclass(frozen=True, slots=True)
class MovedDates:
    """Days of the example, so many days later or earlier; hours stay what they were on the wall.

    as_of: the day of the example that becomes ``today``.
    """

    as_of: date
    today: date
    zone: ZoneInfo

    @property
    def by(self) -> timedelta:
        """Return how far everything moves."""
        return self.today - self.as_of

    def day(self, written: str) -> date:
        """Return a day of the example (``2026-09-05``), moved."""
        return date.fromisoformat(written[:10]) + self.by

    def at(self, written: str, hour: int = 10, minute: int = 0) -> datetime:
        """Return a moment on a day of the example, moved, by the clock on the wall; in UTC."""
        local = datetime.combine(self.day(written), time(hour, minute), tzinfo=self.zone)
        return local.astimezone(UTC)

    def text(self, text: str, said_on: str) -> str:
        """Return a sentence with the days, months and years in it moved.

        said_on: the day of the example on which it was said; a day without a year is the one
        nearest to it.
        """
        said = date.fromisoformat(said_on[:10])

        def day(match: re.Match[str]) -> str:
            month, number = MONTHS.index(match[2]) + 1, int(match[1])
            if match[3]:
                return in_words(date(int(match[3]), month, number) + self.by, year=True)
            return in_words(nearest(said, month, number) + self.by)

        def month(match: re.Match[str]) -> str:
            moved = nearest(said, MONTHS.index(match[2]) + 1, MID_MONTH) + self.by
            return f"{match[1]} {MONTHS[moved.month - 1]}"

        def year(match: re.Match[str]) -> str:
            return f"{match[1]} {(date(int(match[2]), MID_YEAR, 1) + self.by).year}"

        for pattern, moved in ((A_YEAR, year), (A_MONTH, month), (A_DAY, day)):
            text = pattern.sub(moved, text)
        return text


def in_words(day: date, *, year: bool = False) -> str:
    """Return a day as people say it."""
    words = f"{day.day} {MONTHS[day.month - 1]}"
    return f"{words} {day.year}" if year else words


def nearest(to: date, month: int, day: int) -> date:
    """Return the date with this month and day that is nearest to another date."""
    around = [date(to.year + years, month, day) for years in (-1, 0, 1)]
    return min(around, key=lambda each: abs(each - to))
