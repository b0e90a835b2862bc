"""Addresses of the registry's own pages."""

from __future__ import annotations

from django.urls import path

from junheng.apps.registry import views

app_name = "registry"
urlpatterns = [
    path("classes/", views.my_classes, name="my_classes"),
]
