"""Boxes and marks: every kind has its own shape or pattern beside its colour."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from markupsafe import Markup

from web.charts.frame import Sign
from web.charts.markup import el

Fill = Literal["first", "second", "unsure"]
#: From the left, from above; and how wide and how high.
Point = tuple[float, float]
Area = tuple[float, float, float, float]
Shape = Literal["circle", "square", "triangle", "diamond"]


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a bar: its name, and how it is filled. `unsure` is for amounts of which it is unknown what they are."""

    name: str
    fill: Fill = "first"


def block(begin: str, fill: Fill, area: Area, title: str | None = None) -> Markup:
    """Return a block of a bar; `begin` is what the ids of its picture begin with."""
    x, y, wide, high = area
    box = {"x": x, "y": y, "width": max(wide, 0.0), "height": max(high, 0.0)}
    over = {"second": "stripes", "unsure": "hatch"}.get(fill)
    parts = [el("rect", class_=f"chart-fill-{fill}", **box)]
    if over:
        parts.append(el("rect", fill=f"url(#{begin}-{over})", **box))
    return el("g", *([el("title", title)] if title else []), *parts)


def unknown(begin: str, area: Area, title: str | None = None) -> Markup:
    """Return the hatched block with a dashed edge that says that nobody knows."""
    x, y, wide, high = area
    box = {"x": x + 0.5, "y": y + 0.5, "width": max(wide - 1, 0.0), "height": max(high - 1, 0.0)}
    edge = el("rect", class_="chart-unknown", fill=f"url(#{begin}-hatch)", stroke_dasharray="3 3", **box)
    return el("g", *([el("title", title)] if title else []), edge)


def line(start: Point, end: Point, class_: str, dash: str | None = None) -> Markup:
    """Return a straight line."""
    x1, y1, x2, y2 = *start, *end
    return el("line", class_=class_, x1=x1, y1=y1, x2=x2, y2=y2, stroke_dasharray=dash)


def _circle(x: float, y: float, r: float) -> Markup:
    return el("circle", class_="chart-mark-circle", cx=x, cy=y, r=r)


def _square(x: float, y: float, r: float) -> Markup:
    return el("rect", class_="chart-mark-square", x=x - r + 0.8, y=y - r + 0.8, width=2 * r - 1.6, height=2 * r - 1.6)


def _triangle(x: float, y: float, r: float) -> Markup:
    return _polygon("chart-mark-triangle", (x, y - r), (x + r, y + r * 0.8), (x - r, y + r * 0.8))


def _diamond(x: float, y: float, r: float) -> Markup:
    return _polygon("chart-mark-diamond", (x, y - r), (x + r, y), (x, y + r), (x - r, y))


def _polygon(class_: str, *corners: tuple[float, float]) -> Markup:
    return el("polygon", class_=class_, points=" ".join(f"{x:.1f},{y:.1f}" for x, y in corners))


_DRAWN: dict[Shape, Callable[[float, float, float], Markup]] = {
    "circle": _circle,
    "square": _square,
    "triangle": _triangle,
    "diamond": _diamond,
}


def mark(shape: Shape, x: float, y: float, r: float = 5.0) -> Markup:
    """Return a mark round a point, no further from it than `r`."""
    return _DRAWN[shape](x, y, r)


def block_sign(begin: str, fill: Fill) -> Sign:
    """Return what a legend draws for a part of a bar."""
    return lambda x, y: block(begin, fill, (x, y, 14, 12))


def unknown_sign(begin: str) -> Sign:
    """Return what a legend draws for what is unknown."""
    return lambda x, y: unknown(begin, (x, y, 14, 12))


def mark_sign(shape: Shape) -> Sign:
    """Return what a legend draws for a mark."""
    return lambda x, y: mark(shape, x + 7, y + 6)


def line_sign(class_: str, dash: str | None = None) -> Sign:
    """Return what a legend draws for a line."""
    return lambda x, y: line((x, y + 6), (x + 15, y + 6), class_, dash)
