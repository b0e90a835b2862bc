"""What is wrong in the cells of one table, collected row by row and raised together."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from junheng.errors import Fault, TableFaults
from junheng.i18n import Message, say

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from junheng.engine.store.session import Session
    from junheng.engine.store.tables import SourceTable

MAX_FAULTS_LISTED = 200


@dataclass
class Findings:
    """The faults of a table. `columns`: column id to its position in the table."""

    table: SourceTable
    columns: Mapping[str, int]
    faults: list[Fault] = field(default_factory=list)
    n_faults: int = 0

    @property
    def session(self) -> Session:
        """The session that holds the table."""
        return self.table.session

    def cell(self, column_id: str) -> str:
        """SQL name of a column's text; NULL where the table has no such column."""
        return f"c{self.columns[column_id]}" if column_id in self.columns else "NULL"

    def add(
        self, column_id: str, rows: Iterable[tuple[object, ...]], found: str, remedy: Message
    ) -> None:
        """Record a fault for each (row, text); the text becomes `{found}` of the template."""
        for row_no, text in rows:
            self.n_faults += 1
            if len(self.faults) < MAX_FAULTS_LISTED:
                self.faults.append(self._fault(column_id, row_no, say(found, found=text), remedy))

    def _fault(self, column_id: str, row_no: object, found: Message, remedy: Message) -> Fault:
        return Fault(
            found,
            remedy,
            source=self.table.name,
            sheet=self.table.sheet,
            row=int(str(row_no)),
            column=self.table.headers[self.columns[column_id]],
        )

    def stop_on_faults(self) -> None:
        """Raise `TableFaults` when there are any, in the order of rows."""
        if self.faults:
            self.faults.sort(key=lambda fault: (fault.row or 0, fault.column))
            raise TableFaults(self.faults, self.n_faults)
