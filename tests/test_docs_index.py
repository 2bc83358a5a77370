"""docs/README.md leads to every page, and every page begins with what it is about."""

import re
from pathlib import Path

DOCS = Path(__file__).resolve().parent.parent / "docs"


def pages():
    """Return the pages that the index names one by one: those of live sources have an index of their own."""
    found = (path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md"))
    return sorted(name for name in found if name != "README.md" and not re.match(r"reference/sources/(?!README)", name))


def index():
    return (DOCS / "README.md").read_text(encoding="utf-8")


def test_every_page_is_in_the_index_once():
    named = [target for target in re.findall(r"\]\(([^)\s]+\.md)\)", index()) if not target.startswith("../")]

    assert sorted(named) == pages()


def test_every_page_stands_below_the_heading_of_its_kind():
    headings = {"Tutorial": "tutorial", "How-to": "how-to", "Reference": "reference", "Explanation": "explanation"}
    parts = re.split(r"^## (.+)$", index(), flags=re.MULTILINE)[1:]

    strange = [
        (heading, target)
        for heading, body in zip(parts[::2], parts[1::2], strict=True)
        for target in re.findall(r"\]\(([^)\s]+\.md)\)", body)
        if not target.startswith("../") and not target.startswith(f"{headings[heading]}/")
    ]

    assert list(parts[::2]) == list(headings)
    assert strange == []


def test_every_page_begins_with_its_heading():
    assert [name for name in pages() if not (DOCS / name).read_text(encoding="utf-8").startswith("# ")] == []
