from __future__ import annotations

import pytest

from catalog.law import check

FIRST = "id: a\nname: Aaaa\nvendor: Aaaa\ncategory: crm\ndomains: [aaaa.com]\n"


def second(**fields):
    entry = {"id": "b", "name": "Bbbb", "vendor": "Bbbb", "category": "crm", "domains": "[bbbb.com]"} | fields
    return "---\n" + "".join(f"{name}: {value}\n" for name, value in entry.items())


def problems(folder, text):
    (folder / "crm.yaml").write_text(text, encoding="utf-8")
    return check(folder)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"names": "[Meetings]"}, "name Meetings of b is an ordinary word, and the entry lacks word: true"),
        ({"name": "Seamless"}, "name Seamless of b is an ordinary word"),
        ({"products": "[Bakery]"}, "product Bakery of b is an ordinary word"),
        ({"descriptors": "[LONDON]"}, "descriptor LONDON of b is an ordinary word"),
        ({"names": "[A aaa]"}, "name A aaa of b collides with name Aaaa of a (crm.yaml:1)"),
        ({"products": "[AAAA]"}, "product AAAA of b collides with name Aaaa of a (crm.yaml:1)"),
        ({"descriptors": "[AA AA]"}, "descriptor AA AA of b collides with name Aaaa of a (crm.yaml:1)"),
        ({"legal": "[aaaa]"}, "legal name aaaa of b collides with name Aaaa of a (crm.yaml:1)"),
        ({"names": "['!!!']"}, "name !!! of b has neither letter nor digit"),
        ({"vendor": "'-'"}, "vendor - of b has neither letter nor digit"),
        ({"okta": "[two words]"}, "Okta key two words of b has a blank in it"),
        ({"client_ids": "[' x']"}, "client id  x of b has a blank in it"),
        ({"txt": "[a b]"}, "TXT key a b of b has a blank in it"),
        ({"bundle_ids": "[com/bbbb]"}, "bundle id com/bbbb of b is no dotted name"),
        ({"ended": "soon"}, "b ended soon, which is neither a year, a month nor a day"),
        ({"ended": "'2024-13'"}, "b ended 2024-13"),
        ({"ended": "'2024-02-30'"}, "b ended 2024-02-30"),
        ({"ended": "20240101"}, "b ended 20240101"),
        ({"domains": "[bbbb.nosuchsuffix]"}, "bbbb.nosuchsuffix has no suffix that is known"),
        ({"domains": "[co.uk]"}, "co.uk is a public suffix"),
        ({"domains": "[bbbb.com/path]"}, "bbbb.com/path is no plain lower-case domain"),
        ({"domains": "['bbbb.com:443']"}, "bbbb.com:443 is no plain lower-case domain"),
        ({"domains": "[10.0.0.1]"}, "10.0.0.1 is no plain lower-case domain"),
        ({"domains": "[wiki.corp]"}, "wiki.corp is a name inside networks, which many have: give the one "),
        ({"personal_data": "[contacts, shoes]"}, "shoes of b is no kind of personal data: contacts, behaviour, "),
        ({"ended": "2024", "ended_source": "heard of it"}, "ended_source of b is no address of a page"),
        ({"ended": "2024", "ended_source": "http://bbbb.com/end"}, "ended_source of b is no address of a page"),
        ({"ended_source": "https://bbbb.com/end"}, "b has an ended_source, and has not ended"),
        ({"category": "fill-in"}, "category of b is still to be filled in"),
        ({"spf": "[bbbb]"}, "bbbb is no plain lower-case domain"),
    ],
)
def test_a_broken_entry_is_reported_with_its_file_and_line(tmp_path, fields, message):
    found = problems(tmp_path, FIRST + second(**fields))

    assert len(found) == 1
    assert found[0].startswith(f"crm.yaml:7: {message}")


@pytest.mark.parametrize(
    "fields",
    [
        {"names": "[Meetings]", "word": "true"},
        {"name": "Seamless", "word": "true"},
        {"names": "[Bbbb Meetings]"},
        {"names": "[Okta]"},
        {"legal": "[Bakery]"},
        {"products": "[Bbbb]"},
        {"descriptors": "[BBBB, B BBB]"},
        {"bundle_ids": "[com.Bbbb.app, 6AXAPXS5AA]"},
        {"ended": "2024"},
        {"ended": "'2024-05'"},
        {"ended": "2024-05-31"},
        {"now": "a"},
        {"personal_data": "[contacts, employees]"},
        {"ended": "2024", "ended_source": "https://bbbb.com/end"},
        {"domains": "[bbbb.co.uk, mail.bbbb.com, bbbb#.net]"},
    ],
)
def test_what_keeps_the_law_is_not_reported(tmp_path, fields):
    assert problems(tmp_path, FIRST + second(**fields)) == []


def test_a_collision_of_one_kind_is_reported_once(tmp_path):
    assert len(problems(tmp_path, FIRST + second(names="[Aaaa]"))) == 1


def test_a_collision_is_reported_for_the_later_of_two_aliases(tmp_path):
    found = problems(tmp_path, FIRST.replace("vendor", "names: [Sun Dial]\nvendor") + second(names="[Sundi Al]"))

    assert found == ["crm.yaml:8: name Sundi Al of b collides with name Sun Dial of a (crm.yaml:1)"]


def test_tools_that_become_each_other_are_reported(tmp_path):
    circle = FIRST + "now: b\n" + second(now="a")

    assert problems(tmp_path, circle) == [
        "crm.yaml:1: a became itself by way of b",
        "crm.yaml:8: b became itself by way of a",
    ]


def test_a_tool_that_leads_into_a_circle_is_not_in_it(tmp_path):
    circle = FIRST + "now: b\n" + second(now="c") + second(id="c", name="Cccc", domains="[cccc.com]", now="b")

    assert [problem.split(": ")[0] for problem in problems(tmp_path, circle)] == ["crm.yaml:8", "crm.yaml:15"]
