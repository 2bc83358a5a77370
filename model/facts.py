"""The closed vocabulary of facts: what may be known of a tool, in which unit, and when it is unknown.

A fact is a value with the evidence it came from, or unknown with the reason; there is no third. Policies are written
over these names and nothing else. What was *never seen* and what was *not looked at* differ: a fact is 0, false or
empty only where the streams behind it were read to their end for the whole window. What no source can show is asked of
a person (`Fact.question`); the words stand in `model/vocabulary/`, one file an area.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from model.fact import ASKED, NEVER, PYTHON, UNANSWERED, Attributes, Fact, Facts, Known, Type, Unknown, Value, fits
from model.vocabulary import (
    access,
    ai,
    connections,
    consent,
    contract,
    data,
    grants,
    integration,
    lifecycle,
    mobile,
    overlap,
    ownership,
    people,
    provenance,
    spend,
    support,
)
from model.vocabulary.words import SIGN_ON, SYSTEMS

__all__ = (
    "ASKED",
    "ATTRIBUTES",
    "NAMES",
    "NEVER",
    "PYTHON",
    "SIGN_ON",
    "STATUSES",
    "SYSTEMS",
    "UNANSWERED",
    "VOCABULARY",
    "Attributes",
    "Fact",
    "Facts",
    "Known",
    "Type",
    "Unknown",
    "Value",
    "fits",
)

STATUSES = ("new", "in_review", "approved", "approved_with_conditions", "rejected", "retired")
_AREAS = (
    people,
    access,
    grants,
    connections,
    data,
    integration,
    mobile,
    consent,
    ai,
    spend,
    contract,
    ownership,
    support,
    lifecycle,
    overlap,
    provenance,
)


def _by_name(*facts: Fact) -> Mapping[str, Fact]:
    return MappingProxyType({fact.name: fact for fact in facts})


#: Facts, in the order of the reference page.
VOCABULARY: Mapping[str, Fact] = _by_name(*(fact for area in _AREAS for fact in area.FACTS))

#: What the tool's own record says, and the day of judgement. Always stated in the cases of a policy.
ATTRIBUTES: Mapping[str, Fact] = _by_name(
    Fact("tool.name", Type.STRING, "The tool's name.", None),
    Fact("tool.category", Type.STRING, "Category of the catalogue, as its slug; empty for a provisional tool.", None),
    Fact("tool.marketing", Type.BOOL, "The catalogue calls it a marketing tool.", "the tool is provisional"),
    Fact("tool.status", Type.ENUM, "Where the tool stands in the review.", None, values=STATUSES),
    Fact("tool.provisional", Type.BOOL, "No catalogue entry and no person has said which tool it is.", None),
    Fact("company.currency", Type.STRING, "The base currency, as three letters; empty where none is configured.", None),
    Fact("now", Type.MOMENT, "The moment from which is counted back: the as-of of the run.", None),
)

#: Every word that a policy may use.
NAMES: Mapping[str, Fact] = MappingProxyType({**VOCABULARY, **ATTRIBUTES})
