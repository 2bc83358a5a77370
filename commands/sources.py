"""What `scan` and `doctor` share: which sources are meant, and what a session gets from the program."""

from __future__ import annotations

import difflib
import threading
from collections.abc import Sequence

import click

from commands.opening import Desk
from connectors.live import Wire
from connectors.secrets import References
from connectors.source_tables import Opened
from model.errors import ConfigError


def chosen(desk: Desk, names: Sequence[str]) -> list[Opened]:
    """Return the sources named, or all. Raises ConfigError where there are none, a usage error for an unknown name."""
    known = desk.settings.sources
    if not known:
        raise ConfigError(
            "no source is configured: fill in a [sources.NAME] table of ostiary.toml (`ostiary init` writes it)"
        )
    for name in names:
        if name not in known:
            near = difflib.get_close_matches(name, known, 1, 0.5)
            hint = f"did you mean {near[0]!r}?" if near else f"there are: {', '.join(known)}"
            raise click.UsageError(f"the configuration has no source {name!r}: {hint}")
    return [known[name] for name in dict.fromkeys(names or known)]


class Wires:
    """Makes a wire for each source; one event stops them all."""

    def __init__(self, desk: Desk) -> None:
        self._desk, self._stop = desk, threading.Event()
        self._secrets = References(desk.settings.folder)

    def __call__(self, opened: Opened) -> Wire:
        """Return what a session of a source gets."""
        folder, given = self._desk.settings.folder, opened.certificates
        return Wire(
            secrets=self._secrets,
            clock=self._desk.clock,
            stop=self._stop,
            certificates=None if given is None else str(folder / given),
        )
