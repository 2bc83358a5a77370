"""Times and days as vendors write them, read into aware UTC times and calendar days. Pure."""

from __future__ import annotations

import contextlib
import re
import unicodedata
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from decimal import Decimal
from functools import lru_cache

from model.errors import Malformed

ORDERS = ("ymd", "dmy", "mdy")
FIRST_YEAR, LAST_YEAR = 1990, 2100

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NUMBER = re.compile(r"[0-9]{1,20}(?:\.[0-9]{1,12})?")
_COMPACT = re.compile(
    r"(?P<y>[0-9]{4})(?P<mo>[0-9]{2})(?P<d>[0-9]{2})(?:(?P<h>[0-9]{2})(?P<m>[0-9]{2})(?P<s>[0-9]{2}))?"
)
_CLOCK = re.compile(
    r"(?P<h>[0-9]{1,2}):(?P<m>[0-9]{2})(?::(?P<s>[0-9]{2})(?:[.,](?P<f>[0-9]{1,9})|(?P<g>[0-9]{6,9}))?)?"
    r"\s*(?P<half>[ap]\.?m\.?)?\s*(?P<zone>Z|UTC|GMT|[+-][0-9]{2}:?[0-9]{2}|[+-][0-9]{2})?",
    re.IGNORECASE,
)
_WEEKDAY = r"(?:[A-Za-z]{3,9}\.?,?\s+)?"
_SPELLINGS = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?P<y>[0-9]{4})[-/](?P<mo>[0-9]{1,2})[-/](?P<d>[0-9]{1,2})(?:[Tt,\s]\s*(?P<clock>.+))?",
        r"(?P<mo>[0-9]{1,2})/(?P<d>[0-9]{1,2})/(?P<y>[0-9]{4})(?:,?\s+(?P<clock>.+))?",
        _WEEKDAY + r"(?P<mo>[A-Za-z]{3,9})\.?\s+(?P<d>[0-9]{1,2}),?\s+(?P<y>[0-9]{4})(?:,?\s+(?:at\s+)?(?P<clock>.+))?",
        _WEEKDAY + r"(?P<mo>[A-Za-z]{3,9})\s+(?P<d>[0-9]{1,2})\s+(?P<clock>[0-9]+:.+)\s+(?P<y>[0-9]{4})",
        _WEEKDAY + r"(?P<d>[0-9]{1,2})[\s-](?P<mo>[A-Za-z]{3,9})\.?[\s,-]+(?P<y>[0-9]{4})(?:,?\s+(?P<clock>.+))?",
    )
)
#: Month names and abbreviations in English, German, French, Spanish, Italian, Dutch and Portuguese, without accents.
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january januar janner janvier enero gennaio januari janeiro jan janv ene gen",
            "february februar fevrier febrero febbraio februari fevereiro feb fev fevr",
            "march marz mars marzo maart marco mar mrz maerz mrt",
            "april avril abril aprile apr avr abr",
            "may mai mayo maggio mei maio mag",
            "june juni juin junio giugno junho jun giu",
            "july juli juillet julio luglio julho jul juil lug",
            "august aout agosto augustus aug ago",
            "september septembre septiembre settembre setembro sep sept set",
            "october oktober octobre octubre ottobre outubro oct okt ott out",
            "november novembre noviembre novembro nov",
            "december dezember decembre diciembre dicembre dezembro dec dez dic",
        ),
        start=1,
    )
    for name in names.split()
}


def parse_time(value: object, zone: tzinfo = UTC) -> datetime:
    """Return the moment as an aware UTC time.

    Takes ISO texts (T or blank, 0 to 9 fractional digits, any offset or none), epoch seconds, milliseconds,
    microseconds or nanoseconds as number or text, `{"value": epoch}`, `20220913052243.429`, US order with AM/PM,
    C's `Mon Aug 28 08:04:30 2023` and month names. A time without an offset stands in `zone`. Fractions below a
    microsecond are cut. Raises Malformed for everything else and for years outside 1990..2100.
    """
    if isinstance(value, str):
        moment = _text_moment(value.strip(), zone)
    elif isinstance(value, dict) and not isinstance(value.get("value"), dict):
        return parse_time(value.get("value"), zone)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        moment = _number_moment(repr(value), zone)
    else:
        raise Malformed("no time")
    return _within(moment)


