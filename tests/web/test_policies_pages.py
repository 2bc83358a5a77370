"""Policies: browsed, read, and tried on the present data without keeping anything."""

import csv
import html
import io
import json
from dataclasses import replace

import pytest

from commands.faces.policies import Policies
from gate.roles import Role
from policies.overrides import Choice, Override
from policies.shape import Refusal
from storage import kept
from web.ports.policies import Change, Faults


@pytest.fixture
def port(office):
    return office.policies


def violated(desk, port, policy):
    with desk.store.read() as connection:
        return port.counts(connection)[policy].violated


# --- the list --------------------------------------------------------------------------------------------------------


def test_everybody_who_is_signed_in_may_browse_them(browser):
    for role in Role:
        assert browser(role).get("/policies").status_code == 200
    assert browser().get("/policies", follow_redirects=False).status_code == 303


def test_the_list_says_how_many_are_judged_and_what_they_make_of_the_data(reviewer, desk, port):
    page = reviewer.get("/policies?q=SEC-11").text

    judged = sum(policy.mode != "off" for policy in desk.pack.policies)
    assert f"{judged} of {len(desk.pack.policies)} policies are judged" in page
    assert 'href="/policies/SEC-11"' in page
    assert f'href="/findings?policy=SEC-11">{violated(desk, port, "SEC-11")}</a>' in page


@pytest.mark.parametrize(
    ("query", "fits"),
    [
        ("gap=cost", lambda row: row["gap"] == "cost"),
        ("severity=high", lambda row: "high" in {row["severity"], row["customer_severity"]}),
        ("profile=strict", lambda row: row["profile"] == "strict"),
        ("mode=watch", lambda row: row["mode"] == "watch"),
        ("mode=off", lambda row: row["mode"] == "off"),
        ("now=violated", lambda row: int(row["violated"] or 0) > 0),
        ("now=met", lambda row: int(row["met"] or 0) > 0),
        ("q=sec-02", lambda row: row["id"] == "SEC-02"),
        ("gap=nonsense&mode=%00", lambda row: True),
    ],
)
def test_the_list_is_what_the_address_asks_for(reviewer, desk, query, fits):
    rows = list(csv.DictReader(io.StringIO(reviewer.get(f"/policies?{query}&format=csv").text)))

    assert all(fits(row) for row in rows)
    assert 0 < len(rows) <= len(desk.pack.policies)


def test_nothing_found_says_so(reviewer):
    assert "None of the policies is like that" in reviewer.get("/policies?q=no+such+words+anywhere").text


@pytest.mark.parametrize("sort", ["title", "-title", "gap", "technology", "customers", "-violated", "unknown", "met"])
def test_every_column_sorts(reviewer, sort):
    assert reviewer.get(f"/policies?sort={sort}").status_code == 200


def test_what_is_refused_is_told_with_file_and_line(reviewer, desk):
    refused = Refusal("/somewhere/own.yaml", 7, 3, "there is no <b>key</b>", "OWN-01")
    desk.pack = replace(desk.pack, refused=(refused,))
    page = reviewer.get("/policies").text

    assert "own.yaml:7:3" in page
    assert "there is no &lt;b&gt;key&lt;/b&gt;" in page
    assert "/somewhere" not in page
    gone = reviewer.get("/policies/OWN-01")
    assert (gone.status_code, "own.yaml:7:3" in gone.text) == (404, True)


def test_counts_agree_with_the_findings_that_the_run_left(desk, port):
    from storage.listings.findings import by_policy  # noqa: PLC0415

    with desk.store.read() as connection:
        counts, kept_ = port.counts(connection), by_policy(connection)

    assert any(found.violated for found in counts.values())
    for name, found in counts.items():
        assert kept_.get(name, {}).get("violated", 0) == found.violated, name


def test_of_many_tools_the_findings_are_counted_and_nothing_is_judged(desk, port, monkeypatch):
    monkeypatch.setattr("commands.faces.policies._QUICK", 10)
    with desk.store.read() as connection:
        counts = port.counts(connection)

    assert {found.met for found in counts.values()} == {-1}
    assert counts["SEC-11"].violated == 9


def test_of_many_tools_the_page_says_that_met_is_not_counted(reviewer, monkeypatch):
    monkeypatch.setattr("commands.faces.policies._QUICK", 10)

    assert ">count</a>" in reviewer.get("/policies?q=SEC-11").text
    assert "meet it" not in reviewer.get("/policies/SEC-11").text


# --- one -------------------------------------------------------------------------------------------------------------


