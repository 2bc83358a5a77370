"""Categories as people call them."""

from __future__ import annotations

import difflib

import click

from catalog.categories import CATEGORIES
from reports.columns import Column
from reports.words import UNKNOWN


def title(slug: str | None) -> str:
    """Return a category's title; unknown where nobody knows what a tool does."""
    if slug is None:
        return UNKNOWN
    return CATEGORIES[slug].title if slug in CATEGORIES else slug.replace("_", " ")


def category(*, rank: int) -> Column:
    """Return the column of categories."""
    return Column(title="Category", cell=lambda row, _zone: title(row["category"]), rank=rank, wraps=True, least=16)


def check_category(slug: str | None) -> None:
    """Raise a usage error with the nearest slug where there is no such category."""
    if slug is not None and slug not in CATEGORIES:
        near = difflib.get_close_matches(slug, CATEGORIES, 1, 0.4)
        hint = f"did you mean {near[0]!r}?" if near else f"there are: {', '.join(CATEGORIES)}"
        raise click.UsageError(f"--category: there is no {slug!r}: {hint}")
