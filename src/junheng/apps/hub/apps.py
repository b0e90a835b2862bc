"""Registration with Django."""

from __future__ import annotations

from django.apps import AppConfig


class HubConfig(AppConfig):
    name = "junheng.apps.hub"
    label = "hub"

    def ready(self) -> None:
        from junheng.apps.hub.policies import register_policies

        register_policies()
