"""What is kept outside the database: handed out in bounded memory, and part of every backup."""

from __future__ import annotations

import hashlib
import io
import tracemalloc
from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from tests.apps.evidence.filing import filed, sent

from junheng.apps.evidence import archive, selectors, storage
from junheng.apps.evidence.archive import Line
from junheng.apps.foundation.scoping import everything
from junheng.apps.operation.backup.making import copy_files

if TYPE_CHECKING:
    from pathlib import Path

    from tests.world import World

N_FILES = 400
CONTENT = b"".join(hashlib.sha256(n.to_bytes(4, "big")).digest() for n in range(2_000))
"""64 kB that do not pack, so that the archive is as large as its files."""
MOST_BYTES = 4 * 1024 * 1024


def test_an_archive_of_many_files_is_not_held_in_memory() -> None:
    with storage.kept(io.BytesIO(CONTENT)) as stored:
        lines = [
            Line(f"part/{number}.pdf", (str(number),) * 12, len(CONTENT), stored)
            for number in range(N_FILES)
        ]
    tracemalloc.start()
    try:
        n_bytes = sum(map(len, archive.packed(lines, title="binder")))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
        storage.remove(stored.name)
    assert n_bytes > N_FILES * len(CONTENT) * 0.9
    assert peak < MOST_BYTES < n_bytes / 5


@pytest.mark.django_db
def test_a_backup_carries_the_files_and_their_rows_open_them(world: World, tmp_path: Path) -> None:
    made = filed(world, sent())
    with everything(reason="test"):
        stored = selectors.stored(made.versions.get())
    copy_files(settings.MEDIA_ROOT, tmp_path / "files")
    copied = tmp_path / "files" / storage.path_of(stored.name).relative_to(settings.MEDIA_ROOT)
    assert copied.read_bytes() == storage.path_of(stored.name).read_bytes()
