"""Rows of a contract as rows of one table: links found, secrets sealed, blanks as stored."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import connection, models

from junheng.apps.foundation import bulk
from junheng.apps.foundation.encryption import BlindIndexField, EncryptedTextField, indexer, sealer
from junheng.apps.registry.targets.reading import as_text
from junheng.errors import DataError
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from junheng.apps.registry.targets.records import Place, Row
    from junheng.apps.registry.targets.spec import Part, Spec


class Rows:
    """Makes the stored values of one part; `up_ids` leads from a number to the row above."""

    def __init__(self, part: Part, place: Place, up_ids: Mapping[str, int], spec: Spec) -> None:
        self.part = part
        self.place = place
        self._spec = spec
        self._up_ids = up_ids
        self._links: dict[str, Mapping[str, int]] = {}
        self._fixed: dict[str, Any] = {"bureau_id": place.bureau_id}
        if spec.is_yearly and part is spec.main:
            self._fixed["school_year"] = place.school_year
        named = [*([part.number] if part.number else []), *part.columns.items()]
        self._kept = [(name, part.column(column)) for name, column in named]
        self._indexes = _indexes(part, {k.name: name for name, k in self._kept})
        self._stored = [(name, _storer(kept)) for name, kept in self._kept]
        self._stored += [(name, _indexer(index)) for index, name in self._indexes]

    @property
    def columns(self) -> list[str]:
        """Return the columns in the order of `values`."""
        up = [self.part.up] if self.part.up else []
        links = [link.column for link in self.part.links]
        kept = [k.attname for _, k in self._kept]
        return [*self._fixed, *up, *links, *kept, *(index.attname for index, _ in self._indexes)]

    def resolve(self, rows: Iterable[Row]) -> None:
        """Find the rows that links name; DataError for a number that is not there."""
        rows = list(rows)
        for link in self.part.links:
            wanted = {number for row in rows if (number := row[link.field]) is not None}
            self._links[link.field] = self._found(link, wanted)

    def _found(self, link: Any, wanted: set[str]) -> dict[str, int]:
        kept = next(f for f in link.model._meta.concrete_fields if f.attname == link.code)
        sql = (
            f'SELECT {as_text(link.code, kept)}, id FROM "{link.model._meta.db_table}" '
            f"WHERE bureau_id = %s AND {link.code} IN ({{values}})"
        )
        is_number = isinstance(kept, models.IntegerField)
        sought = [int(number) if is_number else number for number in sorted(wanted)]
        found = dict(bulk.rows_where_in(sql, [self.place.bureau_id], sought))
        for missing in sorted(wanted - found.keys())[:1]:
            field = self._spec.contract.field(link.field).header.zh
            raise DataError(
                say("There is no {field} “{value}”. Add it first.", field=field, value=missing)
            )
        return found

    def values(self, row: Row, up_id: int | None = None) -> list[Any]:
        """Return the stored values of a row, in the order of `columns`."""
        values = list(self._fixed.values())
        if self.part.up:
            values.append(self._up_ids[self._number(row)] if up_id is None else up_id)
        for link in self.part.links:
            number = row[link.field]
            values.append(None if number is None else self._links[link.field][number])
        values += [store(row[name]) for name, store in self._stored]
        return values

    def _number(self, row: Row) -> str:
        number = self._spec.shared[0].number
        return str(row[number[0]]) if number else ""

    def take_over(self, added: list[Row]) -> list[Row]:
        """Give rows that were made without a number theirs; return the rows that are really new."""
        bare = self._spec.bare
        if not bare or not added:
            return added
        number = self.columns[-1]
        kept = [self.columns.index(column) for column in bare]
        with connection.cursor() as cursor:
            cursor.execute(
                f'SELECT id, {", ".join(bare)} FROM "{self.part.table}" '
                f"WHERE bureau_id = %s AND {number} = ''",
                [self.place.bureau_id],
            )
            known = {tuple(values): row_id for row_id, *values in cursor.fetchall()}
        new, taken = [], []
        for row in added:
            values = self.values(row)
            row_id = known.get(tuple(values[ix] for ix in kept))
            if row_id is None:
                new.append(row)
            else:
                taken.append((values[-1], row_id))
        bulk.update(self.part.model, [number], taken)
        return new


def _indexes(part: Part, fields: Mapping[str, str]) -> list[tuple[BlindIndexField, str]]:
    """Return the blind indexes of a table, each with the contract's field that it indexes."""
    return [
        (kept, fields[kept.source])
        for kept in part.model._meta.concrete_fields
        if isinstance(kept, BlindIndexField)
    ]


def _indexer(kept: BlindIndexField) -> Callable[[str | None], str]:
    index = indexer(kept.purpose)
    return lambda text: index(text) if text else ""


def _storer(kept: models.Field[Any, Any]) -> Callable[[str | None], Any]:
    """Return what brings canonical text into the form in which a column stores it."""
    if isinstance(kept, EncryptedTextField):
        seal = sealer(kept.purpose)
        return lambda text: seal(text) if text else ""
    if isinstance(kept, models.CharField | models.TextField):
        return lambda text: text or ""
    if isinstance(kept, models.BooleanField):
        return {"1": True, "0": False, None: None}.get
    if isinstance(kept, models.IntegerField):
        return lambda text: None if text is None else int(text)
    return lambda text: text
