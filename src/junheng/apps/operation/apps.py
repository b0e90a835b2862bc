"""Registration with Django."""

from __future__ import annotations

from django.apps import AppConfig


class OperationConfig(AppConfig):
    name = "junheng.apps.operation"
    label = "operation"
