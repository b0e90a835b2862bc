"""Bring every encrypted field under the first key of the ring."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.core.management.base import BaseCommand

from junheng.apps.foundation.encryption import EncryptedTextField, reencrypt

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.models import Model


class Command(BaseCommand):
    help = (
        "Rewrite encrypted fields under the first key of JUNHENG_FIELD_KEYS. "
        "May run beside daily work and be stopped and started again. "
        "The journal cannot be rewritten: keep former keys in the ring as long as it is kept."
    )

    def handle(self, *_args: Any, **_options: Any) -> None:
        for model, name in encrypted_fields():
            n_rows = reencrypt(model, name)
            self.stdout.write(f"{model._meta.label}.{name}: {n_rows}")


def encrypted_fields() -> Iterator[tuple[type[Model], str]]:
    """Yield each model with the name of each of its encrypted fields."""
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, EncryptedTextField):
                yield model, field.name
