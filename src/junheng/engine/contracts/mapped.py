"""Reading the export of another system as a dataset, by a mapping.

The cells are brought into the columns of the contract and then checked like any other file; every
fault names the header that the export itself has.
"""

from __future__ import annotations

import hmac
from dataclasses import replace
from typing import TYPE_CHECKING

from junheng.engine.contracts.checks import Problem
from junheng.engine.contracts.reading import mark_sound, read_dataset
from junheng.engine.contracts.register_cells import reading
from junheng.engine.standard.ruleset import Text
from junheng.engine.store.grid import folded
from junheng.engine.store.session import literal
from junheng.engine.store.source import SourceTable
from junheng.errors import DataError
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from junheng.engine.contracts.cells import Context
    from junheng.engine.contracts.reading import Checked
    from junheng.engine.contracts.records import Contract, Field
    from junheng.engine.contracts.register_mapping import (
        Derived,
        RegisterMapping,
        RowKind,
        SourceColumn,
    )

PSEUDONYM_CHARACTERS = 20
"""80 bits: two of 200 million pupils meet with a chance of one in a hundred million."""


def read_mapped_dataset(
    table: SourceTable,
    mapping: RegisterMapping,
    contract: Contract,
    context: Context,
    *,
    id_key: bytes = b"",
) -> Checked:
    """Read an export into the relation named after the dataset.

    Parameters
    ----------
    table
        The export as it arrived, opened with the mapping's `header_names`.
    mapping
        Which column is which field.
    contract
        The dataset that the mapping is for.
    context
        School year and bureau.
    id_key
        The bureau's secret, from which internal numbers are made where the export has none: the
        same person gets the same number every time, and without the key no number tells whose
        it is.

    Returns
    -------
    Checked
        As of `read_dataset`; `table` and `columns` are those after mapping, `row_no` is the row of
        the export, `ignored_headers` are headers that the mapping does not know.

    Raises
    ------
    DataError
        The mapping is for another dataset, or needs a key and there is none.
    """
    if mapping.dataset != contract.id:
        raise DataError(
            say(
                "The mapping “{mapping}” is for {wanted}, not for {dataset}.",
                mapping=mapping.id,
                wanted=mapping.dataset,
                dataset=contract.id,
            )
        )
    if not id_key and any(derived.is_pseudonym for derived in mapping.derived):
        raise DataError(
            say(
                "The mapping “{mapping}” makes internal numbers. Give the key of the bureau.",
                mapping=mapping.id,
            )
        )
    return _Mapping(table, mapping, contract, context, id_key).read()


