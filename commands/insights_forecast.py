"""`ostiary insights forecast`: what a tool costs in its first year once it is connected, and what projects taught."""

from __future__ import annotations

import sys
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import click

from commands.acting import acting, as_option
from commands.cells import check_category
from commands.figures import the_tool
from commands.forecasting import Said, alternatives, check_point, micros, of_category, of_tool, table_of
from commands.listing import Listing, show, show_one, tell
from commands.opening import Desk, reading, writing
from commands.shape import Group, Program, WrongCall, pass_program
from gate.forecast import Forecast, Range
from gate.forecast_words import POINT_FIELDS, ends, hundreds, point_rows, sentences, settings_row, whole, year_shown
from gate.learning import OFFERED, SHOWN, Learned, compared, inside, learned
from gate.points import ASSUMED, EXISTS, MICROS, STRUCK, Settings, an_hour_with_overhead
from gate.roles import Act
from policies.forecast import NEEDS, Table
from reports import machine
from reports.columns import Column, number, text
from reports.words import UNKNOWN, amount, plural, share
from storage import entered
from storage.store import Connection
from storage.times import to_ms

if TYPE_CHECKING:
    from reports.terminal import Screen


class Forecasts(Group):
    """Takes the name of a tool for what `show` is to show."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put `show` before a first word that is no command."""
        if args and not args[0].startswith("-") and args[0] not in self.commands:
            args = ["show", *args]
        return super().parse_args(ctx, args)


def _hours(value: float | None) -> str:
    return "" if value is None else f"{value:,.1f}".removesuffix(".0")


def _whole(micros_: int | None) -> str:
    return "" if micros_ is None else f"{micros_ / MICROS:,.0f}"


def _right(title: str, field: str, cell: Any, rank: int = 0) -> Column:
    return Column(title=title, cell=lambda row, _z: cell(row[field]), rank=rank, right=True)


def _title(row: Any, _zone: object) -> str:
    marks = {ASSUMED: " (assumed)", EXISTS: " (there already)", STRUCK: " (struck out)"}
    return str(row["title"]) + marks.get(row["state"], "")


def _why(row: Any, _zone: object) -> str:
    factors = [f"{one['what']} x {one['factor']:g}" for one in row["factors"]]
    open_ = [f"open: {', '.join(row['open'])}"] if row["open"] else []
    return "; ".join([*factors, *open_])


_POINTS = (
    Column(title="Point", cell=_title, wraps=True, least=16),
    _right("Low h", "low_hours", _hours, 3),
    _right("Likely h", "likely_hours", _hours, 2),
    _right("High h", "high_hours", _hours, 4),
    _right("Rate/h", "rate_micros", _whole, 5),
    _right("Mean", "mean_micros", _whole),
    _right("Spread", "spread_micros", _whole, 6),
    _right("Share", "share", lambda part: "" if part is None else share(part), 7),
    Column(title="Factors, and what is open", cell=_why, wraps=True, rank=1, least=24),
)


@click.group("forecast", cls=Forecasts, default="show", example="insights forecast HubSpot --quote 12000 --people 9")
def forecast() -> None:
    """Forecast what a tool costs in its first year once it is connected, as a range with its reasons."""


