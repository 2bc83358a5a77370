"""The reference page of the interface for programs, from its OpenAPI document. `docs/write_reference.py` writes it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from web.api.document import document
from web.api.reference import groups, schemas, slug
from web.api.webhooks import HOW

_MADE = "<!-- written by docs/write_reference.py: change web/api instead -->"


def api_page() -> Iterator[str]:
    """Yield the lines of the page."""
    found = document()
    yield from ("# The API", "", _MADE, "")
    yield "The same as a page of every installation (`/api/v1/reference`), and for programs as `/api/v1/openapi.json`."
    yield "[Use the API](../how-to/use-the-api.md) shows how to begin."
    yield from ("", found["info"]["description"], "")
    yield from (f"- [{tag}](#{slug(tag)})" for tag in groups())
    yield from (
        "- [What programs are told](#what-programs-are-told)",
        "- [What is sent and answered](#what-is-sent-and-answered)",
    )
    for tag, all_ in groups().items():
        yield from ("", f"## {tag}")
        for one in all_:
            yield from _operation(one)
    yield from ("", "## What programs are told", "", *_told(found["webhooks"]), "", HOW)
    yield from ("", "## What is sent and answered")
    for name, schema, fields in schemas():
        yield from _schema(name, schema, fields)
    yield ""


def _operation(one: Mapping[str, Any]) -> Iterator[str]:
    operation, (status, gives) = one["operation"], one["gives"]
    yield from ("", f"### {one['method']} {one['path']}", "", operation["description"], "")
    sent = f"Sent is [{one['body']}](#{one['body'].casefold()}); answered" if one["body"] else "Answered"
    once = " What it answers is shown once." if "x-shown-once" in operation else ""
    yield f"{sent} is {status} with [{gives}](#{gives.casefold()}). For: {operation['x-needs']}.{once}"
    if one["takes"]:
        yield from ("", "| name | in | kind | what it is |", "|---|---|---|---|")
        for field in one["takes"]:
            default = "" if field["default"] in {None, ""} else f"; {_plain(field['default'])} where nothing is said"
            yield f"| `{field['name']}` | {field['in']} | {_cell(field['type'])}{default} | {_cell(field['about'])} |"


def _told(webhooks: Mapping[str, Any]) -> Iterator[str]:
    yield "A webhook is configured under `[notify.receivers]`, and is sent [Notice](#notice), with one of these events:"
    yield from ("", "| event | what it is |", "|---|---|")
    yield from (f"| `{event}` | {told['post']['summary']} |" for event, told in webhooks.items())


def _schema(name: str, schema: Mapping[str, Any], fields: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    yield from ("", f"### {name}")
    if "description" in schema:
        yield from ("", schema["description"])
    if "enum" in schema:
        yield from ("", f"One of {', '.join(f'`{one}`' for one in schema['enum'])}.")
    rows = [
        f"| `{field['name']}` | {_cell(field['type'])}{'' if field['required'] else '; may be left out'} |"
        f" {_cell(field['about'])} |"
        for field in fields
    ]
    if rows:
        yield from ("", "| field | kind | what it is |", "|---|---|---|", *rows)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _plain(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
