"""Addresses of privacy."""

from __future__ import annotations

from django.urls import path

from junheng.apps.privacy.views import consents, requests

app_name = "privacy"
urlpatterns = [
    path("exports/", requests.requests, name="requests"),
    path("exports/<uuid:request_id>/decide", requests.decide, name="decide"),
    path("exports/<uuid:request_id>/fetch", requests.fetch, name="fetch"),
    path("consents/", consents.consents, name="consents"),
    path("consents/<int:consent_id>/withdraw", consents.withdraw, name="withdraw"),
]