@forecast.command("show", example="insights forecast show --category marketing_automation --quote 12000 --need crm")
@click.argument("tool", metavar="[ID|NAME]", required=False)
@click.option("--category", metavar="SLUG", help="A tool of this category that is wanted, and not there yet.")
@click.option("--quote", metavar="AMOUNT", help="The vendor's price for the first year, in the base currency.")
@click.option("--uplift", metavar="AMOUNT", help="What a higher plan that is needed costs a year beside it.")
@click.option("--people", type=click.IntRange(min=0), metavar="N", help="How many people will use it.")
@click.option("--need", "needs", multiple=True, type=click.Choice(NEEDS), help="A system that it must be tied to.")
@click.option("--say", "says", multiple=True, metavar="NAME=VALUE", help="The answer to a question, or a fact.")
@click.option("--without", multiple=True, metavar="POINT", help="Strike a point out, such as way_out.")
@click.option("--keep", is_flag=True, help="Keep it, so that the hours spent can be held against it later.")
@as_option
@pass_program
def show_forecast(
    program: Program,
    *,
    tool: str | None,
    category: str | None,
    quote: str | None,
    uplift: str | None,
    people: int | None,
    needs: tuple[str, ...],
    says: tuple[str, ...],
    without: tuple[str, ...],
    keep: bool,
) -> None:
    """Forecast a tool that is in use, or one of a category that is wanted."""
    if (tool is None) == (category is None):
        raise WrongCall("name a tool, or a category with --category")
    if keep and tool is None:
        raise WrongCall("--keep needs a tool: a forecast is held against the hours spent on it")
    check_category(category)
    said = Said(
        quote=None if quote is None else micros(quote),
        uplift=None if uplift is None else micros(uplift),
        people=people,
        needs=needs,
        says=says,
        without=without,
    )
    with writing(program, new=False) if keep else reading(program) as desk:
        row, found = of_category(desk, category, said) if category else of_tool(desk, str(tool), said)
        others = alternatives(desk, row, said)
        kept = _keep(desk, row["id"], said, found) if keep else None
        _print(desk, row, found, others, kept)


def _print(
    desk: Desk, row: dict[str, Any], found: Forecast, others: list[tuple[dict[str, Any], Forecast]], kept: int | None
) -> None:
    if desk.program.format == "csv":
        machine.write("csv", point_rows(found), POINT_FIELDS, sys.stdout)
        return
    held, closed = _record(desk)
    named = {"tool_id": row["id"], "tool": row["name"], "category": row["category"]}
    beside = {"alternatives": [_other(*pair) for pair in others], "closed": closed, "inside": held, "kept": kept}
    data = named | whole(found) | beside
    show_one(desk, data, lambda page: _draw(page, data, found))


def _record(desk: Desk) -> tuple[int, int]:
    """Return how many closed cases lay inside their range, and how many there are."""
    _, settings = table_of(desk)
    with desk.store.read() as connection:
        known = compared(entered.forecasts(connection), entered.actuals(connection), settings.values["stop"])
    return inside(known)


def _other(row: dict[str, Any], found: Forecast) -> dict[str, Any]:
    there = [line.point.title for line in found.lines if line.state == EXISTS]
    assumed = [line.point.title for line in found.lines if line.state == ASSUMED]
    named = {"tool_id": row["id"], "tool": row["name"], "status": row["status"], "exists": there, "assumed": assumed}
    return named | {"one_off": ends(found.one_off), "run": ends(found.run)}


def _keep(desk: Desk, tool: str, said: Said, found: Forecast) -> int:
    """Keep a forecast, with a row in the trail."""
    now, by = desk.clock.now(), acting(desk, Act.ANSWER, tool=tool)
    points = [
        {"point": line.point.id, "title": line.point.title, "factor": str(line.factor)}
        | {"low": str(line.low), "likely": str(line.likely), "high": str(line.high)}
        | {"mean": line.mean, "spread": line.spread}
        for line in found.costed
    ]
    one_off = found.one_off
    row = {"at": to_ms(now), "tool_id": tool, "by": by, "currency": found.settings.currency}
    row |= {"quote": said.quote, "low": one_off.low, "likely": one_off.likely, "high": one_off.high}
    with desk.store.write() as connection:
        number_ = entered.add_forecast(connection, row | {"given": said.row(), "points": points})
        detail = {"forecast": number_, "low": one_off.low, "likely": one_off.likely, "high": one_off.high}
        _audit(desk, connection, tool, actor=by, act="forecast.keep", detail=detail)
    return number_


def _audit(desk: Desk, connection: Connection, tool: str, **row: Any) -> None:
    desk.trail().write(connection, at=desk.clock.now(), about=f"tool:{tool}", **row)


# --- the page --------------------------------------------------------------------------------------------------------


def _draw(page: Screen, data: dict[str, Any], found: Forecast) -> None:
    page.heading(f"Forecast: {data['tool']}", data["tool_id"] or "")
    for sentence in sentences(found):
        page.line(sentence)
    page.line()
    page.facts(_summary(data, found))
    if found.costed:
        page.heading("Points", "hours of one tool, all sides together, without overhead")
        page.table(_POINTS, [row for row in data["points"] if row["state"] != "not needed"])
        _draw_sum(page, found)
    left = [line.point.title for line in found.lines if line.state == "not needed"]
    if left:
        page.line(f"Not needed by what is known: {', '.join(left)}.")
    _draw_others(page, data, found)
    _draw_trust(page, data)


