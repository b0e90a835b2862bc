"""What an import changed in units: verdicts and indicators before and after."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """Null, so that the table is not made anew and keeps its walls."""

    dependencies: ClassVar = [("intake", "0001_imports")]
    operations: ClassVar = [
        migrations.AddField(model_name="import", name="effects", field=models.JSONField(null=True)),
    ]
