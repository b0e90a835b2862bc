"""Registration with Django."""

from __future__ import annotations

from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "junheng.apps.jobs"
    label = "jobs"

    def ready(self) -> None:
        from junheng.apps.jobs.policies import register_policies

        register_policies()
