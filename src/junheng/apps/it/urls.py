"""Addresses of those who keep the site."""

from __future__ import annotations

from django.urls import path

from junheng.apps.it.views import appointing, overview, people

app_name = "it"
urlpatterns = [
    path("", overview.overview, name="overview"),
    path("settings/", overview.settings_page, name="settings"),
    path("people/", people.people, name="people"),
    path("people/appoint/", appointing.choose, name="choose"),
    path("people/appoint/<slug:role>/", appointing.appoint, name="appoint"),
    path("people/<int:post_id>/end", people.end, name="end"),
    path("people/<int:post_id>/revoke", people.revoke, name="revoke"),
]
