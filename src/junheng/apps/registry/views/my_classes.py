"""The first page of those whose posts lie within a school."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from junheng.apps.accounts.api import Place, Role, reader_of
from junheng.apps.audit.api import shows
from junheng.apps.foundation import clock
from junheng.apps.registry.own_classes import own_classes
from junheng.errors import NotAllowed
from junheng.i18n import say

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

WITHIN_SCHOOL = frozenset({Place.GRADE, Place.CLASS, Place.SUBJECT, Place.PUPIL})


@require_safe
def my_classes(request: HttpRequest) -> HttpResponse:
    """Show a teacher the own classes, a guardian the own children, a pupil the own class."""
    reader = reader_of(request)
    if not any(post.place in WITHIN_SCHOOL for post in reader.posts):
        raise NotAllowed(say("Your posts of today lie at no class and no pupil."))
    day = clock.today()
    classes = own_classes(reader, day)
    n_pupils = sum(len(one.pupils) for one in classes)
    shows("registry.Enrolment", n_rows=n_pupils)
    if reader.roles == {Role.GUARDIAN}:
        title = gettext("My children")
        text = gettext("On {day} {pupils} of your children go to school here.")
    else:
        title = gettext("My classes")
        text = gettext("On {day} your posts lead to {classes} classes with {pupils} pupils.")
    answer = text.format(day=day.isoformat(), classes=len(classes), pupils=n_pupils)
    context = {"title": title, "classes": classes, "answer": answer}
    return render(request, "registry/my_classes.html", context)
