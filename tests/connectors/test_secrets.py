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
