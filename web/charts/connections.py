"""The map of connections: which tool holds what on which system, as a picture with links and an equal table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from model.systems import title as system_title
from web.charts.frame import NARROW, UNKNOWN, WIDE, Canvas, Chart, Sign, Table, Words, figure, legend, line_of
from web.charts.map_layout import LEAST, LEVELS, LINE, PORT, Box, Held, Level, Tool, chosen, needed, place, stack, tools
from web.charts.markup import el, local
from web.charts.shapes import line_sign
from web.charts.text import shown, wrap

#: Gives the address of a tool (by id) or of a system (by name); None where there is none.
Link = Callable[[str], str | None]

#: Level -> its letter, its dash and what it means.
SIGNS: Mapping[Level, tuple[str, str | None, str]] = {
    "admin": ("A", None, "A: administer"),
    "write": ("W", "7 3", "W: write or send"),
    "read": ("R", "2 2", "R: read"),
    "unknown": ("?", "1 5", "?: unknown"),
}
_SAID: Mapping[Level, str] = {"admin": "administer", "write": "write", "read": "read", "unknown": UNKNOWN}
_PAD = 6.0
_NARROW_MOST = 16


def _nowhere(_name: str) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Links:
    """Where the map leads: a tool by its id, a system by its name, and a group by its system ("" for several)."""

    tool: Link = _nowhere
    system: Link = _nowhere
    more: Link = _nowhere


def connection_map(words: Words, rows: Iterable[Held], *, links: Links | None = None, most: int = 40) -> Chart:
    """Return the map: the `most` gravest tools by name, the rest in groups by the system of their gravest right.

    On a phone 16 at most stand by name: more lines than theirs cannot be told apart there.
    Of several rights on one system the gravest is drawn; the table has a row for each tool and system with all of them.
    Rights to sign people in tell nothing but who somebody is: leave them out of `rows`, as the list does.
    """
    held, to = list(rows), links or Links()
    found = tools(held)
    table = _table(words, held, to)
    if not found:
        return Chart(figure(words), table, is_wide=True)
    count = Counter(system for one in found for system in one.levels)
    pictures = [
        _Map(canvas, chosen(found, limit), count, to, sides).svg(_description(found, limit, count))
        for canvas, limit, sides in (
            (Canvas(words, "-narrow"), min(most, _NARROW_MOST), (112.0, 118.0)),
            (Canvas(words, "-wide", WIDE), most, (150.0, 260.0)),
        )
    ]
    return Chart(figure(words, *pictures), table, is_wide=True)


class _Map:
    """One picture of the map, for one width."""

    def __init__(
        self,
        canvas: Canvas,
        drawn: Sequence[Tool],
        count: Mapping[str, int],
        links: Links,
        sides: tuple[float, float],
    ) -> None:
        self._canvas, self._drawn, self._count, self._links = canvas, drawn, count, links
        self._systems = sorted(count, key=place)
        self._left, self._right = sides
        #: A line ends at its letter, and the letter stands beside the tool.
        self._from, self._to = self._left, canvas.width - self._right - 16

    def svg(self, described: str) -> Markup:
        used = {one.levels[system] for one in self._drawn for system in one.lines}
        legend(self._canvas, [(_sign(level), SIGNS[level][2]) for level in LEVELS if level in used])
        top = self._canvas.y
        systems, boxes = self._placed()
        for one, box in zip(self._drawn, boxes, strict=True):
            self._tool(one, box, systems, top)
        for system in self._systems:
            self._system(system, systems[system], top)
        self._canvas.y = max(box.top + box.high for box in (*systems.values(), *boxes)) + top + 2
        return self._canvas.svg(described, role="group")

    def _placed(self) -> tuple[dict[str, Box], list[Box]]:
        names = [wrap(_name(one), self._right - 2 * _PAD, 2) for one in self._drawn]
        high = [
            max(LEAST, PORT * len(one.lines), LINE * len(lines) + 6)
            for one, lines in zip(self._drawn, names, strict=True)
        ]
        holders = {
            system: [str(at) for at, one in enumerate(self._drawn) if system in one.lines] for system in self._systems
        }
        titles = [self._titled(system) for system in self._systems]
        tall = [
            max(LEAST, LINE * len(lines) + 6, 5.0 * len(holders[system]))
            for system, lines in zip(self._systems, titles, strict=True)
        ]
        whole = max(needed(high), needed(tall))
        systems = stack(tall, titles, [holders[system] for system in self._systems], whole)
        return dict(zip(self._systems, systems, strict=True)), stack(high, names, [o.lines for o in self._drawn], whole)

    def _titled(self, system: str) -> list[str]:
        room, number = self._left - 2 * _PAD, self._count[system]
        return [*wrap(system_title(system), room, 1), *wrap(f"{number:,} tool{'' if number == 1 else 's'}", room, 1)]

    def _tool(self, one: Tool, box: Box, systems: Mapping[str, Box], top: float) -> None:
        """Draw a tool with its lines, as one group, so that pointing at it can bring out its lines."""
        number = str(next(at for at, other in enumerate(self._drawn) if other is one))
        parts: list[Markup] = []
        for system in one.lines:
            ends = top + systems[system].ports[number], top + box.ports[system]
            parts += self._line(one, system, ends)
        href = self._links.more(one.main) if one.main is not None else self._links.tool(one.id)
        x = self._canvas.width - self._right
        kind = "tool" if one.main is None else "group"
        parts.append(_linked(href, _sentence(one), _box(box, (x, top + box.top, self._right), kind)))
        self._canvas.add(el("g", *parts, class_="chart-tool"))

    def _line(self, one: Tool, system: str, ends: tuple[float, float]) -> list[Markup]:
        level, (y1, y2) = one.levels[system], ends
        letter, dash, _ = SIGNS[level]
        # Where the sides are close together, steep lines would all turn at one place: they are all but straight there.
        bend = (self._to - self._from) * (0.5 if self._canvas.width > NARROW else 0.2)
        points = ((self._from, y1), (self._from + bend, y1), (self._to - bend, y2), (self._to, y2))
        start, *rest = (f"{x:.1f} {y:.1f}" for x, y in points)
        path = f"M{start}C{' '.join(rest)}"
        title = el("title", f"{shown(_name(one))}: {_SAID[level]}, {system_title(system)}")
        edge = el(
            "path",
            title,
            class_=f"chart-edge chart-edge-{level}",
            d=path,
            stroke_dasharray=dash,
        )
        return [edge, line_of((self._to + 8, y2 + 4), letter, f"chart-letter chart-letter-{level}", "middle")]

    def _system(self, system: str, box: Box, top: float) -> None:
        number = self._count[system]
        said = f"{system_title(system)}: {number:,} tool{'' if number == 1 else 's'}"
        drawn = _linked(self._links.system(system), said, _box(box, (0.0, top + box.top, self._left), "system"))
        self._canvas.add(drawn)


def _sign(level: Level) -> Sign:
    return line_sign(f"chart-edge chart-edge-{level}", SIGNS[level][1])


def _name(one: Tool) -> str:
    if one.main is None:
        return one.name
    return f"{one.name}: {system_title(one.main)}" if one.main else f"{one.name} on several systems"


def _sentence(one: Tool) -> str:
    return f"{shown(_name(one))}: " + ", ".join(f"{system_title(s)} {_SAID[one.levels[s]]}" for s in one.systems)


def _box(box: Box, place_: tuple[float, float, float], kind: str) -> list[Markup]:
    """Return a box with its name; `place_` is its left and upper edge and how wide it is."""
    x, y, wide = place_
    area = {"x": x + 1, "y": y + 1, "width": wide - 2, "height": box.high - 2}
    parts = [el("rect", class_=f"chart-box chart-box-{kind}", rx=4, **area)]
    first = y + box.high / 2 - LINE * len(box.lines) / 2 + 11
    for at, text in enumerate(box.lines):
        class_ = "chart-quiet" if kind == "system" and at else "chart-label"
        parts.append(line_of((x + _PAD, first + at * LINE), text, class_))
    return parts


def _linked(href: str | None, said: str, parts: Sequence[Markup]) -> Markup:
    """Return a box as a link that the keyboard reaches, where it leads anywhere; `said` is what it is called."""
    title = el("title", said)
    return el("g", title, *parts) if href is None else el("a", title, *parts, href=local(href))


def _description(found: Sequence[Tool], limit: int, count: Mapping[str, int]) -> str:
    rest = len(found) - min(limit, len(found))
    most = max(count, key=lambda system: (count[system], system))
    return (
        f"Systems on the left, tools on the right, a line for what a tool may do on a system. {len(found):,} tools,"
        f" {sum(count.values()):,} connections to {len(count)} systems; most tools reach {system_title(most)},"
        f" {count[most]:,}." + (f" {rest:,} tools are drawn in groups." if rest else "") + " The table has all of them."
    )


def _table(words: Words, rows: Sequence[Held], links: Links) -> Table:
    rights: dict[tuple[str, str], set[str]] = {}
    for row in rows:
        rights.setdefault((row.tool_id, row.system or UNKNOWN), set()).add(row.right or UNKNOWN)
    cells, hrefs = [], []
    for one in sorted(tools(rows), key=lambda one: (one.name.casefold(), one.id)):
        for system in one.systems:
            held = ", ".join(sorted(rights[one.id, system]))
            cells.append((shown(one.name), system_title(system), _SAID[one.levels[system]], held))
            hrefs.append(links.tool(one.id))
    return Table(
        caption=words.title,
        header=("Tool", "System", "May", "Rights"),
        rows=tuple(cells),
        links=tuple(hrefs),
    )
