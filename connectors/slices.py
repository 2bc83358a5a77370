"""Cuts long windows of a log into slices, oldest first, so that a cut-off run goes on where the last slice ended."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

from connectors.live import Page, Window


def sliced(window: Window, length: timedelta, read: Callable[[Window], Iterator[Page]]) -> Iterator[Page]:
    """Yield the pages of each slice, the last of them with the slice's end: all before that was handed over.

    `read` yields at least one page of each slice. A probe takes one slice.
    """
    begin = window.since
    while begin < window.until or begin == window.since:
        end = window.until if window.probe else min(begin + length, window.until)
        last: Page | None = None
        for page in read(replace(window, since=begin, until=end)):
            if last is not None:
                yield last
            last = page
        if last is not None:
            yield replace(last, until=end)
        if end <= begin:
            return
        begin = end
