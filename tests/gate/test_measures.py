"""The gate's measures against a table that was worked out by hand.

The company works Monday to Friday in Berlin, and not on 25 December 2026 and 1 January 2027 (both Fridays). A day
counts when its end falls between two moments. Now is Friday, 29 January 2027, noon; counted is from 1 September 2026.

    December 2026                  January 2027
    Mo Tu We Th Fr Sa Su           Mo Tu We Th Fr Sa Su
        1  2  3  4  5  6                        (1)  2  3
     7  8  9 10 11 12 13            4  5  6  7  8  9 10
    14 15 16 17 18 19 20           11 12 13 14 15 16 17
    21 22 23 24 (25)26 27          18 19 20 21 22 23 24
    28 29 30 31                    25 26 27 28 29
"""

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate import measures
from gate.measures import Rows, median, p90, share
from gate.working_time import WorkingTime
from storage.times import to_ms

BERLIN = ZoneInfo("Europe/Berlin")
TIME = WorkingTime(zone="Europe/Berlin", holidays=frozenset({date(2026, 12, 25), date(2027, 1, 1)}))


def moment(text):
    """A moment in Berlin: `MM-DD` at nine, or `MM-DD HH:MM`; months up to July are of 2027."""
    year = 2027 if int(text[:2]) < 8 else 2026
    day, _, clock = text.partition(" ")
    return datetime.fromisoformat(f"{year}-{day} {clock or '09:00'}").replace(tzinfo=BERLIN)


def ms(text):
    return to_ms(moment(text))


SINCE, NOW = moment("09-01"), moment("01-29 12:00")


class Table:
    """Cases as the gate leaves them: rows of cases, events, decisions and requests."""

    def __init__(self):
        self.cases, self.events, self.decisions, self.requests, self.bands = [], [], [], [], {}

    def case(
        self, number, opened, *stages, closed=None, tool=None, kind="found", stage="new", due="02-03", reopens=None
    ):
        row = {"id": number, "kind": kind, "tool_id": tool or f"t{number}", "opened_at": ms(opened), "reopens": reopens}
        row |= {"state": "closed" if closed else "open", "stage": stage, "due_at": ms(due), "stage_at": None}
        self.cases.append(row | {"closed_at": ms(closed) if closed else None, "waiting_for": None})
        for at, to, waits in stages:
            self.event(number, at, "stage", {"to": to, "waits": waits, "from": "-"})

    def event(self, case, at, kind, detail):
        row = {"case_id": case, "at": ms(at), "by": "system", "kind": kind, "detail": detail}
        self.events.append(row)
        self.events.sort(key=lambda event: event["at"])

    def decision(self, at, status, tool, case=None, risks=None, kind="status", about=None):
        number = len(self.decisions) + 1
        detail = {"status": status} if status else {}
        if case is not None:
            self.bands[f"digest {number}"] = risks
            detail |= {"case": case, "state": f"digest {number}"}
        row = {"id": number, "at": ms(at), "by": "account:1", "kind": kind, "detail": detail, "reason_hash": None}
        self.decisions.append(row | {"object": about or f"tool:{tool}"})
        return number

    def decided(self, case, at, status, risks, *, tool=None, rule=None):
        number = self.decision(at, status, tool or f"t{case}", case, risks)
        self.event(case, at, "decided", {"decision": number} | ({"rule": rule} if rule else {}))
        return number

    def undone(self, at, decision):
        self.decision(at, None, None, kind="undo", about=f"decision:{decision}")

    def request(self, at, tool, case=0):
        self.requests.append({"case_id": case, "tool_id": tool, "at": ms(at)})

    def rows(self, since=SINCE, now=NOW):
        by_time = sorted(self.decisions, key=lambda row: row["id"])
        return Rows(
            cases=self.cases,
            events=self.events,
            decisions=by_time,
            requests=sorted(self.requests, key=lambda row: row["at"]),
            bands=self.bands,
            since=since,
            now=now,
            time=TIME,
        )


