"""The workbook of an assessment, measured anew from its stored facts by its kept rule set."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from junheng.apps.balance.kept import open_kept
from junheng.apps.balance.stored import decimal_text
from junheng.engine import standard
from junheng.engine.standard.definition import TERMS
from junheng.engine.standard.results_files import write_workbook_of
from junheng.engine.store.session import Session
from junheng.engine.store.source import SourceTable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from junheng.apps.balance.models import AssessedUnit, Assessment
    from junheng.engine.standard.unit_table import UnitTable
    from junheng.i18n import Translate

IDENTITY = ("unit_id", "school_id", "school_name", "stage", "kind", "pupils")
STORED, EXACT, KEPT = "stored", "exact_terms", "kept_terms"
WIDE = "DECIMAL(38,0)"


def workbook(
    assessment: Assessment,
    units: Sequence[AssessedUnit],
    *,
    language: str,
    translate: Translate,
) -> bytes:
    """Return the results of an assessment as a workbook; `units` with their schools."""
    with tempfile.TemporaryDirectory() as folder, Session() as session:
        measured = standard.assess(exact_table(session, assessment, units))
        path = Path(folder) / "assessment.xlsx"
        write_workbook_of(measured, path, language=language, translate=translate)
        return path.read_bytes()


def exact_table(
    session: Session, assessment: Assessment, units: Sequence[AssessedUnit]
) -> UnitTable:
    """Put stored units into a session so that they measure to what was measured, to the last."""
    rules = open_kept(assessment.ruleset)
    table = standard.read(stored_table(session, assessment, units), rules)
    if not any("/" in (figure or "") for unit in units for figure in unit.facts.values()):
        return table
    by_row = sorted(units, key=lambda unit: unit.row_no)
    parts: dict[str, Sequence[object]] = {}
    for i in rules.indicators:
        sums = [_sum(unit, i.terms) for unit in by_row]
        parts[f"num_{i.id}"] = [None if s is None else str(s.numerator) for s in sums]
        parts[f"den_{i.id}"] = [None if s is None else str(s.denominator) for s in sums]
    ids: dict[str, Sequence[object]] = {"unit_ix": range(len(by_row))}
    session.load(EXACT, ids | parts, dict.fromkeys(parts, WIDE) | {"unit_ix": "BIGINT"})
    kept = [c for c in session.columns(TERMS) if c not in parts]
    session.create(KEPT, f"SELECT {', '.join(kept)} FROM {TERMS}")
    session.create(
        TERMS, f"SELECT k.*, {', '.join(parts)} FROM {KEPT} k JOIN {EXACT} USING (unit_ix)"
    )
    return replace(table, integer=WIDE, is_exact_in_double=False)


def _sum(unit: AssessedUnit, terms: Iterable[tuple[str, int]]) -> Fraction | None:
    """Return the exact sum of the facts of an indicator; None where one is missing."""
    figures = [(unit.facts.get(fact), weight) for fact, weight in terms]
    if any(figure is None for figure, _ in figures):
        return None
    return sum((Fraction(figure) * weight for figure, weight in figures if figure), Fraction(0))


def stored_table(
    session: Session, assessment: Assessment, units: Sequence[AssessedUnit]
) -> SourceTable:
    """Put stored units into a session as the unit table they came from.

    Figures whose decimals do not end stand there with six; `exact_table` has them exactly.
    """
    facts = list(units[0].facts)
    headers = (*IDENTITY, *facts)
    rows = [
        (
            *(u.unit_id, u.school.identifier, u.school_name, u.stage, u.kind, str(u.pupils)),
            *(None if u.facts[fact] is None else decimal_text(u.facts[fact]) for fact in facts),
        )
        for u in units
    ]
    columns: dict[str, list[object]] = {"row_no": [unit.row_no for unit in units]}
    columns |= {f"c{ix}": [row[ix] for row in rows] for ix in range(len(headers))}
    types = dict.fromkeys(columns, "VARCHAR") | {"row_no": "BIGINT"}
    session.load(STORED, columns, types)
    return SourceTable(session, STORED, headers, assessment.source_name)
