"""A liaison officer answers for one department of the county government.

Posts given before have none and reach nothing, as until now. SQLite rebuilds the table and drops
its triggers: they are made anew.
"""

from importlib import import_module

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

walls = import_module("junheng.apps.accounts.migrations.0005_walls_of_posts")


def lower(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    # One of them stands on another table and names this one, which a rebuild does not bear.
    if schema_editor.connection.vendor == "sqlite":
        walls.lower_walls(apps, schema_editor)


def raise_again(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "sqlite":
        walls.raise_walls(apps, schema_editor)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_walls_of_posts")]

    operations = [
        migrations.RunPython(lower, raise_again),
        migrations.AddField(
            model_name="post",
            name="department",
            field=models.CharField(
                blank=True, default="", max_length=32, verbose_name="department"
            ),
        ),
        migrations.AddConstraint(
            model_name="post",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("department", ""), ("role", "liaison_officer"), _connector="OR"
                ),
                name="post_of_department_is_a_liaison",
            ),
        ),
        migrations.RunPython(raise_again, lower),
    ]
