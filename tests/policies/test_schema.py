"""The JSON Schema says of the packs what the program says: sound; and of what is wrong in form: not."""

import json
import re

import pytest
import yaml

from policies.engine import PACKS
from policies.schema import FILE, schema, text
from tests.policies.making import SOUND, changed
from tests.policies.test_thresholds import WITH

SCHEMA = schema()
#: What the schema uses of JSON Schema (draft 2020-12), so that a test of our own can stand in for a validator.
KEYWORDS = {
    *("$schema", "title", "description", "type", "properties", "required", "additionalProperties", "propertyNames"),
    *("enum", "const", "oneOf", "anyOf", "pattern", "items", "minItems", "maxItems", "minLength", "minimum"),
    *("minProperties", "maxProperties"),
}
TYPES = {
    "object": lambda v: isinstance(v, dict),
    "array": lambda v: isinstance(v, list),
    "string": lambda v: isinstance(v, str),
    "boolean": lambda v: isinstance(v, bool),
    "integer": lambda v: isinstance(v, int) and not isinstance(v, bool),
    "number": lambda v: isinstance(v, int | float) and not isinstance(v, bool),
    "null": lambda v: v is None,
}


class Loader(yaml.SafeLoader):
    """YAML 1.2's core, as editors read it: on is a word, a day is a text."""


Loader.yaml_implicit_resolvers = {
    first: [(tag, found) for tag, found in known if "timestamp" not in tag and "bool" not in tag]
    for first, known in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(true|false)$"), list("tf"))


def valid(rule, value):
    """Whether a value is as a rule of the schema has it: the draft's own words for each keyword."""
    if rule is True or rule is False:
        return rule
    assert set(rule) <= KEYWORDS, set(rule) - KEYWORDS
    if "type" in rule:
        named = [rule["type"]] if isinstance(rule["type"], str) else rule["type"]
        if not any(TYPES[one](value) for one in named):
            return False
    if ("enum" in rule and value not in rule["enum"]) or ("const" in rule and value != rule["const"]):
        return False
    if "oneOf" in rule and sum(valid(one, value) for one in rule["oneOf"]) != 1:
        return False
    if "anyOf" in rule and not any(valid(one, value) for one in rule["anyOf"]):
        return False
    return all(check(rule, value) for check in (of_text, of_number, of_list, of_fields))


def of_text(rule, value):
    if not isinstance(value, str):
        return True
    return len(value) >= rule.get("minLength", 0) and bool(re.search(rule.get("pattern", ""), value))


def of_number(rule, value):
    return isinstance(value, bool) or not isinstance(value, int | float) or value >= rule.get("minimum", value)


def of_list(rule, value):
    if not isinstance(value, list):
        return True
    if not rule.get("minItems", 0) <= len(value) <= rule.get("maxItems", len(value)):
        return False
    return all(valid(rule.get("items", True), one) for one in value)


def of_fields(rule, value):
    if not isinstance(value, dict):
        return True
    named, others = rule.get("properties", {}), rule.get("additionalProperties", True)
    return (
        set(rule.get("required", ())) <= set(value)
        and rule.get("minProperties", 0) <= len(value) <= rule.get("maxProperties", len(value))
        and all(valid(rule.get("propertyNames", True), key) for key in value)
        and all(valid(named.get(key, others), one) for key, one in value.items())
    )


def documents(text_):
    return [one for one in yaml.load_all(text_, Loader) if one is not None]


def test_the_file_that_comes_with_the_program_is_up_to_date():
    """`python docs/write_reference.py` makes it anew."""
    assert FILE.read_text(encoding="utf-8") == text()
    assert json.loads(text()) == SCHEMA


@pytest.mark.parametrize("path", sorted(PACKS.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_policy_that_comes_with_the_program_is_valid(path):
    found = documents(path.read_text(encoding="utf-8"))

    assert found
    for document in found:
        policy = next(one for one in SCHEMA["oneOf"] if "id" in one["properties"])
        wrong = [key for key, value in document.items() if not valid(policy["properties"].get(key, False), value)]
        assert valid(SCHEMA, document), (document.get("id"), wrong)


@pytest.mark.parametrize("sound", [SOUND, WITH, "format: 2\n"])
def test_what_is_sound_is_valid(sound):
    assert all(valid(SCHEMA, document) for document in documents(sound))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("title: People", "titel: People"),
        ("gap: security", "gap: secrity"),
        ("TST-01", "tst 1"),
        ("light", "lite"),
        ("technology: high", "technology: severe"),
        (", customer: medium", ""),
        ("[CIS-6.2]", "[CIS-6.22]"),
        ("refs: [CIS-6.2]", "mode: yes"),
        ("  - Take the grants back.", "  []"),
        ("leaver_owned: 0}", "leaver_ownd: 0}"),
        ("leaver_owned: 0}", "leaver_owned: many}"),
        ("expect: met", "expect: meet"),
        ("expect: met", "expects: met"),
        ("applies:", "with: {Most: 2}\napplies:"),
        ("applies:", "with: {}\napplies:"),
        ("applies:", "with: {a: {b: 1}}\napplies:"),
    ],
)
def test_what_is_wrong_in_form_is_not(old, new):
    assert not any(valid(SCHEMA, document) for document in documents(changed(old, new)))


@pytest.mark.parametrize("head", ["format: 1", "format: 2\npack: own"])
def test_a_head_of_another_form_is_not_valid(head):
    assert not any(valid(SCHEMA, document) for document in documents(head))
