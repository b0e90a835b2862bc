"""Pages of what schools are asked for, and registering a new form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from junheng.apps.accounts.api import Kind, reader_of
from junheng.apps.catalogue import burdenrules, selectors
from junheng.apps.catalogue.burden import asked_twice, burdens_visible_to
from junheng.apps.catalogue.forms import NewForm
from junheng.apps.catalogue.forms_asked import REFUSE, columns_checked, form_register, forms_of
from junheng.apps.catalogue.policies import may_decide
from junheng.apps.catalogue.present import words, years
from junheng.apps.catalogue.present.burden import BurdenShown, column_lines
from junheng.apps.foundation import clock
from junheng.errors import DataError, NotAllowed
from junheng.i18n import say

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_safe
def burden(request: HttpRequest) -> HttpResponse:
    """Show what each school in reach is asked for, in hours."""
    reader = reader_of(request)
    bureau = selectors.working_bureau_of(reader, Kind.FIGURES)
    if bureau is None:
        raise NotAllowed(say("Your posts of today do not give this right."))
    first_year = years.asked(request)
    rules = burdenrules.load()
    context = {
        "shown": BurdenShown(
            burdens_visible_to(reader, bureau.pk, first_year),
            forms_of(bureau.pk, first_year),
            asked_twice(rules),
        ),
        "rules": rules,
        "rules_source": words.of(rules.source),
        "can_register": may_decide(reader, bureau.pk),
        "period": years.period(first_year),
    }
    return render(request, "catalogue/burden.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def form_add(request: HttpRequest) -> HttpResponse:
    """Look up what a new form asks; register it when nothing of it is collected already."""
    reader = reader_of(request)
    bureau = selectors.bureau_of(reader)
    if bureau is None or not may_decide(reader, bureau.pk):
        raise NotAllowed(say("Your posts of today do not give this right."))
    first_year = selectors.first_year_now()
    form = NewForm(request.POST or None)
    columns = columns_checked(form.cleaned_data["labels"]) if form.is_valid() else []
    if columns and request.POST.get("act") == "register":
        data = form.cleaned_data
        try:
            made = form_register(
                bureau_id=bureau.pk,
                first_year=first_year,
                name=data["name"],
                labels=data["labels"],
                school_kinds=data["school_kinds"],
                rows=data["rows"],
                due=data["due"],
                by=reader.user_id,
                now=clock.now(),
            )
        except DataError as error:
            form.add_error("labels", error.render(gettext))
        else:
            messages.success(request, gettext("“%(name)s” is registered.") % {"name": made.name})
            return redirect("catalogue:burden")
    context = {
        "form": form,
        "columns": column_lines(columns),
        "can_register": bool(columns) and all(column.how != REFUSE for column in columns),
        "crumbs": [{"label": gettext("Burden on schools"), "url": reverse("catalogue:burden")}],
        "period": years.period(first_year),
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "catalogue/form_add.html", context, status=status)
