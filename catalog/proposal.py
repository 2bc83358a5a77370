"""A proposed entry as text: YAML in the form of the catalogue, with a mark where a person must still say something."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from catalog.categories import CATEGORIES
from catalog.load import UNFILLED, documents
from model.errors import Refused

_HELP = {
    "category": f"fill in one of: {', '.join(CATEGORIES)}",
    "vendor": "fill in who makes it",
}


def entry_text(fields: Mapping[str, Any]) -> str:
    """Return an entry as a YAML document; below a line that is to be filled in stands what may stand there."""
    import yaml  # noqa: PLC0415 (a program start does without it)

    lines = []
    for name, value in fields.items():
        flow = None if isinstance(value, list) else False
        lines.append(
            yaml.safe_dump({name: value}, default_flow_style=flow, allow_unicode=True, width=10**6, sort_keys=False)
        )
        if value == UNFILLED:
            lines.append(textwrap.fill(_HELP[name], 118, initial_indent="# ", subsequent_indent="# ") + "\n")
    return "".join(lines)


def append_entry(path: Path, fields: Mapping[str, Any]) -> int:
    """Append an entry to a file, which is made where there is none; return the line on which it begins.

    Raises Refused where the file holds an entry of that id already, CatalogError where it is no YAML.
    """
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    for line, document in documents(path) if before else ():
        if isinstance(document, dict) and document.get("id") == fields["id"]:
            raise Refused(f"{path}:{line}: {fields['id']} stands there already")
    lead = "" if not before.strip() else ("" if before.endswith("\n") else "\n") + "---\n"
    with path.open("a", encoding="utf-8") as file:
        file.write(lead + entry_text(fields))
    return (before + lead).count("\n") + 1
