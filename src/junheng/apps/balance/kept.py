"""Rule sets and mappings as they were: kept, and opened again without the files of today."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from junheng.apps.balance import mappings
from junheng.apps.balance.models import KeptRuleSet
from junheng.engine.standard import rulebook

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from junheng.engine.standard import RuleSet

_opened: dict[str, RuleSet] = {}


def keep(ruleset: RuleSet) -> KeptRuleSet:
    """Return the kept form of a shipped rule set or mapping, stored once for each digest."""
    kept, _is_new = KeptRuleSet.objects.get_or_create(
        digest=ruleset.digest,
        defaults={
            "ruleset_id": ruleset.id,
            "version": ruleset.version,
            "files": files_of(ruleset),
        },
    )
    return kept


def files_of(ruleset: RuleSet) -> list[dict[str, str]]:
    """Return the TOML texts that make a shipped rule set, base first; of a mapping its one text."""
    if mappings.is_mapping(ruleset.id):
        text = mappings.text_of(ruleset.id)
        return [{"id": ruleset.id, "version": ruleset.version, "text": text}]
    below: list[dict[str, str]] = []
    if ruleset.based_on:
        base_id, _, base_version = ruleset.based_on.partition("@")
        below = files_of(rulebook.load(base_id, base_version))
    path = rulebook.RULES_DIR / ruleset.id / f"{ruleset.version}.toml"
    text = path.read_bytes().decode("utf-8")
    return [*below, {"id": ruleset.id, "version": ruleset.version, "text": text}]


def open_kept(kept: KeptRuleSet) -> RuleSet:
    """Return the rule set that was kept: the shipped one of that digest, or from its own text."""
    shipped = _shipped().get(kept.digest)
    if shipped is not None:
        return shipped
    if kept.digest not in _opened:
        _opened[kept.digest] = from_files(kept.files)
    return _opened[kept.digest]


def from_files(files: Sequence[Mapping[str, str]]) -> RuleSet:
    """Return the rule set made of TOML texts, base first, the last one being the set itself."""
    if mappings.is_mapping(files[-1]["id"]):
        return mappings.from_text(files[-1]["text"])
    with tempfile.TemporaryDirectory() as name:
        paths = [_written(Path(name), file) for file in files]
        return rulebook.load_file(paths[-1], folder=Path(name))


def _written(folder: Path, file: Mapping[str, str]) -> Path:
    path = folder / file["id"] / f"{file['version']}.toml"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(file["text"].encode())
    return path


@cache
def _shipped() -> Mapping[str, RuleSet]:
    refs = rulebook.available()
    sets = [rulebook.load(ref.id, ref.version) for ref in refs]
    return {rules.digest: rules for rules in sets}
