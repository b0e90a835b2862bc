"""Registration with Django."""

from __future__ import annotations

from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "junheng.apps.intake"
    label = "intake"

    def ready(self) -> None:
        from junheng.apps.intake.desk import desk
        from junheng.apps.intake.policies import register_policies
        from junheng.apps.workspace.api import register

        register_policies()
        register("intake", desk)
