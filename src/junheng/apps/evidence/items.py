"""The items of a standard in its own order: what evidence is filed under."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from django.utils.translation import gettext_noop

from junheng.engine import standard
from junheng.engine.standard.rulebook import DEFAULT_RULESET_ID
from junheng.errors import NotFound
from junheng.i18n import say

if TYPE_CHECKING:
    from junheng.engine.standard.ruleset import Text

PARTS = {
    "resources": gettext_noop("Resource allocation"),
    "guarantee": gettext_noop("Government guarantee"),
    "quality": gettext_noop("Quality of education"),
    "recognition": gettext_noop("Social recognition"),
    "veto": gettext_noop("Veto items"),
}


@dataclass(frozen=True)
class Item:
    """One item: `number` as in the standard, `is_of_schools` where every school has to show it."""

    id: str
    number: str
    name: Text
    part: str
    is_of_schools: bool
    position: int


@cache
def items_of(ruleset_id: str = DEFAULT_RULESET_ID) -> tuple[Item, ...]:
    """Return the items of the newest version of a rule set, in the order of the standard."""
    rules = standard.load(ruleset_id)
    rows = [(i.id, i.number, i.name, "resources", True) for i in rules.indicators]
    for part in ("guarantee", "quality", "recognition"):
        own = (i for i in rules.items if i.part == part)
        rows += [(i.id, i.number, i.name, part, i.level != "county") for i in own]
    rows += [(v.id, v.number, v.name, "veto", False) for v in rules.vetoes]
    return tuple(Item(*row, position) for position, row in enumerate(rows, start=1))


def item_of(item_id: str, ruleset_id: str = DEFAULT_RULESET_ID) -> Item:
    """Return one item; NotFound for an unknown one."""
    for item in items_of(ruleset_id):
        if item.id == item_id:
            return item
    raise NotFound(say("The standard has no item “{item}”.", item=item_id))
