"""The tables, one file a subject. Importing this package fills `SQLModel.metadata`.

Times are milliseconds since 1970 UTC as BIGINT (both databases order and compare them alike), months are the
integer YYYYMM, money is millionths of the currency's major unit. Persons and actors are numbers everywhere but in
`actor`. An open version has `valid_to` NULL.
"""

from sqlmodel import SQLModel

from storage.tables.derived import ActorPerson, Connection, Figures, Link, Tool, Usage
from storage.tables.entered import Forecast, ForecastActual, Outcome
from storage.tables.gate import Account, CaseEvent, Delegation, MaterialState, Question, Request
from storage.tables.judged import Fact, Finding, MayApply, ReviewCase
from storage.tables.kept import Audit, Company, Decision, Outbox, Text
from storage.tables.runs import Coverage, Cursor, DueRun, LandingFile, LandingMonth, Quarantine, Run
from storage.tables.signals import Actor, Identity, Record, Source, Stream
from storage.tables.web import ApiToken, DoneOnce, SignInLink, WebSession

metadata = SQLModel.metadata

__all__ = [
    "Account",
    "Actor",
    "ActorPerson",
    "ApiToken",
    "Audit",
    "CaseEvent",
    "Company",
    "Connection",
    "Coverage",
    "Cursor",
    "Decision",
    "Delegation",
    "DoneOnce",
    "DueRun",
    "Fact",
    "Figures",
    "Finding",
    "Forecast",
    "ForecastActual",
    "Identity",
    "LandingFile",
    "LandingMonth",
    "Link",
    "MaterialState",
    "MayApply",
    "Outbox",
    "Outcome",
    "Quarantine",
    "Question",
    "Record",
    "Request",
    "ReviewCase",
    "Run",
    "SignInLink",
    "Source",
    "Stream",
    "Text",
    "Tool",
    "Usage",
    "WebSession",
    "metadata",
]
