"""Registration with Django."""

from __future__ import annotations

from django.apps import AppConfig


class SurveyConfig(AppConfig):
    name = "junheng.apps.survey"
    label = "survey"

    def ready(self) -> None:
        from junheng.apps.survey.policies import register_policies

        register_policies()
