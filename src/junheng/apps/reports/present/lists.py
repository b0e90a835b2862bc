"""The list of papers of an assessment: what each is for, what was made, single schools."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, gettext_noop, ngettext

from junheng.apps.foundation.shown import Link, language
from junheng.apps.reports import words
from junheng.apps.reports.rules import ZIP, paper_kinds

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from junheng.apps.balance.api import AssessedUnit, Assessment
    from junheng.apps.reports.models import Paper

FORMS = {
    "pdf": gettext_noop("PDF"),
    "docx": gettext_noop("Word"),
    "xlsx": gettext_noop("Excel"),
    ZIP: gettext_noop("All schools (ZIP)"),
}
KIB = 1024


@dataclass(frozen=True)
class KindShown:
    """A kind of paper of the district and the forms it can be made in, as (form, label)."""

    id: str
    name: str
    purpose: str
    forms: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class PaperShown:
    """A paper that was made."""

    name: str
    form: str
    made_at: datetime
    made_by: str
    size: str
    digest: str
    url: str


@dataclass(frozen=True)
class SchoolShown:
    """A school and its papers, made when they are asked for."""

    name: str
    papers: tuple[Link, ...]


def kinds() -> list[KindShown]:
    """Return the papers that can be made of the district."""
    return [
        KindShown(
            kind.id,
            kind.name.of(language()),
            kind.purpose.of(language()),
            tuple((form, gettext(FORMS[form])) for form in kind.forms_of_district),
        )
        for kind in paper_kinds().values()
    ]


def made(papers: Sequence[Paper]) -> list[PaperShown]:
    """Return kept papers as they are listed."""
    return [
        PaperShown(
            name=one.file_name,
            form=gettext(FORMS[one.form]),
            made_at=timezone.localtime(one.made_at),
            made_by=one.made_by.display_name,
            size=gettext("%(n)d kB") % {"n": max(one.n_bytes // KIB, 1)},
            digest=one.data_digest[: words.DIGEST_GROUP],
            url=reverse("reports:paper", args=[one.pk]),
        )
        for one in papers
    ]


def schools(assessment_id: int, units: Sequence[AssessedUnit]) -> list[SchoolShown]:
    """Return the schools of units, in the order of the table, with their papers."""
    names = {
        unit.school_id: words.school_name(unit)
        for unit in sorted(units, key=lambda one: one.row_no)
    }
    return [
        SchoolShown(name, papers_of_school(assessment_id, school_id))
        for school_id, name in names.items()
    ]


def papers_of_school(assessment_id: int, school_id: int) -> tuple[Link, ...]:
    """Return the way to each paper of one school."""
    return tuple(
        Link(
            kind.name.of(language()),
            reverse("reports:school_paper", args=[assessment_id, school_id, kind.id]),
            title=kind.purpose.of(language()),
        )
        for kind in paper_kinds().values()
        if kind.is_of_school
    )


def years(assessments: Sequence[Assessment], current: Assessment) -> list[Link]:
    """Return the other school years that papers can be made of."""
    return [
        Link(
            words.year_text(one),
            reverse("reports:assessment", args=[one.pk]),
            is_current=one.pk == current.pk,
        )
        for one in assessments
    ]


def answer(n_made: int) -> str:
    """Say how many kinds of papers there are and how many papers were made."""
    counts = {"n": len(paper_kinds()), "made": n_made}
    if not n_made:
        return gettext("%(n)d kinds of papers can be made; none was made yet.") % counts
    return (
        ngettext(
            "%(n)d kinds of papers can be made; %(made)d paper was made.",
            "%(n)d kinds of papers can be made; %(made)d papers were made.",
            n_made,
        )
        % counts
    )
