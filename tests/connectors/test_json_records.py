import contextlib
import io
import json
import time
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors import json_records
from connectors.formats import Bad, Raw
from connectors.json_records import records
from connectors.json_text import Nesting, documents, elements, without_trailing_commas
from model.errors import AccessDenied, Interrupted, OstiaryError, WrongFormat

LISTS = ("items", "users", "value")
KIND = "admin#directory#users"

scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3)
)
# A record is told from a page and from an error answer by its fields, so those names are kept out of it.
fields = st.text(max_size=8).filter(lambda name: name not in {*LISTS, "error", "errorCode", "__type", "kind"})
objects = st.lists(st.dictionaries(fields, values, max_size=4), min_size=1, max_size=8)


def read(content, **options):
    return list(records(io.BytesIO(content), lists=LISTS, **options))


def data(content, **options):
    return [json.loads(found.data) for found in read(content, **options) if isinstance(found, Raw)]


def reasons(content):
    return [found.reason for found in read(content) if isinstance(found, Bad)]


def until_error(content, **options):
    """Return the records that were yielded, and the error that came after them."""
    found = []
    with pytest.raises(OstiaryError) as told:
        found.extend(records(io.BytesIO(content), lists=LISTS, **options))
    return [json.loads(item.data) for item in found if isinstance(item, Raw)], told.value


class Breaking(io.BytesIO):
    """Gives what it holds and then breaks off, as a cut archive does."""

    def read(self, size=-1, /):
        piece = super().read(min(size, 40))
        if not piece:
            raise Interrupted("a.gz is cut short")
        return piece


class Dripping(io.BytesIO):
    """Gives a few bytes at a time, as a pipe does."""

    def read(self, size=-1, /):
        return super().read(1)


def as_lines(found, dump):
    return "\n".join(map(dump, found)) + "\n"


def as_list(found, dump):
    return dump(found)


def as_page(found, dump):
    return dump({"kind": "page", "items": found, "nextPageToken": "x"})


def as_pages(found, dump):
    return dump([{"users": found[:2]}, {"users": found[2:]}])


def as_pages_by_line(found, dump):
    return "\n".join(dump({"etag": "x", "value": [item]}) for item in found)


def as_one_after_the_other(found, dump):
    return "".join(map(dump, found))


def as_sequence(found, dump):
    return "".join(f"\x1e{dump(item)}\n" for item in found)


def as_pasted_lines(found, dump):
    return "".join(f"{dump(item)},\n" for item in found)


CUTS = (as_lines, as_list, as_page, as_pages, as_pages_by_line, as_one_after_the_other, as_sequence, as_pasted_lines)
DUMPS = {
    "compact": lambda value: json.dumps(value, separators=(",", ":"), ensure_ascii=False),
    "plain": json.dumps,
    "indented": lambda value: json.dumps(value, indent=2, ensure_ascii=False),
    "tabs": lambda value: json.dumps(value, indent="\t"),
}
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16")


@pytest.mark.parametrize("cut", CUTS)
@pytest.mark.parametrize("dump", DUMPS.values(), ids=DUMPS)
@settings(max_examples=15, deadline=None)
@given(found=objects, encoding=st.sampled_from(ENCODINGS), crlf=st.booleans())
def test_however_records_are_cut_they_are_the_same_records(cut, dump, found, encoding, crlf):
    content = cut(found, dump)
    content = content.replace("\n", "\r\n") if crlf else content

    assert data(content.encode(encoding)) == found


@settings(max_examples=30, deadline=None)
@given(found=objects, encoding=st.sampled_from(ENCODINGS), cut=st.sampled_from(CUTS))
def test_a_pipe_that_drips_gives_the_same_records(found, encoding, cut):
    content = cut(found, DUMPS["indented"]).encode(encoding)

    dripped = [json.loads(item.data) for item in records(Dripping(content), lists=LISTS)]

    assert dripped == found


@settings(max_examples=200, deadline=None)
@given(content=st.binary(max_size=200) | st.text(alphabet='{}[]",:\\ \n\x1e1tnu\x00é', max_size=60).map(str.encode))
def test_hostile_bytes_give_records_or_typed_errors_only(content):
    try:
        found = read(content)
    except OstiaryError:
        return
    assert [item.number for item in found] == list(range(1, len(found) + 1))
    for item in found:
        assert isinstance(item, Bad) or isinstance(json.loads(item.data), dict)


