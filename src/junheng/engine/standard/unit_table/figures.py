"""Cells that hold numbers: read as the decimals that are written, and scaled to whole numbers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from junheng.engine.store.numbers import parse_decimal
from junheng.engine.store.session import literal
from junheng.i18n import N_, say

if TYPE_CHECKING:
    from collections.abc import Iterable
    from fractions import Fraction

    from junheng.engine.standard.unit_table.findings import Findings

# Twelve digits before the point and eighteen after it keep every product below 10**38, the room of
# the widest whole number that DuckDB and Spark share. No school has a figure near either end.
MAX_WHOLE_DIGITS = 12
MAX_DECIMALS = 18
PLAIN_NUMBER = rf"[0-9]{{1,{MAX_WHOLE_DIGITS}}}(\.[0-9]{{0,{MAX_DECIMALS}}})?"

BIGINT_DIGITS = 18
WIDEST_DECIMAL = 38

NUMBER_WANTED = say("Write a number with digits and at most one decimal point, without unit.")
COUNT_WANTED = say("Write the number of pupils as a whole number, 0 when there are none.")


@dataclass
class Figures:
    """How each column of numbers is written.

    `decimals` is the most that any cell of the column has; `patched` gives, for numbers written in
    another way than digits and a point, the same number written so.
    """

    findings: Findings
    decimals: dict[str, int] = field(default_factory=dict)
    patched: dict[str, dict[str, str]] = field(default_factory=dict)

    def check(self, fact_ids: Iterable[str]) -> None:
        """Find out in one scan how many decimals each column writes and which are not all plain."""
        findings, ids = self.findings, ["pupils", *fact_ids]
        asked = ", ".join(
            f"{_odd_sql(findings.cell(c))}, {_decimals_sql(findings.cell(c))}" for c in ids
        )
        answers = findings.session.rows(f"SELECT {asked} FROM {findings.table.relation}")[0]
        for ix, column_id in enumerate(ids):
            n_odd, decimals = answers[2 * ix], answers[2 * ix + 1]
            self.patched[column_id] = self._read_odd_numbers(column_id) if n_odd else {}
            patched = [len(text.partition(".")[2]) for text in self.patched[column_id].values()]
            self.decimals[column_id] = min(max(int(str(decimals or 0)), *patched, 0), MAX_DECIMALS)
        self._check_pupils()

    def _check_pupils(self) -> None:
        cell, source = self.findings.cell("pupils"), self.findings.table.relation
        blank = self.findings.session.rows(
            f"SELECT row_no, '' FROM {source} WHERE {cell} IS NULL ORDER BY row_no"
        )
        self.findings.add("pupils", blank, N_("is blank."), COUNT_WANTED)
        if self.decimals["pupils"]:
            broken = self.findings.session.rows(
                f"SELECT row_no, {cell} FROM {source} "
                f"WHERE {self.exact('pupils')} <> trunc({self.exact('pupils')}) ORDER BY row_no"
            )
            self.findings.add(
                "pupils", broken, N_("“{found}” is not a whole number."), COUNT_WANTED
            )

    def _read_odd_numbers(self, column_id: str) -> dict[str, str]:
        """Read numbers in another form (full-width, signed, exponent); report the rest."""
        cell = self.findings.cell(column_id)
        remedy = COUNT_WANTED if column_id == "pupils" else NUMBER_WANTED
        odd = self.findings.session.rows(
            f"SELECT row_no, {cell} FROM {self.findings.table.relation} "
            f"WHERE NOT regexp_full_match({cell}, '{PLAIN_NUMBER}') ORDER BY row_no"
        )
        plain: dict[str, str] = {}
        for row_no, raw in odd:
            text = str(raw)
            value = parse_decimal(text)
            if value is None:
                self.findings.add(
                    column_id, [(row_no, text)], N_("“{found}” is not a number."), remedy
                )
            elif value < 0:
                found = N_("{found} is negative.")
                self.findings.add(
                    column_id, [(row_no, text)], found, say("Enter the figure as 0 or more.")
                )
            else:
                written = _plain_decimal(value)
                if written is None:
                    found = N_("“{found}” has more digits than any school's figure.")
                    self.findings.add(column_id, [(row_no, text)], found, remedy)
                else:
                    plain[text] = written
        return plain

    def _text(self, column_id: str) -> str:
        """SQL of a column's number as plain decimal text."""
        cell, patched = self.findings.cell(column_id), self.patched[column_id]
        if not patched:
            return cell
        cases = " ".join(f"WHEN {literal(old)} THEN {literal(new)}" for old, new in patched.items())
        return f"CASE {cell} {cases} ELSE {cell} END"

    def exact(self, column_id: str) -> str:
        """SQL of a column's number as a decimal type; NULL where it is none."""
        decimals = self.decimals[column_id]
        width = MAX_WHOLE_DIGITS + decimals
        return f"TRY_CAST({self._text(column_id)} AS DECIMAL({width},{decimals}))"

    def scaled(self, fact_id: str) -> str:
        """SQL of value x 10**decimals, a whole number, without leaving 38 digits on the way."""
        k, exact = self.decimals[fact_id], self.exact(fact_id)
        whole_type = "BIGINT" if MAX_WHOLE_DIGITS + k <= BIGINT_DIGITS else "DECIMAL(38,0)"
        # DuckDB keeps a product of two 18-digit decimals at 18 digits, those of its fraction too.
        if MAX_WHOLE_DIGITS + 2 * k <= BIGINT_DIGITS:
            return f"CAST({exact} * {10**k} AS {whole_type})"
        if MAX_WHOLE_DIGITS + 2 * k <= WIDEST_DECIMAL:
            return f"CAST(CAST({exact} AS DECIMAL(38,{k})) * {10**k} AS {whole_type})"
        rest = f"CAST({exact} - trunc({exact}) AS DECIMAL(38,{k}))"
        whole = f"CAST(trunc({exact}) AS DECIMAL(38,0))"
        return f"{whole} * {10**k} + CAST({rest} * {10**k} AS DECIMAL(38,0))"


def _odd_sql(cell: str) -> str:
    return f"COUNT(*) FILTER (WHERE NOT regexp_full_match({cell}, '{PLAIN_NUMBER}'))"


def _decimals_sql(cell: str) -> str:
    """Most decimals written in a column (what is no number is reported before it matters)."""
    return f"MAX(CASE WHEN contains({cell}, '.') THEN length({cell}) - strpos({cell}, '.') END)"


def _plain_decimal(value: Fraction) -> str | None:
    """Write a non-negative decimal without exponent; None when it needs too many digits."""
    for decimals in range(MAX_DECIMALS + 1):
        scaled = value * 10**decimals
        if scaled.denominator == 1:
            digits = f"{scaled.numerator:0{decimals + 1}d}"
            whole, rest = digits[: len(digits) - decimals], digits[len(digits) - decimals :]
            text = f"{whole}.{rest}" if rest else whole
            return text if len(whole) <= MAX_WHOLE_DIGITS else None
    return None
