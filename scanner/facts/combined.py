"""Facts that follow from other facts of the tool, answers among them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from model.facts import Known, Unknown
from scanner.facts.world import Subject, World, keys

_STEPS = ("low", "medium", "high")


def derive(subject: Subject, world: World, known: Mapping[str, Known | Unknown]) -> dict[str, Known | Unknown]:
    """Return the facts that are put together from `known`."""
    del subject, world
    return {
        "contract.notice_deadline": _notice_deadline(known),
        "ownership.rating_gap": _rating_gap(known),
        "spend.seats_unused_share": _unused_seats(known),
    }


def _both(known: Mapping[str, Known | Unknown], one: str, other: str) -> tuple[Known, Known] | Unknown:
    first, second = known.get(one), known.get(other)
    if isinstance(first, Known) and isinstance(second, Known):
        return first, second
    missing = [name for name, fact in ((one, first), (other, second)) if not isinstance(fact, Known)]
    return Unknown(f"{' and '.join(missing)} {'is' if len(missing) == 1 else 'are'} unknown")


def _notice_deadline(known: Mapping[str, Known | Unknown]) -> Known | Unknown:
    found = _both(known, "contract.end", "contract.notice_days")
    if isinstance(found, Unknown):
        return found
    end, days = found
    assert isinstance(end.value, date)
    assert isinstance(days.value, int)
    return Known(end.value - timedelta(days=days.value), keys((*end.evidence, *days.evidence)), end.at)


def _rating_gap(known: Mapping[str, Known | Unknown]) -> Known | Unknown:
    found = _both(known, "ownership.importance_marketing", "ownership.importance_it")
    if isinstance(found, Unknown):
        return found
    steps = [_STEPS.index(str(one.value)) for one in found]
    return Known(abs(steps[0] - steps[1]), keys((*found[0].evidence, *found[1].evidence)), found[0].at)


def _unused_seats(known: Mapping[str, Known | Unknown]) -> Known | Unknown:
    found = _both(known, "spend.seats_bought", "people.count")
    if isinstance(found, Unknown):
        return found
    bought, used = found
    assert isinstance(bought.value, int)
    assert isinstance(used.value, int)
    if bought.value <= 0:
        return Unknown("no seat was bought")
    return Known(max(0.0, 1 - used.value / bought.value), keys((*bought.evidence, *used.evidence)), used.at)
