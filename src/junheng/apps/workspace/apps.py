"""Registration with Django."""

from __future__ import annotations

from django.apps import AppConfig


class WorkspaceConfig(AppConfig):
    name = "junheng.apps.workspace"
    label = "workspace"
