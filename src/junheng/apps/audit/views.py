"""Pages: the log for the audit administrator, sign-ins, the history of a record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from junheng.apps.accounts.api import reader_of
from junheng.apps.audit import changes as journal_changes
from junheng.apps.audit.exporting import MEDIA_TYPES, ROWS_AT_MOST, as_file
from junheng.apps.audit.forms import FilterForm
from junheng.apps.audit.models import AuditEntry
from junheng.apps.audit.policies import SIGN_IN, may_audit, may_see_sign_ins
from junheng.apps.audit.present import EntriesShown, kind_word, lines
from junheng.apps.audit.rules import rules
from junheng.apps.audit.selectors import entries_visible_to
from junheng.apps.audit.visits import shows
from junheng.apps.foundation.shown import language, pager
from junheng.errors import NotAllowed, NotFound
from junheng.i18n import say

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest

    from junheng.apps.accounts.api import Reader

ENTRIES = AuditEntry._meta.label


@require_safe
def entries(request: HttpRequest) -> HttpResponse:
    """Show the log in pages, newest first, as filters ask."""
    reader = _auditor(request)
    chosen = FilterForm.chosen(request.GET)
    shown = EntriesShown(entries_visible_to(reader, chosen), chosen)
    shows(ENTRIES, n_rows=len(shown.lines))
    acts = [(act.id, act.name.of(language())) for act in rules().acts.values()]
    context = {"shown": shown, "acts": acts, "at_most": ROWS_AT_MOST}
    return render(request, "audit/entries.html", context)


@require_safe
def entries_file(request: HttpRequest, form: str) -> HttpResponse:
    """Send the entries that filters ask for as CSV or workbook, up to a number of rows."""
    reader = _auditor(request)
    if form not in MEDIA_TYPES:
        raise Http404
    found = entries_visible_to(reader, FilterForm.chosen(request.GET))
    rows = lines(found[:ROWS_AT_MOST])
    shows(ENTRIES, n_rows=len(rows))
    response = HttpResponse(as_file(rows, form), content_type=MEDIA_TYPES[form])
    response["Content-Disposition"] = f'attachment; filename="junheng-audit.{form}"'
    response["Cache-Control"] = "no-store"
    return response


@require_safe
def sign_ins(request: HttpRequest) -> HttpResponse:
    """Show sign-ins, failed tries and what changed about accounts at the door."""
    reader = reader_of(request)
    if not may_see_sign_ins(reader):
        raise _not_yours()
    chosen = FilterForm.chosen(request.GET) | {"group": SIGN_IN}
    shown = EntriesShown(entries_visible_to(reader, chosen), chosen)
    shows("accounts.User", n_rows=len(shown.lines))
    acts = [
        (act.id, act.name.of(language())) for act in rules().acts.values() if act.group == SIGN_IN
    ]
    return render(request, "audit/sign_ins.html", {"shown": shown, "acts": acts})


@require_safe
def batch(request: HttpRequest, batch: UUID) -> HttpResponse:
    """Show what one recorded act changed; NotFound for one that the auditor may not see."""
    if not entries_visible_to(reader_of(request), {}).filter(batch=batch).exists():
        raise NotFound(say("There is no such page, or it is not yours to see."))
    found = journal_changes.changes_of_batch(batch)
    shows("foundation.Change", n_rows=journal_changes.A_PAGE, keys=[str(batch)])
    context = {
        "kinds": journal_changes.kinds_of(found),
        **_page_of_changes(request, found),
        "crumbs": [{"label": gettext("Audit log"), "url": reverse("audit:entries")}],
    }
    return render(request, "audit/batch.html", context)


@require_safe
def history(request: HttpRequest, app: str, model: str, key: str) -> HttpResponse:
    """Show every change of a record that the reader may see, newest first."""
    reader = reader_of(request)
    record = journal_changes.record_visible_to(reader, f"{app}.{model}", key)
    label = record._meta.label
    shows(label, n_rows=1, keys=[key])
    context = {
        "title": gettext("History: %(record)s") % {"record": record},
        "kind": kind_word(label),
        **_page_of_changes(request, journal_changes.changes_of(record)),
    }
    return render(request, "audit/history.html", context)


def _page_of_changes(request: HttpRequest, found: Any) -> dict[str, Any]:
    page = FilterForm.chosen(request.GET).get("page", 1)
    size = journal_changes.A_PAGE
    n_all = found.count()
    start = (page - 1) * size
    return {
        "n_all": n_all,
        "changes": [journal_changes.shown(one) for one in found[start : start + size]],
        "pager": pager(page, size, n_all, lambda number: f"?page={number}"),
    }


def _auditor(request: HttpRequest) -> Reader:
    reader = reader_of(request)
    if not may_audit(reader):
        raise _not_yours()
    return reader


def _not_yours() -> NotAllowed:
    return NotAllowed(say("Your posts of today do not give this right."))
