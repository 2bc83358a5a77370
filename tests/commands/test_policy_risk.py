"""`ostiary policy risk`, and the bands on listings and pages."""

import json

import pytest

from tests.commands.judged import UNKNOWN, finding, opened, put

OWN = """\
technology:
  - {band: high, severity: low, findings: 1}
customer:
  - {band: low, known: [people.count], severity: high, unjudged: 0}
"""


@pytest.fixture
def own(filled):
    """Give the company rules of its own."""

    def write(text=OWN):
        (filled / "risk.yaml").write_text(text, encoding="utf-8")
        config = filled / "ostiary.toml"
        config.write_text(config.read_text() + '\n[risk]\nfile = "risk.yaml"\n', encoding="utf-8")
        return filled

    return write


def tool(rows, name="zapier"):
    return next(row for row in rows("tools") if row["id"] == name)


def test_the_rules_in_force_are_printed_in_their_order(run):
    shown = run("policy", "risk").stdout

    assert shown.index("at least 1 open finding, critical") < shown.index("at least 2 open findings, high or worse")
    assert "The first rule of a side that holds says the band" in shown
    assert "Waived and watched findings are not counted" in shown


@pytest.mark.parametrize("form", ["json", "jsonl", "csv"])
def test_the_rules_are_there_for_programs(run, form):
    done = run("policy", "risk", "show", "--format", form)

    assert done.exit_code == 0
    assert "people.count" in done.stdout
    assert "technology" in done.stdout


def test_the_companys_own_rules_are_printed_and_said_to_be_its_own(run, own):
    own()
    rows = json.loads(run("policy", "risk", "--format", "json").stdout)

    assert [(row["side"], row["band"], row["file"]) for row in rows] == [
        ("technology", "high", "risk.yaml"),
        ("customer", "low", "risk.yaml"),
    ]
    assert "the file that [risk] file names" in run("policy", "risk").stdout


def test_a_file_is_checked_with_place_and_what_to_do(run, machine):
    (machine / "bad.yaml").write_text(OWN.replace("high, severity: low", "hihg, severity: low"), encoding="utf-8")
    (machine / "good.yaml").write_text(OWN, encoding="utf-8")

    bad, good = run("policy", "risk", "check", "bad.yaml"), run("policy", "risk", "check", "good.yaml")
    assert bad.exit_code == 1
    assert bad.stdout == "bad.yaml:2:12: there is no band hihg: did you mean high?\n"
    assert good.exit_code == 0
    assert "1 file without a fault" in good.stderr


def test_a_tool_is_listed_with_both_bands_and_what_makes_them(filled, rows):
    put(filled, finding(), finding("SEC-08", severity="high", customer_severity="low"))
    row = tool(rows)

    assert (row["technology_risk"], row["customer_risk"]) == ("high", "low")
    assert (row["technology_findings"], row["customer_findings"]) == (["SEC-02", "SEC-08"], [])


def test_a_tool_of_which_nothing_was_judged_is_unknown_on_both_sides(filled, rows):
    with opened(filled) as connection:
        connection.exec_driver_sql("DELETE FROM fact WHERE tool_id = 'zapier'")
        connection.exec_driver_sql("DELETE FROM finding WHERE tool_id = 'zapier'")

    assert (tool(rows)["technology_risk"], tool(rows)["customer_risk"]) == ("unknown", "unknown")


def test_what_cannot_be_judged_is_listed_beside_the_band(filled, rows):
    put(filled, finding("SEC-03", **UNKNOWN))

    assert {"SEC-03", "grants.leaver_owned"} <= {*tool(rows)["risk_unknown"]}


def test_the_page_of_a_tool_shows_both_sides_with_rule_findings_and_unknowns(filled, run):
    put(filled, finding(), finding("SEC-03", **UNKNOWN), finding("SEC-09", state="waived", queued=0))
    shown = " ".join(run("tools", "show", "zapier").stdout.split())

    assert "Technology risk medium: at least 1 open finding, high or worse: SEC-02" in shown
    assert "waived, not counted: SEC-09" in shown
    assert "apply and cannot be judged: SEC-03" in shown
    assert "unknown: grants.leaver_owned" in shown
    assert "Customer risk low: data.personal and grants.active known" in shown


def test_the_band_of_a_page_can_be_repeated_from_what_it_shows(filled, run):
    put(filled, finding(), finding("SEC-08"))
    found = json.loads(run("tools", "show", "zapier", "--format", "json").stdout)
    rules = json.loads(run("policy", "risk", "--format", "json").stdout)
    side = found["risks"][0]
    rule = next(row for row in rules if row["side"] == "technology" and row["rule"] == side["rule"])

    severe = [row for row in found["findings"] if row["severity"] in {"critical", rule["severity"]}]
    assert side["band"] == rule["band"] == found["technology_risk"]
    assert len([row for row in severe if row["verdict"] == "violated"]) >= rule["findings"]
    assert side["findings"] == sorted(row["policy"] for row in severe)


def test_a_case_shows_the_bands_of_its_tool(filled, run, rows):
    put(filled, finding(severity="critical"))
    case = next(row for row in rows("cases") if row["tool_id"] == "zapier")
    shown = run("cases", "show", str(case["id"])).stdout

    assert (case["technology_risk"], case["technology_findings"]) == ("high", ["SEC-02"])
    assert "technology high" in shown
    assert "Technology risk" in shown


def test_the_companys_rules_decide_the_bands(filled, rows, own):
    own()
    put(filled, finding(severity="low"))

    assert tool(rows)["technology_risk"] == "high"


def test_refused_rules_make_every_band_unknown_and_are_told_with_their_place(filled, run, rows, own):
    own("technology: []\n")
    put(filled, finding(severity="critical"))
    done = run("tools")

    assert done.exit_code == 0
    assert "risk.yaml:1:1: the file: missing: customer" in done.stderr
    assert {row["technology_risk"] for row in rows("tools")} == {"unknown"}
    assert run("policy", "risk").exit_code == 1
