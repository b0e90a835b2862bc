"""Registration with Django."""

from __future__ import annotations

from django.apps import AppConfig


class FoundationConfig(AppConfig):
    name = "junheng.apps.foundation"
    label = "foundation"