def _summary(data: dict[str, Any], found: Forecast) -> list[tuple[str, str]]:
    quote = data["quote_micros"]
    year = year_shown(found)
    return [
        ("Quoted", UNKNOWN if quote is None else _amount(found, quote)),
        ("One-off integration", _range(found, found.one_off)),
        ("Run a year", _range(found, found.run)),
        ("First year", f"{UNKNOWN}, for no price is quoted" if year is None else _range(found, year)),
        ("Stop line", f"{_amount(found, found.stop)} of one-off cost: then it comes back to both keys"),
    ]


def _amount(found: Forecast, micros_: int) -> str:
    return amount(round(micros_, -8), found.settings.currency or "").removesuffix(".00").strip()


def _range(found: Forecast, of: Range) -> str:
    of = hundreds(of)
    return f"{_amount(found, of.low)} to {_amount(found, of.high)}, likely {_amount(found, of.likely)}"


def _draw_sum(page: Screen, found: Forecast) -> None:
    held = settings_row(found)
    page.line()
    page.line(
        f"Sum of means M = {_whole(found.mean)}, sum of spreads S = {_whole(found.spread)},"
        f" V = (1 - {held['correlation']:g}) x sum of squared spreads + {held['correlation']:g} x S^2, root"
        f" {_whole(found.root)}. One-off = (M -/+ {held['deviations']:g} x root) x (1 + {held['overhead']:g})."
    )
    hours = ", ".join(f"{line.point.title} {float(line.point.run):g} h" for line in found.costed if line.point.run)
    band = f"{held['run_low']:g} to {held['run_high']:g}"
    page.line(f"Run = hours a year x rate ({hours or 'none'}), band {band}.")


def _draw_others(page: Screen, data: dict[str, Any], found: Forecast) -> None:
    if not data["alternatives"]:
        return
    page.heading("Approved tools of the category", "the same job; what is there already costs nothing")
    page.facts(
        [
            (
                other["tool"],
                f"{_ends(found, other['one_off'])} once; there already: {', '.join(other['exists']) or 'nothing seen'}"
                + (f"; assumed: {', '.join(other['assumed'])}" if other["assumed"] else ""),
            )
            for other in data["alternatives"]
        ]
    )


def _ends(found: Forecast, of: dict[str, int]) -> str:
    return f"{_amount(found, of['low_micros'])} to {_amount(found, of['high_micros'])}"


def _draw_trust(page: Screen, data: dict[str, Any]) -> None:
    page.heading("How far this can be trusted")
    page.line(
        "The hours are an expert estimate; the range holds what usually happens, and even its end is not the worst."
    )
    if data["never_set"]:
        page.line(f"Never set, so examples of the program stand in: {', '.join(data['never_set'])}.")
    if data["closed"]:
        page.line(f"{data['inside']} of {plural(data['closed'], 'closed case')} lay inside the range; 80 % should.")
    if data["kept"]:
        page.line(f"Kept as forecast {data['kept']}. When the work is done:")
        page.command(f"ostiary insights forecast actual {data['tool_id']} POINT HOURS")


# --- learning --------------------------------------------------------------------------------------------------------


@forecast.command("actual", example="insights forecast actual hubspot crm 72")
@click.argument("tool", metavar="ID|NAME")
@click.argument("point", metavar="POINT")
@click.argument("hours", metavar="HOURS")
@as_option
@pass_program
def actual(program: Program, *, tool: str, point: str, hours: str) -> None:
    """Record the hours that a point took, all sides together; a later entry takes the place of an earlier one."""
    minutes = _minutes(hours)
    with writing(program, new=False) as desk:
        table, settings = table_of(desk)
        check_point(table, point)
        known = the_tool(desk, tool)
        now, by = to_ms(desk.clock.now()), acting(desk, Act.ANSWER, tool=known)
        with desk.store.write() as connection:
            before = next((row for row in reversed(entered.forecasts(connection, known)) if row["at"] <= now), None)
            cost = _cost(table, settings, point, minutes)
            row = {"at": now, "tool_id": known, "point": point, "minutes": minutes, "factor": _factor(before, point)}
            entered.add_actual(connection, row | {"cost": cost, "currency": settings.currency, "by": by})
            detail = {"point": point, "minutes": minutes}
            _audit(desk, connection, known, actor=by, act="forecast.actual", detail=detail)
        _tell_actual(desk, known, point, minutes, settings)


