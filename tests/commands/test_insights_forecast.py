"""`ostiary insights forecast`: the worked example on the command line, what is kept, and what closed cases teach."""

import csv
import io
import json

import pytest

from commands.forecasting import micros
from commands.shape import WrongCall
from gate.forecast_words import POINT_FIELDS
from policies.forecast import TABLE

#: The worked example: what a request says.
SAYS = (
    *("integration.sso_available=yes", "integration.scim_available=no", "connections.cdp=no"),
    *("integration.sync_direction=both", "data.personal=yes", "data.children=no", "data.special_categories=no"),
    *("data.records=45,000", "consent.suppression_shared=yes", "integration.spf_lookups=4", "provisioning=no"),
    *("sites=1", "channels=1", "new_subdomain=no", "forms=8", "form_code=no", "replaces=yes", "list_sources=1"),
)
REQUEST = (
    *("--category", "marketing_automation", "--quote", "12000", "--people", "9", "--without", "way_out"),
    *("--need", "crm", "--need", "warehouse", "--need", "consent"),
    *(word for said in SAYS for word in ("--say", said)),
)


def shown(run, *words):
    done = run("insights", "forecast", *words, "--format", "json")
    assert done.exit_code == 0, done.stderr
    return json.loads(done.stdout)


def set_up(folder, text):
    config = folder / "ostiary.toml"
    config.write_text(config.read_text() + text, encoding="utf-8")


# --- the worked example ----------------------------------------------------------------------------------------------


def test_the_worked_example_comes_out_on_the_command_line(filled, run):
    page = " ".join(run("insights", "forecast", *REQUEST).stdout.split())

    assert "Quoted GBP 12k, forecast GBP 31k-58k, because the CRM must be fed both ways and three facts" in page
    assert "Asking the vendor about the CRM connector, field limit and key would lower the upper end by about" in page
    assert "One-off integration GBP 16,200 to GBP 39,200, likely GBP 27,700" in page
    assert "First year GBP 31,100 to GBP 58,400, likely GBP 44,500" in page
    assert "Sum of means M = 23,097, sum of spreads S = 9,427" in page
    assert "Not needed by what is known: Provisioning" in page
    assert "Way out (struck out)" in page


def test_the_same_is_there_for_programs(filled, run):
    data = shown(run, *REQUEST)

    assert (data["tool_id"], data["category"], data["currency"]) == (None, "marketing_automation", "GBP")
    assert data["mean_micros"] == 23_097_313_542
    assert data["first_year"]["likely_micros"] == 44_526_776_250
    assert {row["point"]: row["state"] for row in data["points"]}["way_out"] == "struck out"


def test_csv_has_a_row_a_point(filled, run):
    cells = list(csv.DictReader(io.StringIO(run("insights", "forecast", *REQUEST, "--format", "csv").stdout)))

    assert tuple(cells[0]) == POINT_FIELDS
    assert (cells[0]["point"], cells[0]["mean_micros"]) == ("crm", "9440646875")
    assert len(cells) == 13


def test_jsonl_has_one_line(filled, run):
    assert len(run("insights", "forecast", *REQUEST, "--format", "jsonl").stdout.splitlines()) == 1


def test_it_needs_no_database(run, machine):
    data = shown(run, *REQUEST, "--db", f"sqlite:///{machine}/none.db")

    assert data["mean_micros"] == 23_097_313_542
    assert "company.base_currency" in data["never_set"]


# --- a tool that is in use -------------------------------------------------------------------------------------------


def test_a_tool_in_use_is_forecast_from_its_facts_with_their_evidence(filled, run):
    data = shown(run, "zapier")
    read = {one["fact"]: one for row in data["points"] for one in row["read"]}

    assert data["tool_id"] == "zapier"
    assert read["tool.category"]["from"] == "the tool's record"
    assert any(one["from"].startswith(("usage:", "signal:")) for one in read.values())
    assert data["quote_micros"] is None
    assert "No price is quoted" in data["sentence"]


def test_a_tool_in_use_replaces_nothing_unless_somebody_says_so(filled, run):
    states = {row["point"]: row["state"] for row in shown(run, "mailchimp")["points"]}
    said = {row["point"]: row["state"] for row in shown(run, "mailchimp", "--say", "replaces=yes")["points"]}

    assert (states["migration"], said["migration"]) == ("not needed", "needed")


def test_what_is_said_narrows_the_range(filled, run):
    open_ = shown(run, "mailchimp")
    closed = shown(run, "mailchimp", "--say", "crm_connector=yes", "--say", "integration.shared_key=yes")

    assert closed["one_off"]["high_micros"] < open_["one_off"]["high_micros"]


def test_approved_tools_of_the_category_stand_beside(filled, run):
    data = shown(run, "--category", "crm", "--quote", "5000")

    assert [other["tool"] for other in data["alternatives"]] == ["Salesforce"]
    assert data["alternatives"][0]["one_off"]["low_micros"] > 0
    assert "Approved tools of the category" in run("insights", "forecast", "--category", "crm").stdout


def test_settings_that_were_never_set_are_named_and_set_ones_count(filled, run):
    before = shown(run, *REQUEST)
    set_up(filled, "\n[forecast]\noverhead = 0.5\n[forecast.rates]\ncrm = 1000\n")
    after = shown(run, *REQUEST)

    assert {"overhead", "rates.crm"} <= {*before["never_set"]}
    assert not {"overhead", "rates.crm"} & {*after["never_set"]}
    assert after["settings"]["overhead"] == 0.5
    assert after["settings"]["rates_micros"]["crm"] == 1_000_000_000
    assert after["one_off"]["likely_micros"] > before["one_off"]["likely_micros"]


