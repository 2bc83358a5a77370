"""Passes records on only where one of them is of the FORMAT: a snapshot of other things would close all there is."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import msgspec

from connectors.formats import Bad, Raw
from model.errors import OstiaryError, WrongFormat

_ENOUGH = 1000


def recognised(found: Iterator[Raw | Bad], known: Callable[[bytes], bool], what: str) -> Iterator[Raw | Bad]:
    """Yield what is found once one record is `known`.

    Raises WrongFormat, which says that none is `what`, after the first thousand that are not, or at the end.
    """
    held: list[Raw | Bad] = []
    seen = False
    try:
        for piece in found:
            held.append(piece)
            seen = seen or (isinstance(piece, Raw) and known(piece.data))
            if seen:
                yield from held
                held = []
            elif len(held) == _ENOUGH:
                break
    except OstiaryError:
        yield from held
        raise
    if held:
        raise WrongFormat(f"none of the file's first {len(held)} records is {what}")


def has(*fields: str) -> Callable[[bytes], bool]:
    """Return a test for records (JSON objects) that have all these fields."""
    return lambda item: msgspec.json.decode(item, type=dict[str, msgspec.Raw]).keys() >= {*fields}
