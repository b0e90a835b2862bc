"""Notice to a school: on one page whether it passes, what is missing, and how much."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext

from junheng.apps.foundation.shown import language
from junheng.apps.reports import words
from junheng.apps.reports.basis import data_digest
from junheng.engine.documents import Document, Heading, Paragraph, Signatures, Table, rounded

if TYPE_CHECKING:
    from datetime import datetime

    from junheng.apps.balance.api import AssessedUnit
    from junheng.apps.reports.basis import Basis
    from junheng.engine.documents import Block
    from junheng.engine.standard.working import CellWorking

MISSED = frozenset({"between85", "below85"})


def write(basis: Basis, school_id: int, made_at: datetime) -> Document:
    """Return the notice to one school. It shows the district's middle, and no other school."""
    units = basis.schools[school_id]
    digest = data_digest(basis.assessment, units)
    blocks: list[Block] = [
        Paragraph(
            gettext(
                "To %(school)s: these are the results of your school on the seven indicators of "
                "resource allocation in the %(year)s, measured on the figures of %(day)s."
            )
            % {
                "school": words.school_name(units[0]),
                "year": words.year_text(basis.assessment),
                "day": words.day_text(basis.assessment.statistics_date),
            }
        ),
        *(block for unit in units for block in _stage(basis, unit)),
        Paragraph(
            gettext(
                "Please check the figures against the records of the school. Tell a mistake to the "
                "supervision office in time, with the record; else sign the data confirmation "
                "sheet."
            )
        ),
        Signatures(
            (),
            gettext("%(bureau)s, %(day)s")
            % {
                "bureau": words.bureau_name(basis.assessment),
                "day": words.day_text(made_at.date()),
            },
        ),
    ]
    return Document(
        gettext("Notice of results on high-quality balance"),
        tuple(blocks),
        subtitle=words.time_line(basis.assessment),
        foot=words.foot_line(basis, digest, made_at),
        layout="form",
        language=language(),
    )


def _stage(basis: Basis, unit: AssessedUnit) -> list[Block]:
    cells = basis.cells[unit.pk]
    heading = Heading(
        gettext("%(stage)s: %(verdict)s")
        % {"stage": words.stage_word(unit.stage), "verdict": words.verdict_word(unit.verdict)}
    )
    if not cells:
        return [heading, Paragraph(gettext("This stage is not assessed on the seven indicators."))]
    return [heading, Paragraph(_answer(basis, unit)), _table(basis, unit)]


def _answer(basis: Basis, unit: AssessedUnit) -> str:
    """Say in a sentence how the stage stands and what the rule asks."""
    cells = basis.cells[unit.pk]
    rule = basis.rules.unit_rule
    counts: dict[str, object] = {
        "met": unit.n_met or 0,
        "all": len(cells),
        "asked": rule.met_at_least,
        "floor": rounded(rule.floor_share * 100, 0),
    }
    missed = [cell for cell in cells.values() if cell.status in MISSED]
    if missed:
        lacks = [
            gettext("%(name)s, %(lack)s")
            % {"name": words.name_of(cell.indicator), "lack": words.lack_text(cell, basis.rules)}
            for cell in missed
        ]
        counts["missed"] = gettext("; ").join(lacks)
        text = gettext(
            "%(met)d of %(all)d indicators are met. The standard asks for at least %(asked)d, and "
            "for no other below %(floor)s %% of its standard. Still missing: %(missed)s."
        )
    else:
        text = gettext(
            "%(met)d of %(all)d indicators are met. The standard asks for at least %(asked)d, and "
            "for no other below %(floor)s %% of its standard."
        )
    return text % counts


def _table(basis: Basis, unit: AssessedUnit) -> Table:
    rows = tuple(
        (
            cell.indicator.number,
            words.name_of(cell.indicator),
            words.value_text(cell, basis.rules),
            words.threshold_text(cell),
            words.cell_word(cell.status),
            words.lack_text(cell, basis.rules) or words.NOTHING,
            _middle(basis, unit, cell),
        )
        for cell in basis.cells[unit.pk].values()
    )
    headers = (
        gettext("No."),
        gettext("Indicator"),
        gettext("Your value"),
        gettext("Standard"),
        gettext("Result"),
        gettext("Missing"),
        gettext("Middle of the district"),
    )
    return Table(headers, rows, (1, 4.6, 1.5, 1.4, 2, 2, 1.6), "clrrcrr")


def _middle(basis: Basis, unit: AssessedUnit, cell: CellWorking) -> str:
    """Return the median of the district's units, where there are enough to name none."""
    values = basis.quantiles.get((unit.assessment_id, unit.stage, cell.indicator.id))
    if not values:
        return words.NOTHING
    return rounded(values[len(values) // 2], basis.rules.presentation.school_decimals)