def _minutes(text_: str) -> int:
    try:
        found = Decimal(text_.strip())
    except InvalidOperation:
        found = Decimal(-1)
    if not found.is_finite() or not 0 <= found <= 20_000:
        raise WrongCall(f"{text_!r} is no number of hours: write 12 or 7.5")
    return round(found * 60)


def _factor(before: dict[str, Any] | None, point: str) -> str:
    """Return what the kept forecast multiplied the hours of a point by; 1 where it had none."""
    rows = before["points"] if before else []
    return next((str(row["factor"]) for row in rows if row["point"] == point), "1")


def _cost(table: Table, settings: Settings, point: str, minutes: int) -> int:
    role = next(one.role for one in table.points if one.id == point)
    return round(an_hour_with_overhead(settings, role) * Fraction(minutes, 60))


def _tell_actual(desk: Desk, tool: str, point: str, minutes: int, settings: Settings) -> None:
    with desk.store.read() as connection:
        known = compared(entered.forecasts(connection), entered.actuals(connection), settings.values["stop"])
    one = next((row for row in known if row.tool_id == tool), None)
    lines = [f"{point} of {tool} took {minutes / 60:g} h."]
    if one is None:
        lines.append("No forecast was kept before, so it is held against none; `--keep` keeps the next one.")
    elif one.over_stop:
        lines.append("The stop line is passed: the case comes back to both keys.")
    elif one.missing:
        lines.append(f"Still without hours: {', '.join(one.missing)}.")
    told = {"tool_id": tool, "point": point, "hours": minutes / 60}
    tell(desk, told | {"over_stop": one.over_stop if one else None}, *lines)


LEARNED = Listing(
    noun="point",
    fields=(
        *("point", "title", "estimate_low", "estimate_likely", "estimate_high", "closed", "own_low", "own_median"),
        *("own_high", "offer"),
    ),
    columns=(
        text("title", "Point", least=16),
        _right("Low h", "estimate_low", _hours, 2),
        _right("Likely h", "estimate_likely", _hours),
        _right("High h", "estimate_high", _hours, 3),
        number("closed", "Closed"),
        _right("Own 10th", "own_low", _hours, 4),
        _right("Own median", "own_median", _hours),
        _right("Own 90th", "own_high", _hours, 5),
        Column(title="May replace the row", cell=lambda row, _z: row["offer"] or "", rank=1),
    ),
    covered=False,
    empty="The table has no points.",
)


@forecast.command("learned", example="insights forecast learned --format csv")
@pass_program
def show_learned(program: Program) -> None:
    """Show the estimate of each point beside the hours that closed projects really took."""
    with reading(program) as desk:
        table, settings = table_of(desk)
        with desk.store.read() as connection:
            forecasts, actuals = entered.forecasts(connection), entered.actuals(connection)
        rows = [_learned_row(one) for one in learned(table, actuals)]
        held, closed = inside(compared(forecasts, actuals, settings.values["stop"]))
        show(desk, LEARNED, rows, limit=0, notes=lambda: _learned_notes(held, closed))


def _learned_row(one: Learned) -> dict[str, Any]:
    low, likely, high = map(float, one.estimate)
    row = {"point": one.point, "title": one.title, "closed": one.closed, "offer": one.offer}
    row |= {"estimate_low": low, "estimate_likely": likely, "estimate_high": high}
    return row | {"own_low": one.low, "own_median": one.middle, "own_high": one.high}


def _learned_notes(held: int, closed: int) -> list[str]:
    share_ = f"{held} of {plural(closed, 'closed case')} lay inside the range; 80 % should." if closed else ""
    return [
        share_ or "No case is closed yet: keep a forecast, and enter hours for each of its points.",
        f"Own figures stand from {SHOWN} closed points of a kind on; from {OFFERED} on they may replace the row.",
    ]
