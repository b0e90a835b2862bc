"""Whether a snapshot is, byte for byte, the one that was made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from junheng.engine.snapshot.manifest import MANIFEST, entry_of, read_manifest
from junheng.errors import DataError
from junheng.i18n import Message, Translate, say, untranslated

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from junheng.engine.snapshot.manifest import Manifest


class SnapshotDamaged(DataError):
    """A snapshot is not what its manifest says; `faults` names every file."""

    def __init__(self, folder: Path, faults: Sequence[Message]) -> None:
        self.faults = tuple(faults)
        super().__init__(
            say("{folder} is damaged and must not be used.", folder=str(folder)),
        )

    def render(self, translate: Translate = untranslated) -> str:
        """Return the finding and one line a fault."""
        lines = [self.message.render(translate)]
        return "\n".join(lines + [fault.render(translate) for fault in self.faults])


def verify(folder: Path, *, expected: str | None = None) -> Manifest:
    """Check every byte of a snapshot and return its manifest.

    Parameters
    ----------
    folder
        The snapshot.
    expected
        The hash that was written down when it was made. Without it a snapshot whose manifest was
        replaced as well cannot be told from the one that was made.

    Raises
    ------
    DataError
        The folder has no manifest.
    SnapshotDamaged
        A file was changed, is missing or was added; or the hash is another one.
    """
    manifest = read_manifest(folder)
    faults = list(_faults(folder, manifest, expected))
    if faults:
        raise SnapshotDamaged(folder, faults)
    return manifest


def _faults(folder: Path, manifest: Manifest, expected: str | None) -> Iterator[Message]:
    is_whole = manifest.is_sealed() and manifest.dumped() == (folder / MANIFEST).read_bytes()
    if not is_whole:
        yield say("{file} was changed.", file=MANIFEST)
        return
    if expected is not None and manifest.sha256 != expected.lower():
        yield say(
            "The snapshot's hash is {found}, not {expected}.",
            found=manifest.sha256,
            expected=expected,
        )
    # Only names that are really there are opened: a manifest cannot lead out of the folder.
    there = {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*"))}
    there = {name: path for name, path in there.items() if path.is_symlink() or not path.is_dir()}
    for name, entry in manifest.files.items():
        if name not in there:
            yield say("{file} is missing.", file=name)
        elif not _is_as_made(there[name], entry):
            yield say("{file} was changed.", file=name)
    for name in there:
        if name not in manifest.files and name != MANIFEST:
            yield say("{file} was added.", file=name)


def _is_as_made(path: Path, entry: Mapping[str, Any]) -> bool:
    """Whether a file is a plain one of this size and hash; of another size it is not even read."""
    if path.is_symlink() or not path.is_file() or path.stat().st_size != entry["bytes"]:
        return False
    return entry_of(path) == entry
