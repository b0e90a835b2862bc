"""Registration with Django."""

from __future__ import annotations

from django.apps import AppConfig


class RegistryConfig(AppConfig):
    name = "junheng.apps.registry"
    label = "registry"
