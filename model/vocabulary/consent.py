"""consent.*: what customers agreed to."""

from __future__ import annotations

from model.fact import Type, asked

FACTS = (
    asked(
        "consent.cmp_present",
        Type.BOOL,
        "web_team",
        "Does a consent manager load on the sites where the tool's tag is?",
        "A consent manager loads on the sites with the tool's tag.",
    ),
    asked(
        "consent.tag_ungated",
        Type.BOOL,
        "web_team",
        "Does the tag load before the visitor has chosen, when tried in a fresh browser?",
        "The tag loads before the visitor has chosen.",
    ),
    asked(
        "consent.in_cmp_list",
        Type.BOOL,
        "web_team",
        "Is the tool in the consent manager's list of vendors?",
        "The tool is in the consent manager's list of vendors.",
    ),
    asked(
        "consent.in_notice",
        Type.BOOL,
        "privacy",
        "Does the privacy notice name the tool, its maker, or its kind of recipient?",
        "The privacy notice names the tool, its maker or its kind of recipient.",
    ),
    asked(
        "consent.basis",
        Type.ENUM,
        "privacy",
        "On which legal basis is the data used?",
        "Legal basis recorded for this use.",
        values=(
            "consent",
            "contract",
            "legitimate_interest",
            "none",
        ),
    ),
    asked(
        "consent.proof_kept",
        Type.BOOL,
        "business_owner",
        "Can we show for each person who agreed to what, when, and to which text?",
        "It can be shown who agreed to what, when, and to which text.",
    ),
    asked(
        "consent.suppression_shared",
        Type.BOOL,
        "business_owner",
        "Does an unsubscribe in any sending tool stop this one within a day?",
        "An unsubscribe in any sending tool stops this one within a day.",
    ),
    asked(
        "consent.unsubscribe_tested",
        Type.DATE,
        "business_owner",
        "On which day was the way to unsubscribe last tried to the end?",
        "Last day on which the way to unsubscribe was tried to the end.",
    ),
    asked(
        "consent.replay_masked",
        Type.BOOL,
        "web_team",
        "Are inputs and personal texts masked in recordings, tried on a form of ours?",
        "Inputs and personal texts are masked in recordings, tried on a real form.",
    ),
    asked(
        "consent.audience_upload",
        Type.BOOL,
        "business_owner",
        "Are lists of customers uploaded to this ad platform?",
        "Lists of customers are uploaded to this ad platform.",
    ),
    asked(
        "consent.audience_basis",
        Type.BOOL,
        "privacy",
        "Did the persons on those lists agree, and are those removed who left?",
        "The persons on those lists agreed, and those who left are removed.",
    ),
    asked(
        "consent.rights_covered",
        Type.BOOL,
        "privacy",
        "Is the tool part of the procedure for access, erasure and objection?",
        "The tool is part of the procedure for access, erasure and objection.",
    ),
    asked(
        "consent.third_party_data",
        Type.BOOL,
        "business_owner",
        "Does the tool add or sell data on persons that they did not give to us?",
        "The tool adds or sells data on persons that they did not give to the company.",
    ),
    asked(
        "consent.third_party_informed",
        Type.BOOL,
        "privacy",
        "Are these persons told where the data came from, at first contact and within a month?",
        "Those persons are told where the data came from.",
    ),
)
