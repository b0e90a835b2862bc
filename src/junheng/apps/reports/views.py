"""Pages of papers: the list, making one, fetching one."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from django.views.decorators.http import require_POST, require_safe

from junheng.apps.accounts.api import reader_of
from junheng.apps.balance.api import (
    assessment_visible_to,
    school_history_visible_to,
    units_visible_to,
)
from junheng.apps.foundation import clock
from junheng.apps.jobs.api import enqueue, job_visible_to
from junheng.apps.jobs.views import shown as job_shown
from junheng.apps.reports import selectors, words
from junheng.apps.reports.basis import district_basis, is_judged, school_basis
from junheng.apps.reports.forms import MakeForm
from junheng.apps.reports.present import lists
from junheng.apps.reports.printing import MEDIA_TYPES, OFFICIAL, print_school
from junheng.apps.reports.rules import paper_kind
from junheng.apps.reports.tasks import make_paper
from junheng.errors import DataError, NotFound
from junheng.i18n import say

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest

    from junheng.apps.accounts.api import Reader


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Go to the papers of the assessment that counts; show a school its own ones."""
    reader = reader_of(request)
    if reader.scope.bureaus:
        found = selectors.judged_visible_to(reader)
        if found:
            return redirect("reports:assessment", found[0].pk)
        return render(request, "reports/empty.html")
    own = _own_schools(reader)
    return render(request, "reports/own.html" if own else "reports/empty.html", {"years": own})


def _own_schools(reader: Reader) -> list[tuple[str, list[lists.SchoolShown]]]:
    """Return the papers of the reader's own schools in the newest assessment of each year."""
    found: dict[str, dict[int, lists.SchoolShown]] = {}
    for school_id in sorted(reader.scope.schools):
        for unit in school_history_visible_to(reader, school_id):
            if unit.assessment.state == "published" and is_judged(unit.assessment):
                links = lists.papers_of_school(unit.assessment_id, school_id)
                year = found.setdefault(words.year_text(unit.assessment), {})
                year.setdefault(school_id, lists.SchoolShown(words.school_name(unit), links))
    return [(year, list(schools.values())) for year, schools in found.items()]


@require_safe
def assessment(request: HttpRequest, assessment_id: int) -> HttpResponse:
    """List the papers of an assessment: to make, made, and of single schools."""
    reader = reader_of(request)
    found = assessment_visible_to(reader, assessment_id)
    papers = selectors.papers_visible_to(reader, found)
    can_make = is_judged(found) and found.state == "published"
    context = {
        "assessment": found,
        "answer": lists.answer(len(papers)),
        "kinds": lists.kinds() if can_make else [],
        "made": lists.made(papers),
        "schools": lists.schools(found.pk, units_visible_to(reader, found)) if can_make else [],
        "token": uuid4(),
        "scope": {"label": found.bureau.name},
        "period": {
            "label": words.year_text(found),
            "detail": words.day_text(found.statistics_date),
            "options": lists.years(selectors.judged_visible_to(reader), found),
        },
    }
    return render(request, "reports/assessment.html", context)


@require_POST
def make(request: HttpRequest, assessment_id: int) -> HttpResponse:
    """Put the making of a paper of the district into the queue."""
    reader = reader_of(request)
    district_basis(reader, assessment_id)
    form = MakeForm(request.POST)
    if not form.is_valid():
        raise DataError(say("There is no such form of this paper. Choose one of the buttons."))
    chosen = form.cleaned_data
    job = enqueue(
        make_paper,
        by=reader.user_id,
        key=f"reports:{reader.user_id}:{chosen['token']}:{chosen['kind']}:{chosen['form']}",
        assessment_id=assessment_id,
        kind=chosen["kind"],
        form=chosen["form"],
        language=get_language() or OFFICIAL,
        user_id=reader.user_id,
    )
    return redirect("reports:job", job.pk)


@require_safe
def job(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """Show how far the making is; when it is done, go to the list."""
    found = job_shown(job_visible_to(reader_of(request), job_id))
    if found.result_url:
        return redirect(found.result_url)
    return render(request, "reports/job.html", {"job": found})


@require_safe
def paper(request: HttpRequest, paper_id: UUID) -> HttpResponse:
    """Send a kept paper."""
    found = selectors.paper_visible_to(reader_of(request), paper_id)
    return _sent(bytes(found.content), MEDIA_TYPES[found.form], found.file_name)


@require_safe
def school_paper(
    request: HttpRequest, assessment_id: int, school_id: int, paper: str
) -> HttpResponse:
    """Send a paper of one school, printed now."""
    basis = school_basis(reader_of(request), assessment_id, school_id)
    kind = paper_kind(paper)
    if not kind.is_of_school:
        raise NotFound(say("There is no such paper."))
    printed = print_school(basis, kind, school_id, made_at=clock.now())
    return _sent(printed.content, printed.media_type, printed.name)


def _sent(content: bytes, media_type: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=media_type)
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["Cache-Control"] = "no-store"
    return response
