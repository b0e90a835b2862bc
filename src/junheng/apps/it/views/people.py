"""People and posts: who holds what on a day, ending a post, taking one away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from junheng.apps.accounts.api import (
    post_end,
    post_revoke,
    post_visible_to,
    posts_visible_to,
    reader_of,
    roles_appointed_by,
    sees_posts,
)
from junheng.apps.accounts.finding import scope_of_posts
from junheng.apps.accounts.post_policies import END
from junheng.apps.foundation import clock, policies
from junheng.apps.foundation.scoping import within
from junheng.apps.it.forms import EndForm, FilterForm
from junheng.apps.it.present.people import PeopleShown
from junheng.errors import DataError, NotAllowed
from junheng.i18n import say

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """Show who holds which post on a day, at the organisations whose posts the reader sees."""
    reader = reader_of(request)
    if not sees_posts(reader):
        raise NotAllowed(say("Your posts of today do not look after the posts of others."))
    chosen = FilterForm.chosen(request.GET, today=clock.today())
    posts = posts_visible_to(reader, chosen.day, name=chosen.name, school_id=chosen.school)
    shown = PeopleShown(reader, posts, chosen)
    context = {
        "shown": shown,
        "form": FilterForm.of(reader, chosen),
        "can_appoint": bool(roles_appointed_by(reader)),
    }
    with within(scope_of_posts(reader)):
        return render(request, "it/people.html", context)


@require_POST
def end(request: HttpRequest, post_id: int) -> HttpResponse:
    """End a post with a day, which still counts."""
    reader = reader_of(request)
    post = post_visible_to(reader, post_id)
    policies.require(reader, END, post)
    form = EndForm(request.POST)
    if not form.is_valid():
        raise DataError(say("Write the last day of the post as a date, such as 2026-07-31."))
    post_end(post=post, last_day=form.cleaned_data["last_day"], by=reader)
    messages.success(request, gettext("The post ends on the day you entered."))
    return redirect("it:people")


@require_POST
def revoke(request: HttpRequest, post_id: int) -> HttpResponse:
    """Take a post away at once."""
    reader = reader_of(request)
    post_revoke(post=post_visible_to(reader, post_id), by=reader)
    messages.success(request, gettext("The post was revoked; it gives no right any more."))
    return redirect("it:people")
