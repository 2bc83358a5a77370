"""The one company that a store belongs to, as configured."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """`domains`: mail domains of the company, the first stands for all; an address at any of them is the same person's.

    `marketing_units`: names of departments, divisions, cost centres, or units (`/Sales/Marketing` takes in what is
    below it) that are Marketing's, `it_units` those that are IT's; compared without regard to case. `fiscal_year_start`
    is a month, 1..12. `noise` are the company's changes to the rules of noise, by rule id (see `scanner.noise`).
    `needs` is the company's own table of what a tool of a category should be tied to (see `policies.needs`); empty: the
    one that comes with the program. `forecast` is what it sets of the integration forecast (see `gate.points`), with
    `file`, where its table lies.
    """

    name: str | None = None
    domains: tuple[str, ...] = ()
    timezone: str = "UTC"
    base_currency: str | None = None
    marketing_units: tuple[str, ...] = ()
    it_units: tuple[str, ...] = ()
    fiscal_year_start: int = 1
    noise: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    forecast: Mapping[str, Any] = field(default_factory=dict)
    needs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def same_mailbox(self, address: str) -> str:
        """Return the address as it is compared: case folded, the company's domains taken as one."""
        local, _, domain = address.strip().casefold().rpartition("@")
        folded = [d.casefold() for d in self.domains]
        return f"{local}@{folded[0] if domain in folded else domain}"

    def is_marketing(self, *names: str | None) -> bool | None:
        """Whether any of a person's units is Marketing's; None where nothing is configured or no unit is known."""
        return _among(self.marketing_units, names)

    def is_it(self, *names: str | None) -> bool | None:
        """Whether any of a person's units is IT's; None where nothing is configured or no unit is known."""
        return _among(self.it_units, names)


def _among(units: Iterable[str], names: Iterable[str | None]) -> bool | None:
    # A directory's root ("/") is where everybody is whom nobody has put anywhere: no unit.
    known = [unit for name in names if name and (unit := name.strip().casefold().rstrip("/"))]
    wanted = [unit.strip().casefold().rstrip("/") for unit in units]
    if not known or not wanted:
        return None
    return any(name == unit or name.startswith(unit + "/") for name in known for unit in wanted)
