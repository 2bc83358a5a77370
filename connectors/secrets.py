"""Secrets by reference: `env:NAME` and `file:PATH`. Read late, never stored, never printed."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from model.errors import ConfigError


class References:
    """Resolves references; a relative path counts from `folder`, the place of the configuration that names it."""

    def __init__(self, folder: Path, environment: Mapping[str, str] | None = None) -> None:
        self._folder = folder
        self._environment = os.environ if environment is None else environment

    def resolve(self, reference: str) -> str:
        """Return the secret, without blanks around it. Raises ConfigError that names the reference only."""
        kind, _, name = reference.partition(":")
        if not name or kind not in {"env", "file"}:
            # What stands there may be the secret itself: it is not repeated.
            raise ConfigError("a secret is named as env:NAME or file:PATH, never written out")
        found = self._environment.get(name, "") if kind == "env" else self._read(reference, name)
        if not found.strip():
            raise ConfigError(f"{reference} is {'not set' if kind == 'env' else 'empty'}")
        return found.strip()

    def _read(self, reference: str, name: str) -> str:
        try:
            return (self._folder / Path(name).expanduser()).read_text(encoding="utf-8")
        except OSError as error:
            raise ConfigError(f"{reference} cannot be read: {error.strerror}") from None
        except UnicodeDecodeError:
            raise ConfigError(f"{reference} cannot be read: it is not text") from None