def test_one_policy_says_why_what_to_do_what_it_reads_and_whom_it_finds(reviewer, port):
    whole = port.whole("SEC-02")
    page = html.unescape(reviewer.get("/policies/sec-02").text)

    assert whole["why"] in page
    assert all(step in page for step in whole["do"])
    assert "grants.leaver_owned == 0" in page
    assert "Zapier" in page
    assert "All 4 come out as they should" in page
    assert "security.yaml" in page


def test_every_policy_has_a_page_without_a_fault(reviewer, desk):
    wrong = [p.id for p in desk.pack.policies if reviewer.get(f"/policies/{p.id}").status_code != 200]

    assert wrong == []


@pytest.mark.parametrize("name", ["XXX-99", "a" * 5_000, "%3Cscript%3E", "..%2f", "🦊"])
def test_no_policy_of_that_id(reviewer, name):
    done = reviewer.get(f"/policies/{name}")

    assert done.status_code == 404
    assert "<script>" not in done.text.replace("<script src", "")


def test_what_the_company_changed_stands_beside_what_the_file_says(reviewer, desk):
    choice = Choice(overrides={"SEC-20": Override(mode="watch", thresholds={"admins": 6})})
    desk.settings = replace(desk.settings, policies=choice)
    desk.__dict__.pop("pack", None)
    page = reviewer.get("/policies/SEC-20").text

    assert "watch: yours" in page
    assert '<td data-label="In force">6</td>' in page
    assert '<td data-label="The file says">4</td>' in page
    assert "SEC-20" in reviewer.get("/policies?mode=yours").text


def test_a_case_that_comes_out_otherwise_is_shown(reviewer, desk):
    found = next(policy for policy in desk.pack.policies if policy.id == "SEC-02")
    wrong = replace(found, cases=(replace(found.cases[0], expect="violated"), *found.cases[1:]))
    desk.pack = replace(desk.pack, policies=tuple(wrong if p.id == "SEC-02" else p for p in desk.pack.policies))

    assert "1 example of 4 comes out otherwise" in reviewer.get("/policies/SEC-02").text


def test_a_policy_that_is_off_is_judged_of_nobody(reviewer, desk):
    off = next(policy.id for policy in desk.pack.policies if policy.mode == "off")

    assert "It is off, so nothing is judged by it" in reviewer.get(f"/policies/{off}").text


# --- trying ----------------------------------------------------------------------------------------------------------


def conditions(port, policy="SEC-02"):
    return dict(port.whole(policy)["written"])


def fields(port, policy="SEC-02", **changed):
    whole = port.whole(policy)
    typed = {f"with-{one['name']}": one["typed"] for one in whole["thresholds"]}
    return {"applies": whole["written"]["applies"], "require": whole["written"]["require"], **typed, **changed}


def test_who_runs_ostiary_may_try_and_others_look(browser, reviewer, cmo, port):
    assert "Try it on the present data" in reviewer.get("/policies/SEC-02").text
    assert "Try it on the present data" not in cmo.get("/policies/SEC-02").text
    assert cmo.act("/policies/SEC-02/try", **fields(port)).status_code == 403
    assert browser(Role.AUDITOR).act("/policies/SEC-02/try", **fields(port)).status_code == 403


def test_every_policy_tried_as_it_stands_changes_nothing(desk, port):
    with desk.store.read() as connection:
        for policy in desk.pack.policies:
            typed = {one["name"]: one["typed"] for one in port.whole(policy.id)["thresholds"]}
            change = Change(applies=policy.applies.written, require=policy.require.written, thresholds=typed)
            tried = port.tried(connection, policy.id, change)
            assert (tried.changes, tried.keep, tried.judged) == ([], None, tried.of), policy.id
            assert tried.before == tried.after


def test_a_stricter_condition_names_the_tools_that_it_would_flag(reviewer, port):
    done = reviewer.act("/policies/SEC-02/try", **fields(port, require="grants.active == 0"))

    assert done.status_code == 200
    assert "would be judged otherwise" in done.text
    assert "→ <strong>violated</strong>" in done.text


def test_nothing_is_kept_of_a_trial(reviewer, desk, port):
    with desk.store.read() as connection:
        before = (kept.last_audit(connection), port.counts(connection))
    reviewer.act("/policies/SEC-02/try", **fields(port, require="false"))

    with desk.store.read() as connection:
        assert (kept.last_audit(connection), port.counts(connection)) == before
    assert conditions(port)["require"] == "grants.leaver_owned == 0"