def by_people(table):
    """Ten cases that people or a list decided; days whole = IT + Marketing + owner."""
    # 1. Tu 1 -> We 2 new: ends of Tu = 1. We 2 -> Fr 4 review: We, Th = 2.                    3 = 3 + 0 + 0
    table.case(1, "12-01", ("12-02", "review", "security"), closed="12-04")
    table.decided(1, "12-04", "rejected", ("high", "medium"))
    # 2. A pause. Fr 4 -> Mo 7 new: Fr = 1 (no weekend). Mo 7 -> Tu 8 review: Mo = 1.
    #    Tu 8 -> Fr 11 the owner is asked: Tu, We, Th = 3. Fr 11 -> Mo 14 review: Fr = 1.       6 = 3 + 0 + 3
    stages = ("12-07", "review", "security"), ("12-08", "questions", "owner"), ("12-11", "review", "security")
    table.case(2, "12-04", *stages, closed="12-14")
    table.decided(2, "12-14", "approved", ("medium", "low"))
    # 3. Holidays. We 23 -> Mo 28 new: We, Th = 2 (Fr is Christmas). Mo 28 -> Tu 29 review: Mo = 1.
    #    Tu 29 -> Mo 4 Marketing's key: Tu, We, Th = 3 (Fr is New Year).                        6 = 3 + 3 + 0
    stages = ("12-28", "review", "security"), ("12-29", "second_key", "marketing")
    table.case(3, "12-23", *stages, closed="01-04")
    table.decided(3, "01-04", "approved", ("high", "high"))
    # 7. Case 2 comes back. Mo 11 -> Tu 12 new: Mo = 1. Tu 12 -> Fr 15 review: Tu, We, Th = 3.  4 = 4 + 0 + 0
    table.case(7, "01-11", ("01-12", "review", "security"), closed="01-15", tool="t2", reopens=2)
    table.decided(7, "01-15", "approved", ("medium", "low"), tool="t2")
    # 8. A request, decided on its day: no day ends.                                            0 = 0 + 0 + 0
    table.case(8, "12-14", ("12-14 14:00", "review", "security"), closed="12-14 17:00", kind="requested")
    table.request("12-14", "t8", 8)
    table.decided(8, "12-14 17:00", "approved", ("low", "low"))
    # 9. From half an hour before Friday's end to half an hour into Monday: Fr = 1.             1 = 1 + 0 + 0
    table.case(9, "12-18 23:30", closed="12-21 00:30")
    table.decided(9, "12-21 00:30", "approved", ("low", "medium"))
    # 10. Opened on a Saturday. Sa 9 -> Mo 11 noon new: 0. Mo 11 -> We 13 review: Mo, Tu = 2.   2 = 2 + 0 + 0
    table.case(10, "01-09", ("01-11 12:00", "review", "security"), closed="01-13")
    table.decided(10, "01-13", "approved", ("medium", "medium"))
    # 11. Marketing signed first. Mo 4 -> Tu 5 new: 1. Tu 5 -> We 6 review: 1.
    #     We 6 -> Mo 18 IT's key: 6, 7, 8, 11, 12, 13, 14, 15 = 8.                             10 = 10 + 0 + 0
    table.case(11, "01-04", ("01-05", "review", "security"), ("01-06", "second_key", "it"), closed="01-18")
    table.decided(11, "01-18", "approved", ("medium", "high"))
    # 12. The company's list decided. Mo 7 -> We 9 new: Mo, Tu = 2; its risks are unknown.      2 = 2 + 0 + 0
    table.case(12, "12-07", closed="12-09", stage="decided")
    table.decision("12-09", "approved", "t12")
    # 16. In October: Mo 5 -> We 7 new: Mo, Tu = 2.                                             2 = 2 + 0 + 0
    table.case(16, "10-05", closed="10-07")
    return table.decided(16, "10-07", "approved", ("medium", "medium"))


def by_rule(table):
    """Three cases that a rule answered at once: 4 stays so, 5 is looked at and rejected, 6 is taken back."""
    table.case(4, "12-02", closed="12-02")
    table.decided(4, "12-02", "approved", ("low", "low"), rule="FAST-01")
    table.case(5, "12-03", ("12-03", "review", "security"), closed="12-14")
    table.decided(5, "12-03", "approved", ("low", "low"), rule="FAST-01")
    table.decided(5, "12-14", "rejected", ("low", "low"))
    table.case(6, "12-07", closed="12-07")
    return table.decided(6, "12-07", "approved", ("low", "low"), rule="FAST-01")


