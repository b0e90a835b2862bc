from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="AuditSeal",
            fields=[
                ("number", models.PositiveBigIntegerField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("first_id", models.BigIntegerField()),
                ("last_id", models.BigIntegerField()),
                ("n_entries", models.PositiveIntegerField()),
                ("entries", models.TextField()),
                ("previous", models.CharField(max_length=64)),
                ("head", models.CharField(max_length=64)),
            ],
        ),
        migrations.CreateModel(
            name="Unsealed",
            fields=[
                ("entry_id", models.BigIntegerField(primary_key=True, serialize=False)),
            ],
        ),
        migrations.CreateModel(
            name="AuditEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(db_index=True)),
                ("user_id", models.BigIntegerField(null=True)),
                ("posts", models.CharField(max_length=400)),
                ("bureaus", models.CharField(max_length=100)),
                ("act", models.CharField(max_length=32)),
                ("kind", models.CharField(max_length=64)),
                ("keys", models.TextField()),
                ("purpose", models.CharField(max_length=200)),
                ("address", models.CharField(max_length=45)),
                ("request_id", models.CharField(max_length=32)),
                ("n_rows", models.PositiveIntegerField()),
                ("detail", models.CharField(max_length=200)),
                ("batch", models.UUIDField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["user_id", "id"], name="audit_by_user"),
                    models.Index(fields=["act", "id"], name="audit_by_act"),
                    models.Index(fields=["kind", "id"], name="audit_by_kind"),
                ],
            },
        ),
    ]
