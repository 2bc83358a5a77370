"""What a tool of a category should be tied to: a table that the company can replace by its own."""

from __future__ import annotations

import functools
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from model.facts import VOCABULARY
from policies.shape import Refusal
from policies.tables import Checker

NEEDS = Path(__file__).parent / "needs.yaml"
#: What a row may name.
SYSTEMS = VOCABULARY["integration.needs"].values


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """The table in force, by category; where anything of its file is refused there is none, but the faults."""

    rows: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    refused: tuple[Refusal, ...] = ()


def load_needs(categories: Collection[str], path: Path = NEEDS) -> Needs:
    """Return the table of a file. Refused is what is no category, or no system; `categories` are the catalogue's."""
    checker = Checker(path)
    node = checker.whole()
    found = {}
    if node is not None:
        row = checker.row(node, "the table of needs", (), categories)
        for category in row:
            named = {checker.word(item, "system", SYSTEMS) for item in checker.items(row, category)}
            found[category] = tuple(system for system in SYSTEMS if system in named)
    if checker.refused:
        return Needs(refused=tuple(sorted(checker.refused)))
    return Needs(rows=MappingProxyType(found))


@functools.cache
def usual(categories: frozenset[str]) -> Mapping[str, tuple[str, ...]]:
    """Return the table that comes with the program. Raises ValueError where it is refused: a fault of ours."""
    found = load_needs(categories)
    if found.refused:
        raise ValueError(str(found.refused[0]))
    return found.rows
