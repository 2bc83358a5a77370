"""References to secrets: resolved late, never shown."""

import pytest

from connectors.secrets import References
from model.errors import ConfigError


def test_a_variable_and_a_file_are_read(tmp_path):
    (tmp_path / "token").write_text("from-file\n", encoding="utf-8")
    known = References(tmp_path, {"TOKEN": " from-env "})

    assert known.resolve("env:TOKEN") == "from-env"
    assert known.resolve("file:token") == "from-file"
    assert known.resolve(f"file:{tmp_path}/token") == "from-file"


def test_the_real_environment_stands_where_none_is_given(tmp_path, monkeypatch):
    monkeypatch.setenv("A_TOKEN", "x")

    assert References(tmp_path).resolve("env:A_TOKEN") == "x"


@pytest.mark.parametrize("reference", ["env:NONE", "env:EMPTY", "file:none", "file:empty", "file:.", "file:binary"])
def test_what_is_missing_is_named_by_its_reference(tmp_path, reference):
    (tmp_path / "empty").write_text(" \n", encoding="utf-8")
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00s3cret")

    with pytest.raises(ConfigError) as caught:
        References(tmp_path, {"EMPTY": " "}).resolve(reference)

    assert str(caught.value).startswith(reference)
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize("written", ["s3cret", "s3cret:with:colons", "env:", "file:", "https://u:s3cret@host/"])
def test_a_secret_that_was_written_out_is_refused_and_not_repeated(tmp_path, written):
    with pytest.raises(ConfigError) as caught:
        References(tmp_path, {}).resolve(written)

    assert "s3cret" not in str(caught.value)
    assert caught.value.__cause__ is None


# --- AWS Secrets Manager ---------------------------------------------------------------------------------------------


@pytest.fixture
def vault(monkeypatch):
    """A Secrets Manager of moto's; nothing leaves the process."""
    for name, value in (
        ("AWS_ACCESS_KEY_ID", "x"),
        ("AWS_SECRET_ACCESS_KEY", "x"),
        ("AWS_DEFAULT_REGION", "eu-west-1"),
    ):
        monkeypatch.setenv(name, value)
    boto3 = pytest.importorskip("boto3")
    moto = pytest.importorskip("moto")
    with moto.mock_aws():
        yield boto3.client("secretsmanager")


def test_a_secret_of_aws_is_read_by_name_and_by_arn(tmp_path, vault):
    arn = vault.create_secret(Name="okta/token", SecretString=" hush \n")["ARN"]

    assert References(tmp_path, {}).resolve("aws-sm:okta/token") == "hush"
    assert References(tmp_path, {}).resolve(f"aws-sm:{arn}") == "hush"


def test_one_key_of_a_secret_of_aws_can_be_named(tmp_path, vault):
    vault.create_secret(Name="okta", SecretString='{"token": "hush", "n": 1}')

    assert References(tmp_path, {}).resolve("aws-sm:okta#token") == "hush"
    for key in ("none", "n"):
        with pytest.raises(ConfigError, match=f"aws-sm:okta#{key}: the secret is no JSON object") as caught:
            References(tmp_path, {}).resolve(f"aws-sm:okta#{key}")
        assert "hush" not in str(caught.value)


def test_a_secret_that_aws_does_not_have_is_told_with_its_code(tmp_path, vault):
    with pytest.raises(ConfigError, match="aws-sm:none cannot be read: ResourceNotFoundException"):
        References(tmp_path, {}).resolve("aws-sm:none")


def test_where_aws_cannot_be_asked_it_is_said_in_a_word(tmp_path, monkeypatch):
    monkeypatch.delenv("AWS_DEFAULT_REGION", raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")

    with pytest.raises(ConfigError, match=r"aws-sm:x cannot be read: \w+$"):
        References(tmp_path, {}).resolve("aws-sm:x")


def test_more_ways_to_keep_a_secret_can_be_added(tmp_path):
    known = References(tmp_path, {}, {"vault": lambda name: f"from {name}"})

    assert known.resolve("vault:x") == "from x"
    with pytest.raises(ConfigError, match="or vault:NAME, never written out"):
        known.resolve("other:x")
