"""Coverage in one line."""

from reports.coverage_line import coverage_line, is_whole


def row(stream, status="complete", quarantined=0, reason=None):
    source, _, name = stream.partition("/")
    return {"source": source, "stream": name, "status": status, "quarantined": quarantined, "reason": reason}


def test_nothing_read_is_said_to_be_nothing():
    assert coverage_line([]) == "Coverage: nothing has been read yet."
    assert not is_whole([])


def test_all_complete_is_one_short_sentence():
    rows = [row("okta/apps"), row("card/charges")]

    assert coverage_line(rows) == "Coverage: all 2 streams complete."
    assert is_whole(rows)


def test_one_stream_is_one():
    assert coverage_line([row("okta/apps")]) == "Coverage: 1 stream complete."


def test_a_refused_stream_is_named_with_what_was_refused():
    rows = [*(row(f"okta/{n}") for n in range(5)), row("okta/users", "refused", reason="okta.users.read")]

    assert coverage_line(rows) == "Coverage: 5 of 6 streams complete; okta/users refused: okta.users.read."
    assert not is_whole(rows)


def test_the_worst_are_named_and_the_others_counted():
    rows = [
        row("a/x", "partial"),
        row("b/x", "refused", reason="b.read"),
        row("c/x", "failed", reason="a long story"),
        row("d/x", "partial"),
    ]

    said = coverage_line(rows)

    assert said == "Coverage: 0 of 4 streams complete; c/x failed; b/x refused: b.read; 2 more not complete."


def test_quarantined_records_are_counted():
    rows = [row("a/x", quarantined=1), row("b/x", quarantined=2)]

    assert coverage_line(rows) == "Coverage: all 2 streams complete; 3 records quarantined."
    assert not is_whole(rows)


def test_names_cannot_steer_the_terminal():
    assert "\x1b" not in coverage_line([row("a\x1b[2J/x", "refused", reason="\x1b[31mred")])
