"""问题清单、整改清单: every figure that falls short or nearly does, worst first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext

from junheng.apps.foundation.shown import language
from junheng.apps.reports import words
from junheng.apps.reports.basis import data_digest
from junheng.apps.reports.rules import paper_rules
from junheng.engine.documents import Document, Heading, Paragraph, Table, rounded

if TYPE_CHECKING:
    from datetime import datetime
    from fractions import Fraction

    from junheng.apps.balance.api import AssessedUnit
    from junheng.apps.reports.basis import Basis
    from junheng.engine.documents import Block
    from junheng.engine.standard.working import CellWorking

RANK = {"below85": 0, "between85": 1, "missing": 2, "met": 3}
STATES = {"below85", "between85", "missing"}


@dataclass(frozen=True)
class Shortfall:
    """One figure of one unit. `share` is value / threshold, None where data are missing."""

    unit: AssessedUnit
    cell: CellWorking
    share: Fraction | None

    @property
    def order(self) -> tuple[int, Fraction | int]:
        """Worst first: below 85 %, below the standard, missing, near; the furthest first."""
        return (RANK[self.cell.status], 0 if self.share is None else self.share)


def shortfalls(basis: Basis) -> list[Shortfall]:
    """Return what fails, and what is met by so little that a few pupils more would undo it."""
    found = []
    for unit in basis.in_scope:
        for cell in basis.cells[unit.pk].values():
            share = cell.value / cell.threshold if cell.value and cell.threshold else None
            if cell.value == 0 and cell.threshold:
                share = cell.value
            is_near = cell.status == "met" and share is not None and share < paper_rules().nearly_at
            if cell.status in STATES or is_near:
                found.append(Shortfall(unit, cell, share))
    return sorted(found, key=lambda one: one.order)


def write(basis: Basis, made_at: datetime) -> tuple[Document, ...]:
    """Return both lists: what is short, and who mends it until when (to be filled in)."""
    found = shortfalls(basis)
    failing = [one for one in found if one.cell.status in STATES]
    near = [one for one in found if one.cell.status == "met"]
    n_schools = len({one.unit.school_id for one in failing})
    summary = gettext(
        "%(schools)d schools have %(failing)d figures below the standard or without data; "
        "%(near)d figures meet it by less than %(margin)s %%."
    ) % {
        "schools": n_schools,
        "failing": len(failing),
        "near": len(near),
        "margin": rounded((paper_rules().nearly_at - 1) * 100, 0),
    }
    blocks: list[Block] = [
        Paragraph(summary),
        Heading(gettext("1. Shortfalls")),
        _problems(basis, failing, gettext("Shortfalls")),
        Heading(gettext("2. Corrections")),
        Paragraph(gettext("Measure, person in charge and deadline are filled in by the offices.")),
        _corrections(basis, failing),
    ]
    if near:
        blocks += [
            Heading(gettext("3. To be watched")),
            Paragraph(
                gettext("These figures meet the standard narrowly: a few pupils more undo it.")
            ),
            _problems(basis, near, gettext("To be watched")),
        ]
    return (
        Document(
            gettext("List of shortfalls and corrections: high-quality, balanced education"),
            tuple(blocks),
            subtitle=f"{words.bureau_name(basis.assessment)} · {words.time_line(basis.assessment)}",
            foot=words.foot_line(basis, data_digest(basis.assessment, basis.units), made_at),
            layout="wide",
            language=language(),
        ),
    )


def _problems(basis: Basis, found: list[Shortfall], name: str) -> Table:
    headers = (
        gettext("No."),
        gettext("School"),
        gettext("Stage"),
        gettext("Indicator"),
        gettext("Value"),
        gettext("Standard"),
        gettext("Share of the standard (%)"),
        gettext("Result"),
        gettext("Missing"),
    )
    rows = tuple(
        (
            str(number),
            words.school_name(one.unit),
            words.stage_word(one.unit.stage),
            f"{one.cell.indicator.number} {words.name_of(one.cell.indicator)}",
            words.value_text(one.cell, basis.rules),
            words.threshold_text(one.cell),
            words.NOTHING if one.share is None else rounded(one.share * 100, 1),
            words.cell_word(one.cell.status),
            words.lack_text(one.cell, basis.rules) or words.NOTHING,
        )
        for number, one in enumerate(found, start=1)
    )
    return Table(headers, rows, (0.6, 3.4, 1, 4.6, 1.2, 1.2, 1.3, 1.8, 1.7), "clllrrrcr", name=name)


def _corrections(basis: Basis, found: list[Shortfall]) -> Table:
    headers = (
        gettext("No."),
        gettext("School"),
        gettext("What is to be reached"),
        gettext("Measure"),
        gettext("Person in charge"),
        gettext("Deadline"),
        gettext("Done on"),
    )
    rows = tuple(
        (
            str(number),
            words.unit_name(one.unit, basis),
            _goal(one, basis),
            "",
            "",
            "",
            "",
        )
        for number, one in enumerate(found, start=1)
    )
    widths = (0.6, 3.4, 6, 4, 1.6, 1.6, 1.4)
    return Table(headers, rows, widths, "cllllll", name=gettext("Corrections"))


def _goal(one: Shortfall, basis: Basis) -> str:
    name = words.name_of(one.cell.indicator)
    if one.cell.status == "missing":
        return gettext("%(name)s: enter the missing data") % {"name": name}
    return gettext("%(name)s: %(lack)s more, to %(standard)s") % {
        "name": name,
        "lack": words.lack_text(one.cell, basis.rules),
        "standard": words.threshold_text(one.cell),
    }
