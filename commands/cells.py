"""Cells that several listings share: categories, persons, what was decided."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Any

import click

from catalog.categories import CATEGORIES
from reports.columns import Column, said
from reports.words import UNKNOWN, plain

#: Kinds of record that tell of no person: there nobody is missing.
_NOBODYS = frozenset({"registration", "declaration", "dns_record", "site_tag", "app_sdk", "sender"})


def title(slug: str | None) -> str:
    """Return a category's title; unknown where nobody knows what a tool does."""
    if slug is None:
        return UNKNOWN
    return CATEGORIES[slug].title if slug in CATEGORIES else slug.replace("_", " ")


def category(*, rank: int) -> Column:
    """Return the column of categories."""
    return Column(title="Category", cell=lambda row, _zone: title(row["category"]), rank=rank, wraps=True, least=16)


def person(*, rank: int) -> Column:
    """Return the column of persons: unknown where a record should name one and does not."""
    return Column(title="Person", cell=_person, rank=rank, wraps=True, least=16)


def _person(row: Mapping[str, Any], _zone: object) -> str:
    return "" if row["actor"] is None and row["kind"] in _NOBODYS else said(row["actor"])


def detail_text(detail: Mapping[str, Any]) -> str:
    """Return what a decision says, without what is no word for people: hashes of texts, and numbers of persons."""
    known = {
        name: value.replace("_", " ") if name == "status" else value
        for name, value in detail.items()
        if name not in {"words", "owner_actor"}
    }
    return plain(known) if known else ""


def check_category(slug: str | None) -> None:
    """Raise a usage error with the nearest slug where there is no such category."""
    if slug is not None and slug not in CATEGORIES:
        near = [known for known in CATEGORIES if slug in known] or difflib.get_close_matches(slug, CATEGORIES, 1, 0.4)
        hint = f"did you mean {near[0]!r}?" if near else f"there are: {', '.join(CATEGORIES)}"
        raise click.UsageError(f"--category: there is no {slug!r}: {hint}")
