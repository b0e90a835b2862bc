"""Addresses of the data centres."""

from __future__ import annotations

from django.urls import path

from junheng.apps.centres import views

app_name = "centres"
urlpatterns = [
    path("centre/", views.centre, name="centre"),
    path("wall/", views.wall, name="wall"),
]