class _Mapping:
    """One reading. `_expressions` gives the SQL of each column's value, by the column's key."""

    def __init__(
        self,
        table: SourceTable,
        mapping: RegisterMapping,
        contract: Contract,
        context: Context,
        id_key: bytes,
    ) -> None:
        self._table = table
        self._session = table.session
        self._mapping = mapping
        self._contract = contract
        self._context = context
        self._id_key = id_key
        self._found = mapping.suggest(table.headers)
        self._joins: list[str] = []
        self._expressions: dict[str, str] = {}
        self._present = [c for c in mapping.columns if c.key in self._found.matched]

    def read(self) -> Checked:
        fields = {field.id for field in self._contract.fields}
        for column in self._present:
            self._expressions[column.key] = self._value(column, keeps_text=column.to in fields)
        headers = self._shown_headers()
        checked = read_dataset(
            self._mapped_table(headers), self._spoken_contract(headers), context=self._context
        )
        self._note_missing(checked)
        for derived in self._mapping.derived:
            if derived.field in headers:
                self._note_parts(checked, derived)
        mark_sound(checked.relation, checked.findings)
        return replace(checked, contract=self._contract, ignored_headers=self._found.unknown)

    # values

    def _cell(self, column: SourceColumn) -> str:
        return f"s.c{self._table.headers.index(self._found.matched[column.key])}"

    def _value(self, column: SourceColumn, *, keeps_text: bool) -> str:
        """Return SQL of a column's value; what cannot be read stays as it is, or becomes NULL."""
        cell = self._cell(column)
        if column.is_plain:
            return cell
        read = reading(column, self._context.school_year)
        meant = self._looked_up(cell, read)
        value = f"{meant}.value"
        if keeps_text:
            value = f"CASE WHEN {meant}.is_read THEN {value} ELSE {cell} END"
        return f"nullif({value}, '')"

    def _looked_up(self, expression: str, read: Callable[[str], str | None]) -> str:
        """Read each distinct text once; return the relation of what they mean."""
        rows = self._session.rows(
            f"SELECT DISTINCT {expression} FROM {self._source()} WHERE {expression} IS NOT NULL"
        )
        raw = [str(text) for (text,) in rows]
        values = [read(text) for text in raw]
        relation = self._session.fresh_name("meanings")
        self._session.load(
            relation,
            {"raw": raw, "value": values, "is_read": [value is not None for value in values]},
            {"is_read": "BOOLEAN"},
        )
        self._joins.append(f" LEFT JOIN {relation} ON {expression} = {relation}.raw")
        return relation

    def _source(self) -> str:
        return f"{self._table.relation} s{''.join(self._joins)}"

    def _joined(self, derived: Derived) -> str:
        """Return SQL of a derived field; NULL where any part is."""
        text = derived.join
        pieces = []
        for part in derived.parts:
            before, _, text = text.partition("{" + part + "}")
            pieces += [literal(before)] if before else []
            pieces.append(self._expressions[part])
        pieces += [literal(text)] if text else []
        joined = f"({' || '.join(pieces)})"
        if not derived.is_pseudonym:
            return joined
        return f"{self._looked_up(joined, lambda text: self._pseudonym(derived, text))}.value"

    def _pseudonym(self, derived: Derived, text: str) -> str:
        said = f"{self._mapping.dataset}/{derived.field}/{text}".encode()
        digest = hmac.digest(self._id_key, said, "sha256").hex()
        return derived.prefix + digest[:PSEUDONYM_CHARACTERS]

    # the table in the columns of the contract

    def _shown_headers(self) -> dict[str, str]:
        """Return, by field that is filled, the header of the export under which it is told.

        A field of which several columns are rows is told under all of their headers.
        """
        fields = {field.id for field in self._contract.fields}
        shown: dict[str, str] = {}
        for column in self._present:
            if column.to in fields:
                header = self._found.matched[column.key]
                before = shown.get(column.to)
                shown[column.to] = f"{before} / {header}" if before else header
        for derived in self._mapping.derived:
            if all(part in self._expressions for part in derived.parts):
                names = dict.fromkeys(self._found.matched[part] for part in derived.parts)
                shown[derived.field] = "、".join(names)
        for kind in self._mapping.rows:
            for field_id in kind.constants:
                shown.setdefault(field_id, self._contract.field(field_id).header.zh)
        return self._told_apart(shown)

    def _told_apart(self, shown: Mapping[str, str]) -> dict[str, str]:
        """Add our own name where one column of the export fills two fields."""
        headers: dict[str, str] = {}
        for field_id, header in shown.items():
            name = header
            if folded(header) in map(folded, headers.values()):
                name = f"{header} → {self._contract.field(field_id).header.zh}"
            headers[field_id] = name
        return headers

    def _mapped_table(self, headers: Mapping[str, str]) -> SourceTable:
        derived = {d.field: self._joined(d) for d in self._mapping.derived if d.field in headers}
        selects = [self._select(headers, derived, kind) for kind in self._mapping.rows or (None,)]
        relation = self._session.fresh_name("mapped")
        self._session.create(
            relation, f"SELECT * FROM ({' UNION ALL '.join(selects)}) ORDER BY row_no"
        )
        return SourceTable(
            self._session, relation, tuple(headers.values()), self._table.name, self._table.sheet
        )

    def _select(
        self, headers: Mapping[str, str], derived: Mapping[str, str], kind: RowKind | None
    ) -> str:
        """Return the rows of one kind; where all columns of the kind are blank there is none."""
        row = kind.id if kind else ""
        constants = kind.constants if kind else {}
        values = []
        for ix, field_id in enumerate(headers):
            value = derived.get(field_id) or (
                literal(constants[field_id])
                if field_id in constants
                else self._expressions.get(f"{row}.{field_id}" if row else field_id)
                or self._expressions.get(field_id, "NULL")
            )
            values.append(f"{value}::VARCHAR AS c{ix}")
        own = [self._cell(c) for c in self._present if row and c.row == row]
        filled = f"coalesce({', '.join(own)}) IS NOT NULL" if own else str(not row).upper()
        return f"SELECT s.row_no, {', '.join(values)} FROM {self._source()} WHERE {filled}"

    def _spoken_contract(self, headers: Mapping[str, str]) -> Contract:
        """Return the contract in the words of the export, so that its faults are told in them."""
        taken = set(map(folded, headers.values()))
        derived = {d.field for d in self._mapping.derived}
        return replace(
            self._contract,
            fields=tuple(
                _renamed(field, headers.get(field.id), taken, is_derived=field.id in derived)
                for field in self._contract.fields
            ),
        )

    # faults

    def _note_missing(self, checked: Checked) -> None:
        for key in self._found.missing:
            column = self._mapping.column(key)
            if not column.is_optional:
                remedy = say(
                    "Say in the mapping “{mapping}” under which header it stands; known so far:"
                    " {headers}.",
                    mapping=self._mapping.id,
                    headers=", ".join(column.headers),
                )
                problem = Problem(say("the column is missing."), remedy)
                checked.findings.add_for_table(problem, column.headers[0])

    def _note_parts(self, checked: Checked, derived: Derived) -> None:
        """Tell which of the cells that a field is made of are blank or cannot be read."""
        for part in derived.parts:
            column = self._mapping.column(part)
            cell, value = self._cell(column), self._expressions[part]
            header = self._found.matched[part]
            blank = Problem(
                say("“{header}” is blank, of which this field is made.", header=header),
                say("Fill in the cell."),
            )
            unread = Problem(
                say("“{value}” in “{header}” cannot be read.", header=header),
                say("Correct it in the source, or give its meaning in the mapping."),
            )
            select = f"SELECT s.row_no, {cell}, NULL FROM {self._source()} WHERE {value} IS NULL"
            if self._contract.field(derived.field).is_required:
                checked.findings.add(derived.field, blank, _named(f"{select} AND {cell} IS NULL"))
            checked.findings.add(derived.field, unread, _named(f"{select} AND {cell} IS NOT NULL"))


def _named(select: str) -> str:
    return f"SELECT * FROM ({select}) f(row_no, value, other)"


def _renamed(field: Field, header: str | None, taken: Iterable[str], *, is_derived: bool) -> Field:
    """Return a field that is known under one header alone; an absent one is not asked for here."""
    if header is not None:
        name, is_required = header, field.is_required and not is_derived
    else:
        name, is_required = field.header.zh, False
        if folded(name) in taken:
            name = field.id
    return replace(
        field,
        header=Text(name, name),
        national_code="",
        synonyms=(),
        is_required=is_required,
    )
