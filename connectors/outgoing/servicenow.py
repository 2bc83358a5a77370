"""ServiceNow: one record of a table for each thing told, known by its correlation id.

Table API: `GET` and `POST /api/now/table/{table}` (servicenow.com/docs, REST API reference, Table API); a record is
made with 201. `correlation_id` is a field of every task table, of 100 characters.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from connectors.live import Wire
from connectors.outgoing.posting import Poster, basic
from connectors.outgoing.shape import Kind, Message, NotTaken
from connectors.source_tables import Address, Secret
from model.errors import ConfigError

_TABLE = re.compile(r"[a-z][a-z0-9_]{0,79}")
_LONGEST = 160


@dataclass(frozen=True, kw_only=True)
class Config:
    """`instance` like https://example.service-now.com; `password` a reference; `table` a task table."""

    instance: Address
    user: str
    password: Secret
    table: str = "incident"


class ServiceNow:
    """Makes records in one table."""

    def __init__(self, config: Config, wire: Wire) -> None:
        self._config, self._wire, self._poster = config, wire, Poster(wire, "ServiceNow")

    def check(self) -> None:
        """Raise ConfigError where the password cannot be read, or the table is none."""
        if not _TABLE.fullmatch(self._config.table):
            raise ConfigError("a table of ServiceNow is called like incident, in small letters")
        self._headers()

    def send(self, message: Message) -> None:
        """Make a record, unless one with this correlation id is there."""
        number, headers = f"ostiary-{message.id}", self._headers()
        if self._found(f"correlation_id={number}", headers):
            return
        given = dict(message.document)
        short = str(given.get("short_description") or message.title)[:_LONGEST]
        own = {"short_description": short, "correlation_id": number, "correlation_display": "ostiary"}
        self._poster.post(self._address(), given | own, headers)

    def test(self, message: Message) -> None:
        """Read one record of the table; nothing is made."""
        del message
        self._found("", self._headers())

    def _found(self, query: str, headers: dict[str, str]) -> bool:
        asked = {"sysparm_query": query, "sysparm_fields": "sys_id", "sysparm_limit": "1"}
        found = self._poster.call("GET", self._address(), params=asked, headers=headers)
        if not isinstance(found, dict) or not isinstance(found.get("result"), list):
            raise NotTaken("ServiceNow answers with what is no list: check `instance` and `table`")
        return bool(found["result"])

    def _address(self) -> str:
        self.check()
        return f"{self._config.instance}/api/now/table/{self._config.table}"

    def _headers(self) -> dict[str, str]:
        return basic(self._config.user, self._config.password.read(self._wire.secrets))


SERVICENOW = Kind(
    kind="servicenow",
    about="ServiceNow: a record of a task table for each new tool",
    reach="machine",
    config=Config,
    open=ServiceNow,
    template="servicenow",
    events=("case_opened",),
)
