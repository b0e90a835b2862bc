"""Registration with Django."""

from __future__ import annotations

from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "junheng.apps.jobs"
    label = "jobs"
