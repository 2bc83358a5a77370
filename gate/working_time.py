"""Working days: what is due in so many of them, and how many have passed, in the company's zone and holidays."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_DAY = timedelta(days=1)
_SATURDAY = 5
#: Nobody has so many holidays in a row: past that the calendar is wrong, and nothing would ever be due.
_MOST_IDLE = 366


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkingTime:
    """`zone` is an IANA name; `weekend` are weekdays (0 Monday .. 6 Sunday) on which nobody works."""

    zone: str = "UTC"
    holidays: Collection[date] = frozenset()
    weekend: Collection[int] = frozenset({_SATURDAY, 6})

    def works(self, day: date) -> bool:
        """Return whether people work on a day."""
        return day.weekday() not in self.weekend and day not in self.holidays

    def due(self, since: datetime, days: int) -> datetime:
        """Return the end of the working day that is so many after `since`, in UTC; 0 means this day or the next one.

        Raises ValueError where there is no working day for a year, or `days` is negative.
        """
        if days < 0:
            raise ValueError("a clock runs forward: days must not be negative")
        day, left, idle = since.astimezone(ZoneInfo(self.zone)).date(), days, 0
        while left or not self.works(day):
            day += _DAY
            working = self.works(day)
            left -= int(working and left > 0)
            idle = 0 if working else idle + 1
            if idle > _MOST_IDLE:
                raise ValueError("the calendar has no working day for a year")
        return self._end(day)

    def passed(self, since: datetime, until: datetime) -> int:
        """Return how many working days ended after `since` and up to `until`; 0 where `until` is before it."""
        zone = ZoneInfo(self.zone)
        day, last = since.astimezone(zone).date(), until.astimezone(zone).date()
        found = 0
        while day <= last:
            found += int(self.works(day) and since < self._end(day) <= until)
            day += _DAY
        return found

    def _end(self, day: date) -> datetime:
        after = datetime.combine(day + _DAY, time(), ZoneInfo(self.zone))
        return after.astimezone(UTC) - timedelta(milliseconds=1)
