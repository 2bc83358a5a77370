"""overlap.*, integration.needs and spend.per_active_vs_category: the tool among others for the same job."""

from __future__ import annotations

import functools
import statistics
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from catalog.categories import CATEGORIES
from model.facts import Known, Unknown
from policies.needs import usual
from scanner.facts import people, spend
from scanner.facts.world import NAMED, Subject, World, keys

_NO_CATEGORY = Unknown("nobody has said what the tool is for")
_USE_90 = ("stream of sign-ins or grants", people.USE, 90)


def derive(subject: Subject, world: World) -> dict[str, Known | Unknown]:
    """Return these facts; what hangs on facts of the tool itself is in `beside`."""
    if not subject.category:
        names = ("overlap.same_category", "overlap.people_share", "overlap.category_spend", "integration.needs")
        return dict.fromkeys(names, _NO_CATEGORY) | {"overlap.approved_in_category": Known(0)}
    lively, living, approved, approvals = world.others(subject)
    group = _groups(world)[subject.category]
    return {
        "overlap.same_category": Known(living, tuple(f"tool:{tool}" for tool in lively)),
        "overlap.approved_in_category": Known(approvals, tuple(f"tool:{tool}" for tool in approved)),
        "overlap.people_share": _shared(group, subject, world),
        "overlap.category_spend": group.money,
        "integration.needs": _needs(subject.category, world),
    }


@functools.cache
def _categories() -> frozenset[str]:
    return frozenset(CATEGORIES)


def _needs(category: str, world: World) -> Known | Unknown:
    rows: Mapping[str, Sequence[str]] = world.company.needs or usual(_categories())
    found = rows.get(category)
    return Unknown(f"the table of needs has no row {category}") if found is None else Known(tuple(found))


# --- a category ------------------------------------------------------------------------------------------------------


@dataclass  # no slots: what follows from the fields is kept beside them
class _Group:
    """What the tools of one category come to.

    `used` counts of each person the tools; `paid` holds (tool, spend.annual) of those that money went to, and of all
    others only whether it is known; `costs` (cost of each of people.count, tool), sorted, and `places` where a tool
    stands there; `hidden` tools with money whose sources cannot be relied on, and why.
    """

    used: Counter[int] = field(default_factory=Counter)
    paid: list[tuple[str, Known | Unknown]] = field(default_factory=list)
    unpaid: Known | Unknown = _NO_CATEGORY
    costs: list[tuple[int, str]] = field(default_factory=list)
    places: dict[str, int] = field(default_factory=dict)
    hidden: dict[str, Unknown] = field(default_factory=dict)

    @functools.cached_property
    def money(self) -> Known | Unknown:
        """What all of them cost; where one is not known that money goes to, the sum is not."""
        for tool, annual in self.paid:
            if isinstance(annual, Unknown):
                return Unknown(f"spend.annual of {tool} is unknown: {annual.reason}")
        if not self.paid:
            return self.unpaid
        known = [(annual, tool) for tool, annual in self.paid if isinstance(annual, Known)]
        ats = [annual.at for annual, _ in known if annual.at is not None]
        total = sum(annual.value for annual, _ in known if isinstance(annual.value, int))
        dearest = sorted(known, key=lambda pair: (-int(str(pair[0].value)), pair[1]))
        return Known(total, tuple(f"tool:{tool}" for _, tool in dearest[:NAMED]), max(ats, default=None))


def _groups(world: World) -> Mapping[str, _Group]:
    return world.once("categories", lambda: _grouped(world))


def _grouped(world: World) -> Mapping[str, _Group]:
    found: dict[str, _Group] = defaultdict(_Group)
    for tool, subject in sorted(world.subjects.items()):
        if subject.category:
            _add(found[subject.category], tool, subject.remembering(), world)
    for group in found.values():
        group.costs.sort()
        group.places.update({tool: place for place, (_, tool) in enumerate(group.costs)})
    return found


def _add(group: _Group, tool: str, subject: Subject, world: World) -> None:
    group.used.update(people.recent(subject, world, 90).keys())
    hidden = spend.blind(subject, world)
    annual = hidden or spend.annual(subject, world)
    if not subject.charges:
        if isinstance(group.unpaid, Unknown):
            group.unpaid = annual
        return
    group.paid.append((tool, annual))
    count = people.count(subject, world)
    if (why := hidden or people.blind(subject, world)) is not None:
        group.hidden[tool] = why
    elif isinstance(cost := per_person(annual, count), Known) and isinstance(cost.value, int) and cost.value > 0:
        group.costs.append((cost.value, tool))


def per_person(annual: Known | Unknown, count: Known | Unknown) -> Known | Unknown:
    """Return what the tool costs for each of people.count."""
    if missing := [n for n, f in (("spend.annual", annual), ("people.count", count)) if isinstance(f, Unknown)]:
        return Unknown(f"{' and '.join(missing)} {'is' if len(missing) == 1 else 'are'} unknown")
    assert isinstance(annual, Known)
    assert isinstance(count, Known)
    assert isinstance(annual.value, int)
    assert isinstance(count.value, int)
    if not count.value:
        return Unknown("nobody uses the tool")
    evidence = keys((*annual.evidence[:NAMED], *count.evidence[:NAMED]))
    return Known(round(annual.value / count.value), evidence, annual.at)


def beside(cost: Known | Unknown, subject: Subject, world: World) -> Known | Unknown:
    """Return the cost for each person beside the median of the category's other tools that money goes to."""
    if isinstance(cost, Unknown):
        return cost
    if not subject.category:
        return _NO_CATEGORY
    group = _groups(world)[subject.category]
    for tool, why in group.hidden.items():
        if tool != subject.id:
            return Unknown(f"what {tool} costs each person is unknown: {why.reason}")
    median = _median_without(group, subject.id)
    if median is None:
        return Unknown("it is known of fewer than two other tools of the category")
    assert isinstance(cost.value, int)
    return Known(cost.value / median, cost.evidence, cost.at)


def _median_without(group: _Group, tool: str) -> float | None:
    """Return the median of the others' costs, None of fewer than two, without a look at each of them."""
    at = group.places.get(tool)
    count = len(group.costs) - (at is not None)
    if count < 2:
        return None
    places = {(count - 1) // 2, count // 2}
    return statistics.fmean(group.costs[p if at is None or p < at else p + 1][0] for p in places)


def _shared(group: _Group, subject: Subject, world: World) -> Known | Unknown:
    """Return who of its people has another tool of the category; less than all only where all use was read."""
    count = people.count(subject, world)
    if isinstance(count, Unknown):
        return count
    seen = people.recent(subject, world, 90)
    if not seen:
        return Unknown("nobody uses the tool")
    both = [number for number in seen if group.used[number] > 1]
    if len(both) < len(seen) and (short := world.unread(*_USE_90)) is not None:
        return short
    return Known(len(both) / len(seen), keys(key for n in both or seen for key in seen[n]), count.at)
