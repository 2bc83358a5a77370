"""Writes the reference pages of facts, policies, catalogue, API and live sources from what stands in the code.

python docs/write_reference.py            write docs/reference/**/*.md, and the schema of policies
python docs/write_reference.py --check    write nothing; exit 1 where a page is stale
"""

from __future__ import annotations

import functools
import itertools
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # run as a file

from catalog.categories import CATEGORIES, Category  # noqa: E402
from catalog.load import Tool, load_tools  # noqa: E402
from catalog.personal import USUAL  # noqa: E402
from connectors.registry import SOURCES  # noqa: E402
from docs.api_page import api_page  # noqa: E402
from docs.source_pages import source_pages  # noqa: E402
from model.facts import ATTRIBUTES, VOCABULARY, Fact, Type  # noqa: E402
from policies import schema  # noqa: E402
from policies.engine import load  # noqa: E402
from policies.reading import references  # noqa: E402
from policies.shape import Case, Policy  # noqa: E402
from policies.testing import run_cases  # noqa: E402

FOLDER = ROOT / "docs" / "reference"
_MADE = "<!-- written by docs/write_reference.py: change model/facts.py or policies/packs instead -->"
_FROM_ENTRIES = "<!-- written by docs/write_reference.py: change catalog/entries instead -->"
_CEL = {
    Type.BOOL: "bool",
    Type.INT: "int",
    Type.FLOAT: "double",
    Type.MONEY: "int",
    Type.DATE: "timestamp, 00:00 UTC",
    Type.MOMENT: "timestamp",
    Type.DURATION: "duration",
    Type.STRING: "string",
    Type.ENUM: "string",
    Type.LIST: "list of string",
}


def pages() -> dict[Path, str]:
    """Return the pages, and the schema of policies for editors, by the path of their file."""
    written = {"facts": _facts(), "policies": _policies(), "catalogue": _catalogue(_tools()), "api": api_page()}
    found = {FOLDER / f"{name}.md": "\n".join(lines) for name, lines in written.items()}
    return found | {schema.FILE: schema.text()} | source_pages(FOLDER / "sources", SOURCES)


def _facts() -> Iterator[str]:
    yield from ("# Facts", "", _MADE, "")
    yield f"The {len(VOCABULARY)} facts that a policy may ask of a tool, and what the tool's own record says. There are"
    yield "no others: a policy with another word is refused. A fact is a value with its evidence, or unknown with the"
    yield "reason; it is 0, false or empty only where the streams behind it were read to their end. *Never* is a value:"
    yield "the day 1970-01-01, shown as never."
    yield from ("", "## What the record says", "")
    yield from _table(ATTRIBUTES.values())
    for area, facts in itertools.groupby(VOCABULARY.values(), key=lambda fact: fact.area):
        yield from ("", f"## {area}", "")
        yield from _table(facts)
    yield ""


def _table(facts: Iterable[Fact]) -> Iterator[str]:
    yield from ("| fact | type in CEL | what it says | unknown when |", "|---|---|---|---|")
    for fact in facts:
        unit = f"{_CEL[fact.type]}; {fact.unit}" if fact.unit else _CEL[fact.type]
        values = f" One of {', '.join(f'`{value}`' for value in fact.values)}." if fact.values else ""
        yield f"| `{fact.name}` | {unit} | {fact.meaning}{values} | {fact.unknown or 'never: our own record'} |"


def _policies() -> Iterator[str]:
    policies = load().policies
    yield from ("# Policies", "", _MADE, "")
    yield f"The {len(policies)} policies that come with the program. `ostiary policy show ID` prints one with all its"
    yield "examples; [CONTRIBUTING](../../CONTRIBUTING.md#a-new-policy) shows how to write one. *Technology* is what it"
    yield "does to systems, operation and money; *customer* what it does to persons and the brand."
    for gap, found in itertools.groupby(policies, key=lambda policy: policy.gap):
        yield from ("", f"## {gap}")
        for policy in found:
            yield from _policy(policy)
    yield from ("", "## References that a policy may name", "", "| reference | title |", "|---|---|")
    yield from (f"| {ref} | {title} |" for ref, title in references().items())
    yield ""


