"""What Okta's own SDK for Python knows of its interface: calls with their parameters, and models of what they answer.

The SDK is loaded late: it is a test dependency that these checks alone need.
"""

from __future__ import annotations

import importlib
import re
import typing
from collections.abc import Iterator
from typing import Any

#: By path: the SDK's module, class and method. Which parameters and answers there are stands in the method's signature.
CALLS = {
    r"/api/v1/users": ("user_api", "UserApi", "list_users"),
    r"/api/v1/apps": ("application_api", "ApplicationApi", "list_applications"),
    r"/api/v1/apps/\w+/users": ("application_users_api", "ApplicationUsersApi", "list_application_users"),
    r"/api/v1/apps/\w+/groups": (
        "application_groups_api",
        "ApplicationGroupsApi",
        "list_application_group_assignments",
    ),
    r"/api/v1/apps/\w+/grants": ("application_grants_api", "ApplicationGrantsApi", "list_scope_consent_grants"),
    r"/api/v1/apps/\w+/tokens": (
        "application_tokens_api",
        "ApplicationTokensApi",
        "list_o_auth2_tokens_for_application",
    ),
    r"/api/v1/logs": ("system_log_api", "SystemLogApi", "list_log_events"),
}
#: Fields that Okta gives and its SDK has forgotten, as its documents of an app's `settings.app` show.
_FORGOTTEN = {"SamlApplication.settings": {"app"}}


def method(path: str) -> Any:
    """Return the SDK's method that calls a path."""
    module, name, call = next(found for pattern, found in CALLS.items() if re.fullmatch(pattern, path))
    return getattr(getattr(importlib.import_module(f"okta.api.{module}"), name), call)


def wrong_call(path: str, query: dict[str, str]) -> list[str]:
    """Return what of a call the SDK would not send. What a next link says is Okta's own, and not looked at."""
    from pydantic import TypeAdapter, ValidationError  # noqa: PLC0415 (as the SDK)

    if "after" in query:
        return []
    known = typing.get_type_hints(method(path), include_extras=True)
    wrong = []
    for name, text in query.items():
        hint = known.get(_snake(name))
        if hint is None:
            wrong.append(f"{path}: {name} is no parameter")
            continue
        try:
            # A query is text, which the SDK's strict types would not take for a number or a time.
            TypeAdapter(hint).validate_python(int(text) if text.isdecimal() else text)
        except ValidationError as error:
            try:
                TypeAdapter(hint).validate_strings(text)
            except ValidationError:
                wrong.append(f"{path}: {name}: {error.errors()[0]['msg']}")
    return wrong


def wrong_answer(path: str, answer: Any) -> list[str]:
    """Return what of an answer Okta would never say: what its models refuse, and what they do not know."""
    (kind,) = typing.get_args(typing.get_type_hints(method(path))["return"])
    if not isinstance(answer, list):
        return [f"{path}: no list"]
    return [f"{path}: {why}" for item in answer for why in wrong_record(kind, item)]


def wrong_error(answer: Any) -> list[str]:
    """Return what of an error answer Okta would never say."""
    return list(wrong_record(importlib.import_module("okta.models.error").Error, answer))


def wrong_record(kind: Any, item: dict[str, Any]) -> Iterator[str]:
    """Yield what of a record its model refuses or does not know."""
    try:
        found = kind.from_dict(item)
    except ValueError as error:  # pydantic's is one
        yield str(error)
        return
    yield from _unknown(found, item, type(found).__name__)


def _unknown(model: Any, given: Any, where: str) -> Iterator[str]:
    """Yield the fields of a record that its model lacks, as deep as it has models; free-form ones take any."""
    fields = getattr(type(model), "model_fields", None)
    if fields is None or not isinstance(given, dict):
        return
    named = {field.alias or name: name for name, field in fields.items()}
    for name, value in given.items():
        if name not in named:
            if "additional_properties" not in fields and fields and name not in _FORGOTTEN.get(where, ()):
                yield f"{where} has no {name}"
        else:
            held = getattr(model, named[name])
            pairs = (
                zip(held, value, strict=True) if isinstance(held, list) and isinstance(value, list) else [(held, value)]
            )
            for inner, raw in pairs:
                yield from _unknown(inner, raw, f"{where}.{name}")


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z])([A-Z])", lambda m: f"_{m[1].lower()}", name)