@pytest.fixture
def table():
    """Eighteen cases, of which ten were decided by people or a list."""
    table = Table()
    in_october = by_people(table)
    of_rule = by_rule(table)
    # 13. Not Marketing's after all: no answer, and none was due.
    table.case(13, "12-08", closed="12-10", stage="not_marketing")
    # 14. Open. Mo 25 -> now: Mo, Tu, We, Th = 4 in new; due on We 27: late.
    table.case(14, "01-25", due="01-27")
    # 15. Open. Mo 18 -> Tu 19 new: 1. Tu 19 -> Th 21 review: Tu, We = 2.
    #     Th 21 -> now, the owner is asked: 21, 22, 25, 26, 27, 28 = 6.                         9 = 3 + 0 + 6
    table.case(15, "01-18", ("01-19", "review", "security"), ("01-21", "questions", "owner"))
    # 18. Before all that is counted.
    table.case(18, "08-03", closed="08-05")
    table.decided(18, "08-05", "approved", ("low", "low"))
    # Case 8 is decided otherwise by a list, seven days later. Case 10's is too, but that is taken back the day after.
    table.decision("12-21", "rejected", "t8")
    other = table.decision("01-20", "rejected", "t10")
    table.undone("01-21", other)
    # The rule's word on case 6 is taken back after 43 days, that on case 16 after 100.
    table.undone("01-19", of_rule)
    table.undone("01-15", in_october)
    # Asked for after it was found (1), and a week before it was found (15).
    table.request("12-10", "t1")
    table.request("01-11", "t15")
    return table


def days(table, **chosen):
    rows = table.rows()
    found = measures.days_to_decision(rows, measures.stories(rows))
    (row,) = [row for row in found if all(row[name] == value for name, value in chosen.items())]
    return row


def test_each_case_takes_the_days_of_the_table(table):
    found = {story.case["id"]: story for story in measures.stories(table.rows())}

    whole = {number: story.days for number, story in found.items()}
    of_people = (1, 3), (2, 6), (3, 6), (7, 4), (8, 0), (9, 1), (10, 2), (11, 10), (12, 2), (16, 2)
    others = (4, 0), (5, 0), (6, 0), (13, 2), (14, 4), (15, 9), (18, 2)
    assert whole == dict([*of_people, *others])
    assert {n: s.waited("it") for n, s in found.items() if s.waited("it") != s.days} == {2: 3, 3: 3, 15: 3}
    assert {n: s.waited("owner") for n, s in found.items() if s.waited("owner")} == {2: 3, 15: 6}
    assert {n: s.waited("marketing") for n, s in found.items() if s.waited("marketing")} == {3: 3}


def test_days_to_decision_of_all(table):
    # 0 1 2 2 2 3 4 6 6 10: the middle is between the 5th and the 6th, (2 + 3) / 2; 90 % of 10 is the 9th.
    # IT: 0 1 2 2 2 3 3 3 4 10 -> (2 + 3) / 2 and 4. Marketing: nine 0 and a 3 -> 0 and 0; the owner likewise.
    sides = {
        "it_median": 2.5,
        "it_p90": 4,
        "marketing_median": 0,
        "marketing_p90": 0,
        "owner_median": 0,
        "owner_p90": 0,
    }
    whole = {"risk": None, "band": None, "n": 10, "median": 2.5, "p90": 6, "longest": 10}
    assert days(table, risk=None) == whole | sides


def test_days_to_decision_of_a_band_are_those_of_its_cases(table):
    # 2, 7, 10, 11, 16 have medium technology risk: 2 2 4 6 10 -> the 3rd is 4; 90 % of 5 is 4.5, so the 5th: 10.
    # IT: 2 2 3 4 10 -> 3 and 10. The owner: 3 and four 0 -> 0 and, the 5th, 3.
    found = days(table, risk="technology", band="medium")

    assert (found["n"], found["median"], found["p90"], found["longest"]) == (5, 4, 10, 10)
    assert (found["it_median"], found["it_p90"], found["owner_median"], found["owner_p90"]) == (3, 10, 0, 3)


