"""Which units of an assessment a reader wants to see, and in which order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.utils.translation import gettext

from junheng.apps.balance.present import words
from junheng.apps.foundation.shown import Link
from junheng.engine.standard.ruleset import STAGES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from junheng.apps.balance.models import AssessedUnit, Assessment

IN_THE_WAY = frozenset({"fail", "undetermined", "not_judged"})
MISSED = frozenset({"between85", "below85"})


@dataclass(frozen=True)
class Filter:
    """What the reader wants to see of the units; every part stands in the address."""

    show: str = "missed"
    stage: str = ""
    text: str = ""
    sort: str = "shortfalls"

    SORTS = ("shortfalls", "table", "name", "pupils")

    def url(self, **changed: str) -> str:
        """Return the address of the same page with parts of the filter changed."""
        default = Filter()
        parts = {"show": self.show, "stage": self.stage, "text": self.text, "sort": self.sort}
        kept = {k: v for k, v in (parts | changed).items() if v != getattr(default, k)}
        return f"?{urlencode(kept)}#units"


def listed(units: Sequence[AssessedUnit], chosen: Filter) -> list[AssessedUnit]:
    """Return the units that the filter leaves, in its order."""
    wanted = [unit for unit in units if _is_wanted(unit, chosen)]
    return sorted(wanted, key=_ORDERS[chosen.sort])


def n_missed(unit: AssessedUnit) -> int:
    """Return how many figures of a unit lie below their threshold."""
    return sum(cell["status"] in MISSED for cell in unit.cells.values())


def show_chips(assessment: Assessment, units: Sequence[AssessedUnit], chosen: Filter) -> list[Link]:
    """Return what can be shown, each with how many units it leaves."""
    chips = [
        ("missed", gettext("Not passing"), n_in_the_way(units), ""),
        (
            "below",
            gettext("With a figure below 85 percent"),
            sum(_is_far_below(unit) for unit in units),
            "below85",
        ),
        ("pass", gettext("Passing"), assessment.n_pass, "pass"),
        ("excluded", gettext("Not assessed"), assessment.n_excluded, "excluded"),
        ("all", gettext("All units"), assessment.n_units, ""),
    ]
    return [
        Link(label, chosen.url(show=key), chosen.show == key, n, status)
        for key, label, n, status in chips
    ]


def stage_options() -> list[tuple[str, str]]:
    """Return the stages to choose from, all of them first."""
    return [("", gettext("Both stages")), *((s, words.stage_word(s)) for s in STAGES)]


def sort_options(*, is_compared: bool) -> list[tuple[str, str]]:
    """Return the orders to choose from; units that nothing judges have no shortfalls."""
    most = [] if is_compared else [("shortfalls", gettext("Most shortfalls first"))]
    return [
        *most,
        ("table", gettext("As in the table")),
        ("name", gettext("By name")),
        ("pupils", gettext("Largest first")),
    ]


def n_in_the_way(units: Sequence[AssessedUnit]) -> int:
    """Return how many units do not pass, whether they fail or cannot be judged."""
    return sum(1 for unit in units if unit.verdict in IN_THE_WAY)


def _is_wanted(unit: AssessedUnit, chosen: Filter) -> bool:
    is_shown = {
        "all": True,
        "missed": unit.verdict in IN_THE_WAY,
        "below": _is_far_below(unit),
        "pass": unit.verdict == "pass",
        "excluded": unit.verdict == "excluded",
    }[chosen.show]
    text = chosen.text.casefold()
    is_named = text in words.unit_name(unit).casefold() or text in unit.unit_id.casefold()
    return is_shown and chosen.stage in ("", unit.stage) and is_named


def _is_far_below(unit: AssessedUnit) -> bool:
    return any(cell["status"] == "below85" for cell in unit.cells.values())


_ORDERS: Mapping[str, Callable[[AssessedUnit], tuple[object, ...]]] = {
    "shortfalls": lambda unit: (-n_missed(unit), unit.row_no),
    "table": lambda unit: (unit.row_no,),
    "name": lambda unit: (words.unit_name(unit), unit.stage),
    "pupils": lambda unit: (-unit.pupils, unit.row_no),
}
