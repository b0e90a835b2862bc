"""The rule sets: which there are, reading one, laying a local one over a national one.

Shipped rule sets lie in `junheng/rules/<id>/<version>.toml`; a district may keep its own file. A
file that names another one in `based_on` says only what differs. Nothing is guessed: a file with
any fault is refused, with all its faults at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from junheng.engine.standard.rulefile import FaultList, Reader, Rows, is_rows
from junheng.engine.standard.ruleparse import (
    ROW_KEYS,
    SOURCED_ROWS,
    SOURCED_TABLES,
    ruleset_from,
)
from junheng.engine.toml_file import bytes_of, checked_table
from junheng.errors import NotFound, RuleSetError
from junheng.i18n import Message, say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from junheng.engine.standard.ruleset import RuleSet, Source, Text

RULES_DIR = Path(__file__).parents[2] / "rules"
DEFAULT_RULESET_ID = "cn-2017-quality"

_VERSION_FILES = "[0-9]*.toml"

_HEAD_KEYS = ("id", "version", "name", "document", "effective_from", "based_on", "note")


@dataclass(frozen=True)
class RuleSetRef:
    """Names one rule set in one version, for lists to choose from."""

    id: str
    version: str
    name: Text
    document: str


@dataclass(frozen=True)
class _Laid:
    """What a file says over what it is based on, and the bytes of all files, base first."""

    data: dict[str, object]
    content: bytes


@cache
def available(folder: Path = RULES_DIR) -> tuple[RuleSetRef, ...]:
    """Return every rule set in `folder`, by id, newest version first."""
    return tuple(
        RuleSetRef(rules.id, rules.version, rules.name, rules.document)
        for ruleset_id in _ids(folder)
        for version in _versions(ruleset_id, folder)
        for rules in (load(ruleset_id, version, folder=folder),)
    )


@cache
def load(ruleset_id: str, version: str | None = None, *, folder: Path = RULES_DIR) -> RuleSet:
    """Return a shipped rule set, the newest version when none is named.

    Raises `NotFound` for an unknown id or version, `RuleSetError` for a faulty file.
    """
    path = _path(ruleset_id, version, folder)
    rules = load_file(path, folder=folder)
    if (rules.id, rules.version) != (ruleset_id, path.stem):
        raise RuleSetError(
            say(
                "{file} calls itself {id}@{version}. Folder and file name must say the same.",
                file=str(path),
                id=rules.id,
                version=rules.version,
            )
        )
    return rules


def load_file(path: Path, *, folder: Path = RULES_DIR) -> RuleSet:
    """Return the rule set in a file; what it is based on is looked up in `folder`.

    Raises `RuleSetError` with every fault of the file.
    """
    return _ruleset(bytes_of(path), str(path), folder)


def parse(text: str, *, name: str, folder: Path = RULES_DIR) -> RuleSet:
    """Return the rule set written in `text`; `name` stands for the file in messages.

    Raises `RuleSetError` with every fault of the text.
    """
    return _ruleset(text.encode(), name, folder)


def unconfirmed_rows(rules: RuleSet) -> tuple[tuple[str, Source], ...]:
    """Return the rows, by id, that nobody has yet read in the document itself."""
    return tuple((row, source) for row, source in rules.all_sources if not source.is_confirmed)


def is_confirmed(rules: RuleSet) -> bool:
    """Whether every row was read in its document: only then may the set be called national."""
    return not unconfirmed_rows(rules)


def _ruleset(content: bytes, name: str, folder: Path) -> RuleSet:
    faults = FaultList(name)
    laid = _lay(content, name, folder, ())
    rules = ruleset_from(Reader(laid.data, "", faults), sha256(laid.content).hexdigest())
    faults.raise_any()
    return rules


def _lay(content: bytes, name: str, folder: Path, below: tuple[Path, ...]) -> _Laid:
    """Return a file's data over those of its base. `below` holds the files on the way here."""
    data = checked_table(content, name)
    faults = FaultList(name)
    _check_doubled_rows(data, faults)
    _date_rows(data)
    base_ref = data.get("based_on")
    if not isinstance(base_ref, str):
        faults.raise_any()
        return _Laid(data, content)
    _check_own_sources(data, faults)
    path = _base_path(base_ref, folder, faults)
    if path in below:
        _note_base(faults, say("“{base}” leads back to this file.", base=base_ref))
    faults.raise_any()
    base = _lay(path.read_bytes(), str(path), folder, (*below, path))
    return _Laid(_laid_over(base.data, data), base.content + content)


