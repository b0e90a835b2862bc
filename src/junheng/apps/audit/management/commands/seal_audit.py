"""`junheng manage seal_audit`: seal what the worker has not sealed yet."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from junheng.apps.audit.sealing import seal_due


class Command(BaseCommand):
    help = "Seal every entry of the audit log that is not in the chain yet."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{seal_due()} entries sealed")