@settings(max_examples=60, deadline=None)
@given(found=objects, cut=st.sampled_from(CUTS), dump=st.sampled_from(list(DUMPS.values())), share=st.floats(0, 1))
def test_a_cut_file_gives_only_whole_records_of_the_right_ones(found, cut, dump, share):
    content = cut([{"n": n, "is": item} for n, item in enumerate(found)], dump).encode()
    content = content[: int(len(content) * share)]
    whole = [{"n": n, "is": item} for n, item in enumerate(found)]

    kept = []
    with contextlib.suppress(Interrupted, WrongFormat):
        kept.extend(records(io.BytesIO(content), lists=LISTS))

    assert [json.loads(item.data) for item in kept if isinstance(item, Raw)] == whole[: len(kept)]


@settings(max_examples=60, deadline=None)
@given(found=objects, at=st.integers(0, 7), noise=st.binary(min_size=1, max_size=12).filter(lambda b: b"\n" not in b))
def test_a_broken_line_costs_at_most_itself(found, at, noise):
    lines = [json.dumps({"n": n, "is": item}).encode() for n, item in enumerate(found)]
    lines.insert(at, b"~" + noise)

    kept = data(b"\n".join([b'{"first": 1}', *lines, b'{"last": 1}']))

    assert [item for item in kept if "n" in item] == [{"n": n, "is": item} for n, item in enumerate(found)]


def test_records_carry_their_number_and_their_own_bytes():
    found = read(b'{"a": 1}\n\n 7 \n{"b":  "\\u00e9"}\n')

    assert found == [Raw(1, b'{"a": 1}'), Bad(2, "it is not an object"), Raw(3, b'{"b":  "\\u00e9"}')]


@pytest.mark.parametrize("content", [b"[]", b'{"items": []}', b'[{"users": []}, {"users": []}]', b'{"value":[]}\n'])
def test_no_records_are_no_mistake(content):
    assert read(content) == []


def test_a_page_without_its_list_is_empty_where_it_says_what_it_is():
    assert read(b'{"kind": "admin#directory#users", "etag": "x"}', kind=KIND) == []


def test_a_page_of_another_sort_is_refused():
    for content in (b'{"kind": "admin#reports#activities"}', b'{"kind": "admin#reports#activities", "items": []}'):
        with pytest.raises(
            WrongFormat, match="a page of admin#reports#activities, where admin#directory#users is read"
        ):
            read(content, kind=KIND)


def test_a_record_that_has_a_field_of_a_pages_name_is_a_record():
    content = b'{"value": "x", "items": null, "kind": "admin#reports#activity"}'

    assert data(content) == [json.loads(content)]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "the file is empty"),
        (b" \r\n\t ", "the file is empty"),
        (b"\x00\x01\x02\x03", "binary data in place of JSON"),
        (b"PK\x03\x04\x00\x00", "binary data in place of JSON"),
        (b"name,date\na,b\n", "other text in place of JSON"),
        (b"null", "other text in place of JSON"),
        (b"<!DOCTYPE html><html>secret</html>", "a web page in place of JSON"),
        (b"\xef\xbb\xbf\n <HTML lang=en>", "a web page in place of JSON"),
        (b"<?xml version='1.0'?><Error/>", "XML in place of JSON"),
        (b"[2026-03-01] secret\n[2026-03-02] secret\n", "no record of this FORMAT"),
        (b"[1, 2, 3]", "it is not an object"),
        (b"[" * 200_000, "nested too deeply"),
        (b'{"a":' * 200_000 + b"1" + b"}" * 200_000, "nested too deeply"),
        (b"{secret: 1}", "it is not JSON"),
    ],
)
def test_a_file_without_any_record_is_of_the_wrong_format(content, says):
    with pytest.raises(WrongFormat) as told:
        read(content)

    assert says in str(told.value)
    assert "secret" not in str(told.value)


