"""A school divided among several has an event for each; a renamed one keeps its former name."""

from django.db import migrations, models

from junheng.apps.foundation.sqlite_triggers import aside, back

TABLE = "registry_schoolsuccession"


class Migration(migrations.Migration):
    dependencies = [("registry", "0007_summaries")]

    operations = [
        aside(TABLE),
        migrations.RemoveConstraint(model_name="schoolsuccession", name="succession_once_a_day"),
        migrations.AddField(
            model_name="schoolsuccession",
            name="former_name",
            field=models.CharField(blank=True, default="", max_length=500),
        ),
        migrations.AddConstraint(
            model_name="schoolsuccession",
            constraint=models.UniqueConstraint(
                condition=models.Q(("other__isnull", True)),
                fields=("school", "kind", "on_date"),
                name="succession_once_a_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="schoolsuccession",
            constraint=models.UniqueConstraint(
                fields=("school", "kind", "on_date", "other"), name="succession_of_two_once_a_day"
            ),
        ),
        back(TABLE),
    ]
