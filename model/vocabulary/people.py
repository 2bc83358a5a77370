"""people.*: who uses the tool."""

from __future__ import annotations

from model.fact import Fact, Type
from model.vocabulary.words import DIRECTORY, USE

FACTS = (
    Fact(
        "people.count",
        Type.INT,
        "People who signed in to the tool, or hold a grant to it, in the last 90 days; each once, services left out.",
        f"{USE}; or all were and show nobody, while no identity provider knows the tool",
        "persons",
    ),
    Fact(
        "people.active_30d",
        Type.INT,
        "People who signed in to the tool in the last 30 days; each once.",
        "as people.count, for 30 days; a grant alone is no use",
        "persons",
    ),
    Fact(
        "people.growth_30d",
        Type.INT,
        "people.active_30d less the same count of the 30 days before.",
        "people.active_30d is; or no source was read to its end for all of the 60 days",
        unit="persons",
    ),
    Fact(
        "people.marketing",
        Type.INT,
        "Those of people.count who are in a marketing unit.",
        f"people.count is; or {DIRECTORY}; or no unit is known for more than a fifth of the people",
        "persons",
    ),
    Fact(
        "people.marketing_share",
        Type.FLOAT,
        "People in marketing units among those who were seen within 90 days and whose unit is known.",
        f"nobody is seen to use it, or a stream that names it was refused; or {DIRECTORY}; or no unit is known for"
        " more than a fifth",
        "share 0..1",
    ),
    Fact(
        "people.external",
        Type.INT,
        "Those of people.count who are guests, agency staff or freelancers by the directory, or by their mail domain.",
        "people.count is; or no domain of the company is configured and no directory tells guests from staff",
        "persons",
    ),
    Fact(
        "people.private_mailboxes",
        Type.INT,
        "Those of people.count whose address is one of a public mailbox provider.",
        "people.count is; or none is seen, and no source gives the addresses of all of them",
        unit="persons",
    ),
    Fact(
        "people.teams",
        Type.INT,
        "Different units among the people of people.count whose unit is known.",
        "people.marketing is",
        unit="teams",
    ),
    Fact(
        "people.first_used",
        Type.DATE,
        "First day on which a person signed in to the tool, as far back as its sources go.",
        "no stream of sign-ins names the tool",
    ),
    Fact(
        "people.last_used",
        Type.DATE,
        "Last day on which a person signed in to the tool.",
        "no stream of sign-ins names the tool",
    ),
)