def test_a_long_file_of_other_things_is_given_up_early():
    lines = iter([b"{oops}\n" * 5000])

    class Endless(io.BytesIO):
        def read(self, size=-1, /):
            return next(lines, b"{oops}\n" * 5000)

    with pytest.raises(WrongFormat, match="among the 1000 things read"):
        list(records(Endless(), lists=LISTS))


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"a": "\xff"}', "it is not UTF-8"),
        (b'{"\xff": 1, "error": 1}', "it is not UTF-8"),
        (b'{"\\ud800": 1, "error": 1}', "it is not JSON"),
        (b"[[1]]", "it is not an object"),
        (b'"text"', "it is not an object"),
        (b'{"a": 1', "it is cut in the middle"),
        (b'{"a": "', "it is cut in the middle"),
        (b'{"a": [1}', "it is not JSON"),
        (b"oops", "it is not JSON"),
        (b'{"a": nan}', "it is not JSON"),
        (b"[" * 100_000, "it is nested too deeply"),
    ],
)
def test_one_bad_line_among_good_ones_is_bad_alone(line, reason):
    content = b'{"n": 1}\n' + line + b'\n{"n": 2}\n{"n": 3}\n'

    assert (data(content), reasons(content)) == ([{"n": 1}, {"n": 2}, {"n": 3}], [reason])


def test_a_first_line_that_is_cut_costs_only_itself():
    content = b'{"a": [1,\n{"n": 1}\n{"n": 2}\n'

    assert (data(content), reasons(content)) == ([{"n": 1}, {"n": 2}], ["it is cut in the middle"])


def test_a_line_that_is_too_long_is_bad_and_not_kept(monkeypatch):
    monkeypatch.setattr(json_records, "LINE_LIMIT", 1000)
    monkeypatch.setattr(json_records, "_CHUNK", 64)
    content = b'{"n": 1}\n{"n": "' + b"x" * 5000 + b'"}\n{"n": 2}\n' + b"y" * 3000

    assert data(content) == [{"n": 1}, {"n": 2}]
    assert all("longer than 16 MB" in reason for reason in reasons(content))
    assert len(reasons(content)) == 2


def test_a_document_that_is_too_big_is_refused_with_what_to_do(monkeypatch):
    monkeypatch.setattr(json_records, "DOCUMENT_LIMIT", 2000)
    monkeypatch.setattr(json_records, "LINE_LIMIT", 1000)
    monkeypatch.setattr(json_records, "_CHUNK", 64)
    pretty = json.dumps([{"n": n} for n in range(500)], indent=1).encode()

    for content in (pretty, b'{"n": 1}\n' + pretty, b'[{"n": "' + b"x" * 3000 + b'"}]'):
        with pytest.raises(WrongFormat, match="JSON lines"):
            read(content)


def test_json_lines_are_streamed():
    class Endless(io.BytesIO):
        def read(self, size=-1, /):
            return b'{"n": "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"}\n' * 5000

    tracemalloc.start()
    found = records(Endless(), lists=LISTS)
    for _ in range(100_000):
        next(found)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert peak < 4 << 20


@pytest.mark.parametrize(
    "content",
    [
        b'[{"n": 1,}, {"n": [2, 3, ], "s": ",]"},]',
        b'{"items": [{"n": 1}, {"n": [2, 3], "s": ",]"},\n],\n}\n',
        b'{"n": 1,}\n{"n": [2, 3,], "s": ",]"},\n',
        b'[\n  {\n  "n": 1\n  },\n  {"n": [2, 3],\n  "s": ",]",\n  },\n]\n',
    ],
)
def test_trailing_commas_are_forgiven(content):
    assert data(content) == [{"n": 1}, {"n": [2, 3], "s": ",]"}]


def test_a_broken_record_within_a_list_costs_only_itself():
    for content in (b'[{"n": 1}, {"n": oops}, {"n": 3}]', b'{"items": [\n{"n": 1},\n{"n": oops},\n{"n": 3}\n]}'):
        assert (data(content), reasons(content)) == ([{"n": 1}, {"n": 3}], ["it is not JSON"])


def test_a_broken_document_among_others_on_one_line_costs_only_itself():
    content = b'{"n": 1}{"n": oops} junk [{"n": 3}]'

    assert (data(content), reasons(content)) == ([{"n": 1}, {"n": 3}], ["it is not JSON", "it is not JSON"])


