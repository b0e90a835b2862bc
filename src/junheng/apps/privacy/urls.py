"""Addresses of privacy."""

from __future__ import annotations

from django.urls import path

from junheng.apps.privacy.views import consents, requests, subjects

app_name = "privacy"
urlpatterns = [
    path("exports/", requests.requests, name="requests"),
    path("exports/<uuid:request_id>/decide", requests.decide, name="decide"),
    path("exports/<uuid:request_id>/fetch", requests.fetch, name="fetch"),
    path("subjects/", subjects.subjects, name="subjects"),
    path("subjects/<uuid:request_id>/decide", subjects.decide, name="subject_decide"),
    path("subjects/<uuid:request_id>/fetch", subjects.fetch, name="subject_fetch"),
    path("consents/", consents.consents, name="consents"),
    path("consents/<int:consent_id>/withdraw", consents.withdraw, name="withdraw"),
]
