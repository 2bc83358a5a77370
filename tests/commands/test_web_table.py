"""`[web]` as a person writes it: every wrong key is named with its file, and no secret is ever repeated."""

import json
from datetime import timedelta

import pytest

from commands.configuration import load
from gate.roles import Role
from model.errors import ConfigError
from model.ports import SystemClock
from tests.web.provider import OwnProvider, rsa

SECRET = "s3cr3t-of-the-client"
SIGN_IN = """[web.sign_in]
issuer = "https://acme.okta.com"
client_id = "0oa1"
client_secret = "env:SIGN_IN"
"""


def written(folder, text):
    path = folder / "ostiary.toml"
    path.write_text(text, encoding="utf-8")
    return load(path).web


@pytest.fixture(autouse=True)
def secret(monkeypatch):
    monkeypatch.setenv("SIGN_IN", SECRET)


def test_nothing_is_said_of_the_web_where_nothing_is_written(machine):
    assert written(machine, "") is None


def test_what_is_not_written_is_as_the_docs_say(machine):
    found = written(machine, "[web]\n")()

    assert (found.public_url, found.provider, found.behind_proxy) == ("http://127.0.0.1:8000", None, False)
    assert (found.idle, found.longest) == (timedelta(hours=1), timedelta(hours=12))
    assert not found.is_secure


def test_everything_that_can_be_set_is_read(machine):
    found = written(
        machine,
        '[web]\npublic_url = "https://ostiary.example.com/"\nidle_minutes = 30\n'
        "longest_hours = 8\nbehind_proxy = true\n"
        + SIGN_IN
        + 'name = "Okta"\ngroups_claim = "roles"\nscopes = ["openid", "email", "groups"]\ncertificates = "ca.pem"\n'
        '[web.sign_in.roles]\n"Ostiary reviewers" = ["reviewer", "auditor"]\n',
    )()

    assert (found.public_url, found.is_secure, found.behind_proxy) == ("https://ostiary.example.com", True, True)
    assert (found.idle, found.longest) == (timedelta(minutes=30), timedelta(hours=8))
    provider = found.provider
    assert (provider.issuer, provider.client_id, provider.name) == ("https://acme.okta.com", "0oa1", "Okta")
    assert (provider.groups_claim, provider.scopes) == ("roles", ("openid", "email", "groups"))
    assert provider.roles == {"Ostiary reviewers": {Role.REVIEWER, Role.AUDITOR}}
    assert provider.certificates == str(machine / "ca.pem")


def test_the_secret_is_read_and_shown_nowhere(machine):
    found = written(machine, SIGN_IN)()

    assert found.provider.client_secret == SECRET
    assert SECRET not in repr(found)


def test_a_secret_that_is_not_there_is_told_where_somebody_serves_and_nowhere_else(machine, monkeypatch):
    monkeypatch.delenv("SIGN_IN")
    settings = written(machine, SIGN_IN)

    with pytest.raises(ConfigError, match=r"ostiary\.toml: web\.sign_in\.client_secret: env:SIGN_IN is not set"):
        settings()


@pytest.mark.parametrize("issuer", ["http://127.0.0.1:4005", "http://localhost:1/t/v2.0", "https://a.auth0.com/"])
def test_an_issuer_is_taken_as_it_is_written(machine, issuer):
    assert written(machine, SIGN_IN.replace("https://acme.okta.com", issuer))().provider.issuer == issuer


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[web]\nport = 80", r"web\.port: unknown key"),
        ("[web]\nidle_minutes = 1", r"web\.idle_minutes"),
        ("[web]\nlongest_hours = 1000", r"web\.longest_hours"),
        ('[web]\nbehind_proxy = "yes"', r"web\.behind_proxy"),
        ('[web]\npublic_url = "ostiary.example.com"', r"web\.public_url: an address is written https://"),
        ('[web.sign_in]\nissuer = "https://a.example"', r"web\.sign_in\.client_id.*web\.sign_in\.client_secret"),
        (SIGN_IN.replace("env:SIGN_IN", SECRET), r"web\.sign_in\.client_secret: name the key as"),
        (SIGN_IN.replace("https://acme", "http://acme"), r"web\.sign_in\.issuer: an issuer is reached by https"),
        (SIGN_IN.replace("acme.okta.com", "a.example?x=1"), r"web\.sign_in\.issuer: an address is written"),
        *(
            (
                SIGN_IN.replace("acme.okta.com", f"login.microsoftonline.com/{everybody}/v2.0"),
                r"web\.sign_in\.issuer: name your own tenant",
            )
            for everybody in ("common", "organizations", "consumers")
        ),
        (SIGN_IN + 'scopes = ["email"]', r"web\.sign_in\.scopes: `openid` is one of them"),
        (SIGN_IN + '[web.sign_in.roles]\nA = ["boss"]', r"web\.sign_in\.roles\.A\.0: a role is one of administrator"),
        (SIGN_IN + '[web.sign_in.roles]\nA = "reviewer"', r"web\.sign_in\.roles\.A"),
        (SIGN_IN + "certificates = ''", r"web\.sign_in\.certificates"),
    ],
)
def test_what_is_wrong_is_named_with_file_and_key(machine, text, why):
    with pytest.raises(ConfigError, match=why) as refused:
        written(machine, text)

    assert "ostiary.toml" in str(refused.value)
    assert SECRET not in str(refused.value)


def test_what_init_writes_as_an_example_holds(machine, run):
    run("init")
    lines = (machine / "ostiary.toml").read_text(encoding="utf-8").splitlines()
    start = lines.index("# [web]")
    block = lines[start : lines.index("", start)]
    keys = [line[2:] for line in block if line[2:].startswith("[") or " = " in line]

    found = written(machine, "\n".join(keys).replace("OSTIARY_SIGN_IN_SECRET", "SIGN_IN"))()
    assert (found.is_secure, found.provider.name) == (True, "Okta")
    assert found.provider.roles["Ostiary reviewers"] == {Role.REVIEWER}


# --- the doctor ------------------------------------------------------------------------------------------------------


def checked(run, what="web sign-in"):
    done = run("doctor", "--format", "json")
    return done, next((row for row in json.loads(done.stdout) if row["stream"] == what), None)


@pytest.fixture
def own(httpserver, machine):
    made = OwnProvider(httpserver, SystemClock(), rsa())
    text = SIGN_IN.replace("https://acme.okta.com", made.issuer)
    (machine / "ostiary.toml").write_text(text, encoding="utf-8")
    return made


def test_the_doctor_says_that_sign_in_works_and_sends_nothing(run, own):
    done, row = checked(run)

    assert (done.exit_code, row["status"]) == (0, "works")
    assert own.calls == ["document", "keys"]


def test_the_doctor_says_what_of_the_provider_is_wrong(run, own):
    own.document_more = {"issuer": "https://other.example"}
    done, row = checked(run)

    assert (done.exit_code, row["status"]) == (3, "failed")
    assert "another issuer" in row["reason"]
    assert row["remedy"] == "see [web.sign_in] of the configuration"


def test_the_doctor_names_a_secret_that_is_missing_and_calls_nobody(run, own, monkeypatch):
    monkeypatch.delenv("SIGN_IN")
    done, row = checked(run, "web")

    assert (done.exit_code, row["status"]) == (3, "failed")
    assert "env:SIGN_IN is not set" in row["reason"]
    assert own.calls == []


@pytest.mark.parametrize("text", ["", "[web]\n"])
def test_the_doctor_says_nothing_of_what_nobody_configured(run, machine, text):
    (machine / "ostiary.toml").write_text(text, encoding="utf-8")

    assert checked(run)[1] is None
