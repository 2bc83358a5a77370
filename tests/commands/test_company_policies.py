"""`[policies]` of ostiary.toml: profile, packs of one's own and overrides, and what is refused of them."""

import re
from pathlib import Path

import pytest

from tests.policies.making import SOUND, changed, write
from tests.policies.test_thresholds import WITH


@pytest.fixture
def configured(machine):
    """Write a configuration with a table of policies; return its path."""

    def written(text):
        path = machine / "ostiary.toml"
        path.write_text(f'[company]\nname = "X"\n{text}', encoding="utf-8")
        return path

    return written


def modes(rows):
    return {row["id"]: row["mode"] for row in rows("policy", "list")}


def test_the_middle_profile_holds_where_nothing_is_said(machine, rows):
    listed = rows("policy", "list")

    assert {row["mode"] for row in listed if row["profile"] in {"light", "standard"}} <= {"on", "watch"}
    assert {row["mode"] for row in listed if row["profile"] == "strict"} == {"off"}


@pytest.mark.parametrize(("profile", "judged"), [("light", 1), ("standard", 2), ("strict", 3)])
def test_a_profile_judges_its_own_policies_and_those_of_looser_ones(configured, rows, profile, judged):
    configured(f'[policies]\nprofile = "{profile}"\n')

    found = {row["profile"] for row in rows("policy", "list", "--in-force")}

    assert found == {*("light", "standard", "strict")[:judged]}


def test_the_listing_says_what_the_profile_leaves_out_and_what_is_the_companys(configured, run, machine):
    (machine / "packs").mkdir()
    write(machine / "packs", f"{WITH}---\n{changed('TST-01', 'TST-02').replace('light', 'strict')}")
    configured('[policies]\nprofile = "light"\npacks = ["packs"]\n[policies.override.TST-01]\nmode = "watch"\n')

    done = run("policy", "list", "--gap", "security", "--limit", "0")

    assert "watch: yours" in done.stdout
    assert "off: profile" in done.stdout
    assert "Profile light: " in done.stderr
    assert "1 of them as [policies.override] has it" in done.stderr


def test_an_override_changes_what_is_shown_and_says_what_the_file_says(configured, run, machine):
    (machine / "packs").mkdir()
    write(machine / "packs", WITH)
    configured(
        '[policies]\npacks = ["packs"]\n[policies.override.TST-01]\n'
        'severity = {customer = "critical"}\nwith = {most = 5}\n'
    )

    page = run("policy", "show", "TST-01").stdout

    assert "grants.leaver_owned <= 5" in page
    assert "What the company changed" in page
    assert page.index("customer severity  critical") < page.index("customer severity  medium")


def test_what_is_wrong_is_refused_with_its_place_and_the_others_run_on(configured, run, machine):
    path = configured(
        '[policies]\npacks = ["nothing", "empty"]\n'
        '[policies.override.SEC-02]\nwith = {most = 5}\n[policies.override.SEC-00]\nmode = "off"\n'
    )
    (machine / "empty").mkdir()

    done = run("policy", "list", "--format", "json")

    assert done.exit_code == 0
    assert "SEC-02" not in done.stdout
    told = done.stderr.splitlines()
    assert f"not evaluated: {machine}/nothing:1:1: cannot be read: No such file or directory" in told
    assert any(
        line.startswith("not evaluated: ostiary.toml:6:9: policies.override.SEC-02: there is no thr") for line in told
    )
    assert any(
        line.startswith("not evaluated: ostiary.toml:7:1: policies.override: there is no policy SEC-00")
        for line in told
    )
    assert any(line.startswith("not evaluated: ostiary.toml:4:1: policies.packs: ") for line in told)
    assert path.name == "ostiary.toml"


def test_a_policy_whose_override_is_refused_says_so_on_its_page(configured, run):
    configured("[policies.override.SEC-02]\nwith = {most = 5}\n")

    done = run("policy", "show", "sec-02")

    assert done.exit_code == 1
    assert "it is not evaluated:\nostiary.toml:4:9: policies.override.SEC-02" in done.stderr


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[policies]\nprofile = "lax"\n', "ostiary.toml:4:1: policies.profile: Input should be 'light', 'standard' or"),
        ("[policies]\nprofil = 1\n", "ostiary.toml:4:1: policies.profil: unknown key"),
        ('[policies.override.SEC-02]\nmode = "no"\n', "ostiary.toml:4:1: policies.override.SEC-02.mode: Input should"),
        ('[policies.override.SEC-02]\nseverity = "low"\n', "ostiary.toml:4:1: policies.override.SEC-02.severity: "),
        (
            '[policies.override.SEC-02]\nseverity = {technology = "x"}\n',
            "ostiary.toml:4:13: policies.override.SEC-02.severity.technology: ",
        ),
        ("[policies]\npacks = [1]\n", "ostiary.toml:4:1: policies.packs.0: "),
    ],
)
def test_a_wrong_key_is_told_with_line_and_column(configured, run, text, said):
    configured(text)

    done = run("policy", "list")

    assert done.exit_code == 2
    assert said in done.stderr


def test_other_wrong_keys_are_told_beside(configured, run):
    configured('timezone = "Mars"\n[policies]\nprofile = "lax"\n')

    stderr = run("policy", "list").stderr

    assert "ostiary.toml: company.timezone: no time zone of that name" in stderr
    assert "ostiary.toml:5:1: policies.profile: " in stderr


def test_a_run_judges_by_the_companys_profile_and_overrides(filled, run, rows):
    before = {row["policy"] for row in rows("findings", "--verdict", "all")}
    policy = min(before)
    with (filled / "ostiary.toml").open("a", encoding="utf-8") as file:
        file.write(f'[policies.override.{policy}]\nmode = "off"\n')

    assert run("rebuild").exit_code == 0

    after = [row for row in rows("findings", "--verdict", "all", "--state", "all") if row["policy"] == policy]
    assert after
    assert not any(row["evaluated"] for row in after)


def test_own_policies_make_findings(filled, run, rows):
    (filled / "packs").mkdir()
    write(filled / "packs", changed("grants.leaver_owned == 0", "grants.leaver_owned < 0"))
    with (filled / "ostiary.toml").open("a", encoding="utf-8") as file:
        file.write('[policies]\npacks = ["packs"]\n')

    assert run("rebuild").exit_code == 0

    assert {row["policy"] for row in rows("findings", "--policy", "TST-01", "--verdict", "all")} == {"TST-01"}
    assert SOUND


GUIDE = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "write-your-own-policies.md"


def blocks(kind):
    return re.findall(rf"```{kind}\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)


def test_the_policy_of_the_guide_passes_its_cases(run, tmp_path):
    (text,) = blocks("yaml")

    done = run("policy", "test", write(tmp_path, text))

    assert done.exit_code == 0, done.stderr
    assert "4 of 4 cases" in done.stdout


def test_the_tables_of_the_guide_are_read(configured, run, machine):
    (machine / "policies").mkdir()
    tables = "".join(block.replace("[policies]\n", "") for block in blocks("toml") if block.startswith("[policies]\n"))
    overrides = "".join(block for block in blocks("toml") if not block.startswith("[policies]\n"))
    configured(f"[policies]\n{tables}{overrides}")

    done = run("policy", "list")

    assert done.exit_code == 0, done.stderr
    assert "Profile standard: " in done.stderr
