"""What rows share: the pupil behind enrolments, the class behind its years, the person behind both.

All rows of one owner say the same of what they share. A change of it in one row is a change of
every row of that owner: those that are not among the changes follow, and the journal says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from junheng.apps.foundation import bulk
from junheng.apps.foundation.encryption import BlindIndexField, EncryptedTextField, opener
from junheng.apps.registry.models import Person
from junheng.apps.registry.targets import persons, users
from junheng.apps.registry.targets.reading import as_text, rows_of, tables
from junheng.apps.registry.targets.records import RowChange
from junheng.apps.registry.targets.rows import Rows
from junheng.errors import DataError
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from junheng.apps.registry.targets.records import Place, Row
    from junheng.apps.registry.targets.spec import Part, Spec

Shared = tuple[str | None, ...]


class Sharing:
    """The owners of the rows of one write: made where they are new, changed where rows say so."""

    def __init__(self, spec: Spec, place: Place, changes: Sequence[RowChange]) -> None:
        self.spec = spec
        self.place = place
        self.changes = changes
        self.fields = spec.shared_fields()
        number = spec.shared[0].number
        self.number = number[0] if number else ""
        self._said: dict[str, Row] = {}
        self._followers: list[tuple[int, RowChange]] = []

    def write(self) -> dict[str, int]:
        """Make and change owners; return the id of each by its number."""
        self._listen()
        known = self._known()
        new = [number for number in self._said if number not in known]
        changed = {
            number: known[number][:2]
            for number in self._said
            if number in known and known[number][2] != self._shared(self._said[number])
        }
        parts = [Rows(part, self.place, {}, self.spec) for part in self.spec.shared]
        for rows in parts:
            rows.resolve(self._said[number] for number in (*new, *changed))
        if changed:
            self._follow(changed)
            self._change(parts, changed)
        made = self._make(parts, new) if new else {}
        return {number: ids[0] for number, ids in known.items()} | made

    def followers(self) -> list[tuple[int, RowChange]]:
        """Return the changes of rows that follow, each with its school year."""
        return self._followers

    def _shared(self, row: Row) -> Shared:
        return tuple([row[name] for name in self.fields])

    def _listen(self) -> None:
        """Take what the new rows say of each owner; DataError where they differ."""
        for change in self.changes:
            row = change.new
            if row is None:
                continue
            number = str(row[self.number])
            said = self._said.setdefault(number, row)
            if said is not row and self._shared(said) != self._shared(row):
                raise self._disagreement(number, said, row)

    def _disagreement(self, number: str, one: Row, other: Row) -> DataError:
        contract = self.spec.contract
        names = [contract.field(n).header.zh for n in self.fields if one[n] != other[n]]
        return DataError(
            say(
                "{dataset}: the rows of “{value}” differ in {fields}, which are the same in all of "
                "them. Write the same in each row.",
                dataset=contract.name.zh,
                value=number,
                fields="、".join(names),
            )
        )

    def _known(self) -> dict[str, tuple[int, int, Shared]]:
        """Return id, id of the part above, and what is shared, by number, of known owners."""
        sources = {name: (column, kept) for name, column, kept in self.spec.sources(1)}
        opened_by = {
            ix: opener(sources[name][1].purpose)
            for ix, name in enumerate(self.fields)
            if isinstance(sources[name][1], EncryptedTextField)
        }
        top = self.spec.shared[0]
        number = sources[self.number][0]
        asked = ", ".join(
            ["t1.id", f"t1.{top.up}" if top.up else "0", number]
            + [as_text(*sources[name]) for name in self.fields]
        )
        sql = (
            f"SELECT {asked} FROM {tables(self.spec, 1)} "
            f"WHERE t1.bureau_id = %s AND {number} IN ({{values}})"
        )
        known = {}
        for row_id, up, code, *values in bulk.rows_where_in(
            sql, [self.place.bureau_id], self._said
        ):
            for ix, opened in opened_by.items():
                values[ix] = values[ix] and opened(values[ix])
            known[str(code)] = (row_id, up, tuple(values))
        return known

    # changed owners

    def _follow(self, changed: Mapping[str, tuple[int, int]]) -> None:
        """Find the rows of changed owners that are not among the changes, and let them follow.

        A new row that contradicts what stands is refused: it may be somebody else's.
        """
        spec = self.spec
        numbers = {ids[0]: number for number, ids in changed.items()}
        told = {str(c.new[self.number]) for c in self.changes if c.new and c.old}
        mine = {(self._year(None), c.key) for c in self.changes}
        names = [f.id for f in spec.contract.fields]
        key_at = [names.index(name) for name in spec.contract.key]
        year = "t0.school_year" if spec.is_yearly else ""
        for part in bulk.parts(numbers, bulk.VALUES_AT_ONCE):
            condition = f"t1.id IN ({', '.join(['%s'] * len(part))})"
            for values, found in rows_of(spec, self.place.bureau_id, condition, part, year):
                key = tuple(str(values[ix]) for ix in key_at)
                if (self._year(found), key) in mine:
                    continue
                old = dict(zip(names, values, strict=True))
                said = self._said[str(old[self.number])]
                if str(old[self.number]) not in told:
                    raise self._disagreement(str(old[self.number]), old, said)
                new = old | {name: said[name] for name in self.fields}
                self._followers.append((self._year(found), RowChange(key, old, new)))

    def _year(self, found: int | None) -> int:
        return found if self.spec.is_yearly and found is not None else self.place.school_year

    def _change(self, parts: Sequence[Rows], changed: Mapping[str, tuple[int, int]]) -> None:
        for level, rows in enumerate(parts):
            _blank_indexes(rows.part, [ids[level] for ids in changed.values()])
            first = rows.columns.index(rows.part.up) + 1 if rows.part.up else len(FIXED)
            values = [
                (*rows.values(self._said[number], 0)[first:], ids[level])
                for number, ids in changed.items()
            ]
            if columns := rows.columns[first:]:
                bulk.update(rows.part.model, columns, values)
            if rows.part.model is Person:
                persons.refuse_shared(self.spec, [ids[level] for ids in changed.values()])

    # new owners

    def _make(self, parts: Sequence[Rows], new: Sequence[str]) -> dict[str, int]:
        top = parts[0]
        above = [0] * len(new)
        if len(parts) > 1:
            above = persons.found_or_made(parts[1], [self._said[number] for number in new])
        ids = bulk.new_ids(top.part.model, len(new))
        made_with = top.part.made_with
        further = list(made_with(self._said[new[0]])) if made_with else []
        bulk.insert(
            top.part.model,
            ["id", *top.columns, *further],
            (
                [row_id, *top.values(said, up), *(made_with(said).values() if made_with else ())]
                for row_id, up, said in zip(ids, above, map(self._said.get, new), strict=True)
                if said is not None
            ),
        )
        return dict(zip(new, ids, strict=True))


FIXED = ("bureau_id",)


def _blank_indexes(part: Part, ids: Sequence[int]) -> None:
    """Free the unique numbers of rows that change, so that two rows may exchange theirs."""
    names = [f.attname for f in part.model._meta.concrete_fields if isinstance(f, BlindIndexField)]
    if names:
        bulk.update(part.model, names, [(*[""] * len(names), row_id) for row_id in ids])


def drop_unused(spec: Spec, ids: set[int]) -> None:
    """Remove owners whose last row is gone and to whom nothing else refers.

    Where the owner's number alone is the key, its going is meant: DataError while rows of other
    datasets refer to it. Otherwise (a day in the key was corrected) it waits for its next row.
    """
    top, main = spec.shared[0], spec.main
    still = f'SELECT DISTINCT {main.up} FROM "{main.table}" WHERE {main.up} IN ({{values}})'
    left = ids - {row[0] for row in bulk.rows_where_in(still, [], ids)}
    referred = dict(users.used(top.model, left))
    if len(spec.contract.key) == 1:
        users.refuse_rows(spec.contract, referred.values())
    left -= referred.keys()
    if not left:
        return
    sql = f'SELECT {top.up or "0"} FROM "{top.table}" WHERE id IN ({{values}})'
    above = {row[0] for row in bulk.rows_where_in(sql, [], left)}
    bulk.delete(top.model, left)
    if len(spec.shared) > 1:
        persons.drop_unused(above)
