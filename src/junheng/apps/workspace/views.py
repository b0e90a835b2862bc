"""The first page of everybody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.views.decorators.http import require_safe

from junheng.apps.accounts.api import reader_of
from junheng.apps.foundation import clock
from junheng.apps.workspace.api import shares_of
from junheng.apps.workspace.present import HomeShown

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show what waits for the reader, how things stand, and what falls due next."""
    today = clock.today()
    shown = HomeShown(shares_of(reader_of(request), today), today=today)
    return render(request, "workspace/home.html", {"shown": shown, "n_todo": len(shown.todos)})
