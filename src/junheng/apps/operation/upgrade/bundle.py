"""The offline bundle: a folder or archive whose every file is known by its SHA-256.

bundle.json         name, version, and the tables whose rows its migrations may take away
SHA256SUMS          of every other file, as `sha256sum --check` reads it
requirements.txt    every package with its hashes
wheels/             the packages, for each kind of machine, and pip to install them
"""

from __future__ import annotations

import json
import re
import tarfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from junheng.apps.operation.backup.manifest import files_below, sha256
from junheng.apps.operation.upgrade.fault import UpgradeFault
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Iterator

DESCRIPTION = "bundle.json"
SUMS = "SHA256SUMS"
FORMAT = 1
SUM_LINE = re.compile(r"([0-9a-f]{64})  (\S.*)")
VERSION = re.compile(r"\d+(?:\.\d+)*")


@dataclass(frozen=True)
class Bundle:
    """A bundle that was checked. `may_lose_rows` names tables its migrations may make smaller."""

    folder: Path
    version: str
    may_lose_rows: frozenset[str]

    @property
    def pip(self) -> Path:
        """The wheel of pip, which Python runs as it is."""
        found = sorted((self.folder / "wheels").glob("pip-*.whl"))
        if not found:
            raise UpgradeFault(say("The bundle lacks {file}.", file="wheels/pip-*.whl"))
        return found[-1]


@contextmanager
def opened(path: Path) -> Iterator[Bundle]:
    """Give a bundle, every file of it checked; UpgradeFault names the first that is not right."""
    if path.is_dir():
        yield _checked(path)
        return
    if not path.is_file():
        raise UpgradeFault(say("{path} is no bundle: there is no such file.", path=str(path)))
    with TemporaryDirectory(prefix="junheng-bundle-") as unpacked:
        _unpack(path, Path(unpacked))
        folders = [folder for folder in Path(unpacked).iterdir() if folder.is_dir()]
        if len(folders) != 1:
            raise UpgradeFault(
                say("{path} is no bundle: it holds no single folder.", path=str(path))
            )
        yield _checked(folders[0])


def order_of(version: str) -> tuple[int, ...]:
    """Return the numbers of a version, which sort as versions do.

    >>> order_of("0.10.0") > order_of("0.9")
    True
    """
    found = VERSION.match(version)
    return tuple(int(number) for number in found[0].split(".")) if found else ()


def _unpack(path: Path, folder: Path) -> None:
    try:
        with tarfile.open(path) as archive:
            # The filter refuses names and links that lead out of the folder.
            archive.extractall(folder, filter="data")
    except (tarfile.TarError, OSError, EOFError) as error:
        raise UpgradeFault(
            say("{path} is damaged or was not copied to its end.", path=str(path))
        ) from error


def _checked(folder: Path) -> Bundle:
    _require_sums(folder)
    try:
        told = json.loads((folder / DESCRIPTION).read_text(encoding="utf-8"))
        is_known = (told["name"], told["format"]) == ("junheng", FORMAT)
        bundle = Bundle(folder, str(told["version"]), frozenset(told.get("may_lose_rows", ())))
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise UpgradeFault(say("The bundle lacks {file}.", file=DESCRIPTION)) from error
    if not is_known or not order_of(bundle.version):
        raise UpgradeFault(
            say("{file} says something this version does not know.", file=DESCRIPTION)
        )
    return bundle


def _require_sums(folder: Path) -> None:
    try:
        lines = (folder / SUMS).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UpgradeFault(say("The bundle lacks {file}.", file=SUMS)) from error
    sums = {found[2]: found[1] for found in map(SUM_LINE.fullmatch, lines) if found}
    there = files_below(folder) - {SUMS}
    if len(sums) != len(lines) or any(_leads_out(name) for name in sums):
        raise UpgradeFault(say("{file} of the bundle cannot be read.", file=SUMS))
    for name in sorted(there ^ sums.keys()):
        if name in there:
            raise UpgradeFault(say("{file} does not belong to the bundle.", file=name))
        raise UpgradeFault(say("The bundle lacks {file}.", file=name))
    for name, expected in sums.items():
        if sha256(folder / name) != expected:
            raise UpgradeFault(say("{file} of the bundle is not as it was made.", file=name))


def _leads_out(name: str) -> bool:
    path = PurePosixPath(name)
    return path.is_absolute() or ".." in path.parts
