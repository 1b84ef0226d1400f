"""What every result has in common: its table, its chart, its recipe, and how it shows itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import polars as pl

if TYPE_CHECKING:
    from tendency.charts import Spec

PUBLIC: Final = (
    "query",
    "period",
    "start",
    "end",
    "split",
    "documents",
    "tokens",
    "hits",
    "documents_with_hits",
    "per_million",
    "low",
    "high",
)
"""The columns that every table of rates begins with."""


@dataclass(frozen=True)
class Result:
    """A finished measure.

    Attributes:
        table: One row a mark, with the public columns first.
        recipe: The settings that give these figures again, as ``key:value`` parts joined by ``|``.
    """

    table: pl.DataFrame
    recipe: str

    def chart(self, *, title: str = "") -> Spec | None:
        """The table as a Vega-Lite specification, or None for a measure that has no chart."""
        return None

    def to_pandas(self) -> Any:
        """The table for pandas (extra ``pandas``)."""
        return self.table.to_pandas()

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        html = self.table._repr_html_()
        spec = self.chart()
        if spec is not None:
            from tendency.charts import svg

            html = f"{svg(spec)}{html}"
        return {"text/plain": repr(self.table), "text/html": html}
