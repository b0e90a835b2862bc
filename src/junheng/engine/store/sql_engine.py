"""What a second SQL engine must offer, so that one definition of the standard runs on each.

The SQL text that decides is portable when it keeps to whole numbers. Tried on both engines:
products and sums of `DECIMAL(38,0)` stay `DECIMAL(38,0)`, and both refuse what does not fit.
They differ in two things: `sum` of BIGINT is wider in DuckDB than in Spark (cast to
`DECIMAL(38,0)` first), and a quotient of decimals is a DOUBLE in DuckDB and a rounded decimal in
Spark (compare products instead).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Row = tuple[object, ...]


class SqlEngine(Protocol):
    """Named relations made from lists and from SELECT texts; `Session` is one, Spark another."""

    def load(
        self,
        relation: str,
        columns: Mapping[str, Sequence[object]],
        types: Mapping[str, str],
    ) -> None:
        """Make a relation from lists of equal length.

        Types: `BIGINT`, `VARCHAR`, `DOUBLE`, `DECIMAL(38,0)` (given as int).
        """

    def create(self, relation: str, select: str) -> None:
        """Make a relation from a SELECT text; an older one of that name is replaced."""

    def rows(self, sql: str) -> list[Row]:
        """Return all rows of a query; their order is that of its ORDER BY and no other."""
