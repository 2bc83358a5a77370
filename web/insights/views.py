"""What each page of insights asks, lists and says where its list is empty."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from web.here import Here
from web.insights.said import Row, category, person
from web.insights.shape import Column, Filter, View, by, chosen, fixed, money, number, share, text

_TOOL = Column("tool", "Tool", "tool", by("tool"))
_CATEGORY = chosen("category", "Job", category)
_STATUS = chosen("status", "Status")
_READ = ("See what is read", "/coverage")
#: So many persons are offered to choose from.
_OFFERED = 60
_ROLES = {
    "administers": "administers it",
    "pays": "pays for it",
    "owns": "owns it",
    "gave the grants": "gave the rights",
}


def _persons(here: Here, rows: Sequence[Row]) -> list[tuple[str, str]]:
    """Offer those on whom most tools hang: they stand first."""
    named: dict[str, str] = {}
    for row in rows:
        if len(named) >= _OFFERED:
            break
        named.setdefault(str(row["person"]), person(here, row))
    return sorted(named.items(), key=lambda pair: pair[1].casefold())


def _has_left(row: Row, value: str) -> bool:
    return {True: "yes", False: "no"}.get(row["left"], "unknown") == value


def _when(row: Row, value: str) -> bool:
    days: int = row["days_left"]
    return days < 0 if value == "past" else value.isdecimal() and 0 <= days <= int(value[:6])


_NOT_READ = "No money is known to go to a tool yet: no statement of a card and no bill has been read."
VIEWS: tuple[View, ...] = (
    View(
        name="outside",
        title="What do tools cost, and who pays?",
        noun=("tool and currency", "tools, each currency by itself"),
        columns=(
            _TOOL,
            money("total", "In 12 months"),
            money("outside", "Not paid by IT"),
            share("share", "Share"),
            money("inside", "Paid by IT"),
            money("unplaced", "Nobody knows who paid"),
            Column("status", "Status", "status", by("status")),
            Column("category", "Job", "category", by("category")),
        ),
        filters=(chosen("currency", "Currency", lambda _here, value: value), _CATEGORY, _STATUS),
        empty=_NOT_READ,
        next_step=_READ,
        see=(("months", "What tools cost by month"), ("cost", "What each tool costs a person")),
        how=(
            "Counted are charges that belong to a tool: by month in the picture, of the last 12 months in the list."
            " IT paid where the budget on the charge is IT's, or else where the person who paid is of IT. Where that"
            " is unknown of more than a fifth of the money, no share is said. Currencies are never added."
        ),
    ),
    View(
        name="months",
        title="What do tools cost by month?",
        noun=("month", "months"),
        columns=(
            text("month", "Month"),
            text("currency", "Currency"),
            money("total", "Tools cost"),
            money("outside", "Not paid by IT"),
            share("share", "Share"),
            money("inside", "Paid by IT"),
            money("unplaced", "Nobody knows who paid"),
            number("tools", "Tools"),
        ),
        filters=(chosen("currency", "Currency", lambda _here, value: value),),
        empty=_NOT_READ,
        next_step=_READ,
        see=(("outside", "Which tools that money went to"), ("cost", "What each tool costs a person")),
        how=(
            "Counted are charges of the last two years that belong to a tool. IT paid where the budget on the charge"
            " is IT's, or else where the person who paid is of IT. Where that is unknown of more than a fifth of the"
            " money, no share is said. Currencies are never added."
        ),
        sought=False,
    ),
    View(
        name="overlap",
        title="Which jobs do several tools do?",
        noun=("job", "jobs"),
        columns=(
            Column("category", "Job", "category", by("category")),
            Column("tools", "Tools in use", "tools"),
            number("people", "People"),
            number("shared_people", "In two or more"),
            share("shared_share", "Share"),
            money("spend_12m", "In 12 months"),
            Column("people_unknown", "Who uses it is unknown at", "names"),
        ),
        empty="No two tools of one kind were in use in the last 90 days, by what was read.",
        next_step=("Look through the inventory", "/inventory?use=all"),
        how=(
            "In use is what people used, or money went to, in the last 90 days. A person counts once for a job, however"
            " many of its tools that person used. What is unknown at a tool may hide more people."
        ),
    ),
    View(
        name="people",
        title="Which tools hang on one person?",
        noun=("tool and person", "tools, each with its person"),
        columns=(
            Column("person", "Person", "person"),
            _TOOL,
            Column("roles", "Alone", "roles"),
            number("tools_alone", "Tools of that person"),
            number("people", "People who use it"),
            Column("left", "Has left", "yes"),
            text("unit", "Unit"),
            money("spend_12m", "In 12 months"),
        ),
        filters=(
            fixed("role", "Alone", _ROLES, lambda row, value: value in row["roles"]),
            fixed("left", "Person", {"yes": "has left", "no": "is here", "unknown": "nobody knows"}, _has_left),
            Filter("person", "Who", _persons, lambda row, value: str(row["person"]) == value),
        ),
        empty=(
            "No tool hangs on one person alone, by what is known of owners, administrators, payers and rights given."
        ),
        how=(
            "Named is who alone owns a tool, administers it, pays for it or gave it its rights, and only where it is"
            " known that nobody else does: one payer seen where others could not be read proves nothing."
        ),
    ),
    View(
        name="cost",
        title="What does each tool cost for each person who uses it?",
        noun=("tool", "tools"),
        columns=(
            _TOOL,
            number("people", "People"),
            money("spend_12m", "In 12 months"),
            money("per_person", "For each person"),
            number("leads_12m", "Leads"),
            money("cost_per_lead", "For each lead"),
            money("revenue_12m", "Revenue put down to it"),
            Column("category", "Job", "category", by("category")),
        ),
        filters=(
            _CATEGORY,
            fixed(
                "known",
                "People",
                {"yes": "known", "no": "not known"},
                lambda row, value: (row["per_person"] is not None) == (value == "yes"),
            ),
        ),
        empty=_NOT_READ,
        next_step=_READ,
        see=(("seats", "Seats that nobody uses"), ("outcomes", "What tools brought")),
        how=(
            "Charges of the last 12 months, refunds taken off, divided by the people seen in the last 90 days. Where"
            " nobody was seen, or who uses the tool is unknown, the cost a person is unknown too."
        ),
    ),
    View(
        name="unused",
        title="Which tools are paid for and not used, or used and not paid for?",
        noun=("tool", "tools"),
        columns=(
            _TOOL,
            Column("kind", "What", "waste", by("kind")),
            number("people", "People"),
            money("spend_12m", "In 12 months"),
            Column("last_charge", "Last charge", "day", by("last_charge")),
            Column("last_used", "Last use", "day", by("last_used")),
            Column("status", "Status", "status", by("status")),
        ),
        filters=(
            fixed(
                "kind",
                "What",
                {"paid_unused": "paid for, not used", "used_unpaid": "used, not paid for"},
                lambda row, value: row["kind"] == value,
            ),
            _CATEGORY,
            _STATUS,
        ),
        empty="No tool is paid for and not used, or used and not paid for, by what is known.",
        how=(
            "Both must be known: a tool of which nobody was seen, where a list could not be read, is neither. What is"
            " used and not paid for may be free, part of another contract, or paid from an account that is not read."
        ),
    ),
    View(
        name="seats",
        title="Which bought seats does nobody use?",
        noun=("tool", "tools"),
        columns=(
            _TOOL,
            number("seats_bought", "Seats bought"),
            number("people", "People"),
            number("seats_unused", "Not used"),
            share("unused_share", "Share"),
            money("unused_cost_base", "They cost a year"),
            money("spend_12m", "In 12 months"),
        ),
        empty="Of no tool it is known how many seats were bought. Its owner can say it on the page of the tool.",
        next_step=("See what each tool costs", "/insights/cost"),
        how="Seats as an owner answered or a contract says, less the people seen in the last 90 days.",
    ),
    View(
        name="renewals",
        title="Which contracts are to be decided next?",
        noun=("contract", "contracts"),
        columns=(
            _TOOL,
            Column("decide_by", "Decide by", "day", by("decide_by")),
            Column("days_left", "That is", "left", by("days_left")),
            Column("end", "Ends", "day", by("end")),
            Column("auto_renews", "Renews by itself", "yes"),
            Column("decided", "Decided", "yes"),
            money("spend_12m", "In 12 months"),
        ),
        filters=(
            fixed("when", "When", {"past": "has passed", "90": "within 90 days", "365": "within a year"}, _when),
            fixed(
                "decided",
                "Decided",
                {"no": "not yet", "yes": "yes"},
                lambda row, value: bool(row["decided"]) == (value == "yes"),
            ),
        ),
        empty=(
            "Of no contract the end is known. An owner can say it on the page of the tool, and it stands here at once."
        ),
        next_step=("See what each tool costs", "/insights/cost"),
        how="To decide by is the last day on which notice can be given, or the end where no notice is known.",
    ),
    View(
        name="decisions",
        title="How long does a decision take?",
        noun=("row", "rows"),
        columns=(
            Column("band", "Tools", "band"),
            number("n", "How many"),
            Column("median", "Half within", "days", by("median")),
            Column("p90", "9 of 10 within", "days", by("p90")),
            Column("longest", "Longest", "days", by("longest")),
            Column("it_median", "Of that IT's part", "days", by("it_median")),
            Column("marketing_median", "Marketing's part", "days", by("marketing_median")),
            Column("owner_median", "The owner's part", "days", by("owner_median")),
        ),
        empty="No tool has waited for a decision yet.",
        next_step=("See the queue", "/cases"),
        see=(("waiting", "Where the days go"), ("answers", "How good the answers are")),
        how=(
            "Counted are working days that ended between the day on which a tool came up and the decision of a person;"
            " what a rule answered at once is not among them. Of fewer than 5 no middle is said."
        ),
        windowed=True,
        sought=False,
    ),
    View(
        name="waiting",
        title="Where do decisions wait?",
        noun=("place", "places"),
        columns=(
            Column("stage", "While", "stage"),
            Column("side", "Waiting for", "side"),
            number("now", "There now"),
            number("n", "Were there in all"),
            number("days", "Working days"),
            share("share", "Share of all days"),
            Column("median", "Half within", "days", by("median")),
            Column("p90", "9 of 10 within", "days", by("p90")),
        ),
        empty="No tool has waited for a decision yet.",
        next_step=("See the queue", "/cases"),
        see=(("decisions", "How long a decision takes"), ("answers", "How good the answers are")),
        how=(
            "The days of all tools that people decided on in this time, and of those that wait now, by where they"
            " waited."
        ),
        windowed=True,
        sought=False,
    ),
    View(
        name="answers",
        title="How good are the answers?",
        noun=("measure", "measures"),
        columns=(
            Column("about", "Measure", "linked"),
            number("count", "So many"),
            number("n", "Of"),
            share("share", "Share"),
        ),
        empty="There was nothing to decide in this time.",
        see=(("decisions", "How long a decision takes"), ("waiting", "Where the days go")),
        how=(
            "A decision counts as overturned where it was taken back, or decided otherwise, within 90 days. A tool was"
            " asked for before where the request came before anybody was seen using it."
        ),
        windowed=True,
        sought=False,
        beside=True,
    ),
    View(
        name="outcomes",
        title="What did the tools bring?",
        noun=("month of a tool", "months, each of one tool"),
        columns=(
            text("month", "Month"),
            _TOOL,
            number("leads", "Leads"),
            number("reach", "People reached"),
            money("revenue", "Revenue put down to it"),
            money("cost", "Charged in that month"),
            money("cost_per_lead", "For each lead"),
            Column("said_by", "Says", "said"),
        ),
        empty=(
            "Nobody has entered yet what a tool brought. Its business owner says it for a month: leads, reach, revenue."
        ),
        next_step=("See what each tool costs", "/insights/cost"),
        how=(
            "What business owners said of a month, beside what was charged in that month. A later word corrects an"
            " earlier one."
        ),
    ),
    View(
        name="forecasts",
        title="Did connecting tools cost what was forecast?",
        noun=("forecast", "forecasts"),
        columns=(
            _TOOL,
            Column("low_micros", "From", "micros", by("low_micros")),
            Column("likely_micros", "Likely", "micros", by("likely_micros")),
            Column("high_micros", "To", "micros", by("high_micros")),
            Column("actual_micros", "Spent so far", "micros", by("actual_micros")),
            Column("complete", "Finished", "yes"),
            Column("inside", "As forecast", "yes"),
            Column("over_stop", "Must be decided again", "yes"),
        ),
        empty=(
            "No forecast was held against hours yet: keep one before the work begins, and enter the hours afterwards."
        ),
        how=(
            "The forecast that was kept before the first hours were entered, against the hours that were, at the"
            " company's rates. A forecast that was made afterwards proves nothing and is not here."
        ),
    ),
    View(
        name="differences",
        title="Where do Marketing and IT see a tool differently?",
        noun=("tool", "tools"),
        columns=(
            _TOOL,
            number("apart", "Steps apart"),
            Column("marketing", "Marketing says", "view"),
            Column("it", "IT says", "view"),
            Column("note", "The last meeting said", "note"),
        ),
        filters=(
            fixed(
                "met",
                "Meeting",
                {"no": "has not talked about it", "yes": "has talked about it"},
                lambda row, value: bool(row["noted_at"]) == (value == "yes"),
            ),
        ),
        empty="The two sides see no tool differently, by what was rated.",
        how=(
            "Each side says how important and how risky a tool is; the steps between the two are added. The"
            " largest comes first."
        ),
    ),
)
BY_NAME: Mapping[str, View] = {view.name: view for view in VIEWS}
