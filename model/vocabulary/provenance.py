"""provenance.*: how well the rest is known."""

from __future__ import annotations

from model.fact import Fact, Type

FACTS = (
    Fact("provenance.sources", Type.LIST, "Sources with at least one signal of the tool.", None, unit="source names"),
    Fact("provenance.newest", Type.DATE, "Day of the newest signal of any kind; 1970-01-01 where there is none.", None),
    Fact(
        "provenance.match",
        Type.ENUM,
        "How strong the best link to the catalogue is.",
        None,
        values=(
            "exact",
            "domain",
            "descriptor",
            "name",
            "person",
            "provisional",
        ),
    ),
    Fact("provenance.look_alike", Type.BOOL, "A name or domain of it imitates a tool that it is not.", None),
    Fact(
        "provenance.refused_streams",
        Type.LIST,
        "Streams that could name the tool and were refused when last read.",
        None,
        "source/stream",
    ),
    Fact("provenance.answers_expired", Type.INT, "Answers on the tool that are past their end.", None, unit="answers"),
    Fact("provenance.last_decision", Type.DATE, "Day of the latest decision; 1970-01-01 where there is none.", None),
    Fact(
        "provenance.review_by",
        Type.DATE,
        "Day by which the latest decision is to be looked at again.",
        "there is no decision, or it names no day",
    ),
)
