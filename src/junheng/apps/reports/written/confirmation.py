"""数据确认表: the figures of one school to check, sign and seal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext

from junheng.apps.reports import words
from junheng.apps.reports.basis import data_digest
from junheng.engine.documents import Document, Facts, Heading, Paragraph, Signatures, Table

if TYPE_CHECKING:
    from datetime import datetime

    from junheng.apps.balance.api import AssessedUnit
    from junheng.apps.reports.basis import Basis


def write(basis: Basis, school_id: int, made_at: datetime) -> Document:
    """Return the sheet of one school: all its stages, the digest of exactly these figures."""
    units = basis.schools[school_id]
    digest = data_digest(basis.assessment, units)
    first = units[0]
    blocks = [
        Facts(
            (
                (gettext("School"), words.school_name(first)),
                (gettext("School identifier"), first.school.identifier),
                (gettext("County-level district"), words.bureau_name(basis.assessment)),
                (gettext("Statistics date"), words.day_text(basis.assessment.statistics_date)),
            )
        ),
        *(block for unit in units for block in _stage(basis, unit)),
        Heading(gettext("Confirmation by the school")),
        Paragraph(
            gettext(
                "We have checked the figures above against the state of the school and the "
                "original records. They are true, exact and complete. (Where you object to a "
                "figure, name its number and what it should be here, and attach the record: "
                "______________________)"
            )
        ),
        Signatures(
            (
                gettext("Filled in by (signature)"),
                gettext("Head (signature)"),
                gettext("School (seal)"),
            ),
            gettext("Date: ____ year __ month __ day"),
        ),
        Paragraph(
            gettext("Digest of these figures (SHA-256): %(digest)s")
            % {"digest": words.digest_text(digest)},
            is_note=True,
        ),
    ]
    return Document(
        gettext("Data confirmation sheet for high-quality, balanced compulsory education"),
        tuple(blocks),
        subtitle=words.time_line(basis.assessment),
        foot=words.foot_line(basis, digest, made_at),
        layout="form",
    )


def _stage(basis: Basis, unit: AssessedUnit) -> tuple[Heading, Table] | tuple[Heading, Paragraph]:
    heading = Heading(
        gettext("%(stage)s: %(n)d pupils enrolled")
        % {"stage": words.stage_word(unit.stage), "n": unit.pupils}
    )
    cells = basis.cells[unit.pk]
    if not cells:
        return heading, Paragraph(gettext("This stage is not assessed on the seven indicators."))
    rows = tuple(
        (
            cell.indicator.number,
            words.name_of(cell.indicator),
            words.terms_text(cell),
            words.value_text(cell, basis.rules),
            words.threshold_text(cell),
            words.cell_word(cell.status),
        )
        for cell in cells.values()
    )
    headers = (
        gettext("No."),
        gettext("Indicator"),
        gettext("Terms of the figure"),
        gettext("Value"),
        gettext("Standard"),
        gettext("Result"),
    )
    return heading, Table(headers, rows, (1, 4.2, 4.6, 1.4, 1.4, 1.9), "cllrrc")
