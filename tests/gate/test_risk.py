"""Bands: which findings make them, what is not known, and that nothing known is never low."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.risk import never_judged, risks
from policies.risk import BANDS, SIDES, load_rules
from policies.shape import SEVERITIES

RULES = load_rules()
ALL = frozenset(RULES.needs)


def finding(policy="SEC-01", technology="high", customer="medium", **more):
    row = {"policy": policy, "verdict": "violated", "state": "open", "gap": "security", "missing": []}
    return row | {"severity": technology, "customer_severity": customer} | more


def unjudged(policy="SEC-09", technology="high", customer="high", missing=("access.mfa_share",)):
    return finding(policy, technology, customer, verdict="unknown", missing=list(missing))


def bands(*findings, known=ALL, rules=RULES):
    found = risks(rules, findings, known)
    return found["technology"].band, found["customer"].band


def test_two_sides_have_two_bands_from_one_finding():
    assert bands(finding(technology="critical", customer="low")) == ("high", "low")
    assert bands(finding(technology="low", customer="critical")) == ("low", "high")


@pytest.mark.parametrize(
    ("severities", "band"),
    [
        (["critical"], "high"),
        (["high", "high"], "high"),
        (["high"], "medium"),
        (["medium", "medium"], "medium"),
        (["medium"], "low"),
        (["low", "low", "low"], "low"),
        ([], "low"),
    ],
)
def test_the_bands_of_the_rules_that_come_with_the_program(severities, band):
    found = [finding(f"SEC-{n}", severity, severity) for n, severity in enumerate(severities)]

    assert bands(*found) == (band, band)


def test_a_band_names_its_rule_and_the_findings_that_make_it():
    found = risks(RULES, [finding("SEC-01"), finding("SUP-04", "low", "low"), finding("SEC-02")], ALL)["technology"]

    assert found.findings == ("SEC-01", "SEC-02")
    assert found.others == ("SUP-04",)
    assert found.rule == "at least 2 open findings, high or worse"
    assert found.because == "at least 2 open findings, high or worse: SEC-01, SEC-02"


def test_a_tool_of_which_nothing_is_known_is_unknown_and_never_low():
    assert bands(known=frozenset()) == ("unknown", "unknown")
    assert {risk.band for risk in never_judged(RULES).values()} == {"unknown"}


@pytest.mark.parametrize("name", sorted(ALL))
def test_one_needed_fact_that_is_unknown_forbids_low_and_is_named(name):
    found = risks(RULES, [], ALL - {name})
    sides = {side for side in SIDES if name in [n for rule in RULES.of(side) for n in rule.known]}

    assert {side for side, risk in found.items() if risk.band == "unknown"} == sides
    assert all(name in found[side].missing and name in found[side].because for side in sides)


def test_a_severe_policy_that_cannot_be_judged_forbids_low():
    found = risks(RULES, [unjudged()], ALL)["technology"]

    assert found.band == "unknown"
    assert found.unjudged == ("SEC-09",)
    assert found.missing == ("access.mfa_share",)
    assert "not low: 1 policy that applies cannot be judged" in found.because


def test_a_mild_policy_that_cannot_be_judged_stands_beside_low():
    found = risks(RULES, [unjudged(technology="medium", customer="low")], ALL)["technology"]

    assert (found.band, found.unjudged) == ("low", ("SEC-09",))


def test_what_is_unknown_stands_beside_a_worse_band_and_does_not_soften_it():
    found = risks(RULES, [finding(technology="critical"), unjudged()], frozenset())["technology"]

    assert (found.band, found.unjudged, found.missing) == ("high", ("SEC-09",), ("access.mfa_share",))


def test_a_waived_finding_is_named_and_not_counted():
    found = risks(RULES, [finding(technology="critical", state="waived")], ALL)["technology"]

    assert (found.band, found.waived, found.findings) == ("low", ("SEC-01",), ())


def test_a_rule_may_count_some_gaps_alone(tmp_path):
    path = tmp_path / "risk.yaml"
    path.write_text(
        "technology:\n  - {band: high, severity: low, findings: 1, gaps: [consent]}\ncustomer:\n"
        "  - {band: high, severity: low, findings: 1}\n"
    )
    rules = load_rules(path)

    assert bands(finding(), rules=rules) == ("unknown", "high")
    assert bands(finding(gap="consent"), rules=rules) == ("high", "high")
    assert risks(rules, [], ALL)["technology"].because == "no rule holds"


def test_refused_rules_say_nothing_but_why(tmp_path):
    path = tmp_path / "risk.yaml"
    path.write_text("technology: []\n")
    found = risks(load_rules(path), [finding(technology="critical")], ALL)

    assert {risk.band for risk in found.values()} == {"unknown"}
    assert all("the rules are refused" in risk.because for risk in found.values())


def test_a_row_is_plain_json():
    row = risks(RULES, [finding()], ALL)["technology"].row()

    assert row["findings"] == ["SEC-01"]
    assert set(row) == {
        *("side", "band", "rule", "because", "findings", "others", "unjudged", "missing", "waived"),
    }


_FINDINGS = st.lists(
    st.builds(
        finding,
        st.sampled_from(["SEC-01", "SEC-02", "INT-01"]),
        st.sampled_from(SEVERITIES),
        st.sampled_from(SEVERITIES),
        verdict=st.sampled_from(["violated", "unknown"]),
        state=st.sampled_from(["open", "waived"]),
    ),
    max_size=6,
)


@given(_FINDINGS, st.sets(st.sampled_from(sorted(ALL))), st.sampled_from(SEVERITIES))
def test_one_more_finding_never_makes_a_band_better(findings, known, severity):
    before, after = risks(RULES, findings, known), risks(RULES, [*findings, finding("X-1", severity, severity)], known)
    order = [*BANDS, "unknown"]

    for side in SIDES:
        if before[side].band in {"high", "medium"}:
            assert order.index(after[side].band) <= order.index(before[side].band)
        assert not (before[side].band == "unknown" and after[side].band == "low")
