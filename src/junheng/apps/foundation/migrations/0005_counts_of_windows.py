"""A count in one statement for each limit within a period."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("foundation", "0004_person_keys")]
    operations = [
        migrations.CreateModel(
            name="WindowCount",
            fields=[
                ("name", models.CharField(max_length=100, primary_key=True, serialize=False)),
                ("ends_s", models.BigIntegerField(db_index=True)),
                ("n", models.PositiveIntegerField()),
            ],
        ),
    ]
