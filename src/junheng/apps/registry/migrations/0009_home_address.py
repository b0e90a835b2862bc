"""The home address of a pupil, encrypted."""

from django.db import migrations

from junheng.apps.foundation.encryption import EncryptedTextField
from junheng.apps.foundation.sqlite_triggers import aside, back

TABLE = "registry_pupil"


class Migration(migrations.Migration):
    dependencies = [("registry", "0008_schools_divided_among_several")]

    operations = [
        aside(TABLE),
        migrations.AddField(
            model_name="pupil",
            name="home_address",
            field=EncryptedTextField(blank=True, default=""),
        ),
        back(TABLE),
    ]
