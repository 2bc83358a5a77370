"""From files and folders to policies, and to what was refused of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from policies.documents import Fields, Node, Scalar, Unreadable, documents, read_text
from policies.reading import Compile, read_policy
from policies.shape import Pack, Policy, Refusal

#: The format of packs that this version reads. 1 knew no `with`, and had thresholds in the expressions.
FORMAT = 2
#: Policies of all files together: so many are loaded in a few seconds.
MOST_POLICIES = 2_000


def load_files(paths: Iterable[Path], compile_: Compile) -> Pack:
    """Return the policies of files and folders (`*.yaml`), and what was refused, with place and reason.

    A policy that is refused does not keep the others from being loaded. Of two with one id the first one stays.
    """
    found: dict[str, Policy] = {}
    refused: list[Refusal] = []
    for path in _files(paths):
        for policy in _read(path, compile_):
            if isinstance(policy, Refusal):
                refused.append(policy)
            elif policy.id in found:
                first = found[policy.id]
                text = f"the id {policy.id} is taken by {first.file}:{first.line}: give this policy one of its own"
                refused.append(Refusal(policy.file, policy.line, 1, text, policy.id))
            elif len(found) == MOST_POLICIES:
                text = f"more than {MOST_POLICIES:,} policies in all: leave some out"
                refused.append(Refusal(policy.file, policy.line, 1, text, policy.id))
                return Pack(tuple(found.values()), tuple(refused))
            else:
                found[policy.id] = policy
    return Pack(tuple(found.values()), tuple(refused))


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        yield from sorted(path.glob("*.yaml")) if path.is_dir() else [path]


def _read(path: Path, compile_: Compile) -> Iterator[Policy | Refusal]:
    try:
        text = read_text(path)
    except Unreadable as error:
        yield Refusal(str(path), error.place.line, error.place.column, str(error))
        return
    except OSError as error:
        yield Refusal(str(path), 1, 1, f"cannot be read: {error.strerror}")
        return
    for number, node in enumerate(documents(text)):
        if isinstance(node, Unreadable):
            yield Refusal(str(path), node.place.line, node.place.column, str(node))
        elif number == 0 and _is_head(node):
            wrong = _wrong_format(node)
            if wrong is not None:
                yield Refusal(str(path), node.place.line, node.place.column, wrong)
                return
        else:
            policy = read_policy(node, str(path), path.stem, compile_)
            yield from [policy] if isinstance(policy, Policy) else policy


def _is_head(node: Node) -> bool:
    return isinstance(node, Fields) and "format" in node.fields and "id" not in node.fields


def _wrong_format(head: Node) -> str | None:
    """Return why a whole file is not read, None where its format is this version's."""
    assert isinstance(head, Fields)
    given = head.fields["format"][1]
    text = given.text if isinstance(given, Scalar) and given.text.isdecimal() else ""
    if not text or set(head.fields) != {"format"} or len(text) > 6:
        return f"the head of a file is the one line format: {FORMAT}, followed by ---"
    if int(text) < FORMAT:
        return (
            f"this file is of format {text}, of an older version; this one reads {FORMAT}: write format: {FORMAT},"
            " and `ostiary policy check FILE` names each line that is another one now"
        )
    if int(text) > FORMAT:
        return f"this file is of format {text}, of a newer version of Ostiary; this one reads {FORMAT}: update Ostiary"
    return None
