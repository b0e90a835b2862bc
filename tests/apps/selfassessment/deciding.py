"""Every item of a year decided at once: what a self-assessment needs before it is signed."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from junheng.apps.foundation import clock
from junheng.apps.foundation.scoping import everything
from junheng.apps.selfassessment.models import ComputedItem, ItemEntry
from junheng.apps.selfassessment.results import stored
from junheng.apps.selfassessment.rules import board_rules
from junheng.apps.selfassessment.selectors import schools_answering
from junheng.engine import standard
from junheng.engine.standard.itemtypes import Figure, ItemResult
from junheng.i18n import say

if TYPE_CHECKING:
    from tests.world import World

RULES = standard.load(standard.DEFAULT_RULESET_ID)
TERMS = {
    "G7": {"special_funding_yuan": "800000", "special_pupils": "100"},
    "G8": {"pay_gap_yuan": "10", "performance_pay_approved": "yes"},
    "G11": {"rotation_eligible": "100", "rotation_exchanged": "20", "rotation_backbone": "5"},
    "G14": {"senior_places": "100", "senior_places_allotted": "60"},
    "G15": {
        "migrant_eligible": "100",
        "migrant_public": "90",
        "migrant_purchased": "0",
        "left_behind_care": "yes",
    },
    "Q1": {
        "junior_entered": "505",
        "junior_graduated": "480",
        "junior_moved_in": "12",
        "junior_moved_out": "20",
        "junior_died": "1",
    },
    "Q2": {
        "disabled_children": "100",
        "disabled_special": "50",
        "disabled_ordinary": "46",
        "disabled_home": "2",
    },
    "Q9": {"chinese_level": "3", "chinese_rate": "7/50"},
    "S1": {
        "survey_valid": "1200",
        "survey_satisfied": "1032",
        "visits_valid": "100",
        "visits_satisfied": "90",
    },
}


def decide_all(world: World) -> None:
    """Have every item decided, as if it had been entered and computed."""
    with everything(reason="test"):
        where = {
            "bureau": world.bureau,
            "school_year": world.year,
            "ruleset_id": RULES.id,
        }
        signed = {"entered_by": world.officer, "role": "supervision_officer"}
        ids = [item.id for item in RULES.items] + [veto.id for veto in RULES.vetoes]
        for item_id in ids:
            spec = board_rules().of(item_id)
            if spec.origin == "registry":
                name = say("Share that fulfils the item")
                figure = Figure(name, None, Fraction(1), "met")
                ComputedItem.objects.create(
                    **where,
                    item_id=item_id,
                    result=stored(ItemResult(item_id, "met", (figure,))),
                    stamp="x",
                    computed_at=clock.now(),
                )
            elif spec.origin == "schools":
                answer = "yes" if spec.answer == "yes_no" else "good"
                for school_id in schools_answering(world.bureau.pk):
                    data = {"answer": answer}
                    ItemEntry.objects.create(
                        **where, **signed, item_id=item_id, school_id=school_id, data=data
                    )
            else:
                ItemEntry.objects.create(
                    **where, **signed, item_id=item_id, data=TERMS.get(item_id, _said(item_id))
                )


def _said(item_id: str) -> dict[str, str]:
    return {"answer": "no" if item_id.startswith("V") else "yes"}
