"""What cannot be judged at the demo company, as its stories tell it: policy -> tools, and the facts nobody has told.

A policy stands here where its story says that it applies, and what it asks is known of no source: contracts, plans,
what stands in a tool, who has tried what. Somebody has to be asked. Tools are called as in `expected_findings`.
"""

from __future__ import annotations

from dataclasses import dataclass

from tests.scanner.demo.expected_findings import ALL, MARKETING, PROVISIONAL, TIED, UNSEEN


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


@dataclass(frozen=True, slots=True)
class Asked:
    """The tools to which a policy applies, and the facts, all together, for want of which it cannot be judged."""

    tools: frozenset[str]
    lacking: frozenset[str]


def _asked(tools: frozenset[str], lacking: str) -> Asked:
    return Asked(tools, _words(lacking))


# --- the tools, as the stories group them ----------------------------------------------------------------------------

#: Rejected or retired: nothing is asked of them any more.
GONE = _words("lusha trello")
#: Approved, with conditions or without. HubSpot's approval ran out in June.
APPROVED = _words(
    "slack personio zoom salesforce asana jira zendesk shopify snowflake pleo deepl power-bi bynder canva meltwater"
    " cookiebot adobe-creative-cloud"
)
#: Their category holds persons: a CRM, tools that mail, webinars. Nobody is seen in Eventbrite.
BY_KIND = _words("salesforce hubspot klaviyo mailchimp livestorm eventbrite")
#: A scope opens mail, and with it whoever writes to the company. (Lusha's opens contacts, and is rejected.)
BY_SCOPE = _words("zapier boomerang PEAKPITCH")
PERSONS = BY_KIND | BY_SCOPE
MAILERS = _words("hubspot klaviyo mailchimp")
#: Three people or more: of a marketing category, ...
_TEAMS_IN_MARKETING = _words(
    "salesforce shopify figma trustpilot calendly power-bi hubspot bynder canva mailchimp semrush meltwater livestorm"
    " webflow klaviyo hotjar typeform adobe-creative-cloud"
)
#: ... or, whatever the category, three tenths of them are Marketing's.
_TEAMS_OF_MARKETING = _words("airtable asana chatgpt grammarly miro zapier zoom")
TEAMS = _TEAMS_IN_MARKETING | _TEAMS_OF_MARKETING
#: Of those: five people or more, and eight or more.
TEAMS_OF_FIVE = TEAMS - _words("trustpilot mailchimp meltwater livestorm webflow zapier")
TEAMS_OF_EIGHT = TEAMS_OF_FIVE - _words("semrush klaviyo hotjar typeform airtable grammarly")
#: Costs of 12 months, in euros: 10,000 or more, 5,000 or more, 2,500 or more. Dollars have no rate.
FIVE_FIGURES = _words("slack shopify hubspot google-ads meta-ads adobe-creative-cloud")
FROM_5000 = FIVE_FIGURES | _words("zoom figma meltwater productsup")
FROM_2500 = FROM_5000 | _words("asana deepl trustpilot hootsuite linkedin-ads")
#: Marketing's, and dear or used by a team; whom a tool belongs to is asked there.
MATTERING = TEAMS | ((FROM_2500 & MARKETING) - _words("deepl slack"))
#: Two people or more. Of Hollerbach's people it is not told whether they use it too, and under which address.
TWO_OR_MORE = ALL - UNSEEN - GONE - _words("descript")

