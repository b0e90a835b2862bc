"""A file or folder imported at once, for the command line and for data made here."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from django.db import transaction

from junheng.apps.intake.applying import (
    MAX_REASON,
    lock,
    part_row,
    stopped,
    without_collector,
    write,
)
from junheng.apps.intake.examining import Aim, examined
from junheng.apps.intake.guarding import alarms
from junheng.apps.intake.models import Import
from junheng.apps.registry.api import school_year_ensure

if TYPE_CHECKING:
    from collections.abc import Collection

    from junheng.apps.intake.examining import Examined
    from junheng.apps.intake.guarding import Alarm
    from junheng.apps.registry.api import Bureau
    from junheng.engine.contracts.findings import FieldFault
    from junheng.errors import Fault


@dataclass(frozen=True)
class Outcome:
    """What `import_now` did or would do. `source` is None when nothing was written.

    `n_faults` counts all faults, `n_conflicts` those among them that are conflicts with stored
    rows; `faults` are the others.
    """

    source: Import | None
    counts: dict[str, dict[str, int]]
    n_faults: int
    faults: tuple[Fault, ...]
    n_conflicts: int
    conflicts: tuple[FieldFault, ...]
    alarms: tuple[Alarm, ...]


@without_collector()
def import_now(
    *,
    bureau: Bureau,
    first_year: int,
    path: Path,
    datasets: Collection[str] = (),
    is_whole: bool = False,
    applies: bool = False,
    confirmed_why: str = "",
    by: int | None = None,
) -> Outcome:
    """Check a file or folder and, if it has no fault and `applies`, write it in one transaction.

    Nothing is kept but the history. The school year
    is the one that begins in `first_year`. DataError when the feed guard stops it and
    `confirmed_why` is blank.
    """
    aim = Aim(bureau, first_year, None, is_whole)
    with transaction.atomic():
        if applies:
            lock(bureau)
        with examined(aim, path, path.name, wanted=datasets) as found:
            outcome = _outcome(found)
            if applies and not found.n_faults:
                if outcome.alarms and not confirmed_why.strip():
                    raise stopped(outcome.alarms)
                source = _history(aim, path, found, by=by, why=confirmed_why)
                write(source, aim, found, by=by)
                return _outcome(found, source)
            return outcome


def _outcome(found: Examined, source: Import | None = None) -> Outcome:
    counts = {
        part.contract.id: {str(kind): n for kind, n in part.comparison.counts.items()}
        for part in found.parts
    }
    return Outcome(
        source=source,
        counts=counts,
        n_faults=found.n_faults,
        faults=found.faults(),
        n_conflicts=found.n_conflicts,
        conflicts=found.conflicts(),
        alarms=alarms(found.parts),
    )


def _history(aim: Aim, path: Path, found: Examined, *, by: int | None, why: str) -> Import:
    """Return the line of the history for a file that is applied without being kept."""
    files = sorted(filter(Path.is_file, path.iterdir())) if path.is_dir() else [path]
    digest = sha256()
    for file in files:
        digest.update(file.read_bytes())
    source = Import.objects.create(
        bureau=aim.bureau,
        school_year=school_year_ensure(first_year=aim.school_year),
        sent_by_id=by,
        file_name=path.name[-255:],
        file_sha256=digest.hexdigest(),
        n_bytes=sum(file.stat().st_size for file in files),
        is_whole=aim.is_whole,
        digest=found.digest(),
        alarms=[asdict(alarm) for alarm in alarms(found.parts)],
        confirmed_why=why.strip()[:MAX_REASON],
    )
    for position, part in enumerate(found.parts):
        part_row(source, position, part)
    return source
