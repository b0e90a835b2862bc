"""Registration with Django."""

from __future__ import annotations

from django.apps import AppConfig


class RegistryConfig(AppConfig):
    name = "junheng.apps.registry"
    label = "registry"

    def ready(self) -> None:
        from junheng.apps.registry.desk import desk
        from junheng.apps.registry.policies import register_policies
        from junheng.apps.workspace.api import register

        register_policies()
        register("registry", desk)
