"""The faults of one dataset, kept beside its rows: counted exactly, listed in windows.

A fault is a row of the relation `<dataset>_faults`: row, field, value, and the number of its
message. A file with every cell wrong has as many faults as cells, and still costs no list of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from junheng.errors import Fault
from junheng.i18n import Message

if TYPE_CHECKING:
    from collections.abc import Mapping

    from junheng.engine.contracts.checks import Problem
    from junheng.engine.contracts.records import Contract
    from junheng.engine.store.session import Row
    from junheng.engine.store.tables import SourceTable

MAX_VALUE = 80
"""Characters of a value that a message repeats."""

_TOLD = "row_no, field_ix, value, other, message_ix"


Values = dict[str, str | None]
"""Id of a field to its value."""


@dataclass(frozen=True)
class Conflict:
    """A row of a file that is right in itself, beside the stored row it cannot stand with.

    `stored` is None where that row belongs to another school or another dataset, `incoming` where
    the file has no row at that place.
    """

    dataset: str
    stored: Values | None
    incoming: Values | None

    def fields(self, contract: Contract, field_id: str) -> list[str]:
        """Return the fields that tell the two rows apart: key, the field at fault, differences."""
        ours, theirs = self.incoming or {}, self.stored or {}
        differ = {f for f in ours.keys() & theirs.keys() if ours[f] != theirs[f]}
        told = {*contract.key, field_id, *differ}
        return [field.id for field in contract.fields if field.id in told and (ours or theirs)]


@dataclass(frozen=True)
class FieldFault(Fault):
    """A fault of one field: its id in the contract, and the value as it stands in the file.

    `conflict` is there where the fault is one with what is stored.
    """

    field_id: str = ""
    value: str = ""
    conflict: Conflict | None = None


class Findings:
    """Collects the faults of one dataset.

    `headers` gives, for each field that the table has, the header as written in the file.
    """

    def __init__(self, table: SourceTable, contract: Contract, headers: Mapping[str, str]) -> None:
        self.session = table.session
        self.relation = f"{contract.id}_faults"
        self._table = table
        self._contract = contract
        self._headers = headers
        self._places = {field.id: place for place, field in enumerate(contract.fields)}
        self._messages: list[Problem] = []
        self.session.run(
            f"CREATE OR REPLACE TEMP TABLE {self.relation} (row_no BIGINT, field_ix INTEGER,"
            " value VARCHAR, other VARCHAR, message_ix INTEGER,"
            " stored VARCHAR[], incoming VARCHAR[], is_conflict BOOLEAN DEFAULT FALSE)"
        )

    def message(self, problem: Problem) -> int:
        """Keep a message and return its number, which faults refer to."""
        self._messages.append(problem)
        return len(self._messages) - 1

    def add(self, field_id: str, problem: Problem, select: str) -> None:
        """Add a fault of `field_id` for each row of a SELECT of row_no, value, other.

        `{value}` and `{other}` of the message take what the row gives.
        """
        number = self.message(problem)
        self.add_numbered(field_id, f"SELECT row_no, value, other, {number} FROM ({select})")

    def add_numbered(self, field_id: str, select: str) -> None:
        """Add faults by a SELECT of row_no, value, other and the number of a message."""
        self.session.run(
            f"INSERT INTO {self.relation} ({_TOLD})"
            f" SELECT f.row_no, {self._places[field_id]}, f.value, f.other, f.message_ix"
            f" FROM ({select}) f(row_no, value, other, message_ix)"
        )

    def add_conflict(self, field_id: str, problem: Problem, select: str) -> None:
        """Add a conflict for each row of a SELECT of row_no, value, other, stored, incoming.

        `stored` and `incoming` are lists of values in the contract's order, or NULL: see
        `Conflict`. Otherwise like `add`.
        """
        number = self.message(problem)
        self.session.run(
            f"INSERT INTO {self.relation} ({_TOLD}, stored, incoming, is_conflict)"
            f" SELECT f.row_no, {self._places[field_id]}, f.value, f.other, {number},"
            f" f.stored, f.incoming, TRUE"
            f" FROM ({select}) f(row_no, value, other, stored, incoming)"
        )

    def add_for_table(self, problem: Problem, header: str) -> None:
        """Add a fault of the table as a whole; `header` is the column it speaks of."""
        self.session.run(
            f"INSERT INTO {self.relation} ({_TOLD}) VALUES (NULL, NULL, NULL, ?, ?)",
            [header, self.message(problem)],
        )

    def count(self, *, conflicts: bool | None = None) -> int:
        """Return the number of faults; of conflicts alone, or of all others (None: of both)."""
        select = f"SELECT count(*) FROM {self.relation}{_only(conflicts)}"
        return int(str(self.session.rows(select)[0][0]))

    def window(
        self, limit: int, offset: int = 0, *, conflicts: bool | None = None
    ) -> tuple[FieldFault, ...]:
        """Return faults in the order of rows and columns, those of the whole table first.

        `conflicts`: these alone, or all others; None: both.
        """
        rows = self.session.rows(
            f"SELECT {_TOLD}, stored, incoming, is_conflict FROM {self.relation}"
            f"{_only(conflicts)} ORDER BY row_no NULLS FIRST, field_ix, message_ix, value"
            f" LIMIT {int(limit)} OFFSET {int(offset)}"
        )
        return tuple(self._fault(row) for row in rows)

    def faulty_field(self, field_id: str) -> str:
        """Return SQL text of the rows (row_no) whose `field_id` has a fault already."""
        return f"SELECT row_no FROM {self.relation} WHERE field_ix = {self._places[field_id]}"

    def _fault(self, row: Row) -> FieldFault:
        row_no, field_ix, value, other, message_ix, stored, incoming, is_conflict = row
        problem = self._messages[int(str(message_ix))]
        shown = "" if value is None else str(value)
        filling = {"value": shown[:MAX_VALUE], "other": other}
        field_id = "" if field_ix is None else self._contract.fields[int(str(field_ix))].id
        return FieldFault(
            found=_filled(problem.found, filling),
            remedy=_filled(problem.remedy, filling),
            source=self._table.name,
            sheet=self._table.sheet,
            row=None if row_no is None else int(str(row_no)),
            column=self._column(field_id) if field_id else str(other or ""),
            field_id=field_id,
            value=shown,
            conflict=Conflict(self._contract.id, self._values(stored), self._values(incoming))
            if is_conflict
            else None,
        )

    def _values(self, listed: object) -> Values | None:
        if not isinstance(listed, list):
            return None
        return {
            field.id: None if value is None else str(value)
            for field, value in zip(self._contract.fields, listed, strict=True)
        }

    def _column(self, field_id: str) -> str:
        return self._headers.get(field_id) or self._contract.field(field_id).header.zh


def _only(conflicts: bool | None) -> str:
    return "" if conflicts is None else f" WHERE is_conflict IS {str(conflicts).upper()}"


def _filled(message: Message, filling: Mapping[str, object]) -> Message:
    return Message(message.template, {**filling, **message.params})
