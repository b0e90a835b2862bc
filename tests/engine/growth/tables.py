"""Small tables of marks for tests of value-added models."""

from __future__ import annotations

from typing import TYPE_CHECKING

from junheng.engine.store.tables import SourceTable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from junheng.engine.store.session import Session


def source_of(session: Session, columns: Mapping[str, Sequence[object]]) -> SourceTable:
    """Put columns into a session as a file reader would: texts, None for a blank cell."""
    n_rows = len(next(iter(columns.values())))
    relation = session.fresh_name("marks")
    values: dict[str, Sequence[object]] = {"row_no": list(range(2, n_rows + 2))}
    for ix, column in enumerate(columns.values()):
        values[f"c{ix}"] = [None if value is None else str(value) for value in column]
    types = {name: "BIGINT" if name == "row_no" else "VARCHAR" for name in values}
    session.load(relation, values, types)
    return SourceTable(session, relation, tuple(columns), "marks.csv")
