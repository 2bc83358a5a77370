"""access.*: how people get in, and who may."""

from __future__ import annotations

from model.fact import Fact, Type, asked
from model.vocabulary.words import APPS, SIGN_ON

FACTS = (
    Fact(
        "access.sso_registered",
        Type.BOOL,
        "An active registration of the tool for single sign-on is in a connected identity provider.",
        APPS,
    ),
    Fact(
        "access.sso_mode",
        Type.ENUM,
        "How that registration signs people in; social means a consent for sign-in alone, none that there is nothing.",
        "as access.sso_registered",
        values=SIGN_ON,
    ),
    asked(
        "access.sso_enforced",
        Type.BOOL,
        "technical_owner",
        "Does the tool itself refuse passwords for ordinary accounts, so that everybody comes in through"
        " single sign-on?",
        "The tool's own console refuses passwords for ordinary accounts.",
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
        "access.sso_sign_ins",
        Type.INT,
        "Those of access.sign_ins that an identity provider vouched for by SAML or OpenID Connect; sources that never"
        " say how people signed in are left out.",
        "access.sign_ins is; or there is none, and a source of them does not say how people signed in",
        unit="sign-ins",
    ),
    asked(
        "access.sso_share",
        Type.FLOAT,
        "technical_owner",
        "By the tool's own login log: which share of the last 90 days' sign-ins came through single sign-on?",
        "Sign-ins of 90 days through single sign-on, by the tool's own log: an identity provider never sees"
        " the others.",
        unit="share 0..1",
    ),
    asked(
        "access.local_people",
        Type.INT,
        "technical_owner",
        "How many people can sign in with a password that the tool itself keeps, past single sign-on?",
        "People who can sign in with a password of the tool's own.",
        unit="persons",
    ),
    Fact(
        "access.mfa_share",
        Type.FLOAT,
        "Sign-ins of the last 90 days at which the source saw a second factor.",
        "access.sign_ins is, or is 0; or no source of these sign-ins states the factor",
        "share 0..1",
    ),
    asked(
        "access.mfa_enforced",
        Type.BOOL,
        "technical_owner",
        "Is a second factor compulsory in the tool for every account that does not use single sign-on?",
        "A second factor is compulsory for accounts that do not use single sign-on.",
    ),
    Fact(
        "access.assignment_required",
        Type.BOOL,
        "Only people or groups who were assigned to the registration can sign in.",
        "no registration of the tool was read, or its source does not state it",
    ),
    Fact(
        "access.shared_accounts",
        Type.INT,
        "Accounts seen within 90 days, or assigned, whose address is a role's and not a person's, such as marketing@.",
        "none is seen, and not everybody's address is known, or a stream that could show one was not read to its end",
        unit="accounts",
        asks="technical_owner",
        question="How many accounts of the tool are used by more than one person?",
    ),
    Fact(
        "access.accounts",
        Type.INT,
        "People who are assigned to the tool's registration, or listed in the tool itself; services left out.",
        "no list of assignments of the tool was read to its end, or it names groups and not who is in them",
        unit="accounts",
        asks="technical_owner",
        question="How many enabled accounts does the tool itself list?",
    ),
    Fact(
        "access.dormant_accounts",
        Type.INT,
        "Those of access.accounts who have not signed in for 90 days, but for who was assigned within them.",
        "access.accounts is; or the sign-ins of a provider that lists them were not read for the 90 days",
        unit="accounts",
    ),
    Fact(
        "access.leaver_accounts",
        Type.INT,
        "Those of access.accounts who have left, by the directory.",
        "access.accounts is; or the directory was not read to its end, or without those who left",
        unit="accounts",
    ),
    Fact(
        "access.admins",
        Type.INT,
        "People with an administrator's role in the tool.",
        "no source states the roles in the tool",
        unit="persons",
        asks="technical_owner",
        question="How many people are administrators of the tool?",
    ),
    Fact(
        "access.admins_external",
        Type.INT,
        "Those of access.admins who are guests, agency staff or freelancers.",
        "access.admins is, or no source states who they are",
        unit="persons",
        asks="technical_owner",
        question="How many of the tool's administrators are no employees?",
    ),
    Fact(
        "access.direct_assignments",
        Type.INT,
        "People who were assigned one by one rather than by a group.",
        "no list of assignments that tells the two apart was read to its end",
        unit="persons",
    ),
    asked(
        "access.audit_log_available",
        Type.BOOL,
        "technical_owner",
        "Does the present plan offer a log of what administrators do?",
        "The present plan offers an administrators' log.",
    ),
    asked(
        "access.audit_log_collected",
        Type.BOOL,
        "technical_owner",
        "Is that log collected outside the tool, so that it can be read after an incident?",
        "The tool's own audit or login log is collected outside the tool.",
    ),
    Fact(
        "access.reviewed_on",
        Type.DATE,
        "Day on which the tool's accounts were last gone through; where nobody has said, the first day on"
        " which it was seen.",
        "nothing was ever seen of the tool",
        asks="technical_owner",
        question="On which day were the tool's accounts last gone through, one by one?",
    ),
    asked(
        "access.unowned_keys",
        Type.INT,
        "technical_owner",
        "How many API keys and personal tokens of the tool belong to nobody who is still here, and to no"
        " named service account?",
        "Keys and tokens without a present employee or a named service account as owner.",
        unit="keys",
    ),
)
