"""`[notify]` as a person writes it: every wrong key is named, and no value of it is ever repeated."""

from datetime import time

import pytest

from commands.configuration import load
from commands.notify_table import notified
from gate.notify import EVENTS, Reach
from model.errors import ConfigError

SECRET = "s3cr3t-of-the-receiver"
MAIL = '[notify.receivers.mail]\nkind = "mail"\nurl = "env:SMTP"\nsender = "ostiary@example.com"\n'


def written(folder, text):
    path = folder / "ostiary.toml"
    path.write_text(text, encoding="utf-8")
    return load(path)


def test_nothing_is_told_where_nothing_is_written(tmp_path):
    assert written(tmp_path, "").notify is None


def test_everything_that_can_be_set_is_read(tmp_path):
    head = """[notify]
base_url = "https://ostiary.example.com/"
templates = "words"
per_day = 3
quiet_hours = "19:00-07:30"
digest_at = "09:15"
new_tools = ["approver_it", "hub"]
"""
    found = written(tmp_path, head + MAIL + 'events = ["decided"]\nunits = ["Marketing"]\n').notify

    notify = found.notify
    assert (notify.base_url, notify.per_day) == ("https://ostiary.example.com", 3)
    assert (notify.quiet, notify.digest_at) == ((time(19), time(7, 30)), time(9, 15))
    assert notify.new_tools == ("approver_it", "hub")
    assert found.templates == tmp_path / "words"
    (mail,) = notify.recipients
    assert (mail.reach, mail.events, mail.units) == (Reach.PERSON, {"decided"}, ("Marketing",))


def test_what_is_not_written_is_as_the_docs_say(tmp_path):
    notify = written(tmp_path, MAIL).notify.notify

    assert (notify.per_day, notify.quiet, notify.digest_at, notify.base_url) == (5, None, time(8), None)
    assert notify.new_tools == ("reviewer", "hub")
    assert notify.recipients[0].events == frozenset(EVENTS)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[notify]\nper_dya = 3", r"notify\.per_dya: unknown key; did you mean 'per_day'"),
        ("[notify]\nper_day = 0", r"notify\.per_day: Expected `int` >= 1"),
        ("[notify]\nper_day = true", r"notify\.per_day: Expected `int`"),
        ('[notify]\nquiet_hours = "at night"', "quiet_hours: write them like"),
        ('[notify]\nquiet_hours = "25:00-07:00"', 'quiet_hours: write a time like "08:00"'),
        ('[notify]\nquiet_hours = "07:00-07:00"', "quiet_hours: they end at another time"),
        ('[notify]\ndigest_at = "soon"', "digest_at: write a time"),
        ('[notify]\nnew_tools = ["boss"]', "new_tools: 'boss' is no role; there are: administrator"),
        ('[notify]\nbase_url = "ostiary"', "base_url: write the address like"),
        (f'[notify]\nbase_url = "https://u:{SECRET}@x.example.com"', "base_url: write the address like"),
        ('[notify.receivers.x]\nkind = "pager"', r"notify\.receivers\.x\.kind: there are"),
        (MAIL.replace("env:SMTP", f"smtps://u:{SECRET}@h"), r"receivers\.mail\.url: name the secret"),
    ],
)
def test_what_is_wrong_is_named_with_file_and_key(tmp_path, text, why):
    with pytest.raises(ConfigError, match=why) as refused:
        written(tmp_path, text)

    assert "ostiary.toml" in str(refused.value)
    assert SECRET not in str(refused.value)


def test_a_table_may_be_handed_in_by_itself(tmp_path):
    assert notified(tmp_path, {}).receivers == ()