QUEUED = {
    # Nobody has said on which basis persons' data is used, who answers their requests, and what their refusal stops.
    "CON-04": _asked(PERSONS, "consent.basis"),
    "CON-06": _asked(BY_KIND, "consent.suppression_shared data.records"),
    "CON-07": _asked(BY_KIND - {"salesforce"}, "consent.unsubscribe_tested integration.sends_mail"),
    "CON-10": _asked(PERSONS, "consent.rights_covered data.records"),
    # No source looks at the company's pages, or at lists that are uploaded.
    "CON-08": _asked(_words("hotjar"), "integration.tag_live consent.replay_masked"),
    "CON-09": _asked(_words("google-ads meta-ads linkedin-ads"), "consent.audience_upload consent.audience_basis"),
    "CON-13": _asked(_words("google-ads meta-ads linkedin-ads hotjar"), "integration.tag_live consent.cmp_present"),
    # HubSpot costs 21,360, all of it Marketing's, and is approved no more. Of Klaviyo's dollars the sum is unknown.
    "COST-07": _asked(_words("hubspot"), "spend.order_number"),
    # Six of Peakpitch's people open mail by it, and no sign-on is seen. The others of that size have one.
    "INT-01": _asked(_words("PEAKPITCH"), "integration.sso_available"),
    # Their kind is to be tied to the CRM or the warehouse; three people or more, or 2,500 a year.
    "INT-05": _asked(
        _words(
            "calendly google-ads hotjar hubspot klaviyo linkedin-ads livestorm mailchimp meta-ads power-bi productsup"
            " salesforce shopify trustpilot typeform zendesk"
        ),
        "integration.api_available integration.sync_direction",
    ),
    "INT-06": _asked(FIVE_FIGURES, "integration.export_available"),
    # They gather customers, two people or more work in them, and no list of the CRM's own connections is read.
    "INT-08": _asked(_words("hubspot klaviyo mailchimp livestorm typeform shopify"), "connections.crm"),
    "INT-09": _asked(FIVE_FIGURES - _words("slack adobe-creative-cloud"), "connections.warehouse"),
    "INT-24": _asked(MAILERS, "integration.dkim_set integration.sends_mail"),
    "INT-30": _asked(_words("google-ads meta-ads"), "integration.conversions_fed"),
    # Customers write to Trustpilot. In Crisp and Hootsuite nobody knows how many people answer.
    "INT-31": _asked(_words("trustpilot"), "integration.support_handover"),
    # Of their kind some are run by the company itself, and nobody has said of these.
    "LIFE-07": _asked(_words("shopify webflow"), "lifecycle.self_run lifecycle.last_patched"),
    # Four teams each.
    "OVR-03": _asked(_words("salesforce hubspot"), "overlap.instances"),
    "SEC-03": _asked(_words("salesforce hubspot klaviyo livestorm"), "access.local_people"),
    "SEC-04": _asked(PERSONS - {"eventbrite"}, "access.mfa_enforced access.sso_enforced"),
    # Hollerbach's tokens were refused: one of them could be a role's, a private address's, or a guest's.
    "SEC-05": _asked(TWO_OR_MORE, "access.shared_accounts"),
    "SEC-21": _asked(ALL - UNSEEN, "people.private_mailboxes"),
    "SEC-44": _asked(frozenset({*TIED}), "grants.external_owned"),
    # Marketing's, let in by somebody, without a scope on all files: Hollerbach's could have one. Sheets are no drive.
    "SEC-10": _asked(
        _words("calendly crisp descript hootsuite hotjar lusha mailchimp supermetrics typeform"),
        "grants.files_read_all",
    ),
    # Decided on in 2024 and 2025; Google's tokens were first read in June 2026.
    "SEC-17": _asked(_words("asana canva"), "grants.sensitive_added"),
    # The agency's contract, and what it hands over.
    "SEC-19": _asked(_words("webflow"), "support.agency_contract_end"),
    "SUP-32": _asked(_words("webflow"), "support.handover_written"),
    "SEC-22": _asked(PERSONS, "data.dpa_signed data.role"),
    "SEC-34": _asked(MAILERS, "integration.dmarc_policy"),
    # Microsoft's log shows that it works by itself with the keys that it was given.
    "SEC-40": _asked(_words("monday-com"), "access.unowned_keys"),
    "SUP-01": _asked(TEAMS, "access.admins"),
    "SUP-02": _asked(FROM_2500, "spend.payment_central"),
    "SUP-07": _asked(TEAMS_OF_FIVE | (FROM_5000 & MARKETING), "ownership.importance_marketing"),
    "SUP-09": _asked(MATTERING, "ownership.account_holder"),
    "SUP-10": _asked(MATTERING, "ownership.root_mailbox"),
    "SUP-15": _asked(FIVE_FIGURES, "support.vendor_contact"),
    "SUP-17": _asked(TEAMS_OF_FIVE, "support.trained_people"),
    "SUP-21": _asked(
        _words("bynder hubspot klaviyo mailchimp salesforce shopify webflow"), "support.last_backup"
    ),  # pages, templates, pictures and records; two people or more
    # Nobody is seen to pay for them: an invoice, or nothing at all.
    "SUP-22": _asked(_words("salesforce boomerang PEAKPITCH"), "spend.free_plan"),
    "SUP-25": _asked(TEAMS_OF_EIGHT, "support.change_notices_read"),
    "SUP-27": _asked(FIVE_FIGURES, "contract.click_through contract.security_terms contract.exit_terms"),
}

# --- what may apply --------------------------------------------------------------------------------------------------

