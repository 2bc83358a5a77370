"""lifecycle.*: since when it is in use, and until when it lasts."""

from __future__ import annotations

from model.fact import Fact, Type, asked

FACTS = (
    Fact("lifecycle.first_seen", Type.DATE, "Day of the first sign of the tool.", None),
    Fact(
        "lifecycle.last_seen",
        Type.DATE,
        "Day of the latest use, money or consent (one that a list holds stands); a mere trace does not count.",
        "nothing of that kind was ever seen",
    ),
    Fact(
        "lifecycle.end_of_life",
        Type.DATE,
        "Day on which the product ends, or ended, by a dated notice of its vendor.",
        "no notice is known, which does not mean that it has no end",
        asks="technical_owner",
        question="On which day does the vendor withdraw the product or plan, by its own notice?",
    ),
    Fact(
        "lifecycle.ended",
        Type.BOOL,
        "The catalogue says that the product was withdrawn.",
        "the tool is in no catalogue",
    ),
    asked(
        "lifecycle.replacement_planned",
        Type.BOOL,
        "business_owner",
        "Are successor and date named?",
        "Successor and date are named.",
    ),
    asked(
        "lifecycle.vendor_changed",
        Type.DATE,
        "technical_owner",
        "On which day was the vendor last sold, merged or closed?",
        "Day of the vendor's latest sale, merger or closure.",
    ),
    Fact(
        "lifecycle.version",
        Type.STRING,
        "Newest version seen on devices or in apps.",
        "no source states a version",
        asks="technical_owner",
        question="Which version is in use?",
    ),
    asked(
        "lifecycle.version_supported",
        Type.BOOL,
        "technical_owner",
        "Does the version in use still get fixes?",
        "The version in use still gets fixes.",
    ),
    asked(
        "lifecycle.self_run",
        Type.BOOL,
        "technical_owner",
        "Do we, or an agency for us, run the software on servers of our own?",
        "The company or its agency runs the software itself.",
    ),
    asked(
        "lifecycle.last_patched",
        Type.DATE,
        "technical_owner",
        "On which day was our installation last updated?",
        "Day of the last update of an installation of our own.",
    ),
    Fact(
        "lifecycle.live_traces",
        Type.LIST,
        "What of the tool was still alive in the last 90 days, or in the newest whole lists.",
        "a stream that showed one was not read to its end; or none is shown, and one that could was not read",
        values=(
            "grant",
            "account",
            "charge",
            "sign_in",
        ),
    ),
)
