"""Requests before purchase, and answers to questions by signed link."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from catalog.categories import PERSONAL_DATA
from commands.forecasting import Said
from commands.opening import Desk
from commands.request import REQUESTS, forecast_of, forecast_row, request_row
from commands.suggesting import suggester
from connectors.amounts import CURRENCIES
from connectors.masking import mask_cards
from gate.acting import Gate
from gate.hearing import Answered
from gate.requests import Wanted
from model.match import StringKind
from policies.wording import CURRENCY, say
from scanner.answering import Sayings
from scanner.wanting import target
from web.ports.requests import Meant, Row

_NEAR = 3


class Requests:
    """Requests before purchase, and answers to questions by signed link."""

    def __init__(self, desk: Desk) -> None:
        """Take the desk of the program that serves."""
        self._desk = desk

    @property
    def data(self) -> Mapping[str, str]:
        """Kinds of data of persons, in plain words."""
        return PERSONAL_DATA

    @property
    def currencies(self) -> Sequence[str]:
        """Codes of currencies, the company's own first."""
        own = self._desk.company.base_currency
        return [*([own] if own else []), *sorted(CURRENCIES - {own})]

    @property
    def fields(self) -> Sequence[str]:
        """The fields of a request, in the order in which programs get them."""
        return REQUESTS.fields

    def meant(self, name: str, category: str | None, listed: Sequence[str] | None = None) -> Meant:
        """Return the tool that a name or a domain means. Raises Refused where several have it."""
        with self._desk.store.read() as connection:
            tool, imitates = target(connection, self._desk.index, mask_cards(name), category, listed)
        return Meant(tool=tool, imitates=imitates)

    def near(self, name: str) -> Sequence[tuple[str, str]]:
        """Return (id, name) of tools of the catalogue whose names are like one, the likeliest first."""
        found = suggester(self._desk.index).suggest(StringKind.APP_NAME, name, _NEAR)
        return [(one.tool_id, one.tool) for one in found]

    def forecast(self, wanted: Wanted) -> Row | None:
        """Return what connecting it comes to (sentence, currency, one_off, run, priced); None where nothing can say."""
        quote = wanted.price if wanted.currency == self._desk.company.base_currency else None
        said = Said(quote=quote, people=wanted.people, needs=wanted.needs)
        found = forecast_of(self._desk, wanted.tool, said)
        return None if found is None else forecast_row(found)

    def plain(self, wanted: Wanted) -> Wanted:
        """Return a request without card numbers, whatever was typed where."""
        unit = None if wanted.unit is None else mask_cards(wanted.unit)
        return replace(wanted, purpose=mask_cards(wanted.purpose), unit=unit)

    def masked(self, text: str) -> str:
        """Return a text without card numbers."""
        return mask_cards(text)

    def hub(self, unit: str | None) -> str | None:
        """Return the address of the hub member of a unit."""
        return self._desk.settings.gate.hub_of(unit)

    def row(self, request: Row) -> dict[str, Any]:
        """Return a request, as `storage.requests` reads it, with `fields`: where it stands, for whom it waits."""
        return request_row(self._desk, request)

    def answer(
        self, gate: Gate, token: str, text: str, *, until: date | None, document: str | None, note: str | None
    ) -> Answered:
        """Answer the question of a signed link, once. Raises Refused: then it is unused."""
        sayings = Sayings(self._desk.store, self._desk.trail(), self._desk.clock, "link", gate)
        return sayings.answer_link(token, text, until=until, document=document, note=note)

    def said(self, fact: str, value: object) -> str:
        """Return the value of a fact as people say it."""
        return say(fact, {fact: value, CURRENCY: self._desk.company.base_currency})
