"""One act on one import in a process of its own, to be killed: `python -m tests.apps.intake.act`.

Arguments: check, apply or undo; the id of the import; a file to make when the act begins.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import django


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "junheng.web.settings"
    django.setup()
    from django.db import connection

    from junheng.apps.foundation.scoping import everything
    from junheng.apps.intake import services

    name, import_id, begun = sys.argv[1:]
    connection.ensure_connection()
    with everything(reason="test"):
        Path(begun).touch()
        if name == "check":
            services.import_check(import_id=import_id)
        elif name == "apply":
            services.import_apply(import_id=import_id, by=None)
        else:
            services.import_undo(import_id=import_id, by=None)


if __name__ == "__main__":
    main()
