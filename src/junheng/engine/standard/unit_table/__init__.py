"""The unit table: one row per stage unit, checked as a whole and read without rounding.

The contract is in docs/reference/unit-table.md. Every fault of the table is found in one pass and
reported with row, column, finding and remedy. What passes becomes the relation `units` (who) and
`terms` (how much, in whole numbers: numerator and denominator of every indicator's sum of facts).
"""

from junheng.engine.standard.unit_table.contract import IDENTITY_COLUMNS, UNITS, Column, columns
from junheng.engine.standard.unit_table.findings import MAX_FAULTS_LISTED
from junheng.engine.standard.unit_table.quick import read_file
from junheng.engine.standard.unit_table.reading import read
from junheng.engine.standard.unit_table.result import BIGINT_MAX, EXACT_IN_DOUBLE, UnitTable

__all__ = [
    "BIGINT_MAX",
    "EXACT_IN_DOUBLE",
    "IDENTITY_COLUMNS",
    "MAX_FAULTS_LISTED",
    "UNITS",
    "Column",
    "UnitTable",
    "columns",
    "read",
    "read_file",
]
