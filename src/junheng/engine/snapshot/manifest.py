"""The manifest of a snapshot: what is in it, what made it, and hashes over all of it.

It is JSON in one fixed form (sorted keys, two spaces), so that its own bytes are checked, too. Its
`sha256` is the hash of that form without `sha256` itself: the one number that stands for the whole
snapshot, to be printed beside every official figure.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from hashlib import file_digest, sha256
from typing import TYPE_CHECKING, Any

from junheng.engine.standard import definition
from junheng.engine.standard.person_level import reader
from junheng.errors import DataError
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from junheng.engine.standard import RuleSet

FORMAT = "junheng-snapshot/1"
MANIFEST = "manifest.json"
DATA, RESULTS, RULES = "data", "results", "rules"
FIGURES = f"{RESULTS}/figures.json"
HASH = "sha256"
NEEDED = frozenset(
    {
        "counties",
        "datasets",
        "engine",
        "files",
        "pseudonyms",
        "ruleset",
        "statistics_date",
        HASH,
    }
)

Json = dict[str, Any]


@dataclass(frozen=True)
class Manifest:
    """What a manifest says. `content` is the whole of it, as docs/how-to/snapshots.md lists it."""

    content: Mapping[str, Any]

    @property
    def sha256(self) -> str:
        """The hash that stands for the whole snapshot."""
        return str(self.content[HASH])

    @property
    def statistics_date(self) -> date:
        """Day as of which the data were measured."""
        return date.fromisoformat(self.content["statistics_date"])

    @property
    def counties(self) -> tuple[str, ...]:
        """Codes of the counties whose schools are in it."""
        return tuple(self.content["counties"])

    @property
    def ruleset_file(self) -> str:
        """Path of the rule set's own file inside the snapshot."""
        return str(self.content["ruleset"]["files"][-1])

    @property
    def sql_sha256(self) -> str:
        """Hash of the SQL text that made the figures."""
        return str(self.content["engine"]["sql_sha256"])

    @property
    def files(self) -> Mapping[str, Mapping[str, Any]]:
        """Size in bytes and SHA-256 of every file but the manifest, by path inside the snapshot."""
        files: Mapping[str, Mapping[str, Any]] = self.content["files"]
        return files

    def dumped(self) -> bytes:
        """Return the manifest in its one form."""
        return _dumped(self.content)

    def is_sealed(self) -> bool:
        """Whether the hash that it names is its own."""
        return sealed(self.content).sha256 == self.content.get(HASH)


def sealed(content: Mapping[str, Any]) -> Manifest:
    """Return a manifest with its own hash; an older hash in `content` is replaced."""
    bare = {key: value for key, value in content.items() if key != HASH}
    return Manifest(bare | {HASH: sha256(_dumped(bare)).hexdigest()})


def _dumped(content: Mapping[str, Any]) -> bytes:
    return (json.dumps(content, ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode()


def read_manifest(folder: Path) -> Manifest:
    """Return the manifest of a snapshot, unchecked.

    Raises
    ------
    DataError
        The folder has no manifest of a form that this version reads.
    """
    path = folder / MANIFEST
    if not path.is_file():
        raise DataError(
            say("{folder} is no snapshot: it has no {file}.", folder=str(folder), file=MANIFEST)
        )
    try:
        content = json.loads(path.read_bytes())
    except ValueError:
        content = None
    is_known = isinstance(content, dict) and content.get("format") == FORMAT
    if not is_known or not content.keys() >= NEEDED:
        raise DataError(
            say(
                "{file} is damaged or of a form that this version does not read. Take the snapshot "
                "from a backup.",
                file=str(path),
            )
        )
    return Manifest(content)


def entry_of(path: Path) -> Json:
    """Return size and hash of a file."""
    with path.open("rb") as file:
        return {"bytes": path.stat().st_size, HASH: file_digest(file, "sha256").hexdigest()}


def sql_hash(ruleset: RuleSet, day: date) -> str:
    """Return the hash of the SQL text by which figures are made from people on a day."""
    parts = (reader.text(ruleset, day), definition.text(ruleset))
    return sha256("\n\n".join(parts).encode()).hexdigest()
