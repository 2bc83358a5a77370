"""connections.*: which systems of the company the tool is tied to."""

from __future__ import annotations

from model.fact import Fact, Type, asked
from model.vocabulary.words import DIRECTORY, GRANTS, RATED, SYSTEMS

FACTS = (
    Fact(
        "connections.systems",
        Type.LIST,
        "Systems of the company that a grant in force opens to the tool.",
        RATED,
        values=SYSTEMS,
    ),
    Fact("connections.count", Type.INT, "How many systems connections.systems names.", "it is", "systems"),
    Fact(
        "connections.over_broad",
        Type.INT,
        "Systems that a right opens further than most tools need: one of its scopes is rated critical.",
        RATED,
        "systems",
    ),
    Fact(
        "connections.orphaned",
        Type.INT,
        "Systems that a grant of somebody who has left, by the directory, still opens; sign-in alone is none.",
        f"{GRANTS}; or {DIRECTORY}; or none knows the people who granted them",
        "systems",
    ),
    Fact(
        "connections.stale",
        Type.INT,
        "Systems that a right opens which nobody was seen to use for 90 days; sign-in alone is none.",
        f"{GRANTS}; or no log that shows the use of the grants was read for the 90 days",
        "systems",
    ),
    Fact(
        "connections.crm",
        Type.BOOL,
        "The tool holds a right on the company's CRM: by a scope, a stated connection or an answer.",
        "nothing shows it and nobody has answered; false by an answer only",
        asks="crm_administrator",
        question="Is the tool connected to the CRM, by a token, a package or a connected app?",
    ),
    asked(
        "connections.crm_person_tokens",
        Type.INT,
        "crm_administrator",
        "How many of the tool's connections to the CRM run under a person's login instead of an integration user?",
        "Connections to the CRM that run under a person's own login.",
        unit="tokens",
    ),
    asked(
        "connections.crm_last_used",
        Type.DATE,
        "crm_administrator",
        "On which day did the tool last use its access to the CRM?",
        "Last day on which the tool used its access to the CRM.",
    ),
    Fact(
        "connections.warehouse",
        Type.BOOL,
        "The tool feeds the data warehouse or is fed by it.",
        "no list of connections shows it and nobody has answered; false by an answer only",
        asks="technical_owner",
        question="Is there a feed between the tool and the data warehouse?",
    ),
    asked(
        "connections.cdp",
        Type.BOOL,
        "technical_owner",
        "Is the tool a source or a destination of the customer data platform?",
        "The tool is a source or a destination of the customer data platform.",
    ),
    asked(
        "connections.webhooks",
        Type.INT,
        "technical_owner",
        "How many webhooks of the tool push data to some address?",
        "Webhooks by which the tool pushes data to some address.",
        unit="webhooks",
    ),
    asked(
        "connections.webhooks_unowned",
        Type.INT,
        "technical_owner",
        "How many of these webhooks lead to an address that nobody answers for, or were made by somebody who has left?",
        "Webhooks to an address that nobody answers for.",
        unit="webhooks",
    ),
)