@pytest.mark.parametrize("text", ["overhead = 9", "rate = 1", "[forecast.rates]\nit = 0", "range = 1.0"])
def test_a_wrong_setting_is_refused_by_its_key(filled, run, text):
    set_up(filled, f"\n[forecast]\n{text}\n")
    done = run("insights", "forecast", "mailchimp")

    assert done.exit_code == 2
    assert "forecast" in done.stderr


def test_a_table_of_the_companys_own_is_used_and_its_faults_are_told(filled, run):
    text = TABLE.read_text(encoding="utf-8")
    (filled / "own.yaml").write_text(text.replace("[16, 40, 110]", "[16, 40, 400]"), encoding="utf-8")
    set_up(filled, '\n[forecast]\nfile = "own.yaml"\n')
    wide = shown(run, *REQUEST)
    (filled / "own.yaml").write_text(text.replace("[16, 40, 110]", "[160, 40, 110]"), encoding="utf-8")
    broken = run("insights", "forecast", *REQUEST)

    assert wide["one_off"]["high_micros"] > 50_000_000_000
    assert broken.exit_code == 2
    assert "own.yaml" in broken.stderr
    assert "hours are three numbers" in broken.stderr


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        ((), 2, "name a tool, or a category with --category"),
        (("mailchimp", "--category", "crm"), 2, "name a tool, or a category with --category"),
        (("no-such-tool",), 1, "there is no tool"),
        (("--category", "crmm"), 2, "did you mean 'crm'?"),
        (("mailchimp", "--say", "formz=3"), 2, "did you mean 'forms'?"),
        (("mailchimp", "--say", "forms=many"), 2, "forms is a whole number"),
        (("mailchimp", "--say", "data.personal=perhaps"), 2, "data.personal is yes or no"),
        (("mailchimp", "--without", "crn"), 2, "did you mean 'crm'?"),
        (("mailchimp", "--quote", "lots"), 2, "'lots' is no amount"),
        (("mailchimp", "--need", "fax"), 2, "fax"),
        (("--category", "crm", "--keep"), 2, "--keep needs a tool"),
        (("actual", "mailchimp", "crn", "3"), 2, "there is no point 'crn': did you mean 'crm'?"),
        (("actual", "mailchimp", "crm", "long"), 2, "is no number of hours"),
        (("actual", "mailchimp", "crm", "99999"), 2, "is no number of hours"),
    ],
)
def test_what_is_wrong_is_told_with_what_to_do(filled, run, words, status, said):
    done = run("insights", "forecast", *words)

    assert done.exit_code == status
    assert said in done.stderr


@pytest.mark.parametrize(("text", "amount"), [("12000", 12_000_000_000), ("12,000.50", 12_000_500_000), ("0", 0)])
def test_amounts_are_exact_millionths(text, amount):
    assert micros(text) == amount


@pytest.mark.parametrize("text", ["", "-1", "1e99", "nan", "inf", "0.0000001", "12.000,50"])
def test_what_is_no_amount_is_refused(text):
    with pytest.raises(WrongCall, match="no amount"):
        micros(text)


# --- learning --------------------------------------------------------------------------------------------------------


def keep(run, tool="mailchimp"):
    every = [row["point"] for row in shown(run, tool)["points"] if row["mean_micros"]]
    struck = [word for name in every if name not in {"crm", "mail"} for word in ("--without", name)]
    return shown(run, tool, *struck, "--keep")


def actual(run, point, hours, tool="mailchimp"):
    return run("insights", "forecast", "actual", tool, point, hours)


def test_a_forecast_is_kept_with_its_points_and_in_the_trail(filled, run, rows):
    data = keep(run)
    (entry,) = [row for row in rows("audit", "list") if row["act"] == "forecast.keep"]

    assert data["kept"] == 1
    assert entry["object"] == "tool:mailchimp"
    assert entry["detail"]["likely"] == data["one_off"]["likely_micros"]


def test_hours_are_held_against_the_forecast_that_was_kept(filled, run):
    keep(run)
    first = actual(run, "crm", "60")
    second = actual(run, "mail", "10")
    data = shown(run, "mailchimp")

    assert "Still without hours: mail." in first.stdout
    assert "Still without hours" not in second.stdout
    assert (data["closed"], data["inside"]) == (1, 1)
    assert "1 of 1 closed case lay inside the range" in run("insights", "forecast", "learned").stdout


def test_a_correction_takes_the_place_of_the_hours_entered_before(filled, run):
    keep(run)
    actual(run, "crm", "60")
    actual(run, "mail", "10")
    actual(run, "crm", "1")
    data = shown(run, "mailchimp")

    assert (data["closed"], data["inside"]) == (1, 0)


def test_past_the_stop_line_the_case_comes_back(filled, run):
    keep(run)
    done = actual(run, "crm", "400")

    assert "The stop line is passed: the case comes back to both keys." in done.stdout


def test_hours_without_a_forecast_say_that_there_is_none(filled, run):
    assert "No forecast was kept before" in actual(run, "crm", "7.5").stdout
    assert "No case is closed yet" in run("insights", "forecast", "learned").stdout


def test_what_was_learned_stands_beside_the_estimate(filled, run, rows):
    actual(run, "crm", "60")
    row = next(row for row in rows("insights", "forecast", "learned") if row["point"] == "crm")

    assert (row["estimate_low"], row["estimate_likely"], row["estimate_high"]) == (16.0, 40.0, 110.0)
    assert (row["closed"], row["own_median"], row["offer"]) == (1, None, None)


def test_help_tells_what_there_is(run):
    assert "learned" in run("insights", "forecast", "--help").stdout
    assert "overlap" in run("insights", "--help").stdout
