"""Registration with Django."""

from __future__ import annotations

from django.apps import AppConfig


class GroupsConfig(AppConfig):
    name = "junheng.apps.groups"
    label = "groups"

    def ready(self) -> None:
        from junheng.apps.groups.policies import register_policies

        register_policies()
