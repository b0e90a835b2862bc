"""Requests of persons about their own data, and the copies made for them."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import junheng.apps.foundation.encryption


class Migration(migrations.Migration):
    dependencies = [
        ("privacy", "0001_disclosures_and_consents"),
        ("registry", "0008_schools_divided_among_several"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="SubjectRequest",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "people",
                    models.CharField(
                        choices=[("pupils", "Pupil"), ("staff", "Member of staff")], max_length=8
                    ),
                ),
                ("number", models.CharField(max_length=64)),
                (
                    "act",
                    models.CharField(
                        choices=[("copy", "A copy of what is held"), ("delete", "Deletion")],
                        max_length=8,
                    ),
                ),
                ("asker", junheng.apps.foundation.encryption.EncryptedTextField()),
                ("asked_on", models.DateField()),
                ("due_on", models.DateField()),
                ("recorded_at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting for approval"),
                            ("running", "Being carried out"),
                            ("done", "Carried out"),
                            ("refused", "Refused"),
                            ("impossible", "Not possible"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("decided_at", models.DateTimeField(null=True)),
                ("done_at", models.DateTimeField(null=True)),
                ("outcome", models.JSONField(null=True)),
                (
                    "bureau",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.bureau",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.school",
                    ),
                ),
            ],
            options={
                "ordering": ["-recorded_at"],
            },
        ),
        migrations.CreateModel(
            name="SubjectCopy",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("made_at", models.DateTimeField()),
                ("content", junheng.apps.foundation.encryption.EncryptedTextField()),
                (
                    "request",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="copy",
                        to="privacy.subjectrequest",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="subjectrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("decided_by__isnull", True),
                    models.Q(("decided_by", models.F("recorded_by")), _negated=True),
                    _connector="OR",
                ),
                name="subject_decided_by_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="subjectrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("act", "copy"),
                    models.Q(("decided_by__isnull", True), ("state", "waiting")),
                    models.Q(
                        models.Q(("state", "waiting"), _negated=True), ("decided_by__isnull", False)
                    ),
                    _connector="OR",
                ),
                name="subject_deletion_was_decided",
            ),
        ),
    ]
