"""The formats for programs: JSON (one array), JSON lines and CSV, each written row by row."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TextIO

from reports.words import clean

#: What JSON allows to stand as it is, but a terminal obeys or an encoding refuses.
_UNSAFE = re.compile("[\x7f-\x9f\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
#: A cell that starts so is a formula to a spreadsheet (OWASP, "CSV Injection").
_FORMULA = ("=", "+", "-", "@", "\t", "\r")

Rows = Iterable[Mapping[str, Any]]


def write(form: str, rows: Rows, fields: Sequence[str], out: TextIO) -> None:
    """Write rows as `json`, `jsonl` or `csv`. `fields` are the columns of CSV; JSON has what a row has."""
    if form == "csv":
        _write_csv(rows, fields, out)
    elif form == "jsonl":
        out.writelines(f"{to_json(row)}\n" for row in rows)
    else:
        _write_array(rows, out)


def to_json(value: object, *, compact: bool = False) -> str:
    """Return JSON that is safe to print: control characters and lone surrogates are escaped, all else is readable."""
    written = json.dumps(value, ensure_ascii=False, separators=(",", ":") if compact else None)
    return _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", written)


def _write_array(rows: Rows, out: TextIO) -> None:
    before = "[\n"
    for row in rows:
        out.write(before + to_json(row))
        before = ",\n"
    out.write("[]\n" if before == "[\n" else "\n]\n")


def _write_csv(rows: Rows, fields: Sequence[str], out: TextIO) -> None:
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(fields)
    writer.writerows([cell(row.get(field)) for field in fields] for row in rows)


def cell(value: object) -> str:
    """Return a value as a CSV cell: empty for null, `true` and `false`, compact JSON for lists and objects.

    Text that a spreadsheet would take for a formula starts with an apostrophe.
    """
    if value is None:
        return ""
    if isinstance(value, str):
        shown = clean(value)
        return f"'{shown}" if value.startswith(_FORMULA) or shown.startswith(_FORMULA) else shown
    if isinstance(value, bool | list | tuple | Mapping):
        return to_json(value, compact=True)
    return str(value)
