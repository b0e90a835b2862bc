"""Reading a dataset: from a table as it came to canonical rows, with every fault at once.

Columns are found by their Chinese or English header, national code or a synonym, in any order.
Rows of notes and samples that our template brought along are left out. All rows arrive in the
relation named after the dataset: one text column a field (codes, ISO days, plain numbers, "1" and
"0"), NULL for a blank or refused cell, `row_no`, and `is_sound` for rows without any fault.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from junheng.engine.contracts.cells import Context, canonical, plain_sql
from junheng.engine.contracts.checks import Problem
from junheng.engine.contracts.findings import FieldFault, Findings
from junheng.engine.contracts.rowchecks import check_rows
from junheng.engine.store.grid import folded
from junheng.errors import TableFaults
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from junheng.engine.contracts.records import Contract, Field
    from junheng.engine.store.tables import SourceTable

__all__ = ["Checked", "Context", "read_dataset"]

MAX_FAULTS_LISTED = 200

NOTE_MARKS = {"zh": "填写说明：", "en": "Notes: "}
SAMPLE_MARKS = {"zh": "示例：", "en": "Sample: "}
N_TEMPLATE_ROWS = 2
"""Rows between the headers and the data of our template: notes, sample."""


@dataclass(frozen=True)
class Checked:
    """A dataset that was read. `relation` holds all rows, sound or not; `columns` says which
    column of the file each field came from. `skipped_rows` are rows of notes and samples,
    `ignored_headers` columns that the contract does not know.
    """

    contract: Contract
    table: SourceTable
    context: Context
    relation: str
    columns: Mapping[str, int]
    findings: Findings
    n_rows: int
    skipped_rows: tuple[int, ...] = ()
    ignored_headers: tuple[str, ...] = ()

    @property
    def n_faults(self) -> int:
        """Number of all faults."""
        return self.findings.count()

    @property
    def n_sound(self) -> int:
        """Number of rows without a fault."""
        rows = self.table.session.rows(f"SELECT count(*) FROM {self.relation} WHERE is_sound")
        return int(str(rows[0][0]))

    def faults(self, limit: int = MAX_FAULTS_LISTED, offset: int = 0) -> tuple[FieldFault, ...]:
        """Return faults in the order of rows and columns, those of the whole table first."""
        return self.findings.window(limit, offset)

    def raise_faults(self) -> None:
        """Raise `TableFaults` when there is any fault; the first two hundred are listed."""
        if n_faults := self.n_faults:
            raise TableFaults(self.faults(), n_faults)


def read_dataset(
    table: SourceTable, contract: Contract, *, context: Context, ignore_unknown: bool = False
) -> Checked:
    """Read `table` by `contract` into the relation named after the dataset.

    Parameters
    ----------
    table
        The file as it arrived, all text.
    context
        School year and bureau, which decide whether a value can be right.
    ignore_unknown
        Leave out columns that the contract does not know, instead of noting a fault for each.

    Faults are no exception here: `Checked.faults` tells them all, `raise_faults` raises them. The
    cost is a few scans of the table and one look at each distinct unusual value.
    """
    columns, unknown = _matched(table, contract)
    headers = {field_id: table.headers[ix] for field_id, ix in columns.items()}
    findings = Findings(table, contract, headers)
    _note_headers(table, contract, columns, () if ignore_unknown else unknown, findings)
    skipped = _template_rows(table, contract, columns)
    reading = _Reading(table, contract, context, columns, findings, _data_rows(table, skipped))
    reading.load()
    check_rows(contract.id, contract, context, findings)
    mark_sound(contract.id, findings)
    ignored = tuple(table.headers[ix] for ix in unknown)
    n_rows = table.n_rows - len(skipped)
    return Checked(
        contract, table, context, contract.id, columns, findings, n_rows, skipped, ignored
    )


def mark_sound(relation: str, findings: Findings) -> None:
    """Write into `is_sound` which rows have no fault so far."""
    faulty = f"SELECT row_no FROM {findings.relation} WHERE row_no IS NOT NULL"
    findings.session.run(f"UPDATE {relation} SET is_sound = row_no NOT IN ({faulty})")


# --- headers and rows of the template -------------------------------------------------------------


def _matched(table: SourceTable, contract: Contract) -> tuple[dict[str, int], tuple[int, ...]]:
    """Return the column of each field, and the columns that belong to none.

    Of two columns with one meaning the first is read; the second is noted as a fault.
    """
    by_name = {folded(name): field.id for field in contract.fields for name in field.names}
    columns: dict[str, int] = {}
    unknown = []
    for ix, header in enumerate(table.headers):
        field_id = by_name.get(folded(header))
        if field_id is None or field_id in columns:
            unknown.append(ix)
        else:
            columns[field_id] = ix
    return columns, tuple(unknown)


def _note_headers(
    table: SourceTable,
    contract: Contract,
    columns: Mapping[str, int],
    unknown: tuple[int, ...],
    findings: Findings,
) -> None:
    by_name = {folded(name): field.id for field in contract.fields for name in field.names}
    for ix in unknown:
        header = table.headers[ix]
        same = by_name.get(folded(header))
        if same is None:
            findings.add_for_table(_unknown(header, contract), header)
        else:
            found = say("means the same as column “{first}”.", first=table.headers[columns[same]])
            findings.add_for_table(Problem(found, say("Keep one of the two columns.")), header)
    for field in contract.fields:
        if field.is_required and field.id not in columns:
            found = say("the column is missing.")
            names = ", ".join(field.names)
            remedy = say("Add a column with one of these headers: {headers}.", headers=names)
            findings.add_for_table(Problem(found, remedy), field.header.zh)


def _unknown(header: str, contract: Contract) -> Problem:
    from difflib import get_close_matches

    names = [name for field in contract.fields for name in field.names]
    near = get_close_matches(header, names, n=1)
    found = say("is not a column of “{dataset}”.", dataset=contract.name.zh)
    if near:
        return Problem(found, say("Did you mean “{key}”?", key=near[0]))
    return Problem(found, say("Correct the header or remove the column."))


def _template_rows(
    table: SourceTable, contract: Contract, columns: Mapping[str, int]
) -> tuple[int, ...]:
    """Return the rows of notes and samples: among the first rows, those that say so themselves.

    The mark stands in the first field, whose values never look like it (names might).
    """
    place = columns.get(contract.fields[0].id)
    if place is None:
        return ()
    rows = table.session.rows(
        f"SELECT row_no, c{place} FROM {table.relation} ORDER BY row_no LIMIT {N_TEMPLATE_ROWS}"
    )
    marks = (*NOTE_MARKS.values(), *SAMPLE_MARKS.values())
    return tuple(int(str(row_no)) for row_no, text in rows if str(text).startswith(marks))


def _data_rows(table: SourceTable, skipped: tuple[int, ...]) -> str:
    if not skipped:
        return table.relation
    listed = ", ".join(map(str, skipped))
    return f"(SELECT * FROM {table.relation} WHERE row_no NOT IN ({listed}))"


# --- cells ----------------------------------------------------------------------------------------


@dataclass
class _Reading:
    """One pass over the cells of a table. `rows` is the FROM item of its data rows."""

    table: SourceTable
    contract: Contract
    context: Context
    columns: Mapping[str, int]
    findings: Findings
    rows: str

    def load(self) -> None:
        """Make the relation of canonical rows; note blanks and refused cells."""
        session = self.table.session
        values, joins = [], []
        odd, blank = self._counts()
        for field in self.contract.fields:
            if field.id not in self.columns:
                values.append(f"NULL::VARCHAR AS {field.id}")
                continue
            cell = self._cell(field)
            if blank[field.id] and field.is_required:
                self._note_blanks(field)
            if not odd[field.id]:
                values.append(f"s.{cell} AS {field.id}")
                continue
            meant = self._meanings(field)
            values.append(f"coalesce({meant}.value, CASE WHEN {meant}.raw IS NULL THEN s.{cell}"
                          f" END) AS {field.id}")  # fmt: skip
            joins.append(f" LEFT JOIN {meant} ON s.{cell} = {meant}.raw")
        listed = ", ".join(values)
        session.create(
            self.contract.id,
            f"SELECT s.row_no, {listed}, TRUE AS is_sound FROM {self.rows} s{''.join(joins)}"
            " ORDER BY s.row_no",
        )

    def _cell(self, field: Field) -> str:
        return f"c{self.columns[field.id]}"

    def _counts(self) -> tuple[dict[str, int], dict[str, int]]:
        """Return, by field and in one scan, the number of unusual and of blank cells."""
        present = [field for field in self.contract.fields if field.id in self.columns]
        asked = ", ".join(
            f"count(*) FILTER (WHERE NOT ({plain_sql(field, self._cell(field), self.context)})),"
            f" count(*) FILTER (WHERE {self._cell(field)} IS NULL)"
            for field in present
        )
        if not present:
            return {}, {}
        answers = self.table.session.rows(f"SELECT {asked} FROM {self.rows}")[0]
        counts = [int(str(answer)) for answer in answers]
        ids = [field.id for field in present]
        return (
            dict(zip(ids, counts[::2], strict=True)),
            dict(zip(ids, counts[1::2], strict=True)),
        )

    def _note_blanks(self, field: Field) -> None:
        self.findings.add(
            field.id,
            Problem(say("is blank."), say("Fill in the cell.")),
            f"SELECT row_no, NULL AS value, NULL AS other FROM {self.rows}"
            f" WHERE {self._cell(field)} IS NULL",
        )

    def _meanings(self, field: Field) -> str:
        """Look at each distinct unusual text once; note the refused ones.

        Return the relation of what they mean: raw, value (NULL when refused), message_ix.
        """
        session, cell = self.table.session, self._cell(field)
        plain = plain_sql(field, cell, self.context)
        distinct = f"SELECT DISTINCT {cell} FROM {self.rows} WHERE NOT ({plain})"
        raw = [str(text) for (text,) in session.rows(distinct)]
        meaning = canonical(field, self.context)
        answers = [meaning(text) for text in raw]
        relation = session.fresh_name("meanings")
        session.load(
            relation,
            {
                "raw": raw,
                "value": [a if isinstance(a, str) else None for a in answers],
                "message_ix": [
                    None if isinstance(a, str) else self.findings.message(a) for a in answers
                ],
            },
            {"message_ix": "INTEGER"},
        )
        self.findings.add_numbered(
            field.id,
            f"SELECT s.row_no, s.{cell}, NULL, m.message_ix FROM {self.rows} s"
            f" JOIN {relation} m ON s.{cell} = m.raw WHERE m.message_ix IS NOT NULL",
        )
        return relation
