"""Checks between datasets: what one row names must exist in another dataset and agree with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from junheng.engine.contracts.checks import Problem
from junheng.engine.contracts.reading import mark_sound
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from junheng.engine.contracts.reading import Checked
    from junheng.engine.contracts.records import Reference

LAST_JUNIOR_GRADE, LAST_SENIOR_GRADE = 9, 12
USUAL_PRIMARY_YEARS = 6


def check_references(
    checked: Sequence[Checked], *, known: Mapping[str, str] | None = None
) -> tuple[tuple[str, str], ...]:
    """Find references that lead nowhere or disagree; the faults join those of each dataset.

    Parameters
    ----------
    checked
        Datasets read into one session; each is checked against the others.
    known
        By dataset, a further relation of that session with the same columns: what the bureau has
        already. A reference may lead to either.

    Returns
    -------
    tuple
        Pairs (dataset, dataset referred to) that could not be checked, because the second one is
        neither in the files nor known.
    """
    relations = _relations(checked, known or {})
    unchecked = []
    for one in checked:
        for reference in one.contract.references:
            if reference.dataset in relations:
                _check(one, reference, relations[reference.dataset])
            else:
                unchecked.append((one.contract.id, reference.dataset))
        if one.contract.id == "classes" and {"units", "schools"} <= relations.keys():
            _check_grades(one, relations["units"], relations["schools"])
        mark_sound(one.relation, one.findings)
    return tuple(dict.fromkeys(unchecked))


def _relations(checked: Sequence[Checked], known: Mapping[str, str]) -> dict[str, str]:
    """Return, by dataset, a FROM item with the rows of the file and those known before."""
    found: dict[str, list[str]] = {dataset: [name] for dataset, name in known.items()}
    columns = {one.contract.id: [f.id for f in one.contract.fields] for one in checked}
    for one in checked:
        found.setdefault(one.contract.id, []).append(one.relation)
    return {
        dataset: _union(names, columns[dataset]) if len(names) > 1 else names[0]
        for dataset, names in found.items()
    }


def _union(relations: Sequence[str], columns: Sequence[str]) -> str:
    listed = ", ".join(columns)
    return f"({' UNION ALL '.join(f'SELECT {listed} FROM {name}' for name in relations)})"


def _check(one: Checked, reference: Reference, target: str) -> None:
    named, there = reference.fields[0], reference.to[0]
    found = say("There is no “{value}” among “{dataset}”.", dataset=_name(one, reference))
    remedy = say("Correct it, or add the row it names.")
    one.findings.add(
        named,
        Problem(found, remedy),
        # A blank names nothing; NOT IN alone would find it among no rows at all.
        f"SELECT row_no, {named} AS value, NULL AS other FROM {one.relation}"
        f" WHERE {named} IS NOT NULL AND {named} NOT IN"
        f" (SELECT {there} FROM {target} t WHERE {there} IS NOT NULL)",
    )
    for field, to in zip(reference.fields[1:], reference.to[1:], strict=True):
        _check_agreement(one, reference, target, (field, to))


def _check_agreement(
    one: Checked, reference: Reference, target: str, pair: tuple[str, str]
) -> None:
    """Find rows whose `field` differs from that of every row they name; a blank agrees."""
    named, there = reference.fields[0], reference.to[0]
    field, to = pair
    found = say(
        "“{value}” does not agree with {field} of this row, which belongs to “{other}”.",
        field=one.contract.field(named).header.zh,
    )
    one.findings.add(
        field,
        Problem(found, say("Correct whichever of the two is wrong.")),
        f"SELECT r.row_no, r.{field} AS value, t.other FROM {one.relation} r"
        f" JOIN (SELECT {there} AS there, min({to}) AS other, list({to}) AS all_of_them"
        f" FROM {target} t WHERE {there} IS NOT NULL AND {to} IS NOT NULL GROUP BY {there}) t"
        f" ON r.{named} = t.there WHERE NOT list_contains(t.all_of_them, r.{field})",
    )


def _check_grades(one: Checked, units: str, schools: str) -> None:
    """Find classes whose grade does not belong to the stage of their unit."""
    years = f"coalesce(s.primary_years::INTEGER, {USUAL_PRIMARY_YEARS})"
    grade = "c.grade::INTEGER"
    belongs = (
        f"CASE u.stage WHEN 'primary' THEN {grade} <= {years}"
        f" WHEN 'junior' THEN {grade} > {years} AND {grade} <= {LAST_JUNIOR_GRADE}"
        f" WHEN 'senior' THEN {grade} > {LAST_JUNIOR_GRADE} AND {grade} <= {LAST_SENIOR_GRADE}"
        " ELSE FALSE END"
    )
    found = say("Grade {value} does not belong to the stage of this unit.")
    remedy = say("Count grades from 1 (first year of primary) to 12, or correct the unit.")
    one.findings.add(
        "grade",
        Problem(found, remedy),
        f"SELECT DISTINCT c.row_no, c.grade AS value, NULL AS other FROM {one.relation} c"
        f" JOIN {units} u ON u.unit_id = c.unit_id"
        f" LEFT JOIN {schools} s ON s.school_id = u.school_id"
        f" WHERE c.grade IS NOT NULL AND u.stage IS NOT NULL AND NOT ({belongs})",
    )


def _name(one: Checked, reference: Reference) -> str:
    from junheng.engine.contracts.catalogue import contract

    if reference.dataset == one.contract.id:
        return one.contract.name.zh
    return contract(reference.dataset).name.zh
