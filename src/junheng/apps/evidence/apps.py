"""Registration with Django."""

from __future__ import annotations

from django.apps import AppConfig


class EvidenceConfig(AppConfig):
    name = "junheng.apps.evidence"
    label = "evidence"

    def ready(self) -> None:
        from junheng.apps.evidence.policies import register_policies

        register_policies()
