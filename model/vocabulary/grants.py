"""grants.*: what people and administrators let the tool do on the company's platforms."""

from __future__ import annotations

from model.fact import Fact, Type
from model.vocabulary.words import DIRECTORY, GRANTS, RATED, SCOPES

FACTS = (
    Fact(
        "grants.active",
        Type.INT,
        "Grants to the tool that the newest whole lists still hold; several scopes of one consent are one grant.",
        GRANTS,
        "grants",
    ),
    Fact(
        "grants.people",
        Type.INT,
        "Different people whose own grants are among grants.active.",
        "grants.active is",
        "persons",
    ),
    Fact(
        "grants.scopes",
        Type.LIST,
        "The scopes of grants.active as the platform names them, compared whole and by case, never by a part.",
        SCOPES,
        "scope names",
    ),
    Fact(
        "grants.sensitive",
        Type.INT,
        "Scopes of grants.scopes that the table of scopes rates high or critical; sign-in scopes never are.",
        RATED,
        "scopes",
    ),
    Fact(
        "grants.sensitive_by_user",
        Type.INT,
        "Sensitive scopes that people gave by their own click and no administrator has granted.",
        "grants.sensitive is, or a source does not state who consented",
        "scopes",
    ),
    Fact(
        "grants.sensitive_added",
        Type.LIST,
        "Sensitive scopes held now that were not held when the tool was last decided on.",
        "there is no decision; or grants.sensitive is; or the scopes were unknown, or their list not yet read, then",
        unit="scope names",
    ),
    Fact(
        "grants.domain_wide",
        Type.BOOL,
        "A grant acts for everybody: consent for all, an application permission, or a delegated domain.",
        "no list that shows such grants was read to its end",
    ),
    Fact(
        "grants.crm_write",
        Type.BOOL,
        "A scope or a stated connection lets the tool change records of the CRM; false where connections.crm is.",
        "nothing shows it and nobody has answered",
        asks="crm_administrator",
        question="May the tool change or delete records in the CRM, by the profile of the user it connects as?",
    ),
    Fact("grants.mail_read", Type.BOOL, "A scope reads the content of whole mailboxes.", RATED),
    Fact("grants.mail_send", Type.BOOL, "A scope sends mail as the person.", RATED),
    Fact("grants.chat_read", Type.BOOL, "A scope reads internal chat.", RATED),
    Fact(
        "grants.files_read_all",
        Type.BOOL,
        "A scope reads all files of a person or of the company, whatever their kind.",
        RATED,
    ),
    Fact("grants.directory_read", Type.BOOL, "A scope reads the whole directory of people.", RATED),
    Fact(
        "grants.offline",
        Type.BOOL,
        "Access lasts while the person is away: an offline scope, a kept token or an application permission.",
        f"{SCOPES}, or it does not tell how long a grant lasts",
    ),
    Fact(
        "grants.leaver_owned",
        Type.INT,
        "Those of grants.active whose person has left, by the directory.",
        f"grants.active is; or {DIRECTORY}; or it was read without those who left",
        "grants",
    ),
    Fact(
        "grants.external_owned",
        Type.INT,
        "Those of grants.active whose person is a guest, agency staff or a freelancer.",
        "grants.active is; or no domain of the company is configured and no directory tells guests from staff",
        unit="grants",
    ),
    Fact(
        "grants.last_used",
        Type.DATE,
        "Last day on which a grant of the tool was used, by a log of token use; 1970-01-01 where it never was.",
        "no source states the use of this tool's grants",
    ),
    Fact(
        "grants.oldest",
        Type.DATE,
        "Day since which the oldest of grants.active is known: its consent, or the first list that held it.",
        "grants.active is, or there is none",
    ),
    Fact(
        "grants.publisher_verified",
        Type.BOOL,
        "The platform says that it has verified who publishes the app.",
        "a platform that holds a grant does not state it, and none says no",
    ),
    Fact(
        "grants.unregistered_client",
        Type.BOOL,
        "The platform itself does not know who is behind the client.",
        "no list of grants that marks such clients was read to its end",
    ),
)
