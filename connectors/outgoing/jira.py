"""Jira Cloud: one issue for each thing told, known by its label.

REST v3: `POST /rest/api/3/issue`, and `POST /rest/api/3/search/jql`, which needs `fields` and sees an issue only
seconds to minutes after it was made (developer.atlassian.com/cloud/jira/platform/search-and-reconcile); a row that may
have been sent is therefore tried again after minutes, not at once. Basic authentication with an API token.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from connectors.live import Wire
from connectors.outgoing.posting import Poster, basic, encoded
from connectors.outgoing.shape import Kind, Message, NotTaken
from connectors.source_tables import Address, Secret

#: A summary is one line of so many characters at most.
_LONGEST_SUMMARY = 255


@dataclass(frozen=True, kw_only=True)
class Config:
    """`site` like https://example.atlassian.net; `project` its key; `token` a reference."""

    site: Address
    email: str
    token: Secret
    project: str
    issue_type: str = "Task"


class Jira:
    """Opens issues in one project."""

    def __init__(self, config: Config, wire: Wire) -> None:
        self._config, self._wire, self._poster = config, wire, Poster(wire, "Jira")

    def check(self) -> None:
        """Raise ConfigError where the token cannot be read."""
        self._headers()

    def send(self, message: Message) -> None:
        """Open an issue, unless one with the label of this message is there."""
        label, headers = f"ostiary-{message.id}", self._headers()
        wanted = {"jql": f'project = "{_quoted(self._config.project)}" AND labels = "{label}"'}
        asked = wanted | {"fields": ["labels"], "maxResults": 1}
        found = self._poster.post(f"{self._config.site}/rest/api/3/search/jql", asked, headers)
        if not isinstance(found, dict) or not isinstance(found.get("issues"), list):
            raise NotTaken("Jira answers a search with what is none: check that `site` is Jira Cloud")
        if not found["issues"]:
            fields = {"fields": self._fields(message, label)}
            self._poster.call("POST", f"{self._config.site}/rest/api/3/issue", body=encoded(fields), headers=headers)

    def test(self, message: Message) -> None:
        """Look at the project; nothing is opened."""
        del message
        self._poster.call(
            "GET", f"{self._config.site}/rest/api/3/project/{self._config.project}", headers=self._headers()
        )

    def _headers(self) -> dict[str, str]:
        return basic(self._config.email, self._config.token.read(self._wire.secrets))

    def _fields(self, message: Message, label: str) -> dict[str, Any]:
        given = dict(message.document)
        labels = given.get("labels")
        return given | {
            "project": {"key": self._config.project},
            "issuetype": {"name": self._config.issue_type},
            "summary": str(given.get("summary") or message.title)[:_LONGEST_SUMMARY],
            "description": document_of(str(given.get("description") or message.text)),
            "labels": [*(labels if isinstance(labels, list) else []), label],
        }


def document_of(text: str) -> Mapping[str, Any]:
    """Return plain text as an Atlassian document: a paragraph a block, a hard break a line."""
    blocks = [block.splitlines() for block in text.split("\n\n") if block.strip()]
    return {"type": "doc", "version": 1, "content": [{"type": "paragraph", "content": _lines(b)} for b in blocks]}


def _lines(lines: list[str]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for line in (line for line in lines if line.strip()):
        found += [{"type": "hardBreak"}] if found else []
        found.append({"type": "text", "text": line})
    return found


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


JIRA = Kind(
    kind="jira",
    about="Jira Cloud: an issue for each new tool",
    reach="machine",
    config=Config,
    open=Jira,
    template="jira",
    events=("case_opened",),
)