def _base_path(base_ref: str, folder: Path, faults: FaultList) -> Path:
    ruleset_id, _, version = base_ref.partition("@")
    path = folder / ruleset_id / f"{version}.toml"
    known = [f"{i}@{v}" for i in _ids(folder) for v in _versions(i, folder)]
    if base_ref not in known:
        _note_base(
            faults,
            say("No rule set “{base}”; known: {known}.", base=base_ref, known=", ".join(known)),
        )
    return path


def _note_base(faults: FaultList, found: Message) -> None:
    faults.note("based_on", found, say("Name a shipped rule set as id@version."))


def _laid_over(base: dict[str, object], top: dict[str, object]) -> dict[str, object]:
    """Return `base` with what `top` names put in its place.

    The head of a file (id, version, name ...) is never inherited.
    """
    body = {key: value for key, value in base.items() if key not in _HEAD_KEYS}
    return body | {key: _merged(key, body.get(key), value) for key, value in top.items()}


def _merged(key: str, below: object, above: object) -> object:
    if key in ROW_KEYS and is_rows(below) and is_rows(above):
        return _merged_rows(ROW_KEYS[key], below, above)
    # A source is replaced as a whole: a clause of one document must not end up with another's name.
    if key != "source" and isinstance(below, dict) and isinstance(above, dict):
        return below | {name: _merged(name, below.get(name), new) for name, new in above.items()}
    return above


def _merged_rows(name_key: str, below: Rows, above: Rows) -> Rows:
    """Return the rows below, each under the row above of the same name, then the new ones."""
    rows = {row.get(name_key): row for row in below}
    for row in above:
        old = rows.get(row.get(name_key), {})
        rows[row.get(name_key)] = old | {
            key: _merged(key, old.get(key), value) for key, value in row.items()
        }
    return list(rows.values())


def _check_doubled_rows(data: dict[str, object], faults: FaultList) -> None:
    for key, name_key in ROW_KEYS.items():
        rows = data.get(key)
        names = [row.get(name_key) for row in rows] if is_rows(rows) else []
        for name in dict.fromkeys(name for name in names if names.count(name) > 1):
            faults.note(
                f"{key}[{name}]",
                say("This row stands {n} times in the file.", n=names.count(name)),
                say("Keep one of them."),
            )


def _check_own_sources(data: dict[str, object], faults: FaultList) -> None:
    """Note rows of a local file without a source: they would pass under the national one's name."""
    for place, row in _sourced(data):
        if "source" not in row:
            faults.note(
                place,
                say("This row changes the rules without a source of its own."),
                say("Add the local document: source = {{ document = ..., confirmation = ... }}."),
            )


def _date_rows(data: dict[str, object]) -> None:
    """Let every row that names no day hold from the day on which its own file takes effect."""
    start = data.get("effective_from")
    for _, row in _sourced(data):
        source = row.get("source")
        if isinstance(start, date) and isinstance(source, dict):
            source.setdefault("valid_from", start)


def _sourced(data: dict[str, object]) -> Iterator[tuple[str, dict[str, object]]]:
    """Yield the place and content of every row of a file that must have a source."""
    for key in SOURCED_TABLES:
        table = data.get(key)
        if isinstance(table, dict):
            yield key, table
    for key in SOURCED_ROWS:
        rows = data.get(key)
        for row in rows if is_rows(rows) else []:
            yield f"{key}[{row.get(ROW_KEYS[key])}]", row


def _ids(folder: Path) -> list[str]:
    """Return the folders that hold a version; others hold mappings, codes and the like."""
    return sorted({path.parent.name for path in folder.glob(f"*/{_VERSION_FILES}")})


def _versions(ruleset_id: str, folder: Path) -> list[str]:
    """Return the versions of one rule set, newest first; 2026.10 is newer than 2026.9."""
    versions = [path.stem for path in (folder / ruleset_id).glob(_VERSION_FILES)]
    return sorted(versions, key=_version_key, reverse=True)


def _version_key(version: str) -> tuple[tuple[int, str], ...]:
    parts = version.split(".")
    return tuple((int(part), "") if part.isdecimal() else (0, part) for part in parts)


def _path(ruleset_id: str, version: str | None, folder: Path) -> Path:
    if ruleset_id not in _ids(folder):
        raise NotFound(
            say(
                "There is no rule set “{id}”. Known: {known}.",
                id=ruleset_id,
                known=", ".join(_ids(folder)),
            )
        )
    versions = _versions(ruleset_id, folder)
    if version is not None and version not in versions:
        raise NotFound(
            say(
                "Rule set “{id}” has no version “{version}”. Known: {known}.",
                id=ruleset_id,
                version=version,
                known=", ".join(versions),
            )
        )
    return folder / ruleset_id / f"{version or versions[0]}.toml"
