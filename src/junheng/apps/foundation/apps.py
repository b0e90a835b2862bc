"""Registration with Django."""

from __future__ import annotations

from django.apps import AppConfig
from django.conf import settings


class FoundationConfig(AppConfig):
    name = "junheng.apps.foundation"
    label = "foundation"

    def ready(self) -> None:
        if settings.ROW_SECURITY:
            from junheng.apps.foundation import row_security

            row_security.stand_by()
