"""Elements of SVG and HTML: the one place where text becomes markup, so that all of it is escaped."""

from __future__ import annotations

import functools
import math
import re

from markupsafe import Markup, escape

#: What XML 1.0 does not allow, and what turns the direction of the text that follows.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
_VOID = frozenset({"rect", "line", "path", "circle", "polygon"})
_CAMEL = frozenset({"viewBox", "patternUnits", "patternTransform"})

Attribute = str | float | None


def coordinate(value: float) -> str:
    """Return a coordinate with at most one digit after the point. Raises ValueError for NaN and infinity."""
    if not math.isfinite(value):
        raise ValueError("a coordinate is not finite")
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def _safe(text: str) -> str:
    """Return markup as it is, and other text escaped, without what may not stand in it."""
    if isinstance(text, Markup):
        return text
    return escape(text if text.isprintable() else _FORBIDDEN.sub("", text))


def _attribute(name: str, value: str | float) -> str:
    said = _safe(value) if isinstance(value, str) else coordinate(value)
    return f' {_written(name)}="{said}"'


@functools.cache
def _written(name: str) -> str:
    return name if name in _CAMEL else name.rstrip("_").replace("_", "-")


def el(name: str, *children: str, **attributes: Attribute) -> Markup:
    """Return an element; text is escaped unless it is markup already, and attributes of None are left out.

    `class_` is the attribute class, `stroke_width` is stroke-width. Raises ValueError for a number that is not finite.
    """
    written = "".join(_attribute(key, value) for key, value in attributes.items() if value is not None)
    if name in _VOID and not children:
        return Markup(f"<{name}{written}/>")  # noqa: S704 (names are ours, values were escaped above)
    inner = "".join(map(_safe, children))
    return Markup(f"<{name}{written}>{inner}</{name}>")  # noqa: S704 (the same)


def local(href: str | None) -> str | None:
    """Return an address of this application. Raises ValueError for one that leads, or could lead, elsewhere."""
    if href is None or re.fullmatch(r"(?:/(?![/\\])|[?#])[^\s\\]*", href):
        return href
    raise ValueError("a link of a chart leads to this application alone: it begins with /, ? or #")