def _within(moment: datetime) -> datetime:
    with contextlib.suppress(OverflowError):
        moment = moment.astimezone(UTC)
        if FIRST_YEAR <= moment.year <= LAST_YEAR:
            return moment
    raise Malformed("the time lies outside 1990 to 2100")


def _text_moment(text: str, zone: tzinfo) -> datetime:
    # The common ISO form, checked by its marks because fromisoformat takes any separator and week dates too.
    if len(text) >= 19 and text[4] == "-" and text[7] == "-" and text[10] in "T ":
        with contextlib.suppress(ValueError):
            moment = datetime.fromisoformat(text)
            return moment if moment.tzinfo is not None else moment.replace(tzinfo=zone)
    if _NUMBER.fullmatch(text):
        return _number_moment(text, zone)
    for spelling in _SPELLINGS:
        match = spelling.fullmatch(text)
        if match:
            return _spelled_moment(match, zone)
    raise Malformed("the time is in no known spelling")


def _spelled_moment(match: re.Match[str], zone: tzinfo) -> datetime:
    parts = match.groupdict()
    clock = _CLOCK.fullmatch(parts["clock"].strip()) if parts["clock"] else None
    if parts["clock"] and clock is None:
        raise Malformed("the time of day is in no known spelling")
    times = clock.groupdict() if clock else {}
    return _moment(parts, times, zone)


def _moment(day: dict[str, str], clock: dict[str, str | None], zone: tzinfo) -> datetime:
    fraction = clock.get("f") or clock.get("g") or ""
    try:
        return datetime(
            int(day["y"]),
            _month(day["mo"]),
            int(day["d"]),
            _hour(int(clock.get("h") or 0), clock.get("half")),
            int(clock.get("m") or 0),
            int(clock.get("s") or 0),
            int(f"{fraction:0<6}"[:6]),
            tzinfo=_offset(clock.get("zone")) or zone,
        )
    except ValueError:
        raise Malformed("there is no such time") from None


def _month(text: str) -> int:
    """Return the number of a month given as number or name. Raises ValueError."""
    if text.isdecimal():
        return int(text)
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    if plain not in _MONTHS:
        raise ValueError
    return _MONTHS[plain]


def _hour(hour: int, half: str | None) -> int:
    if half is None:
        return hour
    if not 1 <= hour <= 12:
        raise ValueError
    return hour % 12 + (12 if half[0] in "pP" else 0)


def _offset(text: str | None) -> tzinfo | None:
    if text is None:
        return None
    if text[0] not in "+-":
        return UTC
    minutes = int(text[1:3]) * 60 + int(text[3:].lstrip(":") or 0)
    return timezone(timedelta(minutes=minutes if text[0] == "+" else -minutes))


def _number_moment(text: str, zone: tzinfo) -> datetime:
    if not _NUMBER.fullmatch(text):
        raise Malformed("the time is in no known spelling")
    whole, _, fraction = text.partition(".")
    compact = _COMPACT.fullmatch(whole)
    # As epochs these would lie in 1970 (8 digits) or after 2100 (14 digits): the two readings never meet.
    if compact and FIRST_YEAR <= int(compact["y"]) <= LAST_YEAR:
        parts = compact.groupdict()
        return _moment(parts, {**parts, "f": fraction[:9]}, zone)
    return _epoch_moment(Decimal(text))


def _epoch_moment(number: Decimal) -> datetime:
    """Return the moment of an epoch; the size tells the unit, as the years 1990 to 2100 never meet."""
    for limit, micros in (
        (10**11, Decimal(10**6)),
        (10**14, Decimal(1000)),
        (10**17, Decimal(1)),
        (10**20, Decimal("0.001")),
    ):
        if number < limit:
            with contextlib.suppress(OverflowError):
                return _EPOCH + timedelta(microseconds=int(number * micros))
    raise Malformed("the time lies outside 1990 to 2100")


_CLOCK_TAIL = re.compile(r"[Tt,\s]\s*[0-9]{1,2}:[0-9]{2}.*", re.DOTALL)
_TRIPLE = re.compile(r"([0-9]{1,4})[/.\s-]+([0-9]{1,2})[/.\s-]+([0-9]{1,4})\.?")
_TOKEN = re.compile(r"[^\W\d_]+|[0-9]+")
_EIGHT = {"ymd": (4, 6), "dmy": (2, 4), "mdy": (2, 4)}


