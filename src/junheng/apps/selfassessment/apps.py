"""Registration with Django."""

from __future__ import annotations

from django.apps import AppConfig


class SelfAssessmentConfig(AppConfig):
    name = "junheng.apps.selfassessment"
    label = "selfassessment"

    def ready(self) -> None:
        from junheng.apps.selfassessment.desk import desk
        from junheng.apps.selfassessment.policies import register_policies
        from junheng.apps.workspace.api import register

        register_policies()
        register("selfassessment", desk)
