"""Appointing: which role, then who, where and from when to when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from junheng.apps.accounts import api as accounts
from junheng.apps.accounts.api import Role, reader_of, roles_appointed_by
from junheng.apps.foundation import clock
from junheng.apps.it.forms import AppointForm
from junheng.apps.it.present.people import RoleShown
from junheng.errors import DataError, NotAllowed, NotFound
from junheng.i18n import say

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from junheng.apps.accounts.api import Reader

UNPROCESSABLE = 422


@require_safe
def choose(request: HttpRequest) -> HttpResponse:
    """Show the roles to which the reader appoints."""
    roles = roles_appointed_by(reader_of(request))
    if not roles:
        raise NotAllowed(say("Your posts of today appoint to no role."))
    return render(request, "it/choose.html", {"roles": [RoleShown.of(role) for role in roles]})


@require_http_methods(["GET", "HEAD", "POST"])
def appoint(request: HttpRequest, role: str) -> HttpResponse:
    """Appoint somebody to a role; the page searches people while it is not sent."""
    reader = reader_of(request)
    wanted = _role(reader, role)
    search = (request.POST or request.GET).get("search", "").strip()
    found = accounts.people_findable_by(reader, search) if search else []
    form = AppointForm(
        reader,
        wanted,
        request.POST or None,
        people=found,
        initial={"search": search, "valid_from": clock.today().isoformat()},
    )
    if request.method == "POST" and form.is_valid():
        try:
            accounts.appoint(by=reader, role=wanted, **form.appointment())
        except DataError as error:
            form.add_error(None, error.render(gettext))
        else:
            messages.success(request, gettext("Appointed."))
            return redirect("it:people")
    context = {"form": form, "role": RoleShown.of(wanted), "found": found, "search": search}
    status = UNPROCESSABLE if form.is_bound else 200
    return render(request, "it/appoint.html", context, status=status)


def _role(reader: Reader, name: str) -> Role:
    if name not in Role.values:
        raise NotFound(say("There is no role “{role}”.", role=name))
    if Role(name) not in roles_appointed_by(reader):
        raise NotAllowed(say("Your posts of today do not appoint to this role there."))
    return Role(name)