@pytest.mark.parametrize(
    ("risk", "band", "n", "longest"),
    [
        ("technology", "high", 2, 6),  # 1, 3
        ("technology", "low", 2, 1),  # 8, 9
        ("technology", "unknown", 1, 2),  # 12
        ("customer", "high", 2, 10),  # 3, 11
        ("customer", "medium", 4, 3),  # 1, 9, 10, 16
        ("customer", "low", 3, 6),  # 2, 7, 8
        ("customer", "unknown", 1, 2),  # 12
    ],
)
def test_of_fewer_than_five_cases_the_number_is_said_and_no_percentile(table, risk, band, n, longest):
    found = days(table, risk=risk, band=band)

    assert (found["n"], found["longest"]) == (n, longest)
    assert {found[name] for name in found if name.endswith(("median", "p90"))} == {None}


def test_waiting_where(table):
    # new:    1:1 2:1 3:2 7:1 8:0 9:1 10:0 11:1 12:2 16:2 14:4 15:1 -> 16 of 12 cases;
    #         0 0 1 1 1 1 1 1 2 2 2 4: median 1, 90 % of 12 is 10.8, so the 11th: 2
    # review: 1:2 2:1+1 3:1 7:3 8:0 10:2 11:1 15:2 -> 13 of 8; 0 1 1 2 2 2 2 3: median 2, the 8th: 3
    # questions, owner: 2:3 15:6 -> 9 of 2.  second key: it 11:8, marketing 3:3.  All: 16 + 13 + 9 + 8 + 3 = 49.
    rows = table.rows()

    found = measures.waiting_where(rows, measures.stories(rows))

    names = ("stage", "side", "n", "days", "share", "median", "p90", "now")
    assert [tuple(row[name] for name in names) for row in found] == [
        ("new", "it", 12, 16, 0.3265, 1, 2, 1),
        ("review", "it", 8, 13, 0.2653, 2, 3, 0),
        ("questions", "owner", 2, 9, 0.1837, None, None, 1),
        ("second_key", "it", 1, 8, 0.1633, None, None, 0),
        ("second_key", "marketing", 1, 3, 0.0612, None, None, 0),
    ]


def test_the_backlog_is_what_waits_now(table):
    # 14 (4 days, late) and 15 (9 days); what left without an answer, and what a rule let in, does not wait.
    rows = table.rows()

    found = measures.backlog(rows, measures.stories(rows))

    assert found == {"n": 2, "count": 1, "share": 0.5, "median": None, "p90": None, "longest": 9}


def test_the_share_in_the_fast_lane(table):
    # By people 1 2 3 7 8 9 10 11 16, by a rule 4 5 6: 3 of 12. A list's answer (12) is not given here.
    rows = table.rows()

    assert measures.fast_lane(rows, measures.stories(rows)) == {"n": 12, "count": 3, "share": 0.25}


def test_decisions_overturned_within_90_days(table):
    # Decisions on cases since September: 1 2 3 7 8 9 10 11 16, 4 5 6 by the rule, and a person's on 5: 13.
    # Overturned: 5 (rejected 11 days later), 6 (undone after 43), 8 (a list said otherwise). Not 16 (undone after 100),
    # 2 (approved again), 10 (what said otherwise is itself undone). Of the ten others all but 16 are younger than 90.
    assert measures.overturned(table.rows()) == {"n": 13, "count": 3, "share": 0.2308, "open": 9}


def test_tools_asked_for_before_against_tools_found(table):
    # Found: 1 2 3 4 5 6 9 10 11 12 14 16 = 12 (7 is tool 2 again, 13 is not Marketing's). Asked for: 8 and 15.
    rows = table.rows()

    assert measures.requested_before(rows, measures.stories(rows)) == {"n": 14, "count": 2, "share": 0.1429}


