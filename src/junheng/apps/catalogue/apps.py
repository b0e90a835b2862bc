"""Registration with Django."""

from __future__ import annotations

from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    name = "junheng.apps.catalogue"
    label = "catalogue"

    def ready(self) -> None:
        from junheng.apps.catalogue.policies import register_policies

        register_policies()