def _policy(policy: Policy) -> Iterator[str]:
    own = " Our own records alone decide it." if policy.own_records else ""
    yield from ("", f"### {policy.id}: {policy.title}", "")
    yield f"Technology {policy.severity}, customer {policy.customer_severity}; profile {policy.profile}.{own}"
    yield policy.why
    yield from ("", "```cel", f"applies: {policy.applies.text}", f"require: {policy.require.text}", "```", "")
    yield from (f"{number}. {step}" for number, step in enumerate(policy.do, 1))
    yield ""
    for result in run_cases([policy]):
        said = f" ({result.message})" if result.message else ""
        yield f"- *{result.got.replace('_', ' ')}*: {_about(result.case)}{said}"
    if policy.refs:
        yield from ("", f"See also {', '.join(policy.refs)}.")


def _about(case: Case) -> str:
    return case.note or ", ".join(case.facts)


@functools.cache
def _tools() -> tuple[Tool, ...]:
    return tuple(load_tools())


def _catalogue(tools: Iterable[Tool]) -> Iterator[str]:
    found: dict[str, list[Tool]] = defaultdict(list)
    for tool in tools:
        found[tool.category].append(tool)
    counts = {
        kind: sum(len(found[c.slug]) for c in CATEGORIES.values() if c.marketing is kind) for kind in (True, False)
    }
    yield from ("# The catalogue", "", _FROM_ENTRIES, "")
    categories = sum(category.marketing for category in CATEGORIES.values())
    yield f"The {sum(counts.values()):,} tools that are known by name: {counts[True]:,} marketing tools in {categories}"
    yield f"categories, and {counts[False]:,} others. What is in *italics* was withdrawn or has become another tool;"
    yield "`ostiary catalog show ID` prints one with all that it is recognised by, and"
    yield "[CONTRIBUTING](../../CONTRIBUTING.md#a-new-catalogue-entry) shows how to add one."
    for title, kind in (("Marketing", True), ("Not marketing", False)):
        yield from ("", f"## {title}", "", "| category | slug | tools |", "|---|---|---|")
        shown = [category for category in CATEGORIES.values() if category.marketing is kind]
        yield from (f"| [{c.title}](#{_anchor(c)}) | `{c.slug}` | {len(found[c.slug]):,} |" for c in shown)
        for category in shown:
            yield from ("", f"### {category.title}", "")
            yield (
                ", ".join(map(_called, sorted(found[category.slug], key=lambda t: (t.name.casefold(), t.id))))
                or "None."
            )
    yield from _usual(sum(tool.personal_data is not None for tools in found.values() for tool in tools))
    yield ""


def _anchor(category: Category) -> str:
    return re.sub(r"[^a-z0-9-]", "", category.title.casefold().replace(" ", "-"))


def _usual(said: int) -> Iterator[str]:
    """Yield what tools of each category usually hold; `said` is how many entries say it of themselves."""
    yield from ("", "## Data of persons", "")
    yield "What most tools of a category hold, judged by what the kind is for and not vendor by vendor. It is no fact"
    yield f"about a company's tool: what that holds, people and traces say. {said:,} entries say it of themselves."
    yield from ("", "| category | usually holds | because |", "|---|---|---|")
    yield from (f"| `{slug}` | {', '.join(of.kinds) or 'not said'} | {of.why} |" for slug, of in USUAL.items())


def _called(tool: Tool) -> str:
    name = re.sub(r"([\\`*_\[\]<>|~#])", r"\\\1", tool.name)
    return f"*{name}*" if tool.ended or tool.now else name


def main(words: list[str]) -> int:
    """Write the pages, or check them; return the exit status."""
    stale = [path for path, text in pages().items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    if "--check" in words:
        sys.stderr.writelines(
            f"{path.relative_to(ROOT)} is stale: run `python docs/write_reference.py`\n" for path in stale
        )
        return int(bool(stale))
    for path in stale:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(pages()[path], encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
