"""What all tables of the configuration are: every key is known, and what is wrong is not repeated."""

from __future__ import annotations

import re

from pydantic import BaseModel, ConfigDict

from connectors.secrets import REFERENCE


class Table(BaseModel):
    """One table; its faults name the key, never the value."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


def reference(text: str) -> str:
    """Return a reference to a secret. Raises ValueError where it is none: it may be the secret itself."""
    if not re.fullmatch(REFERENCE, text):
        raise ValueError("name the key as file:PATH, env:NAME or aws-sm:NAME; it is never written here itself")
    return text
