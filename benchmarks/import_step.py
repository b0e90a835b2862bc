"""One step of an import in a process of its own: `python -m benchmarks.import_step STEP [PATH]`.

prepare: make the store and put schools, units, campuses and classes into it. preview, apply, undo:
what the site does with a workbook. preview-folder, apply-folder: what the command line does.
openpyxl: read a workbook and do nothing with it.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

YEAR, CODE = 2025, "990101"


def prepare(path: Path) -> None:
    """Make the tables and import everything that people refer to."""
    from django.core.management import call_command

    from junheng.apps.registry.api import bureau_ensure

    call_command("migrate", verbosity=0)
    bureau_ensure(code=CODE, name_zh="样例区教育局", is_simulated=True)
    _now(path, applies=True)


def preview(path: Path) -> None:
    """Receive a workbook, check it, keep its preview."""
    from junheng.apps.intake import services
    from junheng.apps.registry.api import Bureau, school_year_ensure

    received = services.import_receive(
        bureau=Bureau.objects.get(code=CODE),
        school_year=school_year_ensure(first_year=YEAR),
        source=services.Source(path.name, path.read_bytes(), None),
    )
    checked = services.import_check(import_id=received.pk)
    assert checked.n_faults == 0, checked.n_faults


def apply(_: Path) -> None:
    """Apply what was checked last."""
    from junheng.apps.intake import services

    services.import_apply(import_id=_last(), by=None)


def undo(_: Path) -> None:
    """Undo what was applied last."""
    from junheng.apps.intake import services

    services.import_undo(import_id=_last(), by=None)


def preview_folder(path: Path) -> None:
    """Look at a folder and write nothing."""
    _now(path, applies=False)


def apply_folder(path: Path) -> None:
    """Import a folder at once."""
    _now(path, applies=True)


def read_with_openpyxl(path: Path) -> None:
    """Walk through every cell of a workbook, in openpyxl's fastest way."""
    from openpyxl import load_workbook

    for sheet in load_workbook(path, read_only=True).worksheets:
        for _ in sheet.iter_rows(values_only=True):
            pass


def _now(path: Path, *, applies: bool) -> None:
    from junheng.apps.intake.api import import_now
    from junheng.apps.registry.api import Bureau

    outcome = import_now(
        bureau=Bureau.objects.get(code=CODE), first_year=YEAR, path=path, applies=applies
    )
    assert outcome.n_faults == 0, [fault.render() for fault in outcome.faults[:5]]


def _last() -> str:
    from junheng.apps.intake.models import Import

    return str(Import.objects.latest("sent_at").pk)


STEPS: dict[str, Callable[[Path], None]] = {
    "prepare": prepare,
    "preview": preview,
    "apply": apply,
    "undo": undo,
    "preview-folder": preview_folder,
    "apply-folder": apply_folder,
}


def main() -> None:
    """Run the step that the command line names."""
    name, path = sys.argv[1], Path(sys.argv[2])
    if name == "openpyxl":
        read_with_openpyxl(path)
        return
    os.environ["DJANGO_SETTINGS_MODULE"] = "junheng.web.settings"
    import django

    django.setup()
    from junheng.apps.foundation.scoping import everything

    with everything(reason="benchmark"):
        STEPS[name](path)


if __name__ == "__main__":
    main()
