"""Pages of class sizes: the bureau sees all schools, a school its own classes."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from junheng.apps.accounts.api import Kind, reader_of
from junheng.apps.catalogue import files, selectors
from junheng.apps.catalogue.classes import limits, schools_of, sizes_visible_to
from junheng.apps.catalogue.present import words, years
from junheng.apps.catalogue.present.classes import ClassesShown, stage_word
from junheng.apps.foundation import clock
from junheng.apps.foundation.shown import Link
from junheng.apps.registry.api import school_visible_to
from junheng.errors import NotAllowed, NotFound
from junheng.i18n import say

if TYPE_CHECKING:
    from django.http import HttpRequest

    from junheng.apps.accounts.api import Reader
    from junheng.apps.catalogue.classes import ClassSize


@require_safe
def classes(request: HttpRequest) -> HttpResponse:
    """Show the sizes of classes of every school in reach against the limits of the standard."""
    reader = reader_of(request)
    first_year = years.asked(request)
    day = _day(request, first_year)
    sizes = _sizes(reader, first_year, day)
    shown = ClassesShown(
        sizes, schools_of(reader, sizes), day=day, show=request.GET.get("show", "")
    )
    context = {
        "shown": shown,
        "limits": limits(words.rules()),
        "rule_url": words.rule_url("G5"),
        "days": _days(first_year, day),
        "year": first_year,
        "period": years.period(first_year),
    }
    return render(request, "catalogue/classes.html", context)


@require_safe
def school_classes(request: HttpRequest, school_id: int) -> HttpResponse:
    """Show every class of one school with its size."""
    reader = reader_of(request)
    school = school_visible_to(reader, school_id)
    first_year = years.asked(request)
    day = _day(request, first_year)
    sizes = [size for size in _sizes(reader, first_year, day) if size.school_id == school.pk]
    shown = ClassesShown(sizes, {school.pk: school}, day=day, show="")
    crumbs = [{"label": gettext("Class sizes"), "url": reverse("catalogue:classes")}]
    context = {
        "shown": shown,
        "rows": [(size, stage_word(size.stage)) for size in sizes],
        "title": school.name,
        "crumbs": crumbs,
        "period": years.period(first_year),
    }
    return render(request, "catalogue/school_classes.html", context)


@require_safe
def workbook(request: HttpRequest) -> HttpResponse:
    """Send every class in reach with its size and limit as a workbook."""
    reader = reader_of(request)
    first_year = years.asked(request)
    sizes = _sizes(reader, first_year, _day(request, first_year))
    content = files.class_sizes(sizes, schools_of(reader, sizes))
    response = HttpResponse(content, content_type=files.MEDIA_TYPES["xlsx"])
    name = f"junheng-class-sizes-{first_year}.xlsx"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _sizes(reader: Reader, first_year: int, day: date) -> list[ClassSize]:
    bureau = selectors.working_bureau_of(reader, Kind.DIRECTORY)
    if bureau is None:
        raise NotAllowed(say("Your posts of today do not give this right."))
    return sizes_visible_to(reader, bureau.pk, first_year, day, limits(words.rules()))


def _day(request: HttpRequest, first_year: int) -> date:
    """Return the day asked for, else the statistics date of the school year."""
    text = request.GET.get("day", "")
    try:
        day = date.fromisoformat(text) if text else date(first_year, 9, 1)
    except ValueError:
        raise NotFound(say("There is no such day.")) from None
    if not date(first_year, 9, 1) <= day <= date(first_year + 1, 8, 31):
        raise NotFound(say("The day lies outside the school year."))
    return day


def _days(first_year: int, day: date) -> list[Link]:
    """Return the days to choose from: the statistics date, and today while the year lasts."""
    statistics_date, today = date(first_year, 9, 1), clock.today()
    wanted = [(gettext("Statistics date"), statistics_date)]
    if statistics_date < today <= date(first_year + 1, 8, 31):
        wanted.append((gettext("Today"), today))
    return [
        Link(f"{label} {one.isoformat()}", f"?year={first_year}&day={one}", one == day)
        for label, one in wanted
    ]
