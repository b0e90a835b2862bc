"""Addresses of imports."""

from __future__ import annotations

from django.urls import path

from junheng.apps.intake.views import (
    changes,
    history,
    home,
    mappings,
    start,
    templates,
    undo,
    unmasking,
)

app_name = "intake"
urlpatterns = [
    path("", home.home, name="home"),
    path("new/<slug:dataset>/", start.start, name="start"),
    path("new/<slug:dataset>/template.xlsx", templates.template, name="template"),
    path("mappings/", mappings.mappings, name="mappings"),
    path("mappings/<slug:mapping_id>/", mappings.mapping, name="mapping"),
    path("mappings/<slug:mapping_id>/layout.toml", mappings.download, name="layout"),
    path("rows/<slug:dataset>/", history.row, name="row"),
    path("rows/<slug:dataset>/unmask", unmasking.row, name="unmask"),
    path("<uuid:import_id>/", changes.show, name="show"),
    path("<uuid:import_id>/marked.xlsx", changes.marked, name="marked"),
    path("<uuid:import_id>/apply", changes.apply, name="apply"),
    path("<uuid:import_id>/check", changes.check, name="check"),
    path("<uuid:import_id>/discard", changes.discard, name="discard"),
    path("<uuid:import_id>/undo", undo.undo, name="undo"),
]
