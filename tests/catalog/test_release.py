"""Releases of the catalogue: written, verified by hash, schema and law, compared; nothing wrong comes in."""

import re
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.cache import content_hash
from catalog.load import SCHEMA, Tool, load_tools
from catalog.release import changes, read_release, release_bytes
from model.errors import Refused

MAIL = """id: quillfox
name: Quillfox
vendor: Quillfox
category: email_marketing
domains: [quillfox.com]
---
id: zebrapost
name: Zebrapost
vendor: Zebrapost
category: email_marketing
domains: [zebrapost.com]
"""
CRM = "id: acmeo\nname: Acmeo\nvendor: Acmeo\ncategory: crm\ndomains: [acmeo.com]\n"


@pytest.fixture
def entries(tmp_path):
    folder = tmp_path / "entries"
    folder.mkdir()
    (folder / "email_marketing.yaml").write_text(MAIL, encoding="utf-8")
    (folder / "crm.yaml").write_text(CRM, encoding="utf-8")
    return folder


@pytest.fixture
def write(tmp_path):
    def written(content):
        path = tmp_path / "catalogue.release"
        path.write_bytes(content)
        return path

    return written


def resealed(content: bytes, *changed: tuple[bytes, bytes]) -> bytes:
    """Change the body, and give the head the hash that the body has by then."""
    at = content.index(b"--- # ")
    head, body = content[:at], content[at:]
    for before, after in changed:
        assert before in body
        body = body.replace(before, after)
    return re.sub(rb"sha256: '\w+'", b"sha256: '%s'" % sha256(body).hexdigest().encode(), head) + body


def test_a_release_brings_the_very_files_and_their_version(entries, write):
    release = read_release(write(release_bytes(entries)))

    assert release.version == content_hash(entries)
    assert release.files == {"email_marketing.yaml": MAIL.encode(), "crm.yaml": CRM.encode()}
    assert {tool.id for tool in release.tools} == {"quillfox", "zebrapost", "acmeo"}


def test_the_head_says_schema_version_and_number_of_tools(entries):
    head = release_bytes(entries).partition(b"--- # ")[0].decode()

    assert f"schema: {SCHEMA}\n" in head
    assert f"version: '{content_hash(entries)}'\n" in head
    assert "tools: 3\n" in head


def test_the_same_entries_make_the_same_release(entries):
    assert release_bytes(entries) == release_bytes(entries)


def test_a_release_with_the_hash_that_was_published_is_taken(entries, write):
    content = release_bytes(entries)

    assert read_release(write(content), sha256(content).hexdigest().upper()).version == content_hash(entries)


def test_a_release_with_another_hash_than_published_is_refused(entries, write):
    with pytest.raises(Refused, match="does not have the hash given by --sha256"):
        read_release(write(release_bytes(entries)), "0" * 64)


@pytest.mark.parametrize("cut", [1, 40, 200])
def test_a_release_that_is_cut_is_refused(entries, write, cut):
    with pytest.raises(Refused, match="not whole, or was changed"):
        read_release(write(release_bytes(entries)[:-cut]))


def test_a_release_whose_content_was_changed_is_refused(entries, write):
    with pytest.raises(Refused, match="does not have the hash in its head"):
        read_release(write(release_bytes(entries).replace(b"acmeo.com", b"evil0.com")))


def test_entries_that_are_not_those_of_the_version_are_refused(entries, write):
    content = resealed(release_bytes(entries), (b"acmeo.com", b"evil0.com"))

    with pytest.raises(Refused, match="not those of its version"):
        read_release(write(content))


def test_a_newer_schema_is_refused_with_what_to_do_even_where_its_hash_is_reckoned_otherwise(entries, write):
    content = release_bytes(entries).replace(b"schema: %d" % SCHEMA, b"schema: %d" % (SCHEMA + 1))

    with pytest.raises(Refused, match=rf"schema {SCHEMA + 1}, this program knows {SCHEMA}: install a newer Ostiary"):
        read_release(write(content.replace(b"sha256: '", b"sha256: '0")))


