"""The closed vocabulary of facts: what may be known of a tool, in which unit, and when it is unknown.

A fact is a value with the evidence it came from, or unknown with the reason; there is no third. Policies are written
over these names and nothing else. What was *never seen* and what was *not looked at* differ: a fact is 0, false or
empty only where the streams behind it were read to their end for the whole window.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from model.fact import NEVER, PYTHON, Attributes, Fact, Facts, Known, Type, Unknown, Value, fits

__all__ = (
    "ATTRIBUTES",
    "NAMES",
    "NEVER",
    "PYTHON",
    "SIGN_ON",
    "STATUSES",
    "SYSTEMS",
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


def _by_name(*facts: Fact) -> Mapping[str, Fact]:
    return MappingProxyType({fact.name: fact for fact in facts})


STATUSES = ("new", "in_review", "approved", "approved_with_conditions", "rejected", "retired")
SYSTEMS = ("mail", "chat", "files", "calendar", "contacts", "directory", "crm", "warehouse", "ads", "code")
SIGN_ON = ("saml", "oidc", "wsfed", "password_vault", "bookmark", "social", "none")

_USE = "no stream of sign-ins or grants that could name the tool was read to its end for the window"
_DIRECTORY = "the directory was not read to its end"
_GRANTS = "no list of grants was read to its end"
_SCOPES = f"{_GRANTS}, or the list states no scopes"
_RATED = f"{_SCOPES}; or some scopes are in no table of scopes and the others do not settle it"
_APPS = "an app list of a connected identity provider was not read to its end, and no other one holds the tool"
_MONEY = "no source of money was read for the whole window, or an amount is in a currency without a rate"

#: Facts, in the order of the reference page.
VOCABULARY: Mapping[str, Fact] = _by_name(
    Fact(
        "people.count",
        Type.INT,
        "People who signed in to the tool, or hold a grant to it, in the last 90 days; each once, services left out.",
        f"{_USE}; or all were and show nobody, while no identity provider knows the tool",
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
        "people.marketing",
        Type.INT,
        "Those of people.count who are in a marketing unit.",
        f"people.count is; or {_DIRECTORY}; or no unit is known for more than a fifth of the people",
        "persons",
    ),
    Fact(
        "people.marketing_share",
        Type.FLOAT,
        "People in marketing units among those who were seen within 90 days and whose unit is known.",
        f"nobody is seen to use it, or a stream that names it was refused; or {_DIRECTORY}; or no unit is known for"
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
        "people.last_used",
        Type.DATE,
        "Last day on which a person signed in to the tool.",
        "no stream of sign-ins names the tool",
    ),
    Fact(
        "access.sso_registered",
        Type.BOOL,
        "An active registration of the tool for single sign-on is in a connected identity provider.",
        _APPS,
    ),
    Fact(
        "access.sso_mode",
        Type.ENUM,
        "How that registration signs people in; social means a consent for sign-in alone, none that there is nothing.",
        "as access.sso_registered",
        values=SIGN_ON,
    ),
    Fact(
        "access.vaulted_password",
        Type.BOOL,
        "The identity provider fills in a stored or shared password instead of vouching for the person.",
        "as access.sso_registered",
    ),
    Fact(
        "access.sign_ins",
        Type.INT,
        "Successful sign-ins of people in the last 90 days, over all sources.",
        "no stream of sign-ins that could name the tool was read to its end for the 90 days",
        "sign-ins",
    ),
    Fact(
        "access.mfa_share",
        Type.FLOAT,
        "Sign-ins of the last 90 days at which the source saw a second factor.",
        "access.sign_ins is, or is 0; or no source of these sign-ins states the factor",
        "share 0..1",
    ),
    Fact(
        "access.assignment_required",
        Type.BOOL,
        "Only people or groups who were assigned to the registration can sign in.",
        "no registration of the tool was read, or its source does not state it",
    ),
    Fact(
        "grants.active",
        Type.INT,
        "Grants to the tool that the newest whole lists still hold; several scopes of one consent are one grant.",
        _GRANTS,
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
        _SCOPES,
        "scope names",
    ),
    Fact(
        "grants.sensitive",
        Type.INT,
        "Scopes of grants.scopes that the table of scopes rates high or critical; sign-in scopes never are.",
        _RATED,
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
        "grants.domain_wide",
        Type.BOOL,
        "A grant acts for everybody: consent for all, an application permission, or a delegated domain.",
        "no list that shows such grants was read to its end",
    ),
    Fact("grants.mail_read", Type.BOOL, "A scope reads the content of whole mailboxes.", _RATED),
    Fact("grants.mail_send", Type.BOOL, "A scope sends mail as the person.", _RATED),
    Fact("grants.chat_read", Type.BOOL, "A scope reads internal chat.", _RATED),
    Fact("grants.files_read_all", Type.BOOL, "A scope reads all files of a person or of the company.", _RATED),
    Fact(
        "grants.offline",
        Type.BOOL,
        "Access lasts while the person is away: an offline scope, a kept token or an application permission.",
        f"{_SCOPES}, or it does not tell how long a grant lasts",
    ),
    Fact(
        "grants.leaver_owned",
        Type.INT,
        "Those of grants.active whose person has left, by the directory.",
        f"grants.active is; or {_DIRECTORY}; or it was read without those who left",
        "grants",
    ),
    Fact(
        "grants.last_used",
        Type.DATE,
        "Last day on which a grant of the tool was used, by a log of token use; 1970-01-01 where it never was.",
        "no source states the use of this tool's grants",
    ),
    Fact(
        "grants.publisher_verified",
        Type.BOOL,
        "The platform says that it has verified who publishes the app.",
        "no platform that holds a grant states it",
    ),
    Fact(
        "grants.unregistered_client",
        Type.BOOL,
        "The platform itself does not know who is behind the client.",
        "no list of grants that marks such clients was read to its end",
    ),
    Fact(
        "connections.systems",
        Type.LIST,
        "Systems of the company that a grant in force opens to the tool.",
        _RATED,
        values=SYSTEMS,
    ),
    Fact("connections.count", Type.INT, "How many systems connections.systems names.", "it is", "systems"),
    Fact(
        "connections.over_broad",
        Type.INT,
        "Systems that a right opens further than most tools need: one of its scopes is rated critical.",
        _RATED,
        "systems",
    ),
    Fact(
        "connections.orphaned",
        Type.INT,
        "Systems that a grant of somebody who has left, by the directory, still opens; sign-in alone is none.",
        f"{_GRANTS}; or {_DIRECTORY}; or none knows the people who granted them",
        "systems",
    ),
    Fact(
        "connections.stale",
        Type.INT,
        "Systems that a right opens which nobody was seen to use for 90 days; sign-in alone is none.",
        f"{_GRANTS}; or no log that shows the use of the grants was read for the 90 days",
        "systems",
    ),
    Fact(
        "data.personal",
        Type.BOOL,
        "The tool holds or reads data of persons: a scope opens contacts, mail or CRM records, or the catalogue or an"
        " answer says so.",
        "nothing shows it and nobody has answered; false by an answer only, never from the category",
    ),
    Fact(
        "integration.provisioning_on",
        Type.BOOL,
        "The identity provider makes accounts in the tool by itself.",
        "no registration of the tool states its features",
    ),
    Fact(
        "integration.deprovisioning_on",
        Type.BOOL,
        "The identity provider disables accounts in the tool by itself.",
        "no registration of the tool states its features",
    ),
    Fact(
        "spend.annual",
        Type.MONEY,
        "Charges of the last 12 months, refunds taken off, each amount counted once.",
        _MONEY,
        "millionths of the base currency",
    ),
    Fact("spend.last_90d", Type.MONEY, "As spend.annual, for 90 days.", _MONEY, "millionths of the base currency"),
    Fact(
        "spend.marketing_share",
        Type.FLOAT,
        "Part of the money of the last 12 months, or of what was read of it, that marketing units or their cards paid.",
        "no money went to the tool; it is in several currencies; or the unit is not known for more than a fifth of it",
        "share 0..1",
    ),
    Fact(
        "spend.payers",
        Type.INT,
        "Different holders of the cards or accounts that paid in the last 12 months.",
        "no source of money states the holder",
        "persons",
    ),
    Fact(
        "spend.payer_left",
        Type.BOOL,
        "The holder of the card that paid last has left, by the directory.",
        f"no source of money states the holder, or {_DIRECTORY}",
    ),
    Fact("spend.last_charge", Type.DATE, "Day of the latest charge.", "no source of money names the tool"),
    Fact(
        "ownership.business_owner", Type.BOOL, "A business owner is recorded: by a decision or the approved list.", None
    ),
    Fact("ownership.technical_owner", Type.BOOL, "A technical owner is recorded.", None),
    Fact(
        "ownership.owner_left",
        Type.BOOL,
        "A recorded owner has left, by the directory; false where no owner is recorded.",
        f"an owner is recorded and {_DIRECTORY}",
    ),
    Fact("provenance.look_alike", Type.BOOL, "A name or domain of it imitates a tool that it is not.", None),
    Fact(
        "provenance.refused_streams",
        Type.LIST,
        "Streams that could name the tool and were refused when last read.",
        None,
        "source/stream",
    ),
    Fact("provenance.last_decision", Type.DATE, "Day of the latest decision; 1970-01-01 where there is none.", None),
    Fact(
        "provenance.review_by",
        Type.DATE,
        "Day by which the latest decision is to be looked at again.",
        "there is no decision, or it names no day",
    ),
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
    Fact("lifecycle.first_seen", Type.DATE, "Day of the first sign of the tool.", None),
    Fact(
        "lifecycle.last_seen",
        Type.DATE,
        "Day of the latest use, money or consent; a mere trace does not count.",
        "nothing of that kind was ever seen",
    ),
    Fact(
        "lifecycle.ended",
        Type.BOOL,
        "The catalogue says that the product was withdrawn.",
        "the tool is in no catalogue",
    ),
)

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
