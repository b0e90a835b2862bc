"""Items that rows of the registry decide: gathered, judged by the engine, kept for the board."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from django.db import transaction

from junheng.apps.balance.api import Wanted, registry_items, rules_of_year
from junheng.apps.registry.api import (
    county_figures,
    dataset_versions,
    funding_of_schools,
    schools_of_subjects,
)
from junheng.apps.selfassessment.locking import course_open
from junheng.apps.selfassessment.models import ComputedItem
from junheng.apps.selfassessment.results import stored
from junheng.apps.selfassessment.rules import board_rules
from junheng.engine.standard.items import check_of, reliefs_for
from junheng.engine.standard.school_items import SchoolFunding, SchoolSize, TrainingFunds
from junheng.errors import DataError
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from junheng.apps.registry.api import Bureau, SchoolYear
    from junheng.engine.standard import RuleSet
    from junheng.engine.standard.itemtypes import ItemResult

    Rows = Mapping[str, Sequence[object]]

BASE = "public_funding_base_yuan"
BUDGET, TRAINING = "public_funding_budget", "training_spend"


def stamp_of(bureau_id: int) -> str:
    """Return what names the states of all datasets together. One query."""
    state = dataset_versions(bureau_id)
    return sha256("\n".join(f"{n}={state[n]}" for n in sorted(state)).encode()).hexdigest()


def items_compute(
    *, bureau: Bureau, school_year: SchoolYear, day: date, by: int | None, now: datetime
) -> list[ComputedItem]:
    """Judge every item that the registry decides and keep what came out, in place of the last.

    DataError when the registry holds nothing of the year or cannot be measured, and once the
    self-assessment of the year is signed.
    """
    first_year = school_year.starts_on.year
    rules = rules_of_year(bureau.pk, first_year)
    stamp = stamp_of(bureau.pk)
    wanted = Wanted(bureau, school_year, day, f"{rules.id}@{rules.version}")
    rows = dict(registry_items(wanted, rules))
    if not any(rows.values()):
        raise DataError(
            say("The registry holds no classes of this school year. Import them under Collect.")
        )
    rows |= _of_money(rows, bureau.pk, first_year, rules)
    schools = schools_of_subjects(bureau.pk)
    return _keep(
        {name: _by_school(result, schools) for name, result in _judged(rows, rules, day).items()},
        ComputedItem(
            bureau=bureau,
            school_year=school_year,
            ruleset_id=rules.id,
            stamp=stamp,
            computed_at=now,
            computed_by_id=by,
        ),
    )


def _judged(rows: Rows, rules: RuleSet, day: date) -> dict[str, ItemResult]:
    specs = board_rules()
    return {
        item.id: check_of(item)(item, rows[item.id], reliefs_for(rules, item.id, day))
        for item in rules.items
        if item.id in rows and specs.of(item.id).origin == "registry"
    }


def _of_money(
    rows: Mapping[str, Any], bureau_id: int, first_year: int, rules: RuleSet
) -> dict[str, Sequence[object]]:
    """Return the rows of the items about money, for the schools whose sizes are known."""
    size_items = [item.id for item in rules.items if item.check == "school_size"]
    sizes = [
        row for item in size_items for row in rows.get(item, ()) if isinstance(row, SchoolSize)
    ]
    money = funding_of_schools(bureau_id, first_year)
    told = county_figures(bureau_id, first_year).get(BASE)
    base = Fraction(told) if told else None
    made: dict[str, Sequence[object]] = {
        "small_school_funding": [
            SchoolFunding(
                size.school_id, size.pupils or 0, money.get(size.school_id, {}).get(BUDGET), base
            )
            for size in sizes
        ],
        "training_funds": [
            TrainingFunds(
                size.school_id,
                money.get(size.school_id, {}).get(BUDGET),
                money.get(size.school_id, {}).get(TRAINING),
            )
            for size in sizes
        ],
    }
    return {item.id: made[item.check] for item in rules.items if item.check in made}


def _by_school(result: ItemResult, schools: Mapping[str, int]) -> ItemResult:
    """Return a result whose obstacles name schools by key, and nobody and no class in them."""
    return replace(
        result,
        obstacles=tuple(
            replace(one, subject=str(schools.get(one.subject, ""))) for one in result.obstacles
        ),
    )


@transaction.atomic
def _keep(results: Mapping[str, ItemResult], about: ComputedItem) -> list[ComputedItem]:
    made = []
    course_open(about.bureau_id, about.school_year_id, about.ruleset_id)
    for item_id, result in results.items():
        row, _is_new = ComputedItem.objects.update_or_create(
            bureau=about.bureau,
            school_year=about.school_year,
            ruleset_id=about.ruleset_id,
            item_id=item_id,
            defaults={
                "result": stored(result),
                "stamp": about.stamp,
                "computed_at": about.computed_at,
                "computed_by_id": about.computed_by_id,
            },
        )
        made.append(row)
    return made
