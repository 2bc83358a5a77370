"""The demo: an invented company's exported files, read by the real pipeline on a fixed day."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from connectors.inputs import find_inputs
from connectors.registry import FORMATS
from model.company import Company
from scanner.reading import Task

FILES = Path(__file__).parent / "demo_files"
#: The last moment of the demo's data: everything counts back from it, so the result is the same for ever.
AS_OF = datetime(2026, 6, 30, 22, 59, 59, tzinfo=UTC)
COMPANY = Company(
    name="Example Ltd",
    domains=("example.com", "example.co.uk"),
    timezone="Europe/London",
    base_currency="GBP",
    marketing_units=("Marketing", "MKT-100"),
    fiscal_year_start=4,
)
#: In the order in which they are read: people and the list of approved tools first.
_ORDER = (
    "people-csv",
    "okta-users",
    "google-users",
    "approved-tools-csv",
    "okta-apps",
    "okta-system-log",
    "google-activities",
    "google-tokens",
    "card-csv",
)


class DemoClock:
    """A clock that stands still at the demo's as-of."""

    def now(self) -> datetime:
        """Return the demo's as-of."""
        return AS_OF


def demo_tasks(folder: Path = FILES) -> list[Task]:
    """Return the tasks of the demo: files named `FORMAT.*`, as if saved at the demo's as-of, in a fixed order."""
    named = [(name, path) for name in _ORDER for path in sorted(folder.iterdir()) if path.name.split(".")[0] == name]
    return [
        Task(
            number=number,
            format=name,
            input=replace(find_inputs([str(path)])[0], name=path.name, modified=AS_OF),
            source=FORMATS[name].system,
            now=AS_OF,
            zone=COMPANY.timezone,
            currency=COMPANY.base_currency,
        )
        for number, (name, path) in enumerate(named, 1)
    ]
