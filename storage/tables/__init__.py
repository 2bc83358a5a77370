"""The tables, one file a subject. Importing this package fills `SQLModel.metadata`.

Times are milliseconds since 1970 UTC as BIGINT (both databases order and compare them alike), months are the
integer YYYYMM, money is millionths of the currency's major unit. Persons and actors are numbers everywhere but in
`actor`. An open version has `valid_to` NULL.
"""

from sqlmodel import SQLModel

from storage.tables.derived import ActorPerson, Connection, Figures, Link, Tool, Usage
from storage.tables.judged import Fact, Finding, ReviewCase
from storage.tables.kept import Audit, Company, Decision, Outbox, Text
from storage.tables.runs import Coverage, Cursor, DueRun, LandingFile, LandingMonth, Quarantine, Run
from storage.tables.signals import Actor, Identity, Record, Source, Stream

metadata = SQLModel.metadata

__all__ = [
    "Actor",
    "ActorPerson",
    "Audit",
    "Company",
    "Connection",
    "Coverage",
    "Cursor",
    "Decision",
    "DueRun",
    "Fact",
    "Figures",
    "Finding",
    "Identity",
    "LandingFile",
    "LandingMonth",
    "Link",
    "Outbox",
    "Quarantine",
    "Record",
    "ReviewCase",
    "Run",
    "Source",
    "Stream",
    "Text",
    "Tool",
    "Usage",
    "metadata",
]