def test_breaches_of_the_law_are_refused_at_their_lines_of_the_release(entries, write):
    content = resealed(release_bytes(entries), (b"zebrapost.com", b"quillfox.com"))
    lines = content.decode().splitlines()

    with pytest.raises(Refused) as refused:
        read_release(write(content))

    later, first = lines.index("id: zebrapost") + 1, lines.index("id: quillfox") + 1
    assert f"catalogue.release:{later}: domain quillfox.com of zebrapost belongs to quillfox" in str(refused.value)
    assert f"(catalogue.release:{first})" in str(refused.value)


def test_an_entry_of_a_newer_schema_is_refused_at_its_line(entries, write):
    content = resealed(release_bytes(entries), (b"id: zebrapost\n", b"id: zebrapost\nschema: 99\n"))
    line = content.decode().splitlines().index("id: zebrapost") + 1

    with pytest.raises(Refused, match=rf"catalogue\.release:{line}: of schema 99"):
        read_release(write(content))


def test_of_a_thousand_breaches_twenty_are_told(entries, write):
    many = b"".join(b"---\nid: z%04d\ncategory: crm\nname: N\nvendor: N\ndomains: [x]\n" % n for n in range(50))
    content = resealed(release_bytes(entries), (CRM.encode(), CRM.encode() + many))

    with pytest.raises(Refused, match=r"and \d+ more$") as refused:
        read_release(write(content))

    assert str(refused.value).count("\n") == 21


@pytest.mark.parametrize("name", ["../crm.yaml", "/tmp/x.yaml", "crm.yml", "_new.yaml", "a b.yaml"])
def test_a_part_with_another_name_than_a_categorys_is_no_part(entries, write, name):
    content = release_bytes(entries).replace(b"--- # crm.yaml", b"--- # " + name.encode())

    with pytest.raises(Refused):
        read_release(write(content))


@pytest.mark.parametrize("content", [b"", b"id: a\n", b"\xff\xfe", b"format: x\nschema: 1\n--- # crm.yaml\nid: a\n"])
def test_what_is_no_release_is_refused_as_such(write, content):
    with pytest.raises(Refused, match="no release of the catalogue"):
        read_release(write(content))


@given(st.binary(max_size=300))
def test_no_bytes_whatsoever_are_taken_or_crash(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("any") / "any.release"
    path.write_bytes(b"format: ostiary-catalogue\nschema: 1\n--- # crm.yaml\n" + content)

    with pytest.raises(Refused):
        read_release(path)


def test_entries_that_break_the_law_are_not_exported(entries):
    (entries / "crm.yaml").write_text(CRM.replace("acmeo.com", "quillfox.com"), encoding="utf-8")

    with pytest.raises(Refused, match=r"belongs to acmeo .*`ostiary catalog check` names all"):
        release_bytes(entries)


def test_a_file_that_could_not_be_parted_again_is_not_exported(entries):
    (entries / "crm.yaml").write_text(CRM.rstrip("\n"), encoding="utf-8")

    with pytest.raises(Refused, match=r"crm\.yaml:1: "):
        release_bytes(entries)


def test_what_changes_is_told_as_added_removed_renamed_and_otherwise_changed(entries):
    def tool(id_, name, **more):
        return Tool(id=id_, name=name, vendor="V", category="crm", **more)

    before = [tool("a", "Aaaa"), tool("b", "Bbbb"), tool("c", "Cccc"), tool("d", "Dddd", where="crm.yaml:1")]
    after = [
        tool("b", "Beta"),
        tool("c", "Cccc", domains=("c.com",)),
        tool("d", "Dddd", where="x:9"),
        tool("e", "Eeee"),
    ]

    found = changes(before, after)

    assert (found.added, found.removed, found.renamed) == ((("e", "Eeee"),), (("a", "Aaaa"),), (("b", "Bbbb", "Beta"),))
    assert found.changed == 1


def test_a_catalogue_does_not_differ_from_itself(entries):
    found = changes(load_tools(entries), load_tools(entries))

    assert (found.added, found.removed, found.renamed, found.changed) == ((), (), (), 0)
