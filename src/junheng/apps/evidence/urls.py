"""Addresses of the evidence binder."""

from __future__ import annotations

from django.urls import path

from junheng.apps.evidence.views import binder, files

app_name = "evidence"
urlpatterns = [
    path("", binder.binder, name="binder"),
    path("binder.zip", files.binder_archive, name="archive"),
    path("items/<slug:item_id>/", binder.item, name="item"),
    path("items/<slug:item_id>/files", binder.upload, name="upload"),
    path("versions/<uuid:version_id>/file", files.file, name="file"),
    path("versions/<uuid:version_id>/inline", files.inline, name="inline"),
    path("<uuid:evidence_id>/", files.show, name="show"),
    path("<uuid:evidence_id>/versions", files.add_version, name="version_add"),
    path("<uuid:evidence_id>/withdraw", files.withdraw, name="withdraw"),
]