def test_another_threshold_is_shown_as_the_configuration_would_have_it(reviewer, port):
    done = reviewer.act("/policies/SEC-20/try", **fields(port, "SEC-20", **{"with-admins": "2"}))

    assert "[policies.override.SEC-20]\nwith = {admins = 2}" in done.text
    assert 'value="2"' in done.text


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"require": "grants.active = 0"}, "Line 1, column 15"),
        ({"require": "grants.active ==\n  nonsense"}, "Line 2, column 3"),
        ({"require": "grants.active"}, "a value of type int"),
        ({"applies": "has(grants.active)"}, "Line 1, column 1"),
        ({"applies": ""}, "Say which tools it concerns"),
        ({"require": "true &&" * 2_000}, "longer than"),
        ({"require": "x" * 25_000}, "too long"),
    ],
)
def test_a_fault_is_told_with_its_place_and_nothing_typed_is_lost(reviewer, port, changed, said):
    done = reviewer.act("/policies/SEC-02/try", **fields(port, **changed))

    assert done.status_code == 422
    assert said in done.text
    (typed,) = changed.values()
    assert typed[:15].splitlines()[0] in done.text.replace("&amp;", "&") if typed else True


@pytest.mark.parametrize(("typed", "said"), [("many", "a whole number"), ("-1", "never negative"), ("2.5", "a whole")])
def test_a_threshold_of_another_kind_is_refused(reviewer, port, typed, said):
    done = reviewer.act("/policies/SEC-20/try", **fields(port, "SEC-20", **{"with-admins": typed}))

    assert (done.status_code, said in done.text) == (422, True)


def test_hostile_words_are_words(reviewer, port):
    done = reviewer.act("/policies/SEC-02/try", **fields(port, require='"</textarea><script>alert(1)</script>" == ""'))

    assert "<script>alert" not in done.text


def test_a_trial_ends_when_its_time_is_up_and_says_how_far_it_came(reviewer, port, monkeypatch):
    monkeypatch.setattr("commands.faces.policies._LONGEST", -1.0)
    done = reviewer.act("/policies/SEC-02/try", **fields(port))

    assert "Only 0 of 62 tools" in done.text


def test_lists_and_money_are_typed_as_they_are_shown(desk, port):
    lists = next(p for p in desk.pack.policies for one in p.thresholds if isinstance(one.value, tuple))
    name = next(one.name for one in lists.thresholds if isinstance(one.value, tuple))
    change = Change(applies=lists.applies.written, require=lists.require.written, thresholds={name: '"{"'})
    with desk.store.read() as connection, pytest.raises(Faults, match="a text without quotes") as refused:
        port.tried(connection, lists.id, change)
    assert refused.value.faults[0].field == f"with-{name}"


# --- the rules of risk -----------------------------------------------------------------------------------------------


def test_the_rules_of_risk_are_shown_in_their_order(reviewer, port):
    rows, refused, own = port.risk_rules()
    page = reviewer.get("/policies/risk").text

    assert (refused, own) == ([], None)
    assert [page.index(row["rule"]) for row in rows[:1]]
    assert "Technology risk" in page
    assert json.loads(reviewer.get("/policies/risk?format=json").text)[0]["side"] == rows[0]["side"]


def test_refused_rules_of_risk_are_told(reviewer, desk, tmp_path):
    file = tmp_path / "risk.yaml"
    file.write_text("technology: nonsense\n", encoding="utf-8")
    desk.settings = replace(desk.settings, risk=file)
    desk.__dict__.pop("risk_rules", None)
    page = reviewer.get("/policies/risk").text

    assert "every band is unknown" in page
    assert "risk.yaml" in page


def test_a_face_without_tools_judges_nothing(tmp_path):
    from commands.opening import Desk  # noqa: PLC0415
    from commands.settings import Settings  # noqa: PLC0415
    from commands.shape import Program  # noqa: PLC0415
    from model.company import Company  # noqa: PLC0415
    from model.ports import SystemClock  # noqa: PLC0415
    from storage.schema import upgrade  # noqa: PLC0415
    from storage.store import Store  # noqa: PLC0415

    store = Store(f"sqlite:///{tmp_path}/empty.db")
    upgrade(store)
    desk = Desk(Program(), Settings(folder=tmp_path, company=Company()), store, empty=False, clock=SystemClock())
    with store.read() as connection:
        tried = Policies(desk).judged(connection, "SEC-02")
        assert (tried.of, tried.before.violated) == (0, 0)
    store.close()
