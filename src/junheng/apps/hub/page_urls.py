"""Addresses of the pages of the API, under running the site."""

from __future__ import annotations

from django.urls import path

from junheng.apps.hub import pages

app_name = "hub"
urlpatterns = [
    path("", pages.token_list, name="tokens"),
    path("<int:token_id>/revoke", pages.token_revoke, name="token_revoke"),
    path("reference/", pages.reference, name="reference"),
]