def parse_day(text: str, order: str) -> date:
    """Return the calendar day of a statement's text; a time of day behind it is left aside.

    `order` is `ymd`, `dmy` or `mdy`; a four-digit year in front is always year, month, day. Two-digit years are
    1990 to 2089. Raises Malformed, also for years outside 1990..2100.
    """
    plain = _CLOCK_TAIL.sub("", text.strip())
    try:
        year, month, day = _day_parts(plain, order)
        found = date(year, month, day)
    except ValueError:
        raise Malformed("the date is in no known spelling") from None
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise Malformed("the date lies outside 1990 to 2100")
    return found


def _day_parts(text: str, order: str) -> tuple[int, int, int]:
    match = _TRIPLE.fullmatch(text)
    if match:
        return _ordered(match.groups(), "ymd" if len(match[1]) == 4 else order)
    if len(text) == 8 and text.isascii() and text.isdigit():
        first, second = _EIGHT[order]
        return _ordered((text[:first], text[first:second], text[second:]), order)
    return _named_day(_TOKEN.findall(text), order)


def _ordered(parts: tuple[str | None, ...], order: str) -> tuple[int, int, int]:
    named = dict(zip(order, (part or "" for part in parts), strict=True))
    return _year(named["y"]), int(named["m"]), int(named["d"])


def _year(text: str) -> int:
    if len(text) == 4:
        return int(text)
    if len(text) != 2:
        raise ValueError
    return int(text) + (1900 if int(text) >= 90 else 2000)


def _named_day(tokens: list[str], order: str) -> tuple[int, int, int]:
    numbers = [token for token in tokens if token.isdecimal()]
    months = []
    for token in tokens:
        with contextlib.suppress(ValueError):
            months.append(0 if token.isdecimal() else _month(token))
    names = [month for month in months if month]
    if len(numbers) != 2 or len(names) != 1:
        raise ValueError
    year_first = len(numbers[0]) == 4 or (order == "ymd" and len(numbers[1]) != 4)
    day, year = reversed(numbers) if year_first else numbers
    return _year(year), names[0], int(day)


class OrderVotes:
    """Decides the order of a whole column's dates: a day above 12 anywhere settles it.

    `latest` is the last day that is possible: an order that needs a later one is as wrong as one that needs a
    thirteenth month.
    """

    def __init__(self, latest: date) -> None:
        self._latest = latest
        self._seen: set[str] = set()
        self._wrong = dict.fromkeys(ORDERS, 0)
        self._year_first = False
        self._differ = False

    def add(self, text: str) -> None:
        """Take one cell into account."""
        if text in self._seen:
            return
        if len(self._seen) < 100_000:
            self._seen.add(text)
        days = {order: self._possible(text, order) for order in ORDERS}
        for order, day in days.items():
            self._wrong[order] += day is None
        self._differ |= days["dmy"] != days["mdy"]
        self._year_first |= text[:4].isdecimal()

    def order(self) -> str | None:
        """Return the order, or None where day and month cannot be told apart."""
        best = min(self._wrong["dmy"], self._wrong["mdy"])
        if self._wrong["ymd"] < best:
            return "ymd"
        if self._wrong["dmy"] != self._wrong["mdy"]:
            return min(("dmy", "mdy"), key=self._wrong.__getitem__)
        if self._differ:
            return None
        return "ymd" if self._year_first else "dmy"

    def _possible(self, text: str, order: str) -> date | None:
        with contextlib.suppress(Malformed):
            day = parse_day(text, order)
            return day if day <= self._latest else None
        return None


@lru_cache(maxsize=1 << 16)  # a statement has few days and many rows
def business_day(text: str, order: str, zone: tzinfo) -> date:
    """Return the day of a cell: a time with an offset is taken to the company's zone, else the day as it stands."""
    if _ZONED.search(text):
        with contextlib.suppress(Malformed):
            return parse_time(text).astimezone(zone).date()
    return parse_day(text, order)


_ZONED = re.compile(r"[0-9]{1,2}:[0-9]{2}.*(?:Z|UTC|GMT|[+-][0-9]{2}:?[0-9]{2})\s*$")


@lru_cache(maxsize=1 << 16)
def day_start(day: date, zone: tzinfo) -> datetime:
    """Return the first moment of the day in the zone, as an aware UTC time."""
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
