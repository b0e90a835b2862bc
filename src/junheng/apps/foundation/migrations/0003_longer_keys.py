"""Keys of the journal have room for the key of a dataset's row."""

from importlib import import_module

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

walls = import_module("junheng.apps.foundation.migrations.0002_changes_are_append_only")


def raise_wall_again(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    # SQLite rebuilds the table to alter it, and drops its triggers with the old one.
    if schema_editor.connection.vendor == "sqlite":
        walls.raise_wall(apps, schema_editor)


class Migration(migrations.Migration):
    dependencies = [("foundation", "0002_changes_are_append_only")]
    operations = [
        migrations.AlterField(
            model_name="change", name="key", field=models.CharField(max_length=200)
        ),
        migrations.RunPython(raise_wall_again, raise_wall_again),
    ]
