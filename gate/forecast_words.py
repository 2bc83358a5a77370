"""The forecast in words and rows: the sentence that answers, the table behind it, and what would narrow it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gate.forecast import Forecast, Question, Range
from gate.points import ASSUMED, MICROS, Line

#: So many reasons stand in the sentence.
_REASONS = 3
_COUNTS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_WHO = {"crm_administrator": "the CRM administrator", "privacy": "whoever answers for privacy"}


def short(micros: int) -> str:
    """Return an amount in thousands as the sentence has it: 31k, 4.8k, 950."""
    units = micros / MICROS
    if abs(units) < 1_000:
        return f"{units:,.0f}"
    thousands = f"{units / 1_000:,.0f}" if abs(units) >= 10_000 else f"{units / 1_000:.1f}".removesuffix(".0")
    return f"{thousands}k"


def hundreds(of: Range) -> Range:
    """Return a range in whole hundreds: more digits would say more than the estimate does."""
    return Range(*(_hundred(end) for end in (of.low, of.likely, of.high)))


def _hundred(micros: int) -> int:
    return round(micros, -8)


def year_shown(found: Forecast) -> Range | None:
    """Return the first year as the sum of what is shown of its parts, so that a reader gets the same."""
    if found.subject.quote is None:
        return None
    paid = _hundred(found.subject.quote) + _hundred(found.subject.uplift or 0)
    return (hundreds(found.one_off) + hundreds(found.run)).plus(paid)


def sentences(found: Forecast) -> list[str]:
    """Return the answer: what is forecast and why, what would narrow it, and what comes after the first year."""
    whole, quote = found.first_year, found.subject.quote
    reasons = _because(found)
    if not found.costed:
        first = "Nothing is to be integrated by what is known."
    elif whole is None or quote is None:
        first = (
            f"No price is quoted; the integration alone is forecast at {_ends(found, found.one_off)} once and"
            f" {_ends(found, found.run)} a year, because {reasons}."
        )
    else:
        first = f"Quoted {_money(found, quote)}, forecast {_ends(found, whole)}, because {reasons}."
    later = []
    if quote is not None:
        paid = quote + (found.subject.uplift or 0)
        later = [f"From the second year: {_money(found, paid)} + about {_money(found, found.run.likely)}."]
    return [first, *([narrowing(found, found.question)] if found.question else []), *later, *_unknown_uplift(found)]


def _unknown_uplift(found: Forecast) -> list[str]:
    if found.subject.uplift is not None or not found.costed:
        return []
    return ["What a higher plan costs, where one of the points needs it, is unknown and not in it."]


def narrowing(found: Forecast, asked: Question) -> str:
    """Return whom to ask what, and what the upper end loses by it."""
    whom = _joined([_who(name) for name in asked.whom])
    by = f"about {_money(found, asked.lowers)}"
    if asked.needed:
        return f"Asking {whom} whether it needs {asked.title} at all would take up to {by} off the upper end."
    return f"Asking {whom} about {_joined(asked.what)} would lower the upper end by {by}."


def _who(name: str) -> str:
    return _WHO.get(name, f"the {name.replace('_', ' ')}")


def _because(found: Forecast) -> str:
    told = found.costed[:_REASONS]
    return _joined([_reason(found, line, first=line is told[0]) for line in told], comma=len(told) > 1)


def _reason(found: Forecast, line: Line, *, first: bool) -> str:
    part = f"{found.share(line):.0%}".replace("%", " %") + (" of the one-off mean" if first else "")
    count = len(line.open)
    known = _COUNTS[count] if count < len(_COUNTS) else str(count)
    about = f" and {known} {'fact' if count == 1 else 'facts'} about that {'is' if count == 1 else 'are'} open"
    assumed = " (assumed, for nobody has said)" if line.state == ASSUMED else ""
    return f"{line.because}{about if first and count else ''}{assumed} ({part})"


def _joined(parts: Sequence[str], *, comma: bool = False) -> str:
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])}{',' if comma else ''} and {parts[-1]}"


def _money(found: Forecast, micros: int) -> str:
    return f"{found.settings.currency or ''} {short(micros)}".strip()


def _ends(found: Forecast, ends: Range) -> str:
    return f"{_money(found, ends.low)}-{short(ends.high)}"


# --- rows ------------------------------------------------------------------------------------------------------------

#: The fields of a point, in order; money is in millionths of the reporting currency, hours are numbers.
POINT_FIELDS = (
    *("point", "title", "state", "because", "factors", "factor", "open", "low_hours", "likely_hours", "high_hours"),
    *("role", "rate_micros", "mean_micros", "spread_micros", "share", "run_hours", "run_micros", "read", "unknown"),
)


def point_rows(found: Forecast) -> list[dict[str, Any]]:
    """Return a row a point, those that cost most first; those that cost nothing have no hours."""
    costed = found.costed
    return [_row(found, line) for line in (*costed, *(line for line in found.lines if not line.costs))]


def _row(found: Forecast, line: Line) -> dict[str, Any]:
    hours = {"low_hours": line.low, "likely_hours": line.likely, "high_hours": line.high}
    held = {name: round(float(value), 2) if line.costs else None for name, value in hours.items()}
    read = [{"fact": name, "value": _plain(v), "from": line.sources[name]} for name, v in line.read.items()]
    costs = line.costs
    return {
        "point": line.point.id,
        "title": line.point.title,
        "state": line.state,
        "because": line.because,
        "factors": [{"what": what, "factor": float(factor)} for what, factor in line.factors],
        "factor": float(line.factor) if costs else None,
        "open": [driver.ask for driver in line.open],
        **held,
        "role": line.point.role,
        "rate_micros": round(line.rate) if costs else None,
        "mean_micros": line.mean if costs else None,
        "spread_micros": line.spread if costs else None,
        "share": round(found.share(line), 4) if costs else None,
        "run_hours": float(line.point.run) if costs else None,
        "run_micros": line.run if costs else None,
        "read": read,
        "unknown": list(line.unknown),
    }


def _plain(value: object) -> object:
    if isinstance(value, tuple):
        return list(value)
    return value if isinstance(value, bool | int | float | str) else str(value)


def whole(found: Forecast) -> dict[str, Any]:
    """Return the forecast as JSON has it: the answer first, then all that it was made of."""
    asked = found.question
    question = asked and {
        "point": asked.point,
        "whom": list(asked.whom),
        "what": list(asked.what) or [f"whether {asked.title} is needed"],
        "lowers_micros": asked.lowers,
    }
    return {
        "sentence": " ".join(sentences(found)),
        "currency": found.settings.currency,
        "quote_micros": found.subject.quote,
        "uplift_micros": found.subject.uplift,
        "one_off": ends(found.one_off),
        "run": ends(found.run),
        "first_year": None if found.first_year is None else ends(found.first_year),
        "stop_micros": found.stop,
        "mean_micros": found.mean,
        "spread_micros": found.spread,
        "root_micros": found.root,
        "question": question,
        "assumed": [line.point.id for line in found.lines if line.state == ASSUMED],
        "settings": settings_row(found),
        "never_set": list(found.settings.unset),
        "points": point_rows(found),
    }


def ends(of: Range) -> dict[str, int]:
    """Return a range as JSON has it."""
    return {"low_micros": of.low, "likely_micros": of.likely, "high_micros": of.high}


def settings_row(found: Forecast) -> dict[str, Any]:
    """Return the settings as JSON has them."""
    values = {name: float(value) for name, value in found.settings.values.items()}
    return {"rates_micros": dict(found.settings.rates), **values, "deviations": float(found.settings.deviations)}
