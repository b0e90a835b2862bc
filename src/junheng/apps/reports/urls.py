"""Addresses of papers."""

from __future__ import annotations

from django.urls import path

from junheng.apps.reports import views

app_name = "reports"
urlpatterns = [
    path("", views.home, name="home"),
    path("<int:assessment_id>/", views.assessment, name="assessment"),
    path("<int:assessment_id>/make", views.make, name="make"),
    path(
        "<int:assessment_id>/schools/<int:school_id>/<slug:paper>",
        views.school_paper,
        name="school_paper",
    ),
    path("jobs/<uuid:job_id>/", views.job, name="job"),
    path("papers/<uuid:paper_id>", views.paper, name="paper"),
]
