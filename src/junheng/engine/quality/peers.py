"""What a unit of a given size usually has: a robust line through its peers, field by field.

Peers are the ordinary units and teaching points of one stage in the table. A field's logarithm
grows with the logarithm of pupils along Tukey's resistant line (medians of the outer thirds), so
that small schools, rich per pupil, are compared with small schools. The spread around the line is
the median absolute deviation x 1.4826, which for a normal distribution is the standard deviation.

Source: J. W. Tukey, Exploratory Data Analysis, 1977, chapter 10 (resistant line); F. R. Hampel,
The influence curve and its role in robust estimation, JASA 69, 1974 (median absolute deviation).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log
from typing import TYPE_CHECKING

from junheng.engine.standard.ruleset import STAGES
from junheng.engine.standard.unit_table import UNITS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from junheng.engine.standard.unit_table import UnitTable

FEWEST_PEERS = 12
"""With fewer units a median absolute deviation says little: such a field is not compared."""

MOST_PEERS = 40_000
"""Of a larger table every n-th unit is enough for medians, and saves most of the time."""

RANGE_IN_SPREADS = 3.0
MAD_TO_SPREAD = 1.4826
PEER_KINDS = "kind IN ('ordinary', 'teaching_point')"

Key = tuple[str, str]
"""Field and stage."""


@dataclass(frozen=True)
class Peers:
    """The line ln(value) = level + slope x ln(pupils) of one field and stage.

    `slope` lies from 0 (the same at any size) to 1 (proportional to pupils). `zero_share` is the
    share of peers that report 0, from 0 to 1.
    """

    n: int
    slope: float
    level: float
    spread: float
    zero_share: float

    def expected(self, pupils: int) -> float:
        """Return the middle figure of units of that size (`pupils` > 0)."""
        return exp(self.level + self.slope * log(pupils))

    def usual(self, pupils: int, least_spread: float) -> tuple[float, float]:
        """Return the range in which nearly all units of that size lie."""
        reach = exp(RANGE_IN_SPREADS * max(self.spread, least_spread))
        middle = self.expected(pupils)
        return middle / reach, middle * reach

    def distance(self, value: float, pupils: int) -> float:
        """Return ln(value / expected) for a value > 0."""
        return log(value) - self.level - self.slope * log(pupils)


def measure(table: UnitTable) -> Mapping[Key, Peers]:
    """Return the peers of every fact and stage that has enough of them.

    One query, whatever the number of facts.
    """
    step = max(1, -(-table.n_units // MOST_PEERS))
    figures = "\nUNION ALL\n".join(
        f"SELECT '{f}' AS field, stage, LN(pupils) AS x, CAST({f} AS DOUBLE) / 1e{k} AS v "
        f"FROM {UNITS} WHERE {f} IS NOT NULL AND pupils > 0 AND {PEER_KINDS} "
        f"AND unit_ix % {step} = 0"
        for f, k in table.decimals.items()
    )
    rows = table.session.rows(_LINE.format(figures=figures))
    stages = set(STAGES)
    return {
        (str(field), str(stage)): _peers(*(float(str(n)) for n in numbers))
        for field, stage, *numbers in rows
        if stage in stages
    }


def _peers(n: float, slope: float, level: float, spread: float, zero_share: float) -> Peers:
    return Peers(int(n), slope, level, spread, zero_share)


# Slopes outside 0 to 1 come from few or odd units and would tilt the whole comparison.
_LINE = f"""
WITH figures AS MATERIALIZED ({{figures}}),
shares AS (
  SELECT field, stage, AVG(CASE WHEN v = 0 THEN 1.0 ELSE 0.0 END) AS zero_share
  FROM figures GROUP BY field, stage),
logs AS MATERIALIZED (
  SELECT field, stage, x, LN(v) AS y FROM figures WHERE v > 0),
thirds AS (
  SELECT field, stage, COUNT(*) AS n,
    QUANTILE_CONT(x, 1.0 / 3) AS low, QUANTILE_CONT(x, 2.0 / 3) AS high
  FROM logs GROUP BY field, stage HAVING COUNT(*) >= {FEWEST_PEERS}),
ends AS (
  SELECT field, stage, ANY_VALUE(n) AS n,
    MEDIAN(x) FILTER (WHERE x <= low) AS x0, MEDIAN(y) FILTER (WHERE x <= low) AS y0,
    MEDIAN(x) FILTER (WHERE x >= high) AS x1, MEDIAN(y) FILTER (WHERE x >= high) AS y1
  FROM logs JOIN thirds USING (field, stage) GROUP BY field, stage),
slopes AS (
  SELECT field, stage, n,
    CASE WHEN x1 > x0 THEN LEAST(1.0, GREATEST(0.0, (y1 - y0) / (x1 - x0))) ELSE 1.0 END AS slope
  FROM ends),
levels AS (
  SELECT field, stage, ANY_VALUE(n) AS n, ANY_VALUE(slope) AS slope, MEDIAN(y - slope * x) AS level
  FROM logs JOIN slopes USING (field, stage) GROUP BY field, stage),
spreads AS (
  SELECT field, stage, ANY_VALUE(n) AS n, ANY_VALUE(slope) AS slope, ANY_VALUE(level) AS level,
    {MAD_TO_SPREAD} * MEDIAN(ABS(y - slope * x - level)) AS spread
  FROM logs JOIN levels USING (field, stage) GROUP BY field, stage)
SELECT field, stage, n, slope, level, spread, zero_share
FROM spreads JOIN shares USING (field, stage) ORDER BY field, stage
"""
