"""Tables as pictures: Vega-Lite specifications, and the SVG and PDF files made from them."""

from __future__ import annotations

from tendency.charts.aims import aims_chart
from tendency.charts.bars import bars
from tendency.charts.beside import beside_chart
from tendency.charts.company import changes_chart, collocates_chart
from tendency.charts.curves import Event, Gaps, Spec
from tendency.charts.discoveries import discoveries_chart
from tendency.charts.forecast import forecast_chart
from tendency.charts.holdings import holdings_chart
from tendency.charts.judged import judged_chart
from tendency.charts.leads import leads_chart
from tendency.charts.matrix import matrix_chart
from tendency.charts.parts import parts_chart
from tendency.charts.ranks import rank_chart
from tendency.charts.rates import rates_chart
from tendency.charts.render import pdf, print_pdf, print_svg, print_version, svg
from tendency.charts.scatter import keyness_chart
from tendency.charts.signals import signals_chart
from tendency.charts.theme import DARK
from tendency.charts.trend import trend_chart
from tendency.charts.turns import turns_chart

__all__ = [
    "DARK",
    "Event",
    "Gaps",
    "Spec",
    "aims_chart",
    "bars",
    "beside_chart",
    "changes_chart",
    "collocates_chart",
    "discoveries_chart",
    "forecast_chart",
    "holdings_chart",
    "judged_chart",
    "keyness_chart",
    "leads_chart",
    "matrix_chart",
    "parts_chart",
    "pdf",
    "print_pdf",
    "print_svg",
    "print_version",
    "rank_chart",
    "rates_chart",
    "signals_chart",
    "svg",
    "trend_chart",
    "turns_chart",
]
