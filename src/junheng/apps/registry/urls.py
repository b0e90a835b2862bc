"""Addresses of the registry's own pages."""

from __future__ import annotations

from django.urls import path

from junheng.apps.registry.views import my_classes, schools

app_name = "registry"
urlpatterns = [
    path("my/classes/", my_classes.my_classes, name="my_classes"),
    path("schools/", schools.schools, name="schools"),
    path("schools/<int:school_id>/", schools.school, name="school"),
    path("schools/<int:school_id>/end", schools.end, name="end"),
    path("schools/<int:school_id>/rename", schools.rename, name="rename"),
    path("schools/<int:school_id>/events/<int:event_id>/undo", schools.undo, name="undo"),
]