def test_what_is_counted_ends_now(table):
    # On 10 December at eight: decided are 1, 12 and 16 by people or a list, 4 5 6 by the rule; open are 2 (4 7 8 9 = 4)
    # and 13 (8 9 = 2), which nobody knows yet to be not Marketing's; both were not late yet.
    rows = table.rows(now=moment("12-10 08:00"))
    found = measures.stories(rows)

    assert [story.case["id"] for story in measures.answered(rows, found) if story.by != "rule"] == [1, 12, 16]
    assert {story.case["id"]: story.days for story in measures.waiting_now(found)} == {2: 4, 13: 2}
    assert measures.overturned(rows)["count"] == 0


def test_of_nothing_every_share_and_percentile_is_unknown():
    rows = Table().rows()

    assert measures.days_to_decision(rows, []) == [
        {"risk": None, "band": None, "n": 0, "median": None, "p90": None, "longest": None}
        | {f"{side}_{name}": None for side in measures.SIDES for name in ("median", "p90")}
    ]
    assert measures.waiting_where(rows, []) == []
    assert measures.backlog(rows, [])["share"] is None
    assert measures.fast_lane(rows, []) == {"n": 0, "count": 0, "share": None}
    assert measures.overturned(rows) == {"n": 0, "count": 0, "share": None, "open": 0}
    assert measures.requested_before(rows, []) == {"n": 0, "count": 0, "share": None}


DAYS = st.lists(st.integers(0, 400), max_size=40)


@given(DAYS)
def test_nine_of_ten_took_so_long_or_less_and_fewer_would_not_do(found):
    limit = p90(found)

    if len(found) < measures.ENOUGH:
        assert limit is None
    else:
        assert 10 * sum(one <= limit for one in found) >= 9 * len(found)
        assert 10 * sum(one < limit for one in found) < 9 * len(found)
        assert min(found) <= median(found) <= limit


@pytest.mark.parametrize(("count", "of", "part"), [(0, 0, None), (0, 3, 0.0), (1, 3, 0.3333), (3, 3, 1.0)])
def test_a_share_of_nothing_is_unknown(count, of, part):
    assert share(count, of) == part


# --- whatever happens ------------------------------------------------------------------------------------------------

MINUTES = st.integers(0, 120 * 24 * 60)
STAGES = st.sampled_from(
    [("review", "security"), ("questions", "owner"), ("second_key", "marketing"), ("new", "security")]
)
BAND = st.sampled_from(["high", "medium", "low", "unknown"])
START = datetime(2026, 10, 1, tzinfo=BERLIN)


@st.composite
def many(draw):
    """Any cases: opened, passed on and answered (or not) at any times, by people, a rule or a list."""
    table = Table()
    for number in range(1, draw(st.integers(1, 12)) + 1):
        opened, *passed, last = sorted(draw(st.lists(MINUTES, min_size=2, max_size=6)))
        at = [to_ms(START) + minutes * 60_000 for minutes in (opened, *passed, last)]
        how = draw(st.sampled_from(["open", "person", "rule", "list", "gone"]))
        closed = None if how == "open" else at[-1]
        case = {"id": number, "kind": draw(st.sampled_from(["found", "requested"])), "tool_id": f"t{number % 5}"}
        case |= {
            "opened_at": at[0],
            "closed_at": closed,
            "due_at": None,
            "stage": "gone" if how == "gone" else "decided",
        }
        table.cases.append(case)
        for moment_ in at[1:-1]:
            to, waits = draw(STAGES)
            detail = {"to": to, "waits": waits}
            table.events.append({"case_id": number, "at": moment_, "by": "system", "kind": "stage", "detail": detail})
        if how in {"person", "rule"}:
            table.bands[f"d{number}"] = draw(BAND), draw(BAND)
            row = {"id": number, "at": at[-1], "by": "-", "kind": "status", "object": f"tool:t{number % 5}"}
            status = draw(st.sampled_from(["approved", "rejected"]))
            table.decisions.append(row | {"detail": {"status": status, "case": number, "state": f"d{number}"}})
            told = {"decision": number} | ({"rule": "FAST-01"} if how == "rule" else {})
            table.events.append({"case_id": number, "at": at[-1], "by": "-", "kind": "decided", "detail": told})
    table.events.sort(key=lambda event: event["at"])
    return table.rows(since=START, now=NOW)


