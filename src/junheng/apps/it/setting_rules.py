"""What each variable of the environment is for, read once from `junheng/rules/operation`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from junheng.engine.standard.rulefile import reader_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from junheng.engine.standard.ruleset import Text

RULES_FILE = Path(__file__).parents[2] / "rules" / "operation" / "settings.toml"


@dataclass(frozen=True)
class SettingGroup:
    """Settings that belong together; `note` is told below them, None where there is none."""

    id: str
    name: Text
    note: Text | None


@dataclass(frozen=True)
class SettingRule:
    """One variable: its group, what holds where it is not given, what it is for."""

    id: str
    group: str
    default: Text
    purpose: Text


@dataclass(frozen=True)
class SettingBook:
    """Every group and every variable, in the order of the reference."""

    groups: tuple[SettingGroup, ...]
    settings: Mapping[str, SettingRule]


@cache
def setting_book(path: Path = RULES_FILE) -> SettingBook:
    """Return what the settings are for; RuleFileError with everything wrong in the file."""
    top = reader_of(path)
    groups, settings = [], {}
    for entry in top.rows("group", "id"):
        groups.append(
            SettingGroup(entry.identifier("id"), entry.name("name"), entry.name_or_none("note"))
        )
        entry.finish()
    for entry in top.rows("setting", "id"):
        one = SettingRule(
            entry.identifier("id"),
            entry.text("group"),
            entry.name("default"),
            entry.name("purpose"),
        )
        entry.finish()
        settings[one.id] = one
    top.finish()
    top.faults.raise_any()
    return SettingBook(tuple(groups), settings)
