"""Addresses of the audit log and of the history of records."""

from __future__ import annotations

from django.urls import path

from junheng.apps.audit import views

app_name = "audit"
urlpatterns = [
    path("", views.entries, name="entries"),
    path("entries.<slug:form>", views.entries_file, name="entries_file"),
    path("sign-ins/", views.sign_ins, name="sign_ins"),
    path("acts/<uuid:batch>/", views.batch, name="batch"),
    path("history/<slug:app>.<slug:model>/<slug:key>/", views.history, name="history"),
]
