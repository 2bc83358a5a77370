"""May I use it? What was decided on a tool, as somebody is answered who asks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Row = Mapping[str, Any]
#: Status -> kind of answer; what is none of these is decided no more, or not yet.
_KINDS = {"approved": "yes", "approved_with_conditions": "conditions", "rejected": "no", "retired": "no"}


@dataclass(frozen=True, slots=True, kw_only=True)
class MayUse:
    """An answer: `kind` is yes, conditions, no, again (approved until a day that is over) or undecided.

    `status` is the word of the inventory, for the mark; `conditions` are those still to be kept; `by` is the day by
    which people have moved, or until which it was approved; `instead` are pairs of a tool's id and name.
    """

    kind: str
    word: str
    status: str
    conditions: Sequence[Row] = ()
    by: str | None = None
    instead: Sequence[tuple[str, str]] = ()
    decided: bool = False
    reviewed: bool = False


def may_use(row: Row | None) -> MayUse:
    """Return the answer for a tool by its row of the inventory; None: nobody decided about it."""
    if row is None:
        return MayUse(kind="undecided", word="Not decided yet", status="new")
    kind = _KINDS.get(row["status"])
    if kind is None and row["review_by"]:
        return MayUse(kind="again", word="Not now", status=row["status"], by=row["review_by"])
    if kind is None:
        return MayUse(kind="undecided", word="Not decided yet", status=row["status"])
    word = {"yes": "Yes", "conditions": "On conditions"}.get(kind, "No")
    return MayUse(
        kind=kind,
        word=word,
        status=row["status"],
        conditions=[one for one in row["condition_details"] if one["state"] != "met"],
        by=row["move_by"],
        instead=list(zip(row["instead_ids"], row["instead_of"], strict=True)),
        decided=row["instead_why"] == "decided",
        reviewed=bool(row["case"]) and kind != "no",
    )
