"""Charts as SVG drawn on the server: values in, markup and an equal table out.

A page writes `{{ chart }}` for the picture with its table beside it, and links `charts.css`.
"""

from web.charts.bars import Bar, bars
from web.charts.connections import Links, connection_map
from web.charts.days import distribution
from web.charts.frame import Chart, Number, Say, Table, Words
from web.charts.map_layout import Held
from web.charts.money import each_currency, in_currency
from web.charts.months import months
from web.charts.ranges import Range, ranges
from web.charts.renewals import Renewal, renewals
from web.charts.shapes import Part
from web.charts.shares import Share, shares
from web.charts.spark import spark_table, sparkline

__all__ = [
    "Bar",
    "Chart",
    "Held",
    "Links",
    "Number",
    "Part",
    "Range",
    "Renewal",
    "Say",
    "Share",
    "Table",
    "Words",
    "bars",
    "connection_map",
    "distribution",
    "each_currency",
    "in_currency",
    "months",
    "ranges",
    "renewals",
    "shares",
    "spark_table",
    "sparkline",
]
