"""Registration with Django."""

from __future__ import annotations

from django.apps import AppConfig


class HubConfig(AppConfig):
    name = "junheng.apps.hub"
    label = "hub"

    def ready(self) -> None:
        from junheng.apps.accounts.api import register_granting
        from junheng.apps.hub.policies import register_policies
        from junheng.apps.hub.tokens import opened_by

        register_policies()
        register_granting(opened_by)
