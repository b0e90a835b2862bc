"""Registration with Django."""

from __future__ import annotations

from django.apps import AppConfig


class CentresConfig(AppConfig):
    name = "junheng.apps.centres"
    label = "centres"
