"""What a form posted: read with bounds, cleaned, and each field asked for by name."""

from __future__ import annotations

import re
from datetime import date
from http import HTTPStatus

from fastapi import Request
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException

#: No form of ours has more.
_FIELDS = 300
#: The longest text of one field, in characters; reasons are bounded again by the gate.
LONGEST = 20_000
#: Days that people mean; beyond them, a moment in some zone is none that can be reckoned with.
_FIRST, _LAST = date(1900, 1, 1), date(9998, 12, 31)
#: What no page shows and no database takes; half a character is none.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


async def form_of(request: Request) -> FormData:
    """Return the form of a request. Files are taken by the routes that ask for one alone."""
    try:
        return await request.form(max_fields=_FIELDS, max_files=1, max_part_size=LONGEST * 4)
    except UnicodeError:  # a form may name the encoding of its texts, and some refuse everything
        raise HTTPException(HTTPStatus.BAD_REQUEST) from None


class Form:
    """The fields of a form as text, and what is wrong with them: field -> what to do."""

    def __init__(self, fields: FormData | None = None) -> None:
        """Take what was posted."""
        self.fields = fields if fields is not None else FormData()
        self.errors: dict[str, str] = {}

    def __bool__(self) -> bool:
        """Whether anything was posted."""
        return bool(self.fields)

    def clear(self) -> None:
        """Forget what was posted: it is done."""
        self.fields, self.errors = FormData(), {}

    def put(self, name: str, value: str) -> None:
        """Let a field have a value, as if it had been typed."""
        others = [(one, said) for one, said in self.fields.multi_items() if one != name]
        self.fields = FormData([*others, (name, value)])

    def get(self, name: str, default: str = "") -> str:
        """Return a field as text without blanks around it and characters that cannot be shown; a file is no text."""
        value = self.fields.get(name, default)
        return _UNPRINTABLE.sub("", value).strip() if isinstance(value, str) else default

    def all(self, name: str) -> list[str]:
        """Return all values of a field, such as of check boxes; empty ones left out."""
        found = (v for v in self.fields.getlist(name) if isinstance(v, str))
        return [text for text in (_UNPRINTABLE.sub("", v).strip() for v in found) if text]

    def need(self, name: str, what: str) -> str:
        """Return a field that must be filled in; note `what` to do where it is not."""
        found = self.get(name)
        if not found:
            self.errors[name] = what
        elif len(found) > LONGEST:
            self.errors[name] = f"This is too long: {LONGEST:,} characters at most, and this has {len(found):,}"
        return found

    def day(self, name: str, what: str = "Enter a day, such as 2027-01-31", *, needed: bool = False) -> date | None:
        """Return a day of a date field, None where it is empty; note what is wrong."""
        text = self.get(name)
        if not text:
            if needed:
                self.errors[name] = what
            return None
        try:
            found = date.fromisoformat(text)
        except ValueError:
            found = None
        if found is None or not _FIRST <= found <= _LAST:
            self.errors[name] = what
            return None
        return found

    def whole(self, name: str, what: str, *, least: int = 0, most: int = 10**9) -> int | None:
        """Return a whole number of a field, None where it is empty; note `what` where it is none, or out of bounds."""
        given = self.fields.get(name)
        if isinstance(given, str) and _UNPRINTABLE.search(given):  # what would be left of it is no longer what was sent
            self.errors[name] = what
            return None
        text = self.get(name).replace(" ", "").replace("\u202f", "").replace("\xa0", "")
        if not text:
            return None
        if not re.fullmatch(r"[0-9]{1,12}", text, re.ASCII) or not least <= int(text) <= most:
            self.errors[name] = what
            return None
        return int(text)

    def choice(self, name: str, among: frozenset[str] | set[str] | tuple[str, ...], what: str) -> str:
        """Return a field that is one of some; note `what` where it is none of them."""
        found = self.get(name)
        if found not in among:
            self.errors[name] = what
        return found

    def kept(self) -> list[tuple[str, str]]:
        """Return what was typed, so that a page can show it again; secrets and files are left out."""
        return [
            (_UNPRINTABLE.sub("", name), _UNPRINTABLE.sub("", value))
            for name, value in self.fields.multi_items()
            if isinstance(value, str) and name not in {"csrf", "token", "secret"}
        ]
