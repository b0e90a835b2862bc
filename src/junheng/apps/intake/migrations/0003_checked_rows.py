"""Rows of a checked file, kept so that applying need not read the file again."""

from __future__ import annotations

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

from junheng.apps.foundation.encryption import EncryptedTextField


class Migration(migrations.Migration):
    dependencies: ClassVar = [("intake", "0002_effects_of_imports")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="CheckedRows",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("bound_to", models.CharField(max_length=64)),
                ("columns", models.JSONField()),
                ("content", EncryptedTextField()),
                (
                    "part",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rows",
                        to="intake.importpart",
                    ),
                ),
            ],
        ),
    ]
