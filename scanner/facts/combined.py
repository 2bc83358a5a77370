"""Facts that follow from other facts of the tool, answers among them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from gate import views
from gate.decisions import decided_on
from model.facts import Known, Unknown
from scanner.facts.accounts import first_review
from scanner.facts.overlap import beside, per_person
from scanner.facts.world import Subject, World, keys

#: A decision for a renewal is one of so long before the last day for notice.
_BEFORE_NOTICE = timedelta(days=180)


def derive(subject: Subject, world: World, known: Mapping[str, Known | Unknown]) -> dict[str, Known | Unknown]:
    """Return the facts that are put together from `known`."""
    deadline = _notice_deadline(known)
    cost = per_person(_of(known, "spend.annual"), _of(known, "people.count"))
    found = {
        "contract.notice_deadline": deadline,
        "contract.renewal_decided": _renewal(deadline, subject),
        views.GAP: views.gap(known),
        "spend.per_active_person": cost,
        "spend.per_active_vs_category": beside(cost, subject, world),
        "spend.seats_unused_share": _unused_seats(known),
    }
    return found | {name: fact for name, fact in _implied(known) if not isinstance(known.get(name), Known)}


def _of(known: Mapping[str, Known | Unknown], name: str) -> Known | Unknown:
    return known.get(name) or Unknown(f"{name} is unknown")


def _implied(known: Mapping[str, Known | Unknown]) -> Iterator[tuple[str, Known | Unknown]]:
    """Yield what another fact shows of one that is not known itself."""
    yield "access.reviewed_on", first_review(_of(known, "lifecycle.first_seen"))
    for name, shown in (
        ("integration.sso_available", "access.sso_registered"),
        ("integration.scim_available", "integration.provisioning_on"),
    ):
        fact = known.get(shown)
        if isinstance(fact, Known) and fact.value:
            yield name, Known("yes", fact.evidence, fact.at)
    crm = known.get("connections.crm")
    if isinstance(crm, Known) and not crm.value:
        yield "grants.crm_write", Known(False, crm.evidence, crm.at)


def _renewal(deadline: Known | Unknown, subject: Subject) -> Known:
    """Return whether the tool was decided on in good time before notice must be given."""
    if isinstance(deadline, Unknown):
        return Known(False)
    assert isinstance(deadline.value, date)
    last, first = deadline.value, deadline.value - _BEFORE_NOTICE
    made = [d for d in subject.decisions if first <= decided_on(d) <= last]
    return Known(bool(made), tuple(f"decision:{d['id']}" for d in made))


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
