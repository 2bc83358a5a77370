"""A store in which everything that systems or people outside can fill holds what would do harm if it were believed."""

from __future__ import annotations

import hashlib
import itertools
import json
import re
from html.parser import HTMLParser

from sqlalchemy import inspect, text

#: What is written into every text; `4 kB` stands for names that never end.
VALUES = (
    "<script>alert(1)</script>",
    "\"'><img src=x onerror=alert(2)>",
    "javascript:alert(3)",
    '=HYPERLINK("http://evil.example","x")',
    "\u202eevil\u202c<b id=bold>x</b>",
    "🦊👩‍👩‍👧 {{7*7777}} ${7*7777} {% raw %}",
    "</textarea></title></select></svg><svg onload=alert(4)>",
    "4 kB " * 820,
    "",
    "\x1b[31mred\x07 \x85\x9b2J --> <!-- %00 %0d%0a",
    "\t@SUM(1)",
    "' onmouseover='alert(5)' style='display:none' x='",
    "-2+3+cmd|' /C calc'!A0",
)
#: table -> its columns that are plain text from outside.
PLAIN = {
    "tool": ["name", "vendor"],
    "actor_person": ["unit"],
    "link": ["matched", "why", "counterparty", "merchant_of_record", "imitates"],
    "coverage": ["gap", "reason", "remedy"],
    "fact": ["reason"],
    "finding": ["message"],
    "outbox": ["failure"],
    "question": ["asks"],
    "quarantine": ["file", "reason"],
    "record": ["budget"],
    "request": ["name", "unit"],
    "review_case": ["why", "unit"],
    "run": ["command"],
    "text": ["body"],
    "api_token": ["name"],
    "web_session": ["agent"],
    "actor": ["name"],
}
#: table -> its columns that are JSON; only what is free text there is replaced.
JSON = {
    "record": ["app", "facts"],
    "identity": ["app"],
    "connection": ["scopes"],
    "case_event": ["detail"],
    "finding": ["reading"],
}
_FREE = {
    "label", "vendor", "name", "title", "meaning", "said", "reason", "unit", "why", "department", "division",
    "descriptor", "merchant", "counterparty", "memo", "cost_center", "status", "description", "publisher", "purpose",
}  # fmt: skip


def fill(store) -> None:
    """Write what is hostile into a store, each row its own of it; names of sources and owners' addresses too."""
    with store.write() as connection:
        keys = {name: inspect(connection).get_pk_constraint(name)["constrained_columns"] for name in {*PLAIN, *JSON}}
        for table, columns in PLAIN.items():
            for column in columns:
                values = itertools.cycle(VALUES)
                _rewrite(connection, table, keys[table], column, lambda _, values=values: next(values))
        for table, columns in JSON.items():
            for column in columns:
                values = itertools.cycle((*VALUES, "half \ud83e a fox"))
                _rewrite(connection, table, keys[table], column, lambda told, values=values: _json(told, values))
        for at, (number,) in enumerate(connection.execute(text("SELECT id FROM source")).all()):
            name = f"{VALUES[at % len(VALUES)][:60]}:s{number}"
            connection.execute(text("UPDATE source SET name = :name WHERE id = :id"), {"name": name, "id": number})
        connection.execute(
            text(
                "UPDATE actor SET address = :v || id || '@x.example' WHERE address IS NOT NULL AND id % 2"
                " AND id NOT IN (SELECT actor_id FROM account)"
            ),
            {"v": '"><img/src=x/onerror=alert(6)>'},
        )


def _rewrite(connection, table: str, keys: list[str], column: str, new) -> None:
    named = ", ".join(f'"{key}" AS k{at}' for at, key in enumerate(keys))
    where = " AND ".join(f'"{key}" = :k{at}' for at, key in enumerate(keys))
    sql = f'SELECT {named}, "{column}" AS v FROM "{table}" WHERE "{column}" IS NOT NULL'
    rows = [{**row, "v": new(row["v"])} for row in connection.execute(text(sql)).mappings()]
    if rows:
        connection.execute(text(f'UPDATE "{table}" SET "{column}" = :v WHERE {where}'), rows)


def _json(told: str, values) -> str:
    return json.dumps(_replaced(json.loads(told), values))


def _replaced(value, values, key: str | None = None):
    if isinstance(value, dict):
        return {name: _replaced(one, values, name) for name, one in value.items()}
    if isinstance(value, list):
        return [_replaced(one, values, key) for one in value]
    return next(values) if isinstance(value, str) and key in _FREE else value


def digest(store, *without: str) -> dict[str, str]:
    """Return table -> digest of all that it holds; when a session was last seen is no content."""
    found = {}
    with store.read() as connection:
        for table in inspect(connection).get_table_names():
            if table in without:
                continue
            rows = connection.execute(text(f'SELECT * FROM "{table}" ORDER BY 1')).mappings()
            told = repr([{k: v for k, v in row.items() if k not in {"seen_at", "used_at"}} for row in rows])
            found[table] = hashlib.sha256(told.encode()).hexdigest()
    return found


class Faults(HTMLParser):
    """Reads a page as a browser would, and notes whatever is not ours: `Faults.of(page)`."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []

    @classmethod
    def of(cls, page: str) -> list[str]:
        made = cls()
        made.feed(page)
        made.close()
        if "54439" in page:
            made.found.append("a template was read out of a value")
        if re.search("[\u202a-\u202e\x00-\x08\x0b\x0e-\x1f\x7f]", page):
            made.found.append("a character that turns or controls what follows")
        return made.found

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        ours = (given.get("src") or "").startswith("/static/")
        if (tag in {"script", "img", "iframe", "object", "embed"} and not ours) or tag in {"style", "base"}:
            self.found.append(f"<{tag}> {attrs}")
        if given.get("id") == "bold":
            self.found.append("markup of a value")
        for name, value in attrs:
            if name.startswith("on") or name == "style":
                self.found.append(f"<{tag} {name}>")
            goes = name in {"href", "src", "action", "formaction", "xlink:href", "hx-get", "hx-post"}
            plain = re.sub(r"[\s\x00-\x1f]", "", value or "").casefold()
            if goes and re.match(r"(javascript|data|vbscript):|//", plain):
                self.found.append(f"<{tag} {name}={value[:60]!r}>")

    handle_startendtag = handle_starttag
