"""overlap.*: other tools for the same job."""

from __future__ import annotations

from model.fact import Fact, Type, asked

FACTS = (
    Fact(
        "overlap.same_category",
        Type.INT,
        "Other tools of the category that people used or that money went to in the last 90 days.",
        "nobody has said what the tool is for",
        "tools",
    ),
    Fact(
        "overlap.approved_in_category",
        Type.INT,
        "Other approved tools of the category; 0 where nobody has said what the tool is for.",
        None,
        "tools",
    ),
    Fact(
        "overlap.people_share",
        Type.FLOAT,
        "Those of people.count who used another tool of the category within 90 days.",
        "people.count is, or is 0; or nobody has said what the tool is for; or it is not all of them, and a stream of"
        " use was not read to its end for the 90 days",
        unit="share 0..1",
    ),
    Fact(
        "overlap.category_spend",
        Type.MONEY,
        "spend.annual of all tools of the category, this one with them.",
        "nobody has said what the tool is for; or spend.annual is unknown of one of them that money goes to, or of all",
        unit="millionths of the base currency",
    ),
    asked(
        "overlap.instances",
        Type.INT,
        "technical_owner",
        "How many separate accounts of this tool does the company have, test accounts left out?",
        "Separate accounts or tenants of the tool.",
        unit="accounts",
    ),
    asked(
        "overlap.covered_by_suite",
        Type.BOOL,
        "technical_owner",
        "Does a suite that we already pay for have what is needed, on the present plan?",
        "A suite that is already paid for has the needed function.",
    ),
    asked(
        "overlap.mail_senders",
        Type.INT,
        "technical_owner",
        "How many marketing mail tools may send from this domain, by SPF or DKIM?",
        "Marketing mail tools that may send from the same domain.",
        unit="tools",
    ),
)
