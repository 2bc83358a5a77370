"""The first step: a configuration that can be read again, and a key that is never lost."""

import stat

import pytest

from commands.configuration import load
from commands.opening import audit_key, load_settings
from commands.settings import Settings
from commands.shape import Program
from model.errors import ConfigError


def test_what_is_written_can_be_read_and_says_what_was_answered(run, machine):
    words = ["--company", 'Tom&"Jerry', "--domain", "Example.com", "--domain", "example.co.uk"]
    done = run(
        "init",
        *words,
        "--timezone",
        "Europe/London",
        "--currency",
        "gbp",
        "--marketing-unit",
        "Marketing",
        "--marketing-unit",
        "MKT-100",
    )

    company = load(machine / "ostiary.toml").company
    assert done.exit_code == 0, done.stderr
    assert company.name == 'Tom&"Jerry'
    assert company.domains == ("example.com", "example.co.uk")
    assert (company.timezone, company.base_currency) == ("Europe/London", "GBP")
    assert company.marketing_units == ("Marketing", "MKT-100")


def test_what_nobody_answered_stands_as_a_comment(run, machine):
    done = run("init")

    text = (machine / "ostiary.toml").read_text(encoding="utf-8")
    assert "# marketing_units = " in text
    assert load(machine / "ostiary.toml").company.domains == ()
    assert "fill in marketing_units" in done.stdout


def test_the_key_is_the_owners_alone_and_is_used(run, machine):
    run("init")

    key = machine / "ostiary.audit-key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert audit_key(load_settings(Program())) == bytes.fromhex(key.read_text(encoding="utf-8"))


def test_nothing_is_overwritten_silently(run, machine):
    run("init")
    (machine / "ostiary.toml").write_text("# mine\n", encoding="utf-8")

    done = run("init")

    assert done.exit_code == 1
    assert "--force" in done.stderr
    assert (machine / "ostiary.toml").read_text(encoding="utf-8") == "# mine\n"


def test_force_overwrites_the_configuration_and_never_the_key(run, machine):
    run("init")
    key = (machine / "ostiary.audit-key").read_bytes()
    (machine / "ostiary.toml").write_text("# mine\n", encoding="utf-8")

    done = run("init", "--force")

    assert done.exit_code == 0
    assert "[company]" in (machine / "ostiary.toml").read_text(encoding="utf-8")
    assert (machine / "ostiary.audit-key").read_bytes() == key
    assert "Kept the audit key" in done.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--timezone", "Mars/Olympus"], "ostiary.toml: company.timezone: no time zone of that name"),
        (["--domain", "@example.com"], "company.domains.0"),
        (["--currency", "pounds"], "company.base_currency"),
    ],
)
def test_a_wrong_answer_leaves_nothing_behind(run, machine, words, said):
    done = run("init", *words)

    assert done.exit_code == 2
    assert said in done.stderr
    assert [path.name for path in machine.iterdir()] == []


def test_the_configuration_is_written_where_it_was_named(run, machine):
    run("init", "--config", "etc/company.toml")

    assert (machine / "etc/company.toml").exists()
    assert (machine / "etc/ostiary.audit-key").exists()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[company]\nnmae = 'x'", "company.nmae: unknown key"),
        ("[compny]\nname = 'x'", "compny: unknown key"),
        ("[company]\nfiscal_year_start = 13", "company.fiscal_year_start"),
        ("[company]\ndomains = 'example.com'", "company.domains"),
        ("[audit]\nkey = 'deadbeefsecret'", "audit.key: name the key as file:PATH, env:NAME or aws-sm:NAME"),
        ("[profiles.a]\ndecimal = 1", "profiles.a.decimal"),
        ("[landing]\npath = ''", "landing.path"),
        ("[company", "not TOML"),
        ("profiles = 'card'", "profiles"),
    ],
)
def test_a_wrong_configuration_names_file_and_key_and_never_the_value(machine, text, said):
    (machine / "x.toml").write_text(text, encoding="utf-8")

    with pytest.raises(ConfigError) as caught:
        load(machine / "x.toml")

    assert str(caught.value).startswith(f"{machine / 'x.toml'}: ")
    assert said in str(caught.value)
    assert "deadbeefsecret" not in str(caught.value)


def test_a_folder_in_place_of_the_configuration_is_said_to_be_unreadable(machine):
    (machine / "x.toml").mkdir()

    with pytest.raises(ConfigError, match=r"x\.toml: cannot be read: Is a directory"):
        load(machine / "x.toml")


def test_a_configuration_of_another_encoding_is_refused(machine):
    (machine / "x.toml").write_bytes("[company]\nname = 'Müller'".encode("windows-1252"))

    with pytest.raises(ConfigError, match=r"x\.toml: not UTF-8"):
        load(machine / "x.toml")


def test_a_wrong_configuration_is_status_2(run, machine):
    (machine / "ostiary.toml").write_text("[company]\nnmae = 'x'", encoding="utf-8")

    done = run("tools")

    assert done.exit_code == 2
    assert "company.nmae: unknown key" in done.stderr


def test_dotted_keys_of_a_profile_are_one_key_each(machine):
    (machine / "x.toml").write_text('[profiles.a]\ncolumn.amount = "Total"\ndecimal = ","\n', encoding="utf-8")

    assert load(machine / "x.toml").profiles == {"a": {"column.amount": "Total", "decimal": ","}}


def test_paths_count_from_the_configuration(machine):
    (machine / "etc").mkdir()
    (machine / "etc/x.toml").write_text('[landing]\npath = "landing"\n', encoding="utf-8")

    assert load(machine / "etc/x.toml").landing == machine / "etc/landing"


def test_the_environment_goes_before_the_key_of_the_configuration(machine, monkeypatch):
    monkeypatch.setenv("OSTIARY_AUDIT_KEY", "cd" * 32)

    assert audit_key(Settings(folder=machine, audit_key="file:nowhere")) == bytes.fromhex("cd" * 32)


def test_a_key_that_is_too_short_is_refused_without_being_shown(machine, monkeypatch):
    monkeypatch.setenv("OSTIARY_AUDIT_KEY", "short-secret")

    with pytest.raises(ConfigError, match="shorter than 32 bytes") as caught:
        audit_key(Settings(folder=machine))

    assert "short-secret" not in str(caught.value)


def test_without_any_key_there_is_none(machine):
    assert audit_key(Settings(folder=machine)) is None


def configured(machine, text):
    path = machine / "ostiary.toml"
    path.write_text(text, encoding="utf-8")
    return load(path)


def test_units_of_it_and_a_table_of_needs_of_the_companys_own_are_read(machine):
    (machine / "needs.yaml").write_text("crm: [ads]\n", encoding="utf-8")

    found = configured(machine, '[company]\nit_units = ["IT"]\n[needs]\nfile = "needs.yaml"\n')

    assert found.company.it_units == ("IT",)
    assert found.needs == {"crm": ("ads",)}
    assert configured(machine, "").needs is None


def test_a_wrong_table_of_needs_is_refused_with_its_place(machine):
    (machine / "needs.yaml").write_text("crm: [fax]\n", encoding="utf-8")

    with pytest.raises(ConfigError, match=r"needs\.yaml:1:7: there is no system fax"):
        configured(machine, '[needs]\nfile = "needs.yaml"\n')
