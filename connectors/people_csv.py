"""People as CSV, from the HR system or a directory: one person a row."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, BinaryIO

from connectors.day_columns import read_with_order
from connectors.formats import Bad, Context, Format, Raw, present, require
from connectors.formats import text as known
from connectors.masking import mask_cards
from connectors.tables import Columns, fold_header, header_names
from connectors.times import business_day, day_start
from model.errors import Malformed
from model.signal import Actor, Signal, SignalKind
from model.stream import Mode, Stream

PEOPLE = Stream(name="people", kinds=(SignalKind.PERSON,), mode=Mode.SNAPSHOT)

PEOPLE_COLUMNS = Columns(
    header_names(
        {
            "email": """
            email | e mail | email address | e mail address | work email | business email | primary email | mail | user
            principal name | userprincipalname | upn | login | username | e mail adresse | emailadresse
        """,
            "id": """
            id | employee id | person id | user id | employee number | employee no | employeeid | worker id | staff id |
            personnel number | personalnummer | mitarbeiternummer | object id
        """,
            "name": """
            name | full name | display name | displayname | preferred name | employee name | employee | worker |
            vollständiger name | mitarbeiter | nom
        """,
            "first_name": """
            first name | given name | firstname | givenname | vorname | prénom
        """,
            "last_name": """
            last name | surname | family name | lastname | sn | nachname
        """,
            "department": """
            department | department name | dept | abteilung | département
        """,
            "division": """
            division | directorate | business area | geschäftsbereich | sparte
        """,
            "cost_center": """
            cost center | cost centre | costcenter | cost center code | cost centre code | kostenstelle
        """,
            "unit": """
            unit | org unit | organisational unit | organizational unit | org | organisation | organization | team |
            business unit | group | bereich | einheit
        """,
            "title": """
            title | job title | jobtitle | position | role | stelle | funktion
        """,
            "status": """
            status | state | employment status | employee status | account status | active | aktiv
        """,
            "type": """
            type | person type | employee type | worker type | employment type | user type | account type | art
        """,
            "aliases": """
            aliases | alias | email aliases | other emails | secondary emails | secondary email | proxy addresses |
            further addresses | alternative email
        """,
            "start": """
            start | start date | hire date | hired on | joined | join date | created | created at | eintritt |
            eintrittsdatum
        """,
            "end": """
            end | end date | termination date | terminated on | leave date | last day | last working day | left | left
            on | austritt | austrittsdatum
        """,
        }
    ),
    required=(("email",),),
)

_STATUS = header_names(
    {
        "active": """
            active | enabled | employed | current | working | aktiv | yes | true | 1 | ja
        """,
        "suspended": """
            suspended | leave | sabbatical | locked | on leave | parental leave | paused | gesperrt
        """,
        "left": """
            left | terminated | former | leaver | deprovisioned | inactive | disabled | deactivated | departed |
            resigned | retired | no | false | 0 | ausgeschieden | inaktiv | nein | deleted
        """,
    }
)
_TYPES = header_names(
    {
        "employee": """
            employee | employees | permanent | fte | staff | full time | part time | fulltime | parttime | regular |
            intern | apprentice | member | angestellt | mitarbeiter | temporary employee
        """,
        "contractor": """
            contractor | contractors | freelancer | freelance | consultant | external | temp | contingent | contingent
            worker | guest | extern | freiberufler
        """,
        "agency": """
            agency | partner | vendor | supplier | agentur | dienstleister
        """,
        "service": """
            service | service account | serviceaccount | bot | robot | system | shared | shared mailbox | functional |
            function account | test
        """,
    }
)
_ADDRESS = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+")


def read_people_csv(stream: BinaryIO, context: Context) -> Iterator[Raw | Bad]:
    """Yield the rows, with the date order of the file beside them. Raises as `read_table` does."""
    yield from read_with_order(stream, PEOPLE_COLUMNS, ("start", "end"), context)


def translate_people_csv(row: Any, context: Context) -> Iterator[Signal]:
    """Yield the person of a row. Raises Malformed without an address, or where the last day is no date."""
    given = _ADDRESS.search(require(row.get("email"), "email"))
    if given is None:
        raise Malformed("the email is no address")
    address = given[0].casefold()
    person_type = _word(row.get("type"), _TYPES)
    yield Signal(
        stream=PEOPLE.name,
        kind=SignalKind.PERSON,
        native_id=known(row.get("id")) or address,
        seen_at=context.read_at,
        actor=Actor(
            native_id=known(row.get("id")) or address,
            address=address,
            name=_name(row),
            kind=person_type if person_type in {"service", "agency"} else "person",
            aliases=_aliases(row.get("aliases", ""), address),
        ),
        facts=present(
            **{name: _label(row, name) for name in ("department", "division", "cost_center", "unit", "title")},
            person_type=person_type,
            status=_word(row.get("status"), _STATUS),
            created_at=_moment(row, "start", 0, context),
            left_at=_moment(row, "end", 1, context),
        ),
    )


def _label(row: Mapping[str, str], name: str) -> str | None:
    found = known(row.get(name))
    return mask_cards(found) if found else None


def _name(row: Mapping[str, str]) -> str | None:
    parts = [found for name in ("first_name", "last_name") if (found := known(row.get(name)))]
    return known(row.get("name")) or " ".join(parts) or None


def _word(given: str | None, vocabulary: Mapping[str, tuple[str, ...]]) -> str | None:
    """Return our word for the source's, else the source's own, folded."""
    folded = fold_header(known(given) or "")
    return next((ours for ours, theirs in vocabulary.items() if folded in theirs), folded or None)


def _aliases(text: str, address: str) -> tuple[str, ...]:
    """Return the further addresses, each once; `smtp:` before one is Exchange's way to say address."""
    found = (match.casefold().removeprefix("smtp:") for match in _ADDRESS.findall(text))
    return tuple(dict.fromkeys(alias for alias in found if alias != address))


def _moment(row: Mapping[str, str], name: str, days: int, context: Context) -> str | None:
    """Return the start of the day, in UTC; a person has left when the last day is over."""
    given = known(row.get(name))
    if given is None:
        return None
    day = business_day(given, row["order"], context.zone)
    return _iso(day_start(day + timedelta(days=days), context.zone))


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")


FORMAT = Format(
    name="people-csv",
    about="People as CSV: email (required), id, name, department, unit, title, status, type, aliases, start, end",
    system="people",
    streams=(PEOPLE,),
    read=read_people_csv,
    translate=translate_people_csv,
)
