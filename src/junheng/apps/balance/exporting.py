"""The workbook of an assessment, measured anew from its stored facts by its kept rule set."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from junheng.apps.balance.kept import open_kept
from junheng.engine import standard
from junheng.engine.standard.results_files import write_workbook_of
from junheng.engine.store.session import Session
from junheng.engine.store.source import SourceTable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from junheng.apps.balance.models import AssessedUnit, Assessment
    from junheng.i18n import Translate

IDENTITY = ("unit_id", "school_id", "school_name", "stage", "kind", "pupils")
STORED = "stored"


def workbook(
    assessment: Assessment,
    units: Sequence[AssessedUnit],
    *,
    language: str,
    translate: Translate,
) -> bytes:
    """Return the results of an assessment as a workbook; `units` with their schools."""
    with tempfile.TemporaryDirectory() as folder, Session() as session:
        table = _stored_table(session, assessment, units)
        measured = standard.assess(standard.read(table, open_kept(assessment.ruleset)))
        path = Path(folder) / "assessment.xlsx"
        write_workbook_of(measured, path, language=language, translate=translate)
        return path.read_bytes()


def _stored_table(
    session: Session, assessment: Assessment, units: Sequence[AssessedUnit]
) -> SourceTable:
    """Put stored units into a session as the unit table they came from."""
    facts = list(units[0].facts)
    headers = (*IDENTITY, *facts)
    rows = [
        (
            *(u.unit_id, u.school.identifier, u.school_name, u.stage, u.kind, str(u.pupils)),
            *(u.facts[fact] for fact in facts),
        )
        for u in units
    ]
    columns: dict[str, list[object]] = {"row_no": [unit.row_no for unit in units]}
    columns |= {f"c{ix}": [row[ix] for row in rows] for ix in range(len(headers))}
    types = dict.fromkeys(columns, "VARCHAR") | {"row_no": "BIGINT"}
    session.load(STORED, columns, types)
    return SourceTable(session, STORED, headers, assessment.source_name)
