"""县级自评报告: what the data give is filled in, what they do not give has its place."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from django.utils.translation import gettext

from junheng.apps.reports import words
from junheng.apps.reports.basis import STAGES, data_digest
from junheng.apps.reports.written import briefing, form_tables
from junheng.engine.documents import Document, Heading, Paragraph, Signatures, Table

if TYPE_CHECKING:
    from datetime import datetime

    from junheng.apps.reports.basis import Basis
    from junheng.engine.documents import Block, Cell
    from junheng.engine.standard.ruleset import Item

BLANK = "＿＿＿＿"


def write(basis: Basis, made_at: datetime) -> tuple[Document, ...]:
    """Return the draft of the report with tables I to VI."""
    to_write = gettext("[To be written by the offices concerned.]")
    blocks: list[Block] = [
        Heading(gettext("I. The county")),
        Paragraph(_county(basis)),
        _basic_facts(basis),
        Heading(gettext("II. Work done")),
        Paragraph(to_write),
        Heading(gettext("III. Resource allocation")),
        Paragraph(briefing.verdict_sentence(basis)),
        Paragraph(briefing.spread_sentence(basis)),
        form_tables.met_table(basis),
        form_tables.dispersion_table(basis),
        Paragraph(gettext("Table II-2, school by school, is attached."), is_note=True),
        Heading(gettext("IV. Government guarantee")),
        _items(basis, "guarantee", gettext("Table IV")),
        Heading(gettext("V. Education quality")),
        _items(basis, "quality", gettext("Table V")),
        Heading(gettext("VI. Social recognition")),
        _survey(),
        Heading(gettext("VII. Items that rule recognition out")),
        _vetoes(basis),
        Heading(gettext("VIII. Problems")),
        Paragraph(briefing.obstacles_sentence(basis)),
        Paragraph(briefing.total_sentence(basis)),
        Heading(gettext("IX. What will be done")),
        Paragraph(to_write),
        Heading(gettext("X. Conclusion of the self-assessment")),
        Paragraph(
            gettext("Resource allocation: %(verdict)s. The other parts: %(blank)s.")
            % {
                "verdict": words.county_word(basis.assessment.verdict),
                "blank": BLANK,
            }
        ),
        Signatures((gettext("County government (seal)"),), gettext("____ year __ month __ day")),
    ]
    return (
        Document(
            gettext("Self-assessment report on high-quality, balanced compulsory education"),
            tuple(blocks),
            subtitle=f"{words.bureau_name(basis.assessment)} · {words.time_line(basis.assessment)}",
            foot=words.foot_line(basis, data_digest(basis.assessment, basis.units), made_at),
            layout="report",
        ),
    )


def _county(basis: Basis) -> str:
    return gettext(
        "In the %(year)s the county has %(schools)d schools with compulsory stages and %(units)d "
        "stage units, of which %(judged)d are assessed on the seven indicators; %(pupils)d pupils "
        "are enrolled in them."
    ) % {
        "year": words.year_text(basis.assessment),
        "schools": len(basis.schools),
        "units": len(basis.units),
        "judged": len(basis.in_scope),
        "pupils": sum(unit.pupils for unit in basis.in_scope),
    }


def _basic_facts(basis: Basis) -> Table:
    """Return table I as far as the data go; what the county's statistics give is left blank."""
    rows: list[tuple[Cell, ...]] = [
        (name, BLANK, unit)
        for name, unit in (
            (gettext("Permanent population"), gettext("10 000 persons")),
            (gettext("Agricultural population"), gettext("10 000 persons")),
            (gettext("Townships"), gettext("number")),
            (gettext("Villages"), gettext("number")),
            (gettext("Gross domestic product per head"), gettext("yuan")),
            (gettext("Public revenue per head"), gettext("yuan")),
            (gettext("Disposable income per head"), gettext("yuan")),
        )
    ]
    for stage in STAGES:
        units = [unit for unit in basis.units if unit.stage == stage]
        told = {"stage": words.stage_word(stage)}
        classes = [basis.classes.get((unit.school_id, stage)) for unit in units]
        n_classes = sum(one.n_classes for one in classes if one)
        rows += [
            (gettext("%(stage)s: stage units") % told, str(len(units)), gettext("number")),
            (
                gettext("%(stage)s: pupils") % told,
                str(sum(unit.pupils for unit in units)),
                gettext("persons"),
            ),
            (
                gettext("%(stage)s: classes") % told,
                str(n_classes) if n_classes else BLANK,
                gettext("number"),
            ),
            (
                gettext("%(stage)s: full-time teachers") % told,
                BLANK,
                gettext("persons"),
            ),
        ]
    kinds = Counter(unit.kind for unit in basis.units)
    rows.append(
        (gettext("Teaching points"), str(kinds.get("teaching_point", 0)), gettext("number"))
    )
    headers = (gettext("Fact"), gettext("Value"), gettext("Unit"))
    return Table(headers, tuple(rows), (5, 3, 2), "lrl", gettext("Table I: basic facts"))


def _items(basis: Basis, part: str, caption: str) -> Table:
    """Return a table of items with places for result, figure and proof."""
    found = [item for item in basis.rules.items if item.part == part]
    headers = (
        gettext("No."),
        gettext("Item"),
        gettext("Figure or state"),
        gettext("Met or not"),
        gettext("Proof"),
    )
    rows = tuple(_item_row(item) for item in found)
    return Table(headers, rows, (0.8, 6, 2.2, 1, 2), "cllcl", caption)


def _item_row(item: Item) -> tuple[Cell, ...]:
    return (item.number, item.name.of("zh"), "", "", "")


def _survey() -> Table:
    """Return table VI: all asked and parents, by questionnaire and by visit."""
    headers = (
        gettext("Asked"),
        gettext("Questionnaires sent"),
        gettext("Valid ones returned"),
        gettext("Satisfied"),
        gettext("Satisfaction (%)"),
    )
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (who, "", "", "", "")
        for who in (
            gettext("All, by questionnaire"),
            gettext("of whom parents"),
            gettext("All, by visit"),
            gettext("of whom parents"),
        )
    )
    return Table(headers, rows, (3, 2, 2, 2, 2), "lrrrr", gettext("Table VI"))


def _vetoes(basis: Basis) -> Table:
    headers = (gettext("No."), gettext("Item"), gettext("Yes or no"), gettext("Statement"))
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (veto.number, veto.name.of("zh"), "", "") for veto in basis.rules.vetoes
    )
    return Table(headers, rows, (0.8, 7, 1.6, 3), "clcl", gettext("Items that rule it out"))
