"""Colours, shapes, sizes: one style for the screen and one for a journal's column."""

from __future__ import annotations

from dataclasses import dataclass

# Arial, Helvetica and Liberation Sans have the same widths, so that labels fit alike on every machine.
FONT = "Arial, Helvetica, Liberation Sans, Noto Sans, sans-serif"

# After Okabe & Ito (2008), darkened until each reads at 4.5 to 1 on the paper.
SERIES = ("#0b5a9d", "#b3440e", "#006b55", "#8a3b7c", "#6d5400", "#4d4d4f")
SHAPES = ("circle", "square", "triangle-up", "diamond", "triangle-down", "cross")
DASHES: tuple[tuple[int, ...], ...] = ((1, 0), (6, 2), (2, 2), (8, 2, 2, 2), (12, 3), (4, 1, 1, 1))

PAPER, INK, MUTED, FAINT, UNHELD = "#fdfdfb", "#1d1c1a", "#5e5b56", "#dad7d0", "#eceae4"

# What each colour becomes on a dark page; the page's style sheet matches them by attribute.
DARK = {
    PAPER: "#171716",
    INK: "#e9e6df",
    MUTED: "#aaa69d",
    FAINT: "#43413d",
    UNHELD: "#262523",
    SERIES[0]: "#7db7ee",
    SERIES[1]: "#f19b68",
    SERIES[2]: "#56c5a4",
    SERIES[3]: "#dd9bcf",
    SERIES[4]: "#d6b65a",
    SERIES[5]: "#bdbdbf",
}


@dataclass(frozen=True)
class Style:
    """Sizes in pixels on the screen, in points (1/72 inch) for print.

    Attributes:
        plot: Width of the field in which a curve is drawn.
        height: Its height.
        labels: Room to the right for the names of the curves.
        font: Size of labels.
        title: Size of the title.
        title_width: Where titles are wrapped.
        point: Area of a point.
        line: Width of a line.
        ink, muted, faint, unheld, paper: The neutral colours.
        series: The colours of the curves.
        band: Opacity of an interval.
    """

    plot: int
    height: int
    labels: int
    font: float
    title: float
    title_width: int
    point: int
    line: float
    ink: str
    muted: str
    faint: str
    unheld: str
    paper: str
    series: tuple[str, ...]
    band: float

    @property
    def total(self) -> int:
        """The width that everything together is meant to have."""
        return self.title_width


SCREEN = Style(
    plot=500,
    height=230,
    labels=170,
    font=12.5,
    title=15,
    title_width=730,
    point=42,
    line=1.8,
    ink=INK,
    muted=MUTED,
    faint=FAINT,
    unheld=UNHELD,
    paper=PAPER,
    series=SERIES,
    band=0.16,
)

# A journal's column of 85 mm is 241 points; black and white, so that shape and dash alone tell curves apart.
PRINT = Style(
    plot=142,
    height=112,
    labels=66,
    font=6.5,
    title=7.5,
    title_width=241,
    point=14,
    line=0.8,
    ink="#000000",
    muted="#333333",
    faint="#cccccc",
    unheld="#e8e8e8",
    paper="#ffffff",
    series=("#000000",) * len(SERIES),
    band=0.13,
)
