"""The workbook with red cells of a faulty file, made by the check."""

from __future__ import annotations

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

from junheng.apps.foundation.encryption import EncryptedTextField


class Migration(migrations.Migration):
    dependencies: ClassVar = [("intake", "0004_register_layouts")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="MarkedWorkbook",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("language", models.CharField(max_length=2)),
                ("content", EncryptedTextField()),
                (
                    "source",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="marked",
                        to="intake.import",
                    ),
                ),
            ],
        ),
    ]
