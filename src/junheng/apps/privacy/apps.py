"""Registration with Django."""

from __future__ import annotations

from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    name = "junheng.apps.privacy"
    label = "privacy"

    def ready(self) -> None:
        from junheng.apps.privacy.policies import register_policies

        register_policies()
