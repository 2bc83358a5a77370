"""Policies that the tests write: one sound document, and what a test changes in it."""

from pathlib import Path

from policies.engine import load

SOUND = """\
id: TST-01
title: People who left still hold a grant
gap: security
severity: {technology: high, customer: medium}
profile: light
applies: grants.active > 0
require: grants.leaver_owned == 0
message: "{grants.leaver_owned} of {grants.active}"
why: A leaver keeps the rights.
do:
  - Take the grants back.
refs: [CIS-6.2]
cases:
  - {facts: {grants.active: 6, grants.leaver_owned: 0}, expect: met}
  - {facts: {grants.active: 6, grants.leaver_owned: 1}, expect: violated}
  - {facts: {grants.active: 6}, expect: unknown}
"""


def write(folder: Path, text: str, name: str = "own.yaml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def loaded(folder: Path, text: str, **options):
    return load([write(folder, text)], **options)


def changed(old: str, new: str) -> str:
    """Return the sound document with one thing changed; fails where there is nothing to change."""
    assert SOUND.count(old) == 1, old
    return SOUND.replace(old, new)


def refusals(folder: Path, text: str, **options) -> list[str]:
    """Return what is refused, without the folder: `own.yaml:LINE:COLUMN: message`."""
    return [str(refusal).removeprefix(f"{folder}/") for refusal in loaded(folder, text, **options).refused]


def with_rule(applies: str, require: str, message: str = "amiss") -> str:
    """Return a policy of these expressions; only its refusals are of interest, for its cases are not sound."""
    text = SOUND.replace("grants.active > 0", applies).replace("grants.leaver_owned == 0", require)
    return text.replace('"{grants.leaver_owned} of {grants.active}"', f'"{message}"')
