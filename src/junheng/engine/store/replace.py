"""Files and folders that appear whole or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def replaced(path: Path) -> Iterator[Path]:
    """Give a temporary name beside `path`; rename it to `path` when the block ends well.

    When the block fails the temporary file is removed and an older file of that name stays.
    """
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=path.suffix)
    os.close(handle)
    new = Path(name)
    try:
        yield new
        new.chmod(0o644)
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)


@contextmanager
def filled(folder: Path) -> Iterator[Path]:
    """Give a temporary folder; what is written there moves to `folder` when the block ends well.

    A folder that was not there appears with all its files at once, its parents too. When the block
    fails nothing new is left, and older files stay.
    """
    missing = [parent for parent in folder.parents if not parent.exists()]
    folder.parent.mkdir(parents=True, exist_ok=True)
    is_there = folder.is_dir()
    new = Path(tempfile.mkdtemp(dir=folder if is_there else folder.parent, prefix=".new."))
    try:
        yield new
        if is_there:
            for file in sorted(new.iterdir()):
                file.replace(folder / file.name)
        else:
            new.chmod(0o755)
            new.replace(folder)
    finally:
        shutil.rmtree(new, ignore_errors=True)
        for parent in missing:
            with suppress(OSError):  # not empty: the folder is in place
                parent.rmdir()
