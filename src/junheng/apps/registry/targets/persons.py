"""The person behind a role: found by the identity number, or made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from junheng.apps.foundation import bulk
from junheng.apps.registry.models import Person
from junheng.errors import DataError
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from junheng.apps.registry.targets.records import Row
    from junheng.apps.registry.targets.rows import Rows
    from junheng.apps.registry.targets.spec import Spec

FIELDS = ("name", "sex_code", "birth_date", "identity_number")


def found_or_made(persons: Rows, said: Sequence[Row]) -> list[int]:
    """Return the id of the person of each row, in their order.

    Who has the same identity number in another role is the same person, and must be told alike;
    the database refuses a second role of one kind.
    """
    columns = persons.columns
    at = columns.index("identity_index")
    values = [persons.values(row) for row in said]
    known = _known(persons, {v[at] for v in values if v[at]})
    new = [ix for ix, v in enumerate(values) if v[at] not in known]
    fresh = bulk.new_ids(Person, len(new))
    ids = [0] * len(said)
    for ix, row_id in zip(new, fresh, strict=True):
        ids[ix] = row_id
    bulk.insert(Person, ["id", *columns], ([ids[ix], *values[ix]] for ix in new))
    for ix, v in enumerate(values):
        if v[at] in known:
            ids[ix] = _same(known[v[at]], said[ix])
    return ids


def _known(persons: Rows, indexes: Collection[str]) -> dict[str, tuple[Any, ...]]:
    # SQLite takes the index of filled numbers only where the condition is written as in the index.
    sql = (
        f'SELECT identity_index, id, name, sex_code, CAST(birth_date AS TEXT) FROM "{_TABLE}" '
        "WHERE bureau_id = %s AND NOT (identity_index = '') AND identity_index IN ({values})"
    )
    found = bulk.rows_where_in(sql, [persons.place.bureau_id], indexes)
    return {index: tuple(rest) for index, *rest in found}


def _same(known: tuple[Any, ...], row: Row) -> int:
    if known[1:] != tuple(row[name] for name in FIELDS[:3]):
        raise DataError(
            say(
                "An identity number is known already, with another name, sex or birth date. "
                "Correct whichever is wrong."
            )
        )
    return int(known[0])


_TABLE = Person._meta.db_table
ROLES = tuple(
    (relation.related_model._meta.db_table, relation.field.column)
    for relation in Person._meta.related_objects
)
"""Tables of the roles of a person, with the column that leads to the person."""


def refuse_shared(spec: Spec, ids: Collection[int]) -> None:
    """Raise DataError when a person that was changed in one role has another one as well."""
    own = spec.shared[0].table
    for table, column in ROLES:
        if table == own:
            continue
        sql = f'SELECT {column} FROM "{table}" WHERE {column} IN ({{values}})'
        if any(bulk.rows_where_in(sql, [], ids)):
            raise DataError(
                say(
                    "{dataset}: somebody is both pupil and member of staff; what is said of the "
                    "person cannot be changed in one of the two alone.",
                    dataset=spec.contract.name.zh,
                )
            )


def drop_unused(ids: set[int]) -> None:
    """Remove the persons who have no role left."""
    for table, column in ROLES:
        sql = f'SELECT {column} FROM "{table}" WHERE {column} IN ({{values}})'
        ids = ids - {row[0] for row in bulk.rows_where_in(sql, [], ids)}
    bulk.delete(Person, ids)
