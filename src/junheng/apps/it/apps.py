"""Registration with Django."""

from __future__ import annotations

from django.apps import AppConfig


class ItConfig(AppConfig):
    name = "junheng.apps.it"
    label = "it"
