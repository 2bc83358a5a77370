"""How a schedule is written: five fields as in a crontab, and periods such as 6h; texts only, no time passes here."""

from __future__ import annotations

import re
from datetime import timedelta

#: Sunday is 0 and 7 in a crontab (POSIX, `crontab`: 0-6 from Sunday; 7 as in Vixie's).
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_FIELDS = ("minute", "hour", "day", "month", "day_of_week")
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
_PART = re.compile(r"(?P<first>\w+)(?:-(?P<last>\w+))?(?:/(?P<step>[1-9]\d?))?")


def fields(text: str) -> dict[str, str]:
    """Return the five fields by name, days of the week as names. Raises ValueError that says how they are written."""
    given = text.lower().split()
    if len(given) != len(_FIELDS):
        raise ValueError(
            f"{len(given)} fields instead of five: minute, hour, day of the month, month, day of the week; "
            '"cron: 0 3 * * *" is every day at 3:00'
        )
    found = dict(zip(_FIELDS, given, strict=True))
    if not found["day"].startswith("*") and not found["day_of_week"].startswith("*"):
        # A crontab means "or" by this, which hardly anybody expects.
        raise ValueError("a day of the month and a day of the week: leave one of the two at *")
    return found | {"day_of_week": weekdays(found["day_of_week"])}


def weekdays(field: str) -> str:
    """Return a crontab's days of the week as names: `1-5` becomes `mon,tue,wed,thu,fri`. Raises ValueError."""
    if field == "*":
        return field
    wanted = {day for part in field.split(",") for day in _days(part)}
    return ",".join(name for number, name in enumerate(_DAYS) if number in wanted)


def _days(part: str) -> set[int]:
    found = _PART.fullmatch(re.sub(r"^\*", "0-6", part))
    if found is None:
        raise ValueError(_NO_DAY)
    first = _day(found["first"])
    last = _day(found["last"]) if found["last"] else 6 if found["step"] else first
    if found["last"] and last <= first and found["last"] != found["first"]:
        last += 7  # fri-mon goes over the week's end, and 5-7 ends with Sunday
    return {day % 7 for day in range(first, last + 1, int(found["step"] or 1))}


_NO_DAY = "a day of the week is 0 to 7 (0 and 7 are Sunday) or mon, tue, wed, thu, fri, sat, sun"


def _day(text: str) -> int:
    if text in _DAYS:
        return _DAYS.index(text)
    if not re.fullmatch("[0-7]", text):
        raise ValueError(_NO_DAY)
    return int(text) % 7


def period(text: str) -> timedelta:
    """Return what `90m`, `6h` or `1d` means. Raises ValueError."""
    found = re.fullmatch(r"([1-9]\d{0,5}) ?([mhd])", text.strip().lower())
    if found is None:
        raise ValueError("a period is a number with m, h or d, such as 90m, 6h or 1d")
    return int(found[1]) * _UNITS[found[2]]
