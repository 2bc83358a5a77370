"""Secrets by reference: `env:NAME`, `file:PATH`, `aws-sm:NAME`. Read late, never stored, never printed."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from model.errors import ConfigError

#: What a reference looks like; what follows `#` in `aws-sm:NAME#KEY` is a key of a secret that is a JSON object.
REFERENCE = r"(?:file|env|aws-sm):\S.*"

#: Reads what stands behind a reference, of which it is given the part after the colon. Raises ConfigError.
Scheme = Callable[[str], str]


class References:
    """Resolves references; a relative path counts from `folder`, the place of the configuration that names it.

    `schemes` adds ways to read a secret, by the word before the colon.
    """

    def __init__(
        self,
        folder: Path,
        environment: Mapping[str, str] | None = None,
        schemes: Mapping[str, Scheme] | None = None,
    ) -> None:
        self._folder = folder
        self._environment = os.environ if environment is None else environment
        known: dict[str, Scheme] = {"env": self._variable, "file": self._file, "aws-sm": _aws_secret}
        self._schemes = known | dict(schemes or {})

    def resolve(self, reference: str) -> str:
        """Return the secret, without blanks around it. Raises ConfigError that names the reference only."""
        kind, _, name = reference.partition(":")
        if not name or kind not in self._schemes:
            # What stands there may be the secret itself: it is not repeated.
            ways = {"env": "env:NAME", "file": "file:PATH", "aws-sm": "aws-sm:NAME"}
            named = [ways.get(scheme, f"{scheme}:NAME") for scheme in self._schemes]
            raise ConfigError(f"a secret is named as {', '.join(named[:-1])} or {named[-1]}, never written out")
        found = self._schemes[kind](name).strip()
        if not found:
            raise ConfigError(f"{reference} is {'not set' if kind == 'env' else 'empty'}")
        return found

    def _variable(self, name: str) -> str:
        return self._environment.get(name, "")

    def _file(self, name: str) -> str:
        try:
            return (self._folder / Path(name).expanduser()).read_text(encoding="utf-8")
        except OSError as error:
            raise ConfigError(f"file:{name} cannot be read: {error.strerror}") from None
        except UnicodeDecodeError:
            raise ConfigError(f"file:{name} cannot be read: it is not text") from None


def _aws_secret(name: str) -> str:
    """Return a secret of AWS Secrets Manager: a name or an ARN, with `#KEY` behind it for a key of a JSON object.

    Region and credentials are those of the environment, as boto3 finds them.
    """
    import boto3  # noqa: PLC0415 (a quarter of a second, for those who use it)
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

    identifier, _, key = name.partition("#")
    # In an ARN the region stands fourth: arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME.
    region = identifier.split(":")[3] if identifier.startswith("arn:") and identifier.count(":") >= 6 else None
    try:
        answer = (
            boto3.session.Session().client("secretsmanager", region_name=region).get_secret_value(SecretId=identifier)
        )
    except ClientError as error:
        raise ConfigError(f"aws-sm:{name} cannot be read: {error.response['Error'].get('Code', 'refused')}") from None
    except BotoCoreError as error:
        raise ConfigError(f"aws-sm:{name} cannot be read: {type(error).__name__}") from None
    found = answer.get("SecretString") or ""
    return _part(name, found, key) if key else found


def _part(name: str, document: str, key: str) -> str:
    try:
        held: Any = msgspec.json.decode(document)
    except msgspec.DecodeError:
        held = None
    found = held.get(key) if isinstance(held, dict) else None
    if not isinstance(found, str):
        raise ConfigError(f"aws-sm:{name}: the secret is no JSON object with a text under that key")
    return found
