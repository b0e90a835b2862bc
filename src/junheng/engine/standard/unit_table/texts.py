"""Cells that hold words and numbers of things: identifiers, stages, kinds, counties."""

from __future__ import annotations

from typing import TYPE_CHECKING

from junheng.engine.standard.ruleset import STAGES, UNIT_KINDS
from junheng.engine.standard.unit_table.contract import KIND_WORDS, STAGE_WORDS
from junheng.i18n import N_, say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from junheng.engine.standard.unit_table.findings import Findings

ROUNDED_IDENTIFIER = r"[0-9](\.[0-9]+)?[Ee]\+[0-9]{2}"
COUNTY_CODE = "[0-9]{6}"


def check_texts(findings: Findings, *, is_mapped: bool) -> None:
    """Find faults of identifiers and words; `is_mapped`: a county is any text."""
    _check_unit_ids(findings)
    for column_id in ("unit_id", "school_id"):
        _check_rounded_identifiers(findings, column_id)
    _check_words(findings, "stage", STAGE_WORDS, STAGES, may_be_blank=False)
    _check_words(findings, "kind", KIND_WORDS, UNIT_KINDS, may_be_blank=True)
    if not is_mapped:
        _check_counties(findings)


def _check_unit_ids(findings: Findings) -> None:
    cell, rows = findings.cell("unit_id"), findings.table.relation
    findings.add(
        "unit_id",
        findings.session.rows(f"SELECT row_no, '' FROM {rows} WHERE {cell} IS NULL"),
        N_("is blank."),
        say("Give every stage unit its own number."),
    )
    doubled = findings.session.rows(
        f"SELECT row_no, {cell} FROM {rows} WHERE {cell} IN "
        f"(SELECT {cell} FROM {rows} GROUP BY {cell} HAVING COUNT(*) > 1) "
        f"ORDER BY {cell}, row_no"
    )
    findings.add(
        "unit_id",
        doubled,
        N_("“{found}” stands in more than one row."),
        say("A unit is one stage of one school: keep one row for each."),
    )


def _check_rounded_identifiers(findings: Findings, column_id: str) -> None:
    """A spreadsheet turns a long number into 1.2E+17: its last digits are lost."""
    cell = findings.cell(column_id)
    rounded = findings.session.rows(
        f"SELECT row_no, {cell} FROM {findings.table.relation} "
        f"WHERE regexp_full_match({cell}, '{ROUNDED_IDENTIFIER}') ORDER BY row_no"
    )
    findings.add(
        column_id,
        rounded,
        N_("“{found}” is a long number that a spreadsheet has rounded."),
        say("Set the cells of the column to text and enter the whole number again."),
    )


def _check_words(
    findings: Findings,
    column_id: str,
    words: Mapping[str, str],
    meaning: tuple[str, ...],
    *,
    may_be_blank: bool,
) -> None:
    cell = findings.cell(column_id)
    known = ", ".join(f"'{word}'" for word in words)
    blank = "" if may_be_blank else f" OR {cell} IS NULL"
    wrong = findings.session.rows(
        f"SELECT row_no, COALESCE({cell}, '') FROM {findings.table.relation} "
        f"WHERE lower({cell}) NOT IN ({known}){blank} ORDER BY row_no"
    )
    chinese = [word for word in words if not word.isascii()]
    findings.add(
        column_id,
        wrong,
        N_("“{found}” is not one of the words known here."),
        say("Write one of: {words}.", words=", ".join([*meaning, *chinese])),
    )


def _check_counties(findings: Findings) -> None:
    cell = findings.cell("county_code")
    wrong = findings.session.rows(
        f"SELECT row_no, {cell} FROM {findings.table.relation} "
        f"WHERE NOT regexp_full_match({cell}, '{COUNTY_CODE}') ORDER BY row_no"
    )
    findings.add(
        "county_code",
        wrong,
        N_("“{found}” is not a county code."),
        say("Write the six digits of the county (GB/T 2260), or leave it blank."),
    )
