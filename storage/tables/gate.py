"""What the gate keeps beside decisions: accounts, what happened to cases, questions, requests, states decided on.

People are numbers of `actor`; what they wrote stands in `text`, here is its hash. Rows of `case_event` and
`material_state` are only ever added.
"""

from sqlalchemy import Index
from sqlmodel import SQLModel

from storage.tables.columns import big, number, serial, text


class Account(SQLModel, table=True):
    """Somebody who may act. `roles` and `units` are JSON lists; `token_hash` is the SHA-256 of a random token."""

    __tablename__ = "account"
    __table_args__ = (Index("ux_account_actor", "actor_id", unique=True),)

    id: int | None = serial()
    actor_id: int = number()
    roles: str = text()
    units: str = text()
    token_hash: str | None = text(nullable=True)
    valid_from: int = big()
    valid_to: int | None = big(nullable=True)
    made_at: int = big()


class Delegation(SQLModel, table=True):
    """Who stands in for whom, and until when."""

    __tablename__ = "delegation"

    id: int | None = serial()
    account_id: int = number()
    to_account_id: int = number()
    since: int = big()
    until: int = big()


class CaseEvent(SQLModel, table=True):
    """One thing that happened to a case; `by` is `account:N`, `rule:ID@VERSION` or `system`, `detail` JSON."""

    __tablename__ = "case_event"
    __table_args__ = (Index("ix_case_event_case", "case_id"),)

    id: int | None = serial()
    case_id: int = number()
    at: int = big()
    by: str = text()
    kind: str = text()
    detail: str = text()


class Question(SQLModel, table=True):
    """A fact that somebody was asked for. `state`: open, answered, expired or withdrawn.

    `asks` is the role that the vocabulary names, `actor_id` who was asked. `link_hash` is the SHA-256 of the secret in
    the signed link, by which it can be answered without an account until `link_until`. `answer` is the decision.
    """

    __tablename__ = "question"
    __table_args__ = (Index("ix_question_tool", "tool_id"), Index("ix_question_case", "case_id"))

    id: int | None = serial()
    tool_id: str = text()
    case_id: int | None = number(nullable=True)
    fact: str = text()
    asks: str = text()
    actor_id: int | None = number(nullable=True)
    asked_by: str = text()
    asked_at: int = big()
    due_at: int | None = big(nullable=True)
    state: str = text()
    link_hash: str | None = text(nullable=True)
    link_until: int | None = big(nullable=True)
    answer: int | None = number(nullable=True)
    closed_at: int | None = big(nullable=True)


class Request(SQLModel, table=True):
    """A tool that somebody wants before it is bought. `data` and `needs` are JSON lists, `price` millionths a year."""

    __tablename__ = "request"
    __table_args__ = (Index("ix_request_case", "case_id"), Index("ix_request_tool", "tool_id"))

    id: int | None = serial()
    case_id: int = number()
    tool_id: str = text()
    name: str = text()
    account_id: int = number()
    at: int = big()
    category: str | None = text(nullable=True)
    unit: str | None = text(nullable=True)
    people: int | None = number(nullable=True)
    data: str = text()
    needs: str = text()
    price: int | None = big(nullable=True)
    currency: str | None = text(nullable=True)
    purpose_hash: str = text()
    answered: str = text()


class MaterialState(SQLModel, table=True):
    """The state that a decision rests on, by the digest of its canonical JSON."""

    __tablename__ = "material_state"

    digest: str = text(key=True)
    body: str = text()
