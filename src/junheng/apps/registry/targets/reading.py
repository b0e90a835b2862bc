"""Stored facts as rows of a contract: one SELECT a dataset, made from its description."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.db import connection, models

from junheng.apps.foundation import scoping
from junheng.apps.foundation.encryption import EncryptedTextField, opener
from junheng.apps.registry.models import (
    Bureau,
    School,
    SchoolProfile,
    SchoolSuccession,
    SuccessionKind,
)
from junheng.apps.registry.targets.spec import alias
from junheng.engine.contracts.records import TouchesYear
from junheng.errors import NotAllowed
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date

    from junheng.apps.registry.targets.records import Place
    from junheng.apps.registry.targets.spec import Spec
    from junheng.engine.store.session import Session

ROWS_AT_ONCE = 10_000
COUNTY = "county_code"
"""The one field that no table keeps: every row of a bureau has the bureau's own code."""

Values = list[str | None]
Columns = list[Sequence[str | None]]


def load(spec: Spec, session: Session, relation: str, place: Place) -> int:
    """Make `relation` of the rows in a place; see `Target.load`."""
    check_reach(place)
    names = [f.id for f in spec.contract.fields]
    empty = ", ".join(f"NULL::VARCHAR AS {name}" for name in names)
    session.create(relation, f"SELECT {empty} WHERE FALSE")
    n_rows = 0
    part = session.fresh_name("rows")
    for columns in column_parts(spec, place):
        session.load(part, dict(zip(names, columns, strict=True)), dict.fromkeys(names, "VARCHAR"))
        session.run(f"INSERT INTO {relation} SELECT * FROM {part}")
        n_rows += len(columns[0])
    if n_rows:
        session.run(f"DROP TABLE {part}")
    return n_rows


def column_parts(spec: Spec, place: Place) -> Iterator[Columns]:
    """Yield the values of a place by column, some thousand rows at a time, secrets opened."""
    condition, params = in_place(spec, place)
    yield from _fetched(spec, place.bureau_id, condition, params)


def rows_of(
    spec: Spec, bureau_id: int, condition: str, params: Sequence[Any], extra: str = ""
) -> Iterator[tuple[Values, Any]]:
    """Yield rows in the contract's order, each with the value of the SQL `extra`."""
    for *columns, last in _fetched(spec, bureau_id, condition, params, extra or "0"):
        for *values, value in zip(*columns, last, strict=True):
            yield values, value


def rows_by_number(spec: Spec, place: Place, number: str) -> list[dict[str, str | None]]:
    """Return the rows of a place whose first key field is `number`, in order of their keys."""
    check_reach(place)
    names = [f.id for f in spec.contract.fields]
    key = spec.contract.key
    condition, params = sought_in_place(spec, place, key[0])
    found = rows_of(spec, place.bureau_id, condition.format(values="%s"), [*params, number])
    rows = [dict(zip(names, values, strict=True)) for values, _ in found]
    return sorted(rows, key=lambda row: [str(row[name]) for name in key])


def sought_in_place(spec: Spec, place: Place, name: str) -> tuple[str, list[Any]]:
    """Return the SQL condition that a field of rows of a place is among {values}."""
    column, kept = next((c, k) for field, c, k in spec.sources() if field == name)
    sought = column if isinstance(kept, models.CharField) else as_text(column, kept)
    condition, params = in_place(spec, place)
    # Numbers stand in an index behind their bureau: without it every row would be read.
    own = f"{column.split('.', maxsplit=1)[0]}.bureau_id = %s"
    return f"{condition} AND {own} AND {sought} IN ({{values}})", [*params, place.bureau_id]


def in_place(spec: Spec, place: Place) -> tuple[str, list[Any]]:
    """Return the SQL condition that keeps the rows of a place, with its parameters."""
    conditions = ["t0.bureau_id = %s"]
    params: list[Any] = [place.bureau_id]
    if spec.bare:
        # What has no number yet was made elsewhere and is no row of the dataset.
        number = next(c for name, c, _ in spec.sources() if name == spec.contract.key[0])
        conditions.append(f"{number} <> ''")
    if spec.is_yearly:
        conditions.append("t0.school_year = %s")
        params.append(place.school_year)
    for check in spec.contract.checks:
        if isinstance(check, TouchesYear):
            conditions.append(f"t0.{check.earlier} <= %s")
            params.append(f"{place.school_year + 1}-08-31")
            if check.later:
                conditions.append(f"(t0.{check.later} IS NULL OR t0.{check.later} >= %s)")
                params.append(f"{place.school_year - 1}-09-01")
    if place.schools is not None and spec.within:
        ids = list(school_ids(place).values())
        places = ", ".join(["%s"] * len(ids)) or "NULL"
        conditions.append(spec.within.format(schools=places))
        params += ids
    if place.in_force_on and spec.ends_with_school:
        condition, told = _in_force(spec, place, place.in_force_on)
        conditions.append(condition)
        params += told
    return " AND ".join(conditions), params


