"""contract.* and spend.seats_bought: what lists of contracts say."""

from __future__ import annotations

from datetime import date
from typing import Any

from model.facts import Known, Unknown
from model.signal import SignalKind
from scanner.facts.world import Subject, World, day_of, keys, latest, record_key

_Row = dict[str, Any]
_NAMES = ("contract.exists", "contract.end", "contract.value", "spend.seats_bought")


def derive(subject: Subject, world: World) -> dict[str, Known | Unknown]:
    """Return these facts: that no list names a contract says nothing, as most contracts are in none."""
    rows = subject.of_kind(SignalKind.CONTRACT)
    if (reason := next((why for r in rows if (why := world.reason_against(r)) is not None), None)) is not None:
        return dict.fromkeys(_NAMES, Unknown(reason))
    if not rows:
        return dict.fromkeys(_NAMES, Unknown("no source of contracts names the tool, and nobody has answered"))
    return {
        _NAMES[0]: _known(True, rows),
        _NAMES[1]: _end(rows, world),
        _NAMES[2]: _value(rows, world),
        _NAMES[3]: _seats(rows),
    }


def _known(value: bool | int | date, rows: list[_Row]) -> Known:
    return Known(value, keys(map(record_key, rows)), latest(r["seen_at"] for r in rows))


def _end(rows: list[_Row], world: World) -> Known | Unknown:
    """Return the first end that is still to come, else the last one that has passed."""
    ends = [(day, r) for r in rows if (day := _day(r["facts"].get("renews_on"))) is not None]
    if not ends:
        return Unknown("no contract states its end")
    coming = [pair for pair in ends if pair[0] >= day_of(world.as_of)]
    day, row = min(coming, key=lambda pair: pair[0]) if coming else max(ends, key=lambda pair: pair[0])
    return _known(day, [row])


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat((text or "")[:10])
    except ValueError:
        return None


def _value(rows: list[_Row], world: World) -> Known | Unknown:
    """Return what all contracts are worth together, where all say it in the company's currency."""
    if any("amount_micros" not in r["facts"] or "currency" not in r["facts"] for r in rows):
        return Unknown("a contract does not state what it is worth")
    base = world.company.base_currency
    if base is None:
        return Unknown("no base currency is configured: [company] base_currency")
    if others := sorted({r["facts"]["currency"] for r in rows} - {base}):
        return Unknown(f"a contract is in {', '.join(others)}, and there is no rate to {base}")
    return _known(sum(int(r["facts"]["amount_micros"]) for r in rows), rows)


def _seats(rows: list[_Row]) -> Known | Unknown:
    stating = [r for r in rows if "seats" in r["facts"]]
    if not stating:
        return Unknown("no contract states seats")
    return _known(sum(int(r["facts"]["seats"]) for r in stating), stating)
