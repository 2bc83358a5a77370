"""What differs between two versions of policies, field by field."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from policies.shape import Case, Policy

#: (added, removed or changed; the policy's id; the field; what it was; what it is). Empty where there is nothing.
Difference = tuple[str, str, str, str, str]
_FIELDS = ("title", "gap", "severity", "customer_severity", "profile", "mode", "applies", "require", "message", "why")


def differences(before: Sequence[Policy], after: Sequence[Policy]) -> Iterator[Difference]:
    """Yield what differs between two versions, by policy; where its file stands does not count."""
    old, new = ({policy.id: policy for policy in version} for version in (before, after))
    for name in sorted({*old, *new}):
        if name not in old:
            yield "added", name, "", "", new[name].title
        elif name not in new:
            yield "removed", name, "", old[name].title, ""
        else:
            one, other = dict(_said(old[name])), dict(_said(new[name]))
            for field in (*one, *(field for field in other if field not in one)):
                if one.get(field) != other.get(field):
                    yield "changed", name, field, one.get(field, ""), other.get(field, "")


def _said(policy: Policy) -> Iterator[tuple[str, str]]:
    """Yield the fields of a policy as its file has them, thresholds apart from what uses them."""
    words = policy.written or policy
    for field in _FIELDS:
        found = getattr(words if field in {"title", "message", "why"} else policy, field)
        text = getattr(found, "written", None) or getattr(found, "text", None) or found
        yield field, str(text)
    for threshold in policy.thresholds:
        yield f"with {threshold.name}", threshold.written
    yield "do", "; ".join(words.do)
    yield "refs", ", ".join(policy.refs)
    yield "cases", "; ".join(map(_case, policy.cases))


def _case(case: Case) -> str:
    facts = {**case.attributes, **{name: getattr(fact, "value", None) for name, fact in case.facts.items()}}
    return f"{case.expect}: {', '.join(f'{name} {value}' for name, value in sorted(facts.items()))}"
