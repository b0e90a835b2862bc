"""Layouts of register exports: the versions of bureaus, and exports compared with them."""

from __future__ import annotations

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import junheng.apps.foundation.encryption


class Migration(migrations.Migration):
    dependencies = [
        ("intake", "0003_checked_rows"),
        ("registry", "0007_summaries"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="RegisterLayout",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("mapping", models.CharField(max_length=64)),
                ("dataset", models.CharField(max_length=32)),
                ("content", models.TextField()),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "bureau",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.bureau",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-pk"],
                "indexes": [
                    models.Index(fields=["bureau", "mapping", "-id"], name="layout_of_bureau")
                ],
            },
        ),
        migrations.CreateModel(
            name="RegisterSample",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("mapping", models.CharField(max_length=64)),
                ("dataset", models.CharField(max_length=32)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("first_year", models.PositiveSmallIntegerField()),
                ("file_name", models.CharField(max_length=255)),
                ("content", junheng.apps.foundation.encryption.EncryptedTextField()),
                (
                    "bureau",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.bureau",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("bureau", "mapping", "by"), name="register_sample_once"
                    )
                ],
            },
        ),
    ]
