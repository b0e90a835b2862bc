"""The workbook to fill in: with people's rows only for a purpose, on record, and marked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from junheng.apps.accounts.api import reader_of, require_fresh_factor
from junheng.apps.foundation import clock
from junheng.apps.intake.places import filled_template, known_rows, n_people
from junheng.apps.intake.views.start import WORKBOOK, where_asked
from junheng.apps.intake.years import asked_year
from junheng.apps.privacy.api import Asked, export_ask, language, watermark_of

if TYPE_CHECKING:
    from django.http import HttpRequest

    from junheng.apps.intake.places import Where


@require_http_methods(["GET", "HEAD", "POST"])
def template(request: HttpRequest, dataset: str) -> HttpResponse:
    """Send the workbook; what is asked for with a purpose holds the rows of people, too."""
    reader = reader_of(request)
    where = where_asked(request, reader, dataset)
    year = asked_year(request)
    if request.method != "POST":
        known = known_rows(where, dataset, first_year=year, with_people=False)
        content = filled_template(where, dataset, known, first_year=year, language=language())
        return _file(content, dataset, year)
    require_fresh_factor(request)
    known = known_rows(where, dataset, first_year=year, with_people=True)
    now, purpose = clock.now(), request.POST.get("purpose", "")
    asked = _asked(where, dataset, year)
    if export_ask(reader, asked, purpose=purpose, n_rows=n_people(known), now=now):
        text = gettext(
            "So many rows of people go out with the approval of a second person. It is asked for."
        )
        messages.info(request, text)
        return redirect("privacy:requests")
    mark = watermark_of(request.user.get_username(), purpose=purpose, now=now, language=language())
    content = filled_template(
        where, dataset, known, first_year=year, language=language(), watermark=mark
    )
    return _file(content, dataset, year)


def _asked(where: Where, dataset: str, year: int) -> Asked:
    return Asked(where.bureau.pk, where.school.pk if where.school else None, dataset, year)


def _file(content: bytes, dataset: str, year: int) -> HttpResponse:
    response = HttpResponse(content, content_type=WORKBOOK)
    name = f"junheng-{dataset}-{year}.xlsx"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response
