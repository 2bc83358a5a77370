"""ownership.*: who answers for the tool."""

from __future__ import annotations

from model.fact import Fact, Type, asked
from model.vocabulary.words import DIRECTORY

FACTS = (
    Fact(
        "ownership.business_owner", Type.BOOL, "A business owner is recorded: by a decision or the approved list.", None
    ),
    Fact("ownership.technical_owner", Type.BOOL, "A technical owner is recorded.", None),
    Fact(
        "ownership.owner_left",
        Type.BOOL,
        "A recorded owner has left, by the directory; false where no owner is recorded.",
        f"an owner is recorded and {DIRECTORY}",
    ),
    Fact("ownership.backup", Type.BOOL, "A deputy of the business or technical owner is recorded.", None),
    Fact(
        "ownership.owners_same",
        Type.BOOL,
        "One person is business and technical owner.",
        "one of the two is not recorded",
    ),
    asked(
        "ownership.account_holder",
        Type.ENUM,
        "business_owner",
        "In whose name is the account held with the vendor: the company's, an agency's, or a person's?",
        "In whose name the account is held with the vendor.",
        values=(
            "company",
            "agency",
            "person",
        ),
    ),
    asked(
        "ownership.root_mailbox",
        Type.ENUM,
        "business_owner",
        "What kind of mailbox is behind the first or billing login: a role's, a colleague's, or a private one?",
        "Kind of mailbox behind the first or billing login; a role's can be handed over.",
        values=(
            "role",
            "personal_work",
            "private",
        ),
    ),
    asked(
        "ownership.importance_marketing",
        Type.ENUM,
        "business_owner",
        "How important is the tool for Marketing's work?",
        "How important Marketing rates the tool: by its latest rating, else by an answer.",
        values=(
            "low",
            "medium",
            "high",
        ),
    ),
    asked(
        "ownership.importance_it",
        Type.ENUM,
        "technical_owner",
        "How important is the tool, as IT sees it?",
        "How important IT rates the tool: by its latest rating, else by an answer.",
        values=(
            "low",
            "medium",
            "high",
        ),
    ),
    Fact(
        "ownership.rating_gap",
        Type.INT,
        "Steps between the two ratings.",
        "one of the two ratings is missing",
        unit="steps 0..2",
    ),
)
