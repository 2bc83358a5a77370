"""Requests before purchase, and answers to questions by signed link."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from gate.acting import Gate
from gate.hearing import Answered
from gate.requests import Target, Wanted

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Meant:
    """What a typed name means: the tool, and the known one that the name imitates without being it."""

    tool: Target
    imitates: str | None


class RequestsPort(Protocol):
    """Requests before purchase, and answers to questions by signed link."""

    @property
    def data(self) -> Mapping[str, str]:
        """Kinds of data of persons, in plain words."""
        ...

    @property
    def currencies(self) -> Sequence[str]:
        """Codes of currencies, the company's own first."""
        ...

    @property
    def fields(self) -> Sequence[str]:
        """The fields of a request, in the order in which programs get them."""
        ...

    def meant(self, name: str, category: str | None, listed: Sequence[str] | None = None) -> Meant:
        """Return the tool that a name or a domain means. Raises Refused where several have it.

        `listed` are the ids of the tools of the list that have it, where the caller knows them already.
        """
        ...

    def near(self, name: str) -> Sequence[tuple[str, str]]:
        """Return (id, name) of tools of the catalogue whose names are like one, the likeliest first."""
        ...

    def forecast(self, wanted: Wanted) -> Row | None:
        """Return what connecting it comes to (sentence, currency, one_off, run, priced); None where nothing can say."""
        ...

    def plain(self, wanted: Wanted) -> Wanted:
        """Return a request without card numbers, whatever was typed where."""
        ...

    def masked(self, text: str) -> str:
        """Return a text without card numbers."""
        ...

    def hub(self, unit: str | None) -> str | None:
        """Return the address of the hub member of a unit."""
        ...

    def row(self, request: Row) -> dict[str, Any]:
        """Return a request, as `storage.requests` reads it, with `fields`: where it stands, for whom it waits."""
        ...

    def answer(
        self, gate: Gate, token: str, text: str, *, until: date | None, document: str | None, note: str | None
    ) -> Answered:
        """Answer the question of a signed link, once. Raises Refused: then it is unused."""
        ...

    def said(self, fact: str, value: object) -> str:
        """Return the value of a fact as people say it."""
        ...
