"""Registration with Django."""

from __future__ import annotations

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "junheng.apps.reports"
    label = "reports"

    def ready(self) -> None:
        from junheng.apps.reports.policies import register_policies

        register_policies()