@pytest.mark.parametrize(
    "content",
    [
        b'{"n": 1}\n{"n": 2}\n{"n": "3',
        b'[{"n": 1}, {"n": 2}, {"n": 3',
        b'{"items": [{"n": 1}, {"n": 2}, {"n": "3',
        b'[{"items": [{"n": 1}]}, {"etag": "[", "items": [{"n": 2}, {"n"',
        b'{\n "items": [\n  {"n": 1},\n  {"n": 2},\n  {"n": "3',
        b'{\n "items": [\n  {"n": 1},\n  {"n": 2},\n',
        b'{"n": 1}{"n": 2}{"n": 3',
    ],
)
def test_a_file_that_breaks_off_gives_what_is_whole_and_is_interrupted(content):
    found, told = until_error(content)

    assert found == [{"n": 1}, {"n": 2}]
    assert isinstance(told, Interrupted)


@pytest.mark.parametrize("content", [b'{"n": 1}\n{"n": 2}\n{"n": "3', b'{"items": [{"n": 1}, {"n": 2}, {"n": "3'])
def test_an_archive_that_breaks_off_gives_what_is_whole_and_its_own_reason(content):
    found = []

    with pytest.raises(Interrupted, match=r"a\.gz is cut short"):
        found.extend(records(Breaking(content), lists=LISTS))

    assert [json.loads(item.data) for item in found] == [{"n": 1}, {"n": 2}]


def test_an_archive_that_breaks_off_at_once_is_interrupted_not_empty():
    with pytest.raises(Interrupted):
        list(records(Breaking(b""), lists=LISTS))


REFUSALS = {
    "Okta E0000006": {"errorCode": "E0000006", "errorSummary": "secret", "errorLink": "E0000006", "errorCauses": []},
    "Google 403 insufficientPermissions": {
        "error": {
            "code": 403,
            "message": "secret",
            "errors": [{"domain": "global", "reason": "insufficientPermissions"}],
        }
    },
    "Google 403 ACCESS_TOKEN_SCOPE_INSUFFICIENT": {
        "error": {
            "code": 403,
            "status": "PERMISSION_DENIED",
            "details": [{"reason": "ACCESS_TOKEN_SCOPE_INSUFFICIENT"}],
        }
    },
    "Google 403 PERMISSION_DENIED": {"error": {"code": 403, "message": "secret", "status": "PERMISSION_DENIED"}},
    "Google 401": {"error": {"code": 401, "message": "secret"}},
    "Microsoft Graph Authorization_RequestDenied": {
        "error": {"code": "Authorization_RequestDenied", "message": "secret", "innerError": {"date": "x"}}
    },
    "Slack missing_scope admin.logs:read": {"ok": False, "error": "missing_scope", "needed": "admin.logs:read"},
    "Slack invalid_auth": {"ok": False, "error": "invalid_auth"},
    "OAuth invalid_client": {"error": "invalid_client", "error_description": "secret", "error_codes": [7000215]},
    "AWS AccessDeniedException": {"__type": "com.amazon.coral.service#AccessDeniedException", "Message": "secret"},
    "OAuth unnamed": {"error": "<secret>"},
}


@pytest.mark.parametrize("permission", REFUSALS)
@pytest.mark.parametrize("shape", ["{}", "[{}]", '{{"a": 1}}\n{}\n{{"a": 2}}\n', "[\n{},\n]\n"])
def test_a_saved_error_answer_is_a_refusal_wherever_it_stands(permission, shape):
    content = shape.format(json.dumps(REFUSALS[permission])).encode()

    found, told = until_error(content)

    assert isinstance(told, AccessDenied)
    assert told.permission == permission
    assert "secret" not in str(told)
    assert [item for item in found if item] == ([{"a": 1}, {"a": 2}] if '"a"' in shape else [])


@pytest.mark.parametrize(
    ("code", "remedy"),
    [
        ("E0000006", "grant the export what it lacks"),
        ("E0000011", "renew the credential"),
        ("E0000047", "wait until the source takes calls again"),
    ],
)
def test_the_remedy_follows_from_the_code(code, remedy):
    _, told = until_error(json.dumps({"errorCode": code, "errorSummary": "x"}).encode())

    assert remedy in told.remedy


