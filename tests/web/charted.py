"""Reads charts back: as XML, with the places of all that is drawn."""

import itertools
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from hypothesis import strategies as st

from web.charts import Chart, Words
from web.charts.text import BOLD, SIZE, width

HOSTILE = [
    '<script>alert("x")</script>',
    '"><img src=x onerror=alert(1)>',
    "</title></svg><script>1</script>",
    "\u202egnp.exe\u202c مرحبا بالعالم",
    "🚀👩‍💻🎉🇩🇪",
    "x" * 4096,
    "wide words " * 400,
    "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢",
    "\x00\x1b[31mred\x07\ufffe\ud800",
    "",
    " \u200b ",
    '=HYPERLINK("http://x")',
    "﷽﷽﷽",
    "内容营销平台工具",
    "{{ 7 * 7 }} & &amp; %s {0}",
]
WORDS = Words(key="chart", title="A sentence says it", source="a statement", empty="Nothing was read.")

names = st.one_of(st.text(max_size=80), st.sampled_from(HOSTILE))
#: Amounts as they are, and what breaks arithmetic.
values = st.one_of(
    st.none(),
    st.integers(-(10**13), 10**13),
    st.floats(allow_nan=True, allow_infinity=True),
    st.sampled_from([0, 1, 10**400, -(10**400), 10**30, 5e-324, 1e308]),
)


def said(value: float) -> str:
    return f"{value:,.0f} €" if abs(value) < 1e15 else f"{value:.1e} €"


@dataclass(frozen=True)
class Spot:
    """What is drawn somewhere: left, top, right and bottom edge."""

    what: str
    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: "Spot") -> bool:
        across = self.left < other.right - 0.2 and other.left < self.right - 0.2
        return across and self.top < other.bottom - 0.2 and other.top < self.bottom - 0.2


def parsed(chart: Chart) -> ET.Element:
    """Return a chart as XML, which it must be."""
    return ET.fromstring(str(chart.__html__()))


def pictures(chart: Chart) -> list[ET.Element]:
    return list(parsed(chart).iter("svg"))


def drawn(element: ET.Element) -> Iterator[ET.Element]:
    """Yield what is drawn, without the patterns."""
    for child in element:
        if child.tag not in {"defs", "title", "desc"}:
            yield child
            yield from drawn(child)


def words_of(text: ET.Element) -> str:
    """Return what a text shows, without what is read on demand."""
    return "".join(text.itertext()) if len(text) == 0 else "".join(child.tail or "" for child in text)


def _size(one: ET.Element) -> float:
    """Return the size to measure a text by: the sheet of styles makes values and letters bold."""
    return BOLD if set(one.get("class", "").split()) & {"chart-value", "chart-letter"} else SIZE


def _text(one: ET.Element) -> Spot:
    x, y, wide = float(one.attrib["x"]), float(one.attrib["y"]), width(words_of(one), _size(one))
    left = x - {"middle": wide / 2, "end": wide}.get(one.get("text-anchor", "start"), 0.0)
    return Spot(f"text {words_of(one)!r}", left, y - 9, left + wide, y + 3)


def _points(one: ET.Element) -> list[float]:
    if one.tag == "line":
        return [float(one.attrib[name]) for name in ("x1", "y1", "x2", "y2")]
    if one.tag == "polygon":
        return [float(number) for number in re.split("[ ,]", one.attrib["points"])]
    return _path(one.attrib["d"])


def _path(written: str) -> list[float]:
    """Return the points of a path of M, L and C, with l and h from where the pen is."""
    found: list[float] = []
    for command, numbers in re.findall("([MLClh])([^MLClh]*)", written):
        given = [float(number) for number in re.findall(r"-?[\d.]+", numbers)]
        if command == "l":
            given = [found[-2] + given[0], found[-1] + given[1]]
        elif command == "h":
            given = [found[-2] + given[0], found[-1]]
        found += given
    return found


def spot(one: ET.Element) -> Spot | None:
    """Return where a thing is drawn; None for what only holds others."""
    if one.tag == "text":
        return _text(one)
    if one.tag == "rect":
        x, y, wide, high = (float(one.attrib[name]) for name in ("x", "y", "width", "height"))
        assert wide >= 0
        assert high >= 0
        return Spot("rect", x, y, x + wide, y + high)
    if one.tag == "circle":
        x, y, r = (float(one.attrib[name]) for name in ("cx", "cy", "r"))
        return Spot("circle", x - r, y - r, x + r, y + r)
    if one.tag in {"line", "polygon", "path"}:
        points = _points(one)
        return Spot(one.tag, min(points[::2]), min(points[1::2]), max(points[::2]), max(points[1::2]))
    assert one.tag in {"g", "a"}
    return None


def spots(picture: ET.Element) -> list[Spot]:
    found = [one for element in drawn(picture) if (one := spot(element)) is not None]
    assert all(math.isfinite(edge) for one in found for edge in (one.left, one.top, one.right, one.bottom))
    return found


def outside(picture: ET.Element) -> list[Spot]:
    """Return what is drawn beyond the edges of a picture, by more than rounding."""
    left, top, wide, high = map(float, picture.attrib["viewBox"].split())
    return [
        one
        for one in spots(picture)
        if one.left < left - 1 or one.top < top - 1 or one.right > left + wide + 1 or one.bottom > top + high + 1
    ]


def colliding(picture: ET.Element) -> list[tuple[str, str]]:
    """Return the pairs of words that are written over one another."""
    texts = [one for one in spots(picture) if one.what.startswith("text")]
    return [(one.what, other.what) for one, other in itertools.combinations(texts, 2) if one.meets(other)]


def assert_sound(chart: Chart) -> None:
    """Assert what holds of every chart, whatever is drawn."""
    tree = parsed(chart)
    tags = {element.tag for element in tree.iter()}
    assert not tags & {"script", "style", "img", "foreignObject", "image", "use"}
    assert not [element for element in tree.iter() for name in element.attrib if name == "style" or name[:2] == "on"]
    ids = [element.attrib["id"] for element in tree.iter() if "id" in element.attrib]
    assert len(ids) == len(set(ids))
    for picture in tree.iter("svg"):
        assert outside(picture) == []
        assert colliding(picture) == []
        assert_named(picture, set(ids))


def assert_named(picture: ET.Element, ids: set[str]) -> None:
    """Assert that readers of screens are told what a picture is, and that everything it points to is there."""
    first, second = picture[0], picture[1]
    assert (first.tag, second.tag) == ("title", "desc")
    assert first.text
    assert second.text
    assert picture.attrib["aria-labelledby"] == first.attrib["id"]
    assert picture.attrib["aria-describedby"] == second.attrib["id"]
    assert picture.attrib["role"] == ("group" if picture.find(".//a") is not None else "img")
    used = {value[5:-1] for one in picture.iter() for value in one.attrib.values() if value.startswith("url(#")}
    assert used <= ids
