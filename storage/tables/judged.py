"""What was judged: facts, findings and cases. Facts and findings are derived; a case is what people work on."""

from sqlalchemy import Index
from sqlalchemy import text as sql
from sqlmodel import SQLModel

from storage.tables.columns import big, number, serial, small, text


class Fact(SQLModel, table=True):
    """One version of a fact of a tool: a value (JSON) with its evidence (JSON list of keys), or why it is unknown."""

    __tablename__ = "fact"
    __table_args__ = {"sqlite_with_rowid": False}

    tool_id: str = text(key=True)
    name: str = text(key=True)
    valid_from: int = big(key=True)
    valid_to: int | None = big(nullable=True)
    value: str | None = text(nullable=True)
    reason: str | None = text(nullable=True)
    evidence: str = text()
    seen_at: int | None = big(nullable=True)


class Finding(SQLModel, table=True):
    """One version of the verdict of a policy on a tool; policy and tool are its identity.

    `reading` is a JSON list of the facts read, as they were. `queued` says whether a person should look: a violation,
    or a policy that applies and cannot be judged. `evaluated` is 0 where the last run did not judge the policy
    (refused, off, gone): then the row says what was found before. `missing` is a JSON list of the facts that would
    settle what is unknown, NULL where nothing is. `waived_until` is the first day (ISO 8601) on which a waived finding
    is open again.
    """

    __tablename__ = "finding"
    __table_args__ = (
        Index("ix_finding_tool", "tool_id"),
        Index(
            "ix_finding_listed",
            "state",
            "verdict",
            "severity",
            "customer_severity",
            "watched",
            "tool_id",
            "valid_to",
            sqlite_where=sql("valid_to IS NULL"),
            postgresql_where=sql("valid_to IS NULL"),
        ),
        {"sqlite_with_rowid": False},
    )

    policy: str = text(key=True)
    tool_id: str = text(key=True)
    valid_from: int = big(key=True)
    valid_to: int | None = big(nullable=True)
    verdict: str = text()
    state: str = text()
    violated_once: int = small()
    queued: int = small()
    watched: int = small()
    evaluated: int = small()
    gap: str = text()
    severity: str = text()
    customer_severity: str = text()
    message: str = text()
    reading: str = text()
    missing: str | None = text(nullable=True)
    waived_until: str | None = text(nullable=True)


class MayApply(SQLModel, table=True):
    """The policies of which it is not known whether they apply to a tool: most of all findings, so one row a tool.

    `policies` is a JSON object of policy -> [gap, severity, customer severity, 1 where it is watched, missing facts].
    """

    __tablename__ = "may_apply"

    tool_id: str = text(key=True)
    policies: str = text()


class JudgedMark(SQLModel, table=True):
    """By what a tool was judged last: a hash of the policies, and of all that they read of it but the day."""

    __tablename__ = "judged_mark"

    tool_id: str = text(key=True)
    mark: str = text()


class ReviewCase(SQLModel, table=True):
    """The gatekeeper's review of one tool; at most one is open for a tool, and the database sees to it.

    `stage_at` is when the present stage began, `spent` a JSON object of the working days that earlier visits to a stage
    took; `unit` is the team that uses the tool most, `reopens` the case whose decision came back.
    """

    __tablename__ = "review_case"
    __table_args__ = (
        Index(
            "ux_review_case_open",
            "tool_id",
            unique=True,
            sqlite_where=sql("state = 'open'"),
            postgresql_where=sql("state = 'open'"),
        ),
        Index("ix_review_case_tool", "tool_id"),
    )

    id: int | None = serial()
    kind: str = text()
    tool_id: str = text()
    state: str = text()
    stage: str = text()
    waiting_for: str | None = text(nullable=True)
    opened_at: int = big()
    opened_by_run: int = number()
    due_at: int | None = big(nullable=True)
    closed_at: int | None = big(nullable=True)
    why: str = text()
    assignee: str | None = text(nullable=True)
    owner_business: str | None = text(nullable=True)
    owner_technical: str | None = text(nullable=True)
    stage_at: int | None = big(nullable=True)
    spent: str | None = text(nullable=True)
    unit: str | None = text(nullable=True)
    reopens: int | None = number(nullable=True)
