"""One piece of evidence, its files, and what becomes of it.

Files go out through these views alone, which ask the policy. What a browser shows of a stored file
it shows as what the check found it to be, in a frame or as a picture, and never as a page of this
site: no script in it runs with the reader's rights.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from csp.constants import NONE, SELF
from csp.decorators import csp_replace
from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST, require_safe

from junheng.apps.accounts.api import reader_of
from junheng.apps.evidence import archive, selectors, storage
from junheng.apps.evidence.forms import VersionForm
from junheng.apps.evidence.policies import FILL
from junheng.apps.evidence.present import words
from junheng.apps.evidence.present.show import EvidenceShown
from junheng.apps.evidence.previews import preview_of
from junheng.apps.evidence.rules import files
from junheng.apps.evidence.services import Sent, evidence_withdraw, version_add
from junheng.apps.evidence.views.years import asked_year
from junheng.apps.foundation import policies as rights
from junheng.apps.foundation.streaming import streamed
from junheng.errors import DataError, NotFound
from junheng.i18n import say

if TYPE_CHECKING:
    from typing import BinaryIO
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse, StreamingHttpResponse

    from junheng.apps.accounts.api import Reader
    from junheng.apps.evidence.models import Evidence, EvidenceVersion

# What a stored file may do where a browser shows it by itself: nothing.
SEALED_OFF = {"default-src": [NONE], "sandbox": True, "frame-ancestors": [NONE], "base-uri": [NONE]}
# The browser's own reader of PDF does not start in a sandbox; it needs its styles and the file.
IN_A_FRAME = {
    "default-src": [NONE],
    "object-src": [SELF],
    "style-src": ["'unsafe-inline'"],
    "frame-ancestors": [SELF],
    "base-uri": [NONE],
}


@require_safe
def show(request: HttpRequest, evidence_id: UUID) -> HttpResponse:
    """Show a piece of evidence: one version to look at, and the list of all."""
    reader = reader_of(request)
    evidence = selectors.evidence_visible_to(reader, evidence_id)
    versions = list(evidence.versions.select_related("by").order_by("-number"))
    asked = request.GET.get("version", "")
    version = next((v for v in versions if str(v.number) == asked), versions[0])
    shown = EvidenceShown(
        evidence, versions, version, preview_of(version), selectors.elsewhere(reader, version)
    )
    context = {
        "shown": shown,
        "can_fill": rights.can(reader, FILL, evidence) and not evidence.is_withdrawn,
        "period": words.period(evidence.school_year.starts_on.year),
        "scope": {"label": words.owner(evidence)},
    }
    return render(request, "evidence/show.html", context)


@require_POST
def add_version(request: HttpRequest, evidence_id: UUID) -> HttpResponse:
    """File a newer version."""
    reader = reader_of(request)
    evidence = _to_fill(reader, evidence_id)
    form = VersionForm(request.POST)
    sent = request.FILES.get("file")
    if not form.is_valid() or sent is None:
        raise DataError(say("Choose the file of the newer version."))
    file = Sent(
        sent.name or "", cast("BinaryIO", sent.file), sent.size or 0, form.cleaned_data["note"]
    )
    version_add(evidence=evidence, sent=file, after=form.cleaned_data["after"], by=reader.user_id)
    messages.success(request, gettext("The newer version is filed; the former one stays below."))
    return redirect("evidence:show", evidence_id)


@require_POST
def withdraw(request: HttpRequest, evidence_id: UUID) -> HttpResponse:
    """Let a piece of evidence no longer count."""
    reader = reader_of(request)
    evidence = _to_fill(reader, evidence_id)
    evidence_withdraw(evidence=evidence, why=request.POST.get("why", ""), by=reader.user_id)
    messages.success(request, gettext("Withdrawn. It stays here with the reason."))
    return redirect("evidence:show", evidence_id)


@require_safe
def file(request: HttpRequest, version_id: UUID) -> StreamingHttpResponse:
    """Send a version as a file to keep."""
    version = selectors.version_visible_to(reader_of(request), version_id)
    return _under(SEALED_OFF, request, _sent_out(request, version, is_attachment=True))


@require_safe
@xframe_options_sameorigin
def inline(request: HttpRequest, version_id: UUID) -> StreamingHttpResponse:
    """Send a picture or PDF to be shown on the page of its evidence."""
    version = selectors.version_visible_to(reader_of(request), version_id)
    if files().kind(version.kind).shown not in ("frame", "picture"):
        raise NotFound(say("Files of this kind are not shown by the browser."))
    return _under(IN_A_FRAME, request, _sent_out(request, version, is_attachment=False))


@require_safe
def binder_archive(request: HttpRequest) -> StreamingHttpResponse:
    """Send the whole binder, as far as the reader sees it, as one archive."""
    reader, year = reader_of(request), asked_year(request)
    desk = selectors.desk_of(reader, year)
    counting = selectors.evidence_of_year(reader, year).filter(withdrawn_at=None)
    rows = selectors.with_versions(counting, with_keys=True)
    told = {"name": desk.bureau.name, "year": words.year_label(year)}
    title = gettext("Evidence binder of %(name)s, school year %(year)s") % told
    lines = archive.lines_of(rows)
    response = streamed(request, archive.packed(lines, title=title), media_type="application/zip")
    response["Content-Disposition"] = _disposition(f"{title}.zip", is_attachment=True)
    return _under(SEALED_OFF, request, response)


def _sent_out(
    request: HttpRequest, version: EvidenceVersion, *, is_attachment: bool
) -> StreamingHttpResponse:
    if not storage.is_there(version.stored_as):
        raise DataError(
            say("“{name}” is not on disk: restore it from a backup.", name=version.file_name)
        )
    pieces = storage.pieces(selectors.stored(version))
    response = streamed(request, pieces, media_type=files().kind(version.kind).media_type)
    response["Content-Length"] = str(version.n_bytes)
    response["Content-Disposition"] = _disposition(version.file_name, is_attachment=is_attachment)
    response["Cache-Control"] = "private, no-store"
    return response


def _disposition(name: str, *, is_attachment: bool) -> str:
    return content_disposition_header(is_attachment, name) or "attachment"


def _under(
    policy: dict[str, Any], request: HttpRequest, response: StreamingHttpResponse
) -> StreamingHttpResponse:
    """Send an answer under a policy of its own instead of the site's."""
    answer = csp_replace(policy)(lambda _request: response)
    return cast("StreamingHttpResponse", answer(request))


def _to_fill(reader: Reader, evidence_id: UUID) -> Evidence:
    evidence = selectors.evidence_visible_to(reader, evidence_id)
    rights.require(reader, FILL, evidence)
    return evidence
