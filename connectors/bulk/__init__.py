"""The second lane: one SQL text a format, for well-formed files that come in millions.

A lane's SQL is one SELECT that reads one unpacked file with explicit columns in one pass and gives the columns below,
in this order. Whatever it cannot read as the translator would, it marks in `odd`; one odd row, or an error of the
engine, refuses the file, which then goes through the translator. Names are left as the file gives them (JSON): the
translator's own functions turn each distinct one into the model, so that both lanes say the same.

The columns: odd BOOLEAN, stream VARCHAR (NULL: of no interest), id UUID, seen BIGINT (milliseconds since 1970 UTC),
app JSON, actor JSON, method UTINYINT, success BOOLEAN, second_factor BOOLEAN, rest JSON (a whole record for the
translator).
"""

from __future__ import annotations

import importlib
import re
from typing import Protocol

from model.signal import Actor, AppIdentity


class Lane(Protocol):
    """What a module of this folder offers."""

    SQL: str

    def app(self, name: str) -> AppIdentity | None:
        """Turn a distinct app into the model; None where it names nothing.

        Raises ValueError where the name may stand for a value that the translator reads otherwise: the file is refused.
        """
        ...

    def actor(self, name: str) -> Actor | None:
        """Turn a distinct actor into the model; None where it names nobody. Raises ValueError as `app` does."""
        ...


#: A JSON value that is no text looks like this once the engine has made text of it.
_NO_TEXT = re.compile(r"-?[0-9.]+(?:[eE][-+]?[0-9]+)?|true|false|[{\[].*", re.DOTALL)


def is_no_text(value: str | None) -> bool:
    """Whether a text may have been a number, a truth value, a list or an object in the file."""
    return value is not None and _NO_TEXT.fullmatch(value) is not None


def lane(name: str) -> Lane:
    """Return the lane of that name."""
    module: Lane = importlib.import_module(f"connectors.bulk.{name}")
    return module
