"""The schools of a bureau: which are open, what became of each; ending and renaming one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from junheng.apps.accounts.api import Kind, reader_of
from junheng.apps.foundation import clock, policies
from junheng.apps.registry import lives, successions
from junheng.apps.registry.forms import EndForm, RenameForm
from junheng.apps.registry.models import SchoolSuccession
from junheng.apps.registry.policies import CHANGE
from junheng.apps.registry.present.schools import EndShown, LifeShown, SchoolsShown
from junheng.apps.registry.selectors import school_visible_to
from junheng.errors import DataError, NotAllowed, NotFound
from junheng.i18n import say

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from junheng.apps.accounts.api import Reader
    from junheng.apps.registry.models import School

UNPROCESSABLE = 422


@require_safe
def schools(request: HttpRequest) -> HttpResponse:
    """List the schools of the bureau with what became of them."""
    reader = reader_of(request)
    if not reader.scope_of(Kind.DIRECTORY).bureaus:
        raise NotAllowed(say("Your posts of today reach no bureau as a whole."))
    show = request.GET.get("show", "")
    shown = SchoolsShown(lives.lives_in(reader), clock.today(), show)
    return render(request, "registry/schools.html", {"shown": shown})


@require_safe
def school(request: HttpRequest, school_id: int) -> HttpResponse:
    """Show the life of one school: predecessors, what happened to it, successors."""
    reader = reader_of(request)
    life = lives.life_of(reader, school_id)
    if not _reads_whole(reader, life.school):
        raise NotAllowed(say("Your posts of today do not give this right."))
    can_change = policies.can(reader, CHANGE, life.school)
    context = {
        "shown": LifeShown(life, clock.today(), can_change=can_change),
        "crumbs": _crumbs(reader, life.school, is_below=False),
    }
    return render(request, "registry/school.html", context)


def _reads_whole(reader: Reader, found: School) -> bool:
    """Whether the reader reaches the school as a whole, and not a class of it alone."""
    scope = reader.scope_of(Kind.DIRECTORY)
    return found.pk in scope.schools or found.bureau_id in scope.bureaus


@require_http_methods(["GET", "HEAD", "POST"])
def end(request: HttpRequest, school_id: int) -> HttpResponse:
    """Show what ending a school on a day would do; the button under it ends it."""
    reader = reader_of(request)
    found = _changed_by(reader, school_id)
    form = EndForm(
        request.POST or request.GET or None, successors=lives.successors_for(reader, found)
    )
    shown = _end_shown(found, form) if form.is_valid() else None
    if request.method == "POST" and shown is not None:
        try:
            successions.school_end(
                school=found, on=shown.on, into=shown.into, note=form.note_told, reader=reader
            )
        except DataError as error:
            # Somebody enrolled a pupil, or ended the school, since the page was shown.
            form.add_error(None, error.render(gettext))
        else:
            messages.success(request, shown.answer)
            return redirect("registry:school", found.pk)
    context = {
        "school": found,
        "form": form,
        "shown": shown,
        "crumbs": _crumbs(reader, found, is_below=True),
    }
    return render(request, "registry/end.html", context, status=_status(form))


def _end_shown(found: School, form: EndForm) -> EndShown:
    on, into = form.cleaned_data["on"], form.into
    obstacles = [one.render(gettext) for one in lives.in_the_way(found, on, into)]
    return EndShown(found, on, into, lives.standing_at(found, on), obstacles)


@require_http_methods(["GET", "HEAD", "POST"])
def rename(request: HttpRequest, school_id: int) -> HttpResponse:
    """Give a school another name from a day on."""
    reader = reader_of(request)
    found = _changed_by(reader, school_id)
    form = RenameForm(request.POST or None)
    if form.is_valid():
        told = form.cleaned_data
        try:
            successions.school_rename(
                school=found,
                on=told["on"],
                name=told["name"].strip(),
                note=form.note_told,
                reader=reader,
            )
        except DataError as error:
            form.add_error(None, error.render(gettext))
        else:
            messages.success(request, gettext("Renamed."))
            return redirect("registry:school", found.pk)
    context = {"school": found, "form": form, "crumbs": _crumbs(reader, found, is_below=True)}
    return render(request, "registry/rename.html", context, status=_status(form))


@require_POST
def undo(request: HttpRequest, school_id: int, event_id: int) -> HttpResponse:
    """Take back the newest thing that happened to a school."""
    reader = reader_of(request)
    found = _changed_by(reader, school_id)
    event = SchoolSuccession.objects.filter(school=found, pk=event_id).first()
    if event is None:
        raise NotFound(say("This was taken back already, or never happened."))
    try:
        successions.succession_undo(event=event, reader=reader)
    except DataError as error:
        messages.error(request, error.render(gettext))
    else:
        messages.success(request, gettext("Taken back."))
    return redirect("registry:school", found.pk)


def _changed_by(reader: Reader, school_id: int) -> School:
    found = school_visible_to(reader, school_id)
    policies.require(reader, CHANGE, found)
    return found


def _crumbs(reader: Reader, found: School, *, is_below: bool) -> list[dict[str, str]]:
    crumbs = []
    if found.bureau_id in reader.scope.bureaus:
        crumbs.append({"label": gettext("Schools"), "url": reverse("registry:schools")})
    if is_below:
        crumbs.append({"label": found.name, "url": reverse("registry:school", args=[found.pk])})
    return crumbs


def _status(form: EndForm | RenameForm) -> int:
    return UNPROCESSABLE if form.is_bound and form.errors else 200
