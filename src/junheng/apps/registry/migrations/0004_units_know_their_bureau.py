"""Every stage unit carries the bureau of its school."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

FILL = (
    "UPDATE registry_stageunit SET bureau_id = (SELECT bureau_id FROM registry_school "
    "WHERE registry_school.id = registry_stageunit.school_id) WHERE bureau_id IS NULL"
)


def fill(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    schema_editor.execute(FILL, params=None)


class Migration(migrations.Migration):
    dependencies = [("registry", "0003_people_rooms_and_things")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
