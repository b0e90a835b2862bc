"""Registration with Django."""

from __future__ import annotations

from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "junheng.apps.audit"
    label = "audit"

    def ready(self) -> None:
        from junheng.apps.audit.listening import connect
        from junheng.apps.audit.policies import register_policies

        connect()
        register_policies()
