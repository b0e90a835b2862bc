"""The roles as data, read once from `rules/access/roles.toml`: place, reach, who appoints."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from junheng.engine.standard.rulefile import reader_of
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from junheng.engine.standard.rulefile import Reader
    from junheng.engine.standard.ruleset import Text

ROLES_FILE = Path(__file__).parents[2] / "rules" / "access" / "roles.toml"
NONE = "none"


class Place(StrEnum):
    """Where a post lies, from wide to narrow."""

    BUREAU = "bureau"
    GROUP = "group"
    SCHOOL = "school"
    GRADE = "grade"
    CLASS = "class"
    SUBJECT = "subject"
    PUPIL = "pupil"


class Kind(StrEnum):
    """Kinds of data that a role reaches, or does not, wherever its post lies."""

    DIRECTORY = "directory"
    PUPILS = "pupils"
    STAFF = "staff"
    PREMISES = "premises"
    FINANCES = "finances"
    FIGURES = "figures"


@dataclass(frozen=True)
class RoleRule:
    """One role of the file. `administrator` and `section` are blank where there is none."""

    id: str
    name: Text
    tells: Text
    places: tuple[Place, ...]
    reaches: frozenset[Kind]
    needs_second_factor: bool
    administrator: str
    appointed_by: frozenset[str]
    section: str

    @property
    def reaches_all_data(self) -> bool:
        """Whether no kind of data is closed to the role at its place."""
        return self.reaches >= set(Kind)


@cache
def rolebook(path: Path = ROLES_FILE) -> Mapping[str, RoleRule]:
    """Return every role by id, in the order of the file; RuleFileError with all its faults."""
    top = reader_of(path)
    rules = [_rule(row) for row in top.rows("roles", "id")]
    for rule in rules:
        _check(top, rule, {one.id for one in rules})
    top.finish()
    top.faults.raise_any()
    return {rule.id: rule for rule in rules}


def roles_at(place: Place) -> list[str]:
    """Return the roles that may lie at a place, in alphabetical order."""
    return sorted(rule.id for rule in rolebook().values() if place in rule.places)


def administrators() -> Mapping[str, str]:
    """Return the roles of administrators, with the kind of each."""
    return {rule.id: rule.administrator for rule in rolebook().values() if rule.administrator}


def _rule(row: Reader) -> RoleRule:
    rule = RoleRule(
        id=row.identifier("id"),
        name=row.name("name"),
        tells=row.name("tells"),
        places=tuple(Place(one) for one in _words(row, "places", Place)),
        reaches=frozenset(Kind(one) for one in _words(row, "reaches", Kind)),
        needs_second_factor=row.flag("second_factor", default=False),
        administrator=_blank(row.choice("administrator", (NONE, "system", "security", "audit"))),
        appointed_by=frozenset(row.texts("appointed_by")),
        section=_blank(row.text("section")),
    )
    row.finish()
    return rule


def _words(row: Reader, key: str, options: type[Place | Kind]) -> list[str]:
    known = {one.value for one in options}
    words = list(row.texts(key))
    for word in words:
        if word not in known:
            row.fault(
                key,
                say("“{found}” is none of the known words.", found=word),
                say("Write one of {options}.", options=", ".join(sorted(known))),
            )
    return [word for word in words if word in known]


def _check(top: Reader, rule: RoleRule, known: set[str]) -> None:
    """Note what no single value shows: unknown appointers, an administrator who reaches data."""
    for role in sorted(rule.appointed_by - known):
        top.fault(
            f"roles.{rule.id}.appointed_by",
            say("There is no role “{role}”.", role=role),
            say("Name a role of this file."),
        )
    if rule.administrator and rule.reaches:
        top.fault(
            f"roles.{rule.id}.reaches",
            say("An administrator reaches data."),
            say("Leave the list empty: the three administrators reach none."),
        )


def _blank(word: str) -> str:
    return "" if word == NONE else word
