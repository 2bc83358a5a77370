"""integration.forecast_likely: what connecting the tool is likely to cost once, by the forecast's table."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from pathlib import Path

from catalog.categories import CATEGORIES
from gate.forecast import assumed, likely
from gate.points import Heard, Settings, settings
from gate.points import Subject as Forecasted
from model.company import Company
from model.facts import Attributes, Known, Unknown
from policies.forecast import TABLE, Table, load_table
from scanner.facts.world import World, keys

_NAME = "integration.forecast_likely"


def derive(attributes: Attributes, world: World, known: Mapping[str, Known | Unknown]) -> dict[str, Known | Unknown]:
    """Return the fact, put together from the others that are `known` of the tool.

    It is unknown where a point is assumed, for want of the answer whether it is needed; open drivers widen the range
    and leave the likely value.
    """
    return {_NAME: _likely(attributes, world, known)}


def _likely(attributes: Attributes, world: World, known: Mapping[str, Known | Unknown]) -> Known | Unknown:
    table, held, heard = loaded(world.company)
    if table.refused:
        return Unknown(f"the table of the forecast is refused: {table.refused[0]}")
    if not held.currency:
        return Unknown("no base currency is configured: [company] base_currency")
    answers = {name: one.found for name, one in table.questions.items() if one.found is not None}
    name = str(attributes.get("tool.name"))
    subject = Forecasted(name=name, attributes=attributes, facts=known, now=world.as_of, answers=answers)
    if lacking := assumed(table, held, subject, heard):
        return Unknown(f"whether it needs {', '.join(lacking)} is not known")
    cost, lines = likely(table, held, subject, heard)
    read = (fact for line in lines for name in line.read if isinstance(fact := known.get(name), Known))
    return Known(cost, keys(key for fact in read for key in fact.evidence))


def loaded(company: Company) -> tuple[Table, Settings, Heard]:
    """Return the company's table and settings, and what its expressions said until now. Raises ValueError."""
    path = Path(company.forecast.get("file", TABLE))
    return _loaded(json.dumps(dict(company.forecast), sort_keys=True), company.base_currency, path, _stamp(path))


def _stamp(path: Path) -> tuple[int, int]:
    """Return what tells a file that was changed; (0, 0) where it cannot be read, which is told when it is loaded."""
    try:
        found = path.stat()
    except OSError:
        return 0, 0
    return found.st_mtime_ns, found.st_size


@functools.lru_cache(maxsize=4)
def _loaded(said: str, currency: str | None, path: Path, stamp: tuple[int, int]) -> tuple[Table, Settings, Heard]:
    del stamp  # a file that was changed is read again
    given = json.loads(said)
    table = load_table(path, frozenset(CATEGORIES))
    return table, settings(table, given, currency), {}
