"""A table for signs of life of workers."""

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    operations = [
        migrations.CreateModel(
            name="Heartbeat",
            fields=[
                (
                    "worker",
                    models.CharField(max_length=120, primary_key=True, serialize=False),
                ),
                ("at", models.DateTimeField(db_index=True)),
            ],
        ),
    ]
