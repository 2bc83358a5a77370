from __future__ import annotations

import io
import json
import os
import threading

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog import bulk
from catalog.bulk import answer_block, answer_stream, blocks, cores
from catalog.identify import encoded, identify_lines, identify_many

ASKED = [
    ("domain", "app.quillfox.com"),
    ("app_name", "Lantern SSO"),
    ("card_descriptor", "PADDLE.NET* QUILLFOX"),
    ("domain", "nothing.example.net"),
    ("app_name", "Caf\u00e9 \u2014 \u65e5\u672c"),
]


def lines(count):
    return b"".join(
        json.dumps({"id": at, "kind": ASKED[at % 5][0], "value": ASKED[at % 5][1]}).encode() + b"\n"
        for at in range(count)
    )


class Slow(io.BytesIO):
    """Gives at most a few bytes at a time, as a pipe does whose writer is slow."""

    def read1(self, size=-1, /):
        return super().read1(min(7, size))


@pytest.fixture
def small(monkeypatch):
    monkeypatch.setattr(bulk, "BLOCK", 1600)
    monkeypatch.setattr(bulk, "ALONE", 2000)


def answered(index, stream, **more):
    return b"".join(answer_stream(stream, index, **more))


def one_by_one(index, content):
    return [json.loads(json.dumps(answer)) for answer in identify_lines(content.split(b"\n"), index)]


def test_blocks_are_whole_lines_whatever_comes():
    content = lines(50)

    for stream in (io.BytesIO(content), Slow(content)):
        found = list(blocks(stream, 100))
        assert b"".join(found) == content
        assert all(block.endswith(b"\n") for block in found)


def test_a_last_line_without_its_end_is_a_block():
    assert list(blocks(io.BytesIO(b"a\nb"), 9)) == [b"a\n", b"b"]
    assert list(blocks(io.BytesIO(b"\n\n"), 9)) == [b"\n\n"]
    assert list(blocks(io.BytesIO(b""), 9)) == []


@given(st.lists(st.binary(max_size=20)), st.integers(1, 50))
def test_blocks_hold_what_came_whatever_it_is(pieces, size):
    content = b"\n".join(pieces)

    found = list(blocks(io.BytesIO(content), size))

    assert b"".join(found) == content
    assert all(block.endswith(b"\n") for block in found[:-1])


@pytest.mark.parametrize("processes", [1, 2, 3])
@pytest.mark.usefixtures("small")
def test_bulk_is_answered_as_single_lines_are_in_their_order(index, processes):
    content = lines(700) + b"\nnonsense\n" + lines(3)

    found = answered(index, io.BytesIO(content), processes=processes)

    assert [json.loads(line) for line in found.splitlines()] == one_by_one(index, content)


@pytest.mark.usefixtures("small")
def test_bulk_is_answered_by_other_processes(index, monkeypatch):
    parent, answer = os.getpid(), bulk.answer_block
    monkeypatch.setattr(bulk, "answer_block", lambda *asked: answer(*asked) + b"%d\n" % os.getpid())

    found = answered(index, io.BytesIO(lines(700)), processes=2).splitlines()

    answerers = [int(line) for line in found if line.isdigit()]
    assert answerers[0] == parent
    assert parent not in answerers[4:-1]
    assert len(answerers) > 20


def test_a_few_lines_start_no_process(index, monkeypatch):
    monkeypatch.setattr(bulk, "_pool", None)

    assert answered(index, io.BytesIO(lines(1000)), processes=2).count(b"\n") == 1000


@pytest.mark.usefixtures("small")
def test_one_core_starts_no_process(index, monkeypatch):
    monkeypatch.setattr(bulk, "_pool", None)

    assert answered(index, io.BytesIO(lines(1000)), processes=1).count(b"\n") == 1000


@pytest.mark.usefixtures("small")
def test_a_slow_writer_is_answered_line_by_line(index):
    out, into = os.pipe()
    reader = os.fdopen(out, "rb")
    answers = answer_stream(reader, index, processes=2)
    with reader, os.fdopen(into, "wb", buffering=0) as writer:
        writer.write(lines(100))  # less than a pipe holds
        first = b""
        while first.count(b"\n") < 100:
            first += next(answers)
        for number in range(5):
            writer.write(b'{"id": "slow %d", "kind": "domain", "value": "quillfox.com"}\n' % number)
            assert json.loads(next(answers))["id"] == f"slow {number}"
        answers.close()  # its processes hold the pipe's other end too, so the stream would never end


@pytest.mark.usefixtures("small")
def test_what_is_read_ahead_is_bounded(index):
    class Endless(io.RawIOBase):
        given = 0

        def read1(self, size=-1, /):
            self.given += 1
            return lines(20)[: size if size > 0 else None]

    stream = Endless()
    answers = answer_stream(stream, index, processes=2)
    taken = [next(answers) for _ in range(40)]
    answers.close()

    assert stream.given <= len(taken) + 2 * 2 + 2


@pytest.mark.usefixtures("small")
def test_a_reader_that_goes_away_ends_the_processes(index):
    before = threading.active_count()
    answers = answer_stream(io.BytesIO(lines(2000)), index, processes=2)
    for _ in range(10):
        next(answers)

    answers.close()

    assert threading.active_count() == before


def test_the_cores_are_those_that_the_process_may_use(monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 3, 5}, raising=False)
    assert cores() == 3

    monkeypatch.delattr(os, "sched_getaffinity")
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert cores() == 1


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=200))
def test_any_block_is_answered_line_by_line(index, block):
    found = answer_block(index, block)

    assert [json.loads(line) for line in found.splitlines()] == one_by_one(index, block)


@given(
    st.dictionaries(
        st.text(max_size=5),
        st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.text() | st.floats(0.01, 1),
    )
)
def test_an_answer_is_written_as_plain_json(answer):
    assert encoded(answer) == json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def test_half_a_surrogate_pair_becomes_its_escape(index):
    asked = b'{"id": "\\ud800", "kind": "domain", "value": "quillfox.com"}'

    found = answer_block(index, asked)

    assert b'"id":"\\ud800"' in found
    assert json.loads(found)["tool"] == "Quillfox"


@pytest.mark.parametrize("asked", ['{"id": 1, "kind": "domain", "value": "quillfox.com", "x": NaN}', '{"id": 1e999}'])
def test_what_the_quick_reader_refuses_is_read_patiently(index, asked):
    quick = json.loads(answer_block(index, asked.encode()))

    assert quick["why"] != "error: The line is not a JSON object."


def test_a_line_in_another_encoding_is_read(index):
    asked = json.dumps({"id": 1, "kind": "domain", "value": "quillfox.com"}).encode("utf-16-be")

    assert next(identify_lines([asked], index))["tool"] == "Quillfox"


ROWS = [
    *(json.dumps({"id": at, "kind": kind, "value": value}).encode() for at, (kind, value) in enumerate(ASKED)),
    *(b"", b"{}", b"[1]", b'{"id": 7, "kind": "domain"}', b'{"kind": "no such", "value": "x"}', b"\xff"),
]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(ROWS), max_size=30))
def test_many_lines_at_once_have_the_answers_that_each_has_alone(index, rows):
    assert list(identify_many(index, rows)) == list(identify_lines(rows, index))