@given(many())
def test_the_days_of_the_stages_add_up_to_those_of_the_whole(rows):
    for story in measures.stories(rows):
        assert sum(stay.days for stay in story.stays) == story.days
        assert sum(story.waited(side) for side in measures.SIDES) == story.days
        assert all(stay.days >= 0 for stay in story.stays)


@given(many())
def test_every_case_is_in_one_band_of_each_risk(rows):
    whole, *bands = measures.days_to_decision(rows, measures.stories(rows))

    for risk in ("technology", "customer"):
        assert sum(row["n"] for row in bands if row["risk"] == risk) == whole["n"]
        assert len({row["band"] for row in bands if row["risk"] == risk}) == sum(row["risk"] == risk for row in bands)


@given(many())
def test_every_case_is_answered_waits_or_left(rows):
    found = measures.stories(rows)
    lane, late = measures.fast_lane(rows, found), measures.backlog(rows, found)

    answered = measures.answered(rows, found)
    assert len(answered) + late["n"] + sum(story.left for story in found) == len(found) == len(rows.cases)
    assert lane["n"] + sum(story.by == "list" for story in answered) == len(answered)
    assert lane["count"] == sum(story.by == "rule" for story in answered)


@given(many())
def test_parts_are_never_more_than_the_whole(rows):
    found = measures.stories(rows)
    waiting = measures.waiting_where(rows, found)
    shares = measures.overturned(rows), measures.requested_before(rows, found), measures.fast_lane(rows, found)

    for row in shares:
        assert 0 <= row["count"] <= row["n"]
        assert (row["share"] is None) == (row["n"] == 0)
    assert sum(row["now"] for row in waiting) == measures.backlog(rows, found)["n"]
    assert [row["days"] for row in waiting] == sorted((row["days"] for row in waiting), reverse=True)
    if any(row["days"] for row in waiting):
        assert sum(row["share"] for row in waiting) == pytest.approx(1, abs=0.01)


@given(many(), st.integers(1, 100))
def test_a_shorter_time_counts_no_more_decisions(rows, days):
    later = replace(rows, since=START + timedelta(days=days))
    found = measures.stories(rows)

    assert len(measures.answered(later, found)) <= len(measures.answered(rows, found))
    assert measures.overturned(later)["n"] <= measures.overturned(rows)["n"]
    assert measures.requested_before(later, found)["n"] <= measures.requested_before(rows, found)["n"]


@pytest.mark.parametrize("stage", ["gone", "not_marketing", "withdrawn", "joined"])
def test_a_case_that_ended_without_a_decision_was_not_answered(stage):
    table = Table()
    table.case(1, "12-01", closed="12-04", stage=stage)
    rows = table.rows()

    (story,) = measures.stories(rows)

    assert (story.answered, story.by, story.left) == (None, None, True)
    assert measures.backlog(rows, [story])["n"] == 0
    assert measures.requested_before(rows, [story])["n"] == 0


def test_a_request_that_was_taken_back_was_a_request_before_the_purchase():
    table = Table()
    table.case(1, "12-01", closed="12-04", stage="withdrawn", kind="requested")
    table.request("12-01", "t1", 1)
    rows = table.rows()

    assert measures.requested_before(rows, measures.stories(rows)) == {"n": 1, "count": 1, "share": 1.0}


def test_tools_in_use_that_nobody_approved_are_counted_without_noise():
    def tool(status, *, noise=None, people=1, spend=()):
        return {"status": status, "noise": noise, "people": people, "spend_12m": spend}

    rows = [tool("approved"), tool("new"), tool("rejected", people=0, spend=[1]), tool("new", people=0)]

    assert measures.unapproved([*rows, tool("new", noise="trial")]) == {"n": 3, "count": 2, "share": 0.6667}
    assert measures.unapproved([]) == {"n": 0, "count": 0, "share": None}
