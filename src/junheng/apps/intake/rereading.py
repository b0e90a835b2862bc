"""A checked file looked at again: by the rows that were kept of it, or else by the file itself.

Reading and checking a large workbook costs several times what comparing its rows does. What is
kept holds for one file, contract, bureau and version of the program; under any other the file is
read anew. Either way the rows are compared with what is stored now.
"""

from __future__ import annotations

import base64
import tempfile
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from junheng import __version__
from junheng.apps.intake.examining import compared, examined
from junheng.apps.intake.models import CheckedRows
from junheng.engine import contracts
from junheng.engine.contracts.kept import read_rows, write_rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from junheng.apps.intake.examining import Aim, Examined, Part
    from junheng.apps.intake.models import Import, ImportPart
    from junheng.engine.contracts import Contract
    from junheng.engine.contracts.reading import Checked
    from junheng.engine.store.session import Session


@contextmanager
def file_of(source: Import) -> Iterator[Path]:
    """Give the file of an import under its own ending, readable by this user alone."""
    with tempfile.TemporaryDirectory(prefix="junheng-import-") as folder:
        path = Path(folder) / f"file{''.join(Path(source.file_name).suffixes[-2:])}"
        path.write_bytes(base64.b64decode(source.content))
        yield path


def keep(row: ImportPart, part: Part, aim: Aim) -> None:
    """Keep the rows of one dataset that was checked without faults."""
    with tempfile.TemporaryDirectory(prefix="junheng-import-") as folder:
        path = Path(folder) / "rows.parquet"
        write_rows(part.checked, path)
        CheckedRows.objects.create(
            part=row,
            bound_to=_binding(row.source, aim, part.contract),
            columns=dict(part.checked.columns),
            content=base64.b64encode(path.read_bytes()).decode(),
        )


def forget(source: Import) -> None:
    """Drop what was kept of a file."""
    CheckedRows.objects.filter(part__source=source).delete()


@contextmanager
def looked_again(source: Import, aim: Aim) -> Iterator[Examined]:
    """Compare the rows of a checked file with what is stored now; see `examined`."""
    parts = list(source.parts.order_by("position"))
    kept = {one.part_id: one for one in CheckedRows.objects.filter(part__source=source)}
    rows = [(contracts.contract(part.dataset), kept.get(part.pk)) for part in parts]
    good = [(c, one) for c, one in rows if one and one.bound_to == _binding(source, aim, c)]
    if parts and len(good) == len(parts):
        with compared(aim, lambda session: _read(session, source, aim, good)) as found:
            yield found
        return
    wanted = [part.dataset for part in parts]
    with file_of(source) as path, examined(aim, path, source.file_name, wanted=wanted) as found:
        yield found


def _read(
    session: Session, source: Import, aim: Aim, kept: Sequence[tuple[Contract, CheckedRows]]
) -> list[Checked]:
    read = []
    with tempfile.TemporaryDirectory(prefix="junheng-import-") as folder:
        path = Path(folder) / "rows.parquet"
        for contract, one in kept:
            path.write_bytes(base64.b64decode(one.content))
            columns, name = one.columns, source.file_name
            read.append(
                read_rows(session, contract, path, context=aim.context, columns=columns, name=name)
            )
    return read


def _binding(source: Import, aim: Aim, contract: Contract) -> str:
    """Return the SHA-256 of all that decides how the cells of a file are read."""
    context = aim.context
    told = (source.file_sha256, contract.id, contract.digest, __version__, context)
    return sha256(repr(told).encode()).hexdigest()
