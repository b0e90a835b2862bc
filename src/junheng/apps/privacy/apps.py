"""Registration with Django."""

from __future__ import annotations

from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    name = "junheng.apps.privacy"
    label = "privacy"

    def ready(self) -> None:
        from junheng.apps.privacy.desk import desk
        from junheng.apps.privacy.policies import register_policies
        from junheng.apps.workspace.api import register

        register_policies()
        register("privacy", desk)