@pytest.mark.parametrize(
    "record",
    [
        {"errorCode": "AccessDenied", "errorMessage": "x", "eventName": "GetObject"},
        {"error": None, "id": 1},
        {"error": {}, "id": 1},
        {"error": "none", "id": 1, "user": "x"},
        {"error": {"code": 1, "message": "x"}, "id": 1, "user": "x", "time": 2},
        {"__type": "User", "id": 1},
    ],
)
def test_a_record_that_tells_of_an_error_is_a_record(record):
    assert data(json.dumps(record).encode()) == [record]


def test_a_value_that_no_number_holds_is_no_error_answer():
    assert [found.data for found in read(b'{"error": 1e999}')] == [b'{"error": 1e999}']


@settings(max_examples=200, deadline=None)
@given(name=st.sampled_from(["items", "error", "errorCode", "__type", "kind"]), value=values, other=st.text(max_size=4))
def test_a_field_that_tells_pages_and_errors_may_hold_anything(name, value, other):
    content = f'{{"{name}": {json.dumps(value)}, {json.dumps(other)}: "\\ud83d"}}\n{{"n": 1}}'

    with contextlib.suppress(AccessDenied, WrongFormat):
        read(content.encode())


def test_an_answer_that_a_thing_is_not_there_is_one_bad_record():
    content = b'{"a": 1}\n{"error": {"code": 404, "message": "secret", "errors": [{"reason": "notFound"}]}}\n'

    assert data(content) == [{"a": 1}]
    assert reasons(content) == ["the source's answer is Google 404 notFound: what was asked for is not there"]


def test_a_web_page_in_place_of_some_records_makes_the_file_partial():
    found, told = until_error(b'{"a": 1}\n<html><body>secret</body></html>\n{"a": 2}\n')

    assert found == [{"a": 1}, {"a": 2}]
    assert isinstance(told, Interrupted)
    assert "web page" in str(told)
    assert "secret" not in str(told)


def test_a_refusal_weighs_more_than_a_break():
    _, told = until_error(b'{"ok": false, "error": "missing_scope"}\n{"a": 1}\n{"a"')

    assert isinstance(told, AccessDenied)


@pytest.mark.parametrize(
    "opening", [b'{"items":[\n', b'{"a": 1} {"items":[', b'[{"items": [{"items": [', b"[\n", b'{"a":\n', b'{"a":"\n']
)
def test_thousands_of_openings_are_no_stack_overflow(opening):
    with pytest.raises((WrongFormat, Interrupted)):
        read(opening * 5000)


@pytest.mark.parametrize(
    "content", [b"{}" * 100_000, b'{"a": 1} x ' * 50_000, b"[" + b"{}," * 100_000, b'{"a": [\n{},\n' * 20_000]
)
def test_hostile_files_take_no_more_than_linear_time(content):
    start = time.process_time()

    with contextlib.suppress(OstiaryError):
        read(content)

    assert time.process_time() - start < 10  # quadratic would take minutes


def test_a_list_of_one_long_line_is_no_quarantined_line(monkeypatch):
    monkeypatch.setattr(json_records, "LINE_LIMIT", 1000)
    found = [{"n": n} for n in range(1000)]

    assert data(json.dumps(found).encode()) == found


def test_commas_within_texts_stay():
    assert without_trailing_commas(b'{"a": ",}", "b": "\\",]", },') == b'{"a": ",}", "b": "\\",]" }'


def test_documents_and_what_stands_between_them_are_told_apart():
    assert list(documents(b'{"a": "}"} x [1] {"b": {}} {"c"')) == [b'{"a": "}"}', b"x", b"[1]", b'{"b": {}}', b'{"c"']


def test_the_elements_of_a_cut_page_say_whether_they_are_whole():
    assert list(elements(b'{"kind": "items", "items": [1, {"a": [2]}, {"b"', LISTS)) == [
        (b"1", True),
        (b'{"a": [2]}', True),
        (b'{"b"', False),
    ]


@pytest.mark.parametrize(
    ("lines", "fit"),
    [
        ([b"{", b'"a": [', b"1", b"]", b"}"], True),
        ([b'{"a":', b'{"b": 1}', b"", b"}"], True),
        ([b'{"a": 1', b'{"b": 1}'], False),
        ([b'{"a": "text'], False),
        ([b"{", b"}}"], False),
    ],
)
def test_lines_that_can_not_be_one_document_are_seen(lines, fit):
    nesting = Nesting()

    assert all(nesting.fits(line) for line in lines) is fit
