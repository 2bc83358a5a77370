"""What a company makes of the policies without copying one: a profile, modes, severities and thresholds of its own."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace

from policies.nearest import cut, near
from policies.reading import Compile, Faulty, worded
from policies.shape import PROFILES, Pack, Policy, Refusal
from policies.thresholds import Threshold, from_settings

#: Where nothing is chosen. `light` leaves out what most teams of 3 to 30 would act on, and `strict` asks for what only
#: a team with somebody for it can do: a list that is too long is read by nobody.
DEFAULT_PROFILE = "standard"

Place = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """What a company says of one policy; None, or nothing, leaves it as its file has it.

    `mode` beats the profile: a policy of a stricter one that is on here is judged.
    """

    mode: str | None = None
    severity: str | None = None
    customer_severity: str | None = None
    thresholds: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What a company chooses: a profile, packs of its own (absolute paths) and overrides by policy.

    `file` is the configuration that says so, `places` where in it, by (policy,) or (policy, "with", threshold).
    """

    profile: str = DEFAULT_PROFILE
    packs: tuple[str, ...] = ()
    overrides: Mapping[str, Override] = field(default_factory=dict)
    file: str = "ostiary.toml"
    places: Mapping[tuple[str, ...], Place] = field(default_factory=dict)

    def refusal(self, policy: str | None, path: tuple[str, ...], message: str) -> Refusal:
        """Return why a policy, or a pack, is not evaluated as the company wants it."""
        known = (self.places.get(path[:end]) for end in range(len(path), 0, -1))
        line, column = next((place for place in known if place is not None), (1, 1))
        return Refusal(self.file, line, column, message, policy)


_NOTHING = Override()


def chosen(pack: Pack, choice: Choice, compile_: Compile) -> Pack:
    """Return a pack as a company has it: what its profile does not ask for is off, and its overrides are in.

    A policy whose override is wrong is refused, and not evaluated: what its file says is not what the company wants.
    """
    known = {policy.id: policy for policy in pack.policies}
    refused = list(pack.refused)
    gone = {refusal.policy for refusal in pack.refused}
    refused += [_no_policy(choice, name, known) for name in choice.overrides if name not in known and name not in gone]
    policies = []
    for policy in pack.policies:
        own = choice.overrides.get(policy.id, _NOTHING)
        found, wrong = _overridden(policy, own, choice, compile_)
        refused += wrong
        if not wrong:
            policies.append(_in_profile(found, own, choice.profile))
    return Pack(tuple(policies), tuple(refused))


def _no_policy(choice: Choice, name: str, known: Collection[str]) -> Refusal:
    meant = near(name.upper(), known)
    hint = f"did you mean {meant}?" if meant else "`ostiary policy list` lists all"
    return choice.refusal(name, (name,), f"policies.override: there is no policy {cut(name)}: {hint}")


def _in_profile(policy: Policy, own: Override, profile: str) -> Policy:
    """Return a policy that is off where the profile does not ask for it, and the company says nothing of it."""
    inside = policy.profile in PROFILES[: PROFILES.index(profile) + 1]
    if inside or own.mode is not None or policy.mode == "off":
        return policy
    changed = (*policy.overridden, ("profile", f"{policy.profile}: {profile} leaves it out"))
    return replace(policy, mode="off", overridden=changed)


def _overridden(policy: Policy, own: Override, choice: Choice, compile_: Compile) -> tuple[Policy, list[Refusal]]:
    if own == _NOTHING and not policy.overridden:
        return policy, []
    found = replace(
        policy,
        mode=own.mode or policy.mode,
        severity=own.severity or policy.severity,
        customer_severity=own.customer_severity or policy.customer_severity,
    )
    if own.thresholds:
        try:
            found = _with_thresholds(found, own.thresholds, compile_)
        except _Wrong as error:
            paths = [((policy.id, "with", name), message) for name, message in error.wrong]
            return policy, [choice.refusal(policy.id, path, f"policies.override.{policy.id}: {m}") for path, m in paths]
    return replace(found, overridden=tuple(_changes(policy, found))), []


def _changes(before: Policy, after: Policy) -> Iterator[tuple[str, str]]:
    for name in ("mode", "severity", "customer_severity"):
        if getattr(before, name) != getattr(after, name):
            yield name, getattr(before, name)
    for one, other in zip(before.thresholds, after.thresholds, strict=True):
        if one != other:
            yield one.name, one.said


class _Wrong(Exception):
    """Thresholds of an override that cannot be; `wrong` are pairs of name and what to do."""

    def __init__(self, wrong: list[tuple[str, str]]) -> None:
        super().__init__(str(wrong))
        self.wrong = wrong


def _with_thresholds(policy: Policy, given: Mapping[str, object], compile_: Compile) -> Policy:
    """Return a policy with other thresholds, checked as if they stood in its file. Raises _Wrong."""
    declared = {threshold.name: threshold for threshold in policy.thresholds}
    wrong: list[tuple[str, str]] = []
    for name, value in given.items():
        try:
            declared[name] = from_settings(declared[name], value)
        except KeyError:
            wrong.append((name, _no_threshold(name, declared)))
        except ValueError as error:
            wrong.append((name, str(error)))
    if wrong or policy.written is None:
        raise _Wrong(wrong)
    try:
        rules = [compile_(rule.written, declared) for rule in (policy.applies, policy.require)]
    except Faulty as error:
        raise _Wrong([(next(iter(given)), message) for _, message in error.faults]) from None
    found = replace(policy, applies=rules[0], require=rules[1])
    return worded(found, tuple(declared.values()), policy.written)


def _no_threshold(name: str, declared: Mapping[str, Threshold]) -> str:
    if not declared:
        return f"there is no threshold {name}: this policy has none; mode and severity can be set"
    return f"there is no threshold {name}: the policy has {', '.join(declared)}"
