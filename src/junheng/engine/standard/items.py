"""Parts two to four of the standard: which check decides an item, and the overall result.

Limits come from the item's parameters in the rule set. What a check takes:

==========================  =====  ==================================================
check                       item   data
==========================  =====  ==================================================
``music_art_rooms``         G3     sequence of `SchoolRooms`
``school_size``             G4     sequence of `SchoolSize`
``class_size``              G5     sequence of `SchoolClass` or `ClassBand`
``small_school_funding``    G6     sequence of `SchoolFunding`
``special_school_funding``  G7     `SpecialSchoolFunding`
``figure_at_least``         G8 ..  the entered figure, a fraction or None
``training_hours``          G9     sequence of `TeacherTraining`
``rotation``                G11    `RotationYear`
``certified_teachers``      G12    sequence of `TeacherCertificate`
``nearby_enrolment``        G13    sequence of `ZoneEnrolment`
``retention``               Q1     `JuniorCohort`
``disabled_enrolment``      Q2     `DisabledChildren`
``training_funds``          Q4     sequence of `TrainingFunds`
``monitoring``              Q9     sequence of `SubjectResult`
``satisfaction``            S1     `Recognition`
==========================  =====  ==================================================
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from junheng.engine.standard import county_items, school_items
from junheng.engine.standard.itemtypes import ItemResult, ItemStatus, all_of
from junheng.engine.standard.ruleset import Item, Relief, RuleSet
from junheng.engine.standard.satisfaction import satisfaction
from junheng.errors import NotFound, RuleSetError
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

Check = Callable[[Item, Any, Sequence[Relief]], ItemResult]

CHECKS: dict[str, Check] = {
    "music_art_rooms": school_items.music_art_rooms,
    "school_size": school_items.school_size,
    "class_size": school_items.class_size,
    "small_school_funding": school_items.small_school_funding,
    "special_school_funding": county_items.special_school_funding,
    "figure_at_least": county_items.figure_at_least,
    "training_hours": school_items.training_hours,
    "rotation": county_items.rotation,
    "certified_teachers": school_items.certified_teachers,
    "nearby_enrolment": county_items.nearby_enrolment,
    "retention": county_items.retention,
    "disabled_enrolment": county_items.disabled_enrolment,
    "training_funds": school_items.training_funds,
    "monitoring": county_items.monitoring,
    "satisfaction": satisfaction,
}


@dataclass(frozen=True)
class Overall:
    """The result for a county, with the ids of what decides it.

    `vetoed_by` are the vetoes that apply; `not_met` and `undetermined` name items, vetoes without
    an answer, and `resource_allocation`.
    """

    status: ItemStatus
    vetoed_by: tuple[str, ...]
    not_met: tuple[str, ...]
    undetermined: tuple[str, ...]


def find_item(rules: RuleSet, item_id: str) -> Item:
    """Return one item; `NotFound` when the rule set has none of that id."""
    for item in rules.items:
        if item.id == item_id:
            return item
    raise NotFound(say("Rule set {rules} has no item “{item}”.", rules=rules.id, item=item_id))


def evaluate(rules: RuleSet, item_id: str, data: Any, *, on: date) -> ItemResult:
    """Return the result of one item from its data, with the reliefs in force on a day.

    `data` is what the check of the item takes (see the table above). Raises `RuleSetError` for an
    item that no check decides, `DataError` for impossible figures.
    """
    item = find_item(rules, item_id)
    return check_of(item)(item, data, reliefs_for(rules, item_id, on))


def check_of(item: Item) -> Check:
    """Return the check that decides an item."""
    check = CHECKS.get(item.check)
    if check is None:
        raise RuleSetError(
            say(
                "Item {item} of the rule set names the check “{check}”, which does not exist. "
                "Known: {known}.",
                item=item.id,
                check=item.check,
                known=", ".join(CHECKS),
            )
        )
    return check


def reliefs_for(rules: RuleSet, row_id: str, on: date) -> tuple[Relief, ...]:
    """Return the reliefs of an item that hold on a day."""
    return tuple(r for r in rules.reliefs if r.applies_to == row_id and r.source.holds_on(on))


def overall(
    rules: RuleSet,
    *,
    resource_allocation: ItemStatus,
    items: Mapping[str, ItemStatus],
    vetoes: Mapping[str, bool | None],
) -> Overall:
    """Return the overall result: part one, every item of the rule set, and no veto.

    `vetoes` says for each veto whether it applies; an item or veto without an answer leaves the
    result open, unless something already decides it.
    """
    parts = {"resource_allocation": resource_allocation}
    parts |= {item.id: items.get(item.id, "undetermined") for item in rules.items}
    parts |= {veto.id: _veto_status(vetoes.get(veto.id)) for veto in rules.vetoes}
    return Overall(
        status=all_of(parts.values()),
        vetoed_by=tuple(veto.id for veto in rules.vetoes if parts[veto.id] == "not_met"),
        not_met=tuple(part for part, status in parts.items() if status == "not_met"),
        undetermined=tuple(part for part, status in parts.items() if status == "undetermined"),
    )


def _veto_status(applies: bool | None) -> ItemStatus:
    if applies is None:
        return "undetermined"
    return "not_met" if applies else "met"
