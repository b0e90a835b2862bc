"""Items judged by the national rules, in force of a relief and later."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from junheng.engine.standard import items, rulebook
from junheng.engine.standard.county_items import ZoneEnrolment

if TYPE_CHECKING:
    from junheng.engine.standard.itemtypes import ItemResult
    from junheng.engine.standard.ruleset import Item


RULES = rulebook.load("cn-2017-quality", "2026.1")
IN_FORCE = date(2021, 9, 1)
TODAY = date(2026, 9, 1)


def judge(item_id: str, data: Any, on: date = TODAY) -> ItemResult:
    return items.evaluate(RULES, item_id, data, on=on)


def with_params(item_id: str, **params: Fraction | str | int) -> Item:
    item = items.find_item(RULES, item_id)
    return replace(item, params={**item.params, **params})


def areas(*values: float) -> tuple[Fraction, ...]:
    return tuple(Fraction(str(value)) for value in values)


def zone(unit_id: str, n_zone: int | None, **changes: Any) -> ZoneEnrolment:
    unit = ZoneEnrolment(unit_id, "junior", 100, n_zone, True, True, False)
    return replace(unit, **changes)
