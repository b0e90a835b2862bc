"""Root addresses of the site."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("", include("junheng.apps.accounts.urls")),
    path("jobs/", include("junheng.apps.jobs.urls")),
]