def _in_force(spec: Spec, place: Place, day: date) -> tuple[str, list[Any]]:
    """Return the condition that the school of a row is one on a day.

    It has a profile of the year and has not ended. Of others, dated rows that last over the day
    stay: somebody who still stands there has to be told of, not passed over.
    """
    ended = SuccessionKind.ended()
    schools = (
        f'SELECT p.school_id FROM "{SchoolProfile._meta.db_table}" p '
        "WHERE p.bureau_id = %s AND p.school_year = %s AND p.school_id NOT IN ("
        f'SELECT e.school_id FROM "{SchoolSuccession._meta.db_table}" e '
        f"WHERE e.bureau_id = %s AND e.kind IN ({', '.join(['%s'] * len(ended))}) "
        "AND e.on_date <= %s)"
    )
    either = [spec.within.format(schools=schools)]
    params: list[Any] = [place.bureau_id, place.school_year, place.bureau_id]
    params += [*(kind.value for kind in ended), day.isoformat()]
    for check in spec.contract.checks:
        if isinstance(check, TouchesYear) and check.later:
            either.append(f"t0.{check.later} IS NULL OR t0.{check.later} >= %s")
            params.append(day.isoformat())
    return f"({' OR '.join(either)})", params


def select(spec: Spec, bureau_code: str, condition: str, extra: str = "") -> str:
    """Return the SELECT text of a dataset's rows in the contract's order."""
    sources = {name: (column, kept) for name, column, kept in spec.sources()}
    asked = [
        f"'{bureau_code}'" if f.id == COUNTY else as_text(*sources[f.id])
        for f in spec.contract.fields
    ]
    asked += [extra] if extra else []
    return f"SELECT {', '.join(asked)} FROM {tables(spec)} WHERE {condition}"


def tables(spec: Spec, first: int = 0) -> str:
    """Return the FROM text: the table of part `first`, what it hangs on, what its fields name."""
    text = f'"{spec.parts[first].table}" t{first}'
    for ix, part in enumerate(spec.parts):
        if ix < first:
            continue
        if ix > first:
            text += f' JOIN "{part.table}" t{ix} ON t{ix}.id = t{ix - 1}.{spec.parts[ix - 1].up}'
        for link in part.links:
            name = alias(ix, link)
            text += f' LEFT JOIN "{link.model._meta.db_table}" {name}'
            text += f" ON {name}.id = t{ix}.{link.column}"
    return text


def as_text(column: str, kept: models.Field[Any, Any]) -> str:
    """Return SQL for the canonical text of a column, NULL where it is blank."""
    if isinstance(kept, models.BooleanField):
        return f"CASE WHEN {column} THEN '1' WHEN NOT {column} THEN '0' END"
    if isinstance(kept, models.CharField | models.TextField):
        return f"NULLIF({column}, '')"
    return f"CAST({column} AS TEXT)"


def school_ids(place: Place) -> dict[str, int]:
    """Return the ids of the schools of a place by identifier."""
    with scoping.everything(reason="identifiers of a place"):
        named = School.objects.filter(bureau=place.bureau_id, identifier__in=place.schools or ())
        return dict(named.values_list("identifier", "pk"))


def check_reach(place: Place) -> None:
    """Raise NotAllowed where the scope in force does not reach the place."""
    scope = scoping.current()
    if scope is None:
        raise scoping.ScopeMissing(say("{model} was queried outside any scope.", model="Place"))
    if scope.is_everything or place.bureau_id in scope.bureaus:
        return
    if place.schools is None or not scope.schools.issuperset(school_ids(place).values()):
        raise NotAllowed(say("Your posts of today do not reach these schools."))


def bureau_code(bureau_id: int) -> str:
    """Return the code of a bureau."""
    with scoping.everything(reason="code of a place's bureau"):
        code: str = Bureau.objects.values_list("code", flat=True).get(pk=bureau_id)
        return code


def openers(spec: Spec) -> dict[int, Callable[[str], str]]:
    """Return what opens the encrypted fields, by their place in the contract."""
    kept = {name: column for name, _, column in spec.sources()}
    return {
        ix: opener(kept[f.id].purpose)
        for ix, f in enumerate(spec.contract.fields)
        if isinstance(kept.get(f.id), EncryptedTextField)
    }


def _fetched(
    spec: Spec, bureau_id: int, condition: str, params: Sequence[Any], extra: str = ""
) -> Iterator[Columns]:
    opened_by = openers(spec)
    text = select(spec, bureau_code(bureau_id), condition, extra)
    with connection.chunked_cursor() as cursor:
        cursor.execute(text, params)
        while rows := cursor.fetchmany(ROWS_AT_ONCE):
            columns: Columns = list(zip(*rows, strict=True))
            for ix, opened in opened_by.items():
                columns[ix] = [v if v is None else opened(v) for v in columns[ix]]
            yield columns
