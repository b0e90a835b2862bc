"""Verifying: every changed, missing or added file is named."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from junheng.engine import snapshot
from junheng.engine.snapshot.manifest import MANIFEST, read_manifest, sealed
from junheng.engine.snapshot.verifying import SnapshotDamaged
from junheng.errors import DataError

if TYPE_CHECKING:
    from pathlib import Path


def faults(folder: Path, expected: str | None = None) -> list[str]:
    with pytest.raises(SnapshotDamaged) as caught:
        snapshot.verify(folder, expected=expected)
    assert "must not be used" in str(caught.value)
    return [str(fault) for fault in caught.value.faults]


def flip(path: Path, position: int) -> None:
    content = bytearray(path.read_bytes())
    content[position] ^= 1
    path.write_bytes(content)


def test_it_works(kept: Path) -> None:
    manifest = snapshot.verify(kept)
    assert snapshot.verify(kept, expected=manifest.sha256.upper()) == manifest


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_one_byte_changed_in_any_file_is_found(copied: Path, share: float) -> None:
    for name in read_manifest(copied).files:
        path = copied / name
        position = round(share * (path.stat().st_size - 1))
        flip(path, position)
        assert faults(copied) == [f"{name} was changed."]
        flip(path, position)
    snapshot.verify(copied)


def test_one_byte_changed_in_the_manifest_is_found(copied: Path) -> None:
    path = copied / MANIFEST
    for position in range(0, path.stat().st_size, 97):
        flip(path, position)
        with pytest.raises(DataError, match=r"manifest\.json"):
            snapshot.verify(copied)
        flip(path, position)
    snapshot.verify(copied)


def test_white_space_in_the_manifest_is_found(copied: Path) -> None:
    path = copied / MANIFEST
    path.write_bytes(path.read_bytes() + b"\n")
    assert faults(copied) == ["manifest.json was changed."]


def test_missing_and_added_files_are_named(copied: Path) -> None:
    (copied / "data" / "rooms.parquet").unlink()
    (copied / "data" / "note.txt").write_text("mine")
    (copied / "more").mkdir()
    (copied / "more" / "pupils.parquet").write_bytes(b"PAR1")
    assert faults(copied) == [
        "data/rooms.parquet is missing.",
        "data/note.txt was added.",
        "more/pupils.parquet was added.",
    ]


def test_a_link_is_no_file_of_a_snapshot(copied: Path, kept: Path) -> None:
    path = copied / "data" / "rooms.parquet"
    path.unlink()
    path.symlink_to(kept / "data" / "rooms.parquet")
    assert faults(copied) == ["data/rooms.parquet was changed."]


def test_a_pipe_in_the_place_of_a_file_is_not_waited_for(copied: Path) -> None:
    path = copied / "data" / "rooms.parquet"
    path.unlink()
    os.mkfifo(path)
    assert faults(copied) == ["data/rooms.parquet was changed."]


def test_a_manifest_cannot_lead_out_of_the_folder(copied: Path, tmp_path: Path) -> None:
    (tmp_path / "outside.txt").write_text("")
    content = dict(read_manifest(copied).content)
    content["files"] = content["files"] | {"../outside.txt": {"bytes": 0, "sha256": ""}}
    (copied / MANIFEST).write_bytes(sealed(content).dumped())
    assert faults(copied) == ["../outside.txt is missing."]


def test_a_replaced_manifest_is_told_by_the_hash_that_was_written_down(
    copied: Path, kept: Path
) -> None:
    content = dict(read_manifest(copied).content)
    (copied / MANIFEST).write_bytes(sealed(content | {"counties": ["990102"]}).dumped())
    snapshot.verify(copied)
    (fault,) = faults(copied, expected=read_manifest(kept).sha256)
    assert "hash is" in fault


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"{}", b"\xff", b'{"format": "junheng-snapshot/9"}']
)
def test_another_form_of_manifest_is_refused(copied: Path, content: bytes) -> None:
    (copied / MANIFEST).write_bytes(content)
    with pytest.raises(DataError, match="damaged or of a form"):
        snapshot.verify(copied)


def test_a_folder_without_a_manifest_is_no_snapshot(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="is no snapshot"):
        snapshot.verify(tmp_path)
