"""Where things stand on the map of connections: systems on one side, tools on the other, no two on one place.

The same rows give the same map, in whatever order they come.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from model.systems import SYSTEMS

Level = Literal["read", "write", "admin", "unknown"]

#: Levels of access, the gravest first; what nobody knows is graver than reading.
LEVELS: tuple[Level, ...] = ("admin", "write", "unknown", "read")
_LEVELS: Mapping[str | None, Level] = {
    "read": "read",
    "send": "write",
    "write": "write",
    "manage": "admin",
    "full": "admin",
}
UNKNOWN_SYSTEM = "unknown"
#: Height of a line of text, of the smallest box that a finger can hit, and between two ends of lines at a tool.
LINE, LEAST, PORT = 15.0, 28.0, 14.0
GAP = 5.0
#: Those that are not drawn by name make so many groups at most, and one more of the remainder.
GROUPS = 5


def level(right: str | None) -> Level:
    """Return the level of a right: to send is to write, to manage is to administer, and other words are unknown."""
    return _LEVELS.get(right, "unknown")


@dataclass(frozen=True, slots=True)
class Held:
    """A right that a tool holds on a system; a system or right that nobody knows is None."""

    tool_id: str
    tool: str
    system: str | None
    right: str | None

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Held:
        """Return a row of the list of connections as a right. Raises KeyError where it lacks a field."""
        return cls(row["tool_id"], row["tool"], row["system"], row["right"])


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool, or a group of those that have no room: which levels it has where, and how many tools it stands for."""

    id: str
    name: str
    levels: Mapping[str, Level]
    stands_for: int = 1
    main: str | None = None

    @property
    def gravest(self) -> Level:
        """The gravest level that it has anywhere."""
        return gravest(self.levels.values())

    @property
    def systems(self) -> list[str]:
        """Its systems in the order of the map."""
        return sorted(self.levels, key=place)

    @property
    def lines(self) -> list[str]:
        """The systems to which a line is drawn: a group has one to its own system, or none."""
        return self.systems if self.main is None else [self.main] if self.main else []


def gravest(levels: Iterable[Level]) -> Level:
    """Return the gravest of levels. Raises ValueError for none."""
    return min(levels, key=LEVELS.index)


def place(system: str) -> tuple[int, str]:
    """Return what systems are ordered by: as lists show them, those that are in no list last."""
    return (SYSTEMS.index(system) if system in SYSTEMS else len(SYSTEMS), system)


def tools(rows: Iterable[Held]) -> list[Tool]:
    """Return the tools of rights, each with its gravest level on each system, the gravest tools first."""
    names: dict[str, str] = {}
    held: dict[str, dict[str, list[Level]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        names[row.tool_id] = min(names.get(row.tool_id, row.tool), row.tool)
        held[row.tool_id][row.system or UNKNOWN_SYSTEM].append(level(row.right))
    found = [
        Tool(number, names[number], {system: gravest(levels) for system, levels in of.items()})
        for number, of in held.items()
    ]
    return sorted(found, key=lambda one: (LEVELS.index(one.gravest), -len(one.levels), one.name.casefold(), one.id))


def chosen(found: Sequence[Tool], most: int) -> list[Tool]:
    """Return what is drawn: the gravest tools ordered so that few lines cross, then the rest in groups.

    A group holds those whose gravest right is on one system, if they are among the `GROUPS` largest; the other tools
    are one group more, whose system is "".
    """
    drawn = sorted(found[:most], key=lambda one: (_middle(one), one.name.casefold(), one.id))
    rest: dict[str, list[Tool]] = defaultdict(list)
    for one in found[most:]:
        rest[_main(one)].append(one)
    largest = sorted(rest, key=lambda system: (-len(rest[system]), place(system)))[:GROUPS]
    kept = [system for system in sorted(largest, key=place) if len(rest[system]) > 1]
    others = [one for system in sorted(rest, key=place) if system not in kept for one in rest[system]]
    return drawn + [_group(system, rest[system]) for system in kept] + ([_group("", others)] if others else [])


def _middle(tool: Tool) -> float:
    places = [place(system)[0] for system in tool.levels]
    return sum(places) / len(places)


def _main(tool: Tool) -> str:
    return min(tool.levels, key=lambda system: (LEVELS.index(tool.levels[system]), place(system)))


def _group(system: str, members: Sequence[Tool]) -> Tool:
    held: dict[str, list[Level]] = defaultdict(list)
    for member in members:
        for on, has in member.levels.items():
            held[on].append(has)
    levels = {on: gravest(have) for on, have in held.items()}
    return Tool("", f"and {len(members):,} more", levels, len(members), system)


@dataclass(frozen=True, slots=True)
class Box:
    """A box of the map: upper edge, height, the lines of its name, and where the line to each partner ends."""

    top: float
    high: float
    lines: Sequence[str]
    ports: Mapping[str, float]


def stack(
    heights: Sequence[float], lines: Sequence[Sequence[str]], partners: Sequence[Sequence[str]], whole: float
) -> list[Box]:
    """Return boxes below one another, spread over `whole` units, each with the ends of its lines spread within."""
    spare = max(whole - sum(heights) - GAP * len(heights), 0.0) / max(len(heights), 1)
    found, y = [], 0.0
    for high, text, named in zip(heights, lines, partners, strict=True):
        top = y + spare / 2
        step = high / max(len(named), 1)
        ports = {name: top + step * (at + 0.5) for at, name in enumerate(named)}
        found.append(Box(top, high, text, ports))
        y += high + GAP + spare
    return found


def needed(heights: Sequence[float]) -> float:
    """Return how much room boxes need below one another."""
    return sum(heights) + GAP * len(heights)
