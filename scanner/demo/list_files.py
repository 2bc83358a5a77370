"""The demo company's own lists: HR's people, and IT's list of tools."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from scanner.demo.company import FIRST_SAVED, LAST_SAVED, LEAVERS, RENAMED, SHARED, TEAM, Person, employees, who
from scanner.demo.drawing import Export
from scanner.demo.tools import STORIES

PEOPLE, APPROVED = "people:hr", "approved:it"
_HEADER = (
    "Employee ID",
    "Email",
    "Name",
    "Department",
    "Division",
    "Cost Center",
    "Title",
    "Status",
    "Type",
    "Aliases",
    "Start date",
    "End date",
)
#: The list is saved last of all: where directories differ, HR's word is the latest.
_WAVES = ((1, FIRST_SAVED + timedelta(hours=2)), (2, LAST_SAVED + timedelta(hours=2)))


def exports() -> Iterator[Export]:
    """Yield both lists as they stood at both exports."""
    for wave, saved in _WAVES:
        yield Export(
            name=f"people-csv.{saved:%Y-%m}.csv",
            format="people-csv",
            source=PEOPLE,
            wave=wave,
            saved=saved,
            content=_people(saved),
        )
        yield Export(
            name=f"approved-tools-csv.{saved:%Y-%m}.csv", format="approved-tools-csv", source=APPROVED, wave=wave,
            saved=saved,
            content=_approved(wave),
        )  # fmt: skip


def _people(saved: datetime) -> bytes:
    rows = []
    for person in (*employees(), *LEAVERS):
        if person.start <= saved.date():
            rows.append(_contract(person, str(person.team), person.employee_number, saved))
            if person.second_team:
                rows.append(_contract(person, person.second_team, f"{person.employee_number}-2", saved))
    rows += [("", p.address, p.name, "", "", "", "", "active", "Shared mailbox", "", "", "") for p in SHARED]
    return _table(_HEADER, rows)


def _contract(person: Person, team_key: str, number: str, saved: datetime) -> tuple[str, ...]:
    """Return one contract: who has two has two lines, with a number each."""
    team = TEAM[team_key]
    gone = person.left is not None and person.left < saved.date()
    old = team.before is not None and (f"{saved:%Y-%m}" < RENAMED or gone)
    unit = (str(team.before), "", "") if old else (team.name, team.division, team.cost_center)
    ends = f"{person.left}" if gone else ""
    status = "left" if gone else "active"
    return (
        number,
        person.address,
        person.name,
        *unit,
        "",
        status,
        "Permanent",
        person.alias or "",
        f"{person.start}",
        ends,
    )


def _approved(wave: int) -> bytes:
    rulings = [ruling for story in STORIES for ruling in story.rulings if ruling.saved <= wave]
    rows: list[tuple[str, ...]] = [
        (r.tool, r.domain, r.status, who(r.owner)[0].address, r.decided, r.review_by, r.conditions, r.reason)
        for r in rulings
    ]
    header = ("Tool", "Domain", "Status", "Owner", "Decided on", "Review by", "Conditions", "Reason")
    rows.sort(key=lambda row: (row[4], row[0]))
    return _table(header, rows)


def _table(header: Iterable[str], rows: Iterable[Iterable[str]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue().encode()
