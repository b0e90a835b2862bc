"""One act on one import in a process of its own, to be killed: `python -m tests.apps.intake.act`.

Arguments: check, apply or undo; the id of the import; a file to make when the act begins.
"""

from __future__ import annotations

import signal
import sys
from pathlib import Path

import django


def run(name: str, import_id: str) -> None:
    from junheng.apps.foundation.scoping import everything
    from junheng.apps.intake import services

    with everything(reason="test"):
        if name == "check":
            services.import_check(import_id=import_id)
        elif name == "apply":
            services.import_apply(import_id=import_id, by=None)
        else:
            services.import_undo(import_id=import_id, by=None)


def run_and_stay(name: str, import_id: str) -> None:
    """Run the act and stay with what it holds, so that a kill after its end meets a process too."""
    run(name, import_id)
    signal.pause()


def main() -> None:
    name, import_id, begun = sys.argv[1:]
    django.setup()
    from django.db import connection

    connection.ensure_connection()
    Path(begun).touch()
    run(name, import_id)


if __name__ == "__main__":
    main()
