"""Addresses that machines ask."""

from __future__ import annotations

from django.urls import path

from junheng.apps.operation import views

urlpatterns = [
    path("health/live", views.live, name="health_live"),
    path("health/ready", views.ready, name="health_ready"),
    path("metrics", views.figures, name="metrics"),
]
