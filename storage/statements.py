"""Statements that are put to the database again and again: read once, they are taken as they are the next time."""

from __future__ import annotations

import functools

from sqlalchemy import TextClause, bindparam, text


@functools.lru_cache(maxsize=1_000)
def statement(sql: str) -> TextClause:
    """Return a statement as SQLAlchemy has it. Whoever wants another changes a copy (`bindparams` makes one)."""
    return text(sql)


@functools.lru_cache(maxsize=1_000)
def statement_of_some(sql: str) -> TextClause:
    """Return a statement in which the parameter `of_some` stands for a list."""
    return text(sql).bindparams(bindparam("of_some", expanding=True))
