"""Registration with Django."""

from __future__ import annotations

from django.apps import AppConfig


class ItConfig(AppConfig):
    name = "junheng.apps.it"
    label = "it"

    def ready(self) -> None:
        from junheng.apps.it.desk import desk
        from junheng.apps.workspace.api import register

        register("it", desk)
