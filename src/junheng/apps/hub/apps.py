"""Registration with Django."""

from __future__ import annotations

from django.apps import AppConfig


class HubConfig(AppConfig):
    name = "junheng.apps.hub"
    label = "hub"