#: They hang on what only people know, or on lists that nobody has given: they may apply to each tool there is.
TO_EVERY_TOOL = _words(
    "AI-01 AI-02 AI-03 AI-04 AI-05 AI-06 AI-09 CON-03 CON-05 LIFE-02 LIFE-06 SEC-01 SEC-07 SEC-16 SEC-18 SEC-24 SEC-26"
    " SEC-27 SEC-28 SEC-29 SEC-32 SEC-41 SEC-45 SUP-11 SUP-13 SUP-19 SUP-23 SUP-29"
)
#: Policies of which it is known which tools they may apply to, although not whether they do.
MAY_APPLY = {
    # What changed after a decision: in the tool, at the vendor, or when a day came that the list does not name.
    "AI-07": APPROVED,
    "LIFE-03": APPROVED,
    "LIFE-08": (APPROVED - _words("bynder canva meltwater")) | _words("klaviyo hotjar"),
    "SEC-17": APPROVED - _words("asana canva"),
    # Paid within 90 days, and nobody knows by how many it is used, or the sum is in dollars.
    "COST-01": _words("chatgpt airtable klaviyo descript buffer deepl google-ads hootsuite jasper meta-ads"),
    # Nobody is seen to pay: the plan may cost nothing, or somebody gets the money back. Three people or more.
    "COST-05": _words(
        "personio salesforce jira bynder miro zendesk power-bi calendly monday-com PEAKPITCH crisp lusha BASECAMP"
    )
    | {"GEAR LIBRARY", "RETURNS DESK", "ORTLER ALARM"},
    "INT-07": MAILERS | {"salesforce"},
    "INT-25": MAILERS,
    "OVR-05": MAILERS,
    # Forms, webinars, chat, appointments: whether they are tied to the CRM, its administrator knows.
    "INT-29": _words("calendly typeform crisp livestorm eventbrite surveymonkey"),
    "INT-31": _words("crisp buffer hootsuite"),
    # What no catalogue knows may be a marketing tool, may have ended, and may be in an app.
    "LIFE-05": frozenset(PROVISIONAL),
    "LIFE-12": frozenset(PROVISIONAL),
    "MOB-01": frozenset(PROVISIONAL) | _words("hubspot klaviyo hotjar"),
    "MOB-02": _words("hubspot klaviyo hotjar"),
    "MOB-03": _words("hubspot klaviyo hotjar"),
    "MOB-05": _words("hubspot klaviyo hotjar"),
    "MOB-06": _words("hubspot klaviyo hotjar"),
}
#: Policies that leave nothing open: nothing gone was last seen long ago or can still send, no tool sends push messages,
#: and no tool has two owners on IT's list.
SETTLED = _words("LIFE-11 MOB-07 SEC-33 SUP-08")
#: Facts that a source has to give and none of these does, beside those that the refusal hides, and why.
NOT_TOLD = {
    "access.assignment_required": "no registration that states it was read",
    "access.mfa_share": "the sources of these sign-ins do not state a second factor",
    "access.sso_registered": "people signed in through Google until more than 90 days ago",
    "contract.notice_deadline": "contract.end and contract.notice_days are unknown",
    "grants.last_used": "no source states the use of this tool's grants",
    "grants.offline": "the list does not tell how long a grant lasts",
    "grants.publisher_verified": "no platform that holds a grant states it",
    "grants.sensitive_added": "the tool was decided on before its scopes were known",
    "grants.unregistered_client": "no list of grants that marks such clients holds the tool",
    "integration.needs": "nobody has said what the tool is for",
    "lifecycle.ended": "the tool is in no catalogue",
    "overlap.same_category": "nobody has said what the tool is for",
    "people.active_30d": "nobody is seen to use it, but no connected source would show it",
    "people.count": "nobody is seen to use it, but no connected source would show it",
    "people.external": "nobody is seen to use it, but no connected source would show it",
    "people.teams": "nobody is seen to use it, but no connected source would show it",
    "provenance.review_by": "there is no decision, or it names no day",
    "spend.annual": "an amount is in USD, and there is no rate to EUR",
    "spend.change_pct": "the charges do not recur in like amounts",
    "spend.last_90d": "an amount is in USD, and there is no rate to EUR",
    "spend.outside_it_share": "the money is in EUR and USD, which are not added",
    "spend.payer_left": "no directory knows who paid last",
    "spend.payers": "no source of money states the holder",
    "tool.marketing": "the tool is provisional",
}
