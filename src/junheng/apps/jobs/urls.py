"""Addresses of jobs."""

from __future__ import annotations

from django.urls import path

from junheng.apps.jobs import views

urlpatterns = [
    path("<uuid:job_id>/", views.job, name="job"),
    path("<uuid:job_id>/cancel", views.job_cancel, name="job_cancel"),
]
