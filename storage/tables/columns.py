"""Column helpers, so that every table says the same thing the same way."""

from typing import Any

from sqlalchemy import BigInteger, Integer, SmallInteger
from sqlalchemy import Text as SqlText
from sqlmodel import Field


def number(*, key: bool = False, index: bool = False, nullable: bool = False, default: Any = ...) -> Any:
    """Give a 32-bit number: a surrogate key, a count."""
    return _field(Integer, key=key, index=index, nullable=nullable, default=default)


def small(*, key: bool = False, nullable: bool = False, default: Any = ...) -> Any:
    """Give a 16-bit number: a position in a list of the model."""
    return _field(SmallInteger, key=key, index=False, nullable=nullable, default=default)


def big(*, key: bool = False, index: bool = False, nullable: bool = False, default: Any = ...) -> Any:
    """Give a 64-bit number: a time in milliseconds, money in millionths."""
    return _field(BigInteger, key=key, index=index, nullable=nullable, default=default)


def text(*, key: bool = False, index: bool = False, nullable: bool = False, default: Any = ...) -> Any:
    """Give text of any length."""
    return _field(SqlText, key=key, index=index, nullable=nullable, default=default)


def serial() -> Any:
    """Give a number that the database gives."""
    return Field(default=None, primary_key=True, sa_type=Integer, sa_column_kwargs={"autoincrement": True})


def _field(kind: Any, *, key: bool, index: bool, nullable: bool, default: Any) -> Any:
    extra: dict[str, Any] = {"autoincrement": False} if key else {}
    given = None if nullable and default is ... else default
    return Field(
        default=given, primary_key=key, index=index, sa_type=kind, nullable=nullable and not key, sa_column_kwargs=extra
    )
