"""Which school a row belongs to: by its own school identifier, or by what it refers to.

A class names its school; a pupil's row names a class, a lesson a unit. A row may belong to several
schools (the training of somebody who works in two) or to none (a county's figure).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from junheng.engine.contracts import catalogue
from junheng.engine.store.session import literal

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from junheng.engine.contracts.records import Contract, Reference

SCHOOL = "school_id"
SCHOOLS = "schools"


def has_school(contract: Contract) -> bool:
    """Whether rows of the dataset belong to schools."""
    return _is_direct(contract) or _way(contract) is not None


def datasets_to_school(contract: Contract) -> tuple[str, ...]:
    """Return the datasets that have to be known to tell the schools of a row, nearest first."""
    way = None if _is_direct(contract) else _way(contract)
    if way is None:
        return ()
    return (way.dataset, *datasets_to_school(catalogue.contract(way.dataset)))


def with_schools(contract: Contract, rows: str, relations: Mapping[str, str]) -> str:
    """Return a FROM item: the rows with a further column `of_schools`, a list of identifiers.

    `rows` is the FROM item of the dataset, `relations` gives one for each of
    `datasets_to_school`. The list is NULL or empty for a row that belongs to no known school.
    """
    if _is_direct(contract):
        return f"(SELECT *, list_filter([{SCHOOL}], x -> x IS NOT NULL) AS of_schools FROM {rows})"
    way = _way(contract)
    if way is None:
        return f"(SELECT *, NULL::VARCHAR[] AS of_schools FROM {rows})"
    named, there = way.fields[0], way.to[0]
    target = with_schools(
        catalogue.contract(way.dataset), _rows_of(way.dataset, relations), relations
    )
    return (
        f"(SELECT r.*, t.of_schools FROM {rows} r LEFT JOIN (SELECT {there} AS there,"
        f" flatten(list(of_schools)) AS of_schools FROM {target} GROUP BY {there}) t"
        f" ON r.{named} = t.there)"
    )


def among(schools: Collection[str] | None, column: str = "of_schools") -> str:
    """Return an SQL condition: one of the row's schools is among `schools` (None: all are)."""
    if schools is None:
        return "TRUE"
    listed = ", ".join(map(literal, sorted(schools)))
    return f"coalesce(list_has_any({column}, [{listed}]::VARCHAR[]), FALSE)"


def _is_direct(contract: Contract) -> bool:
    return SCHOOL in {field.id for field in contract.fields}


def _way(contract: Contract) -> Reference | None:
    """Return the reference that leads to a school: one that names a single row, if there is one.

    What need not be filled does not lead anywhere: a county's figure may cite a school's document.
    """
    leading = [
        reference
        for reference in contract.references
        if contract.field(reference.fields[0]).is_required
        and has_school(catalogue.contract(reference.dataset))
    ]
    single = [r for r in leading if catalogue.contract(r.dataset).key == r.to[:1]]
    return next(iter([*single, *leading]), None)


def _rows_of(dataset: str, relations: Mapping[str, str]) -> str:
    known = relations.get(dataset)
    if known is not None:
        return known
    columns = ", ".join(f"NULL::VARCHAR AS {f.id}" for f in catalogue.contract(dataset).fields)
    return f"(SELECT {columns} WHERE FALSE)"
