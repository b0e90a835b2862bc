"""The rules of imports, read once from `junheng/rules/intake`: who may, and when to stop."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from junheng.engine.standard.rulefile import reader_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from fractions import Fraction

    from junheng.engine.contracts import Contract

RULES_DIR = Path(__file__).parents[2] / "rules" / "intake"


@dataclass(frozen=True)
class Guard:
    """How much an import may lose or refuse before it stops; see `guard.toml`."""

    lost_share: Fraction
    lost_allowed: int
    rejected_share: Fraction
    rejected_allowed: int


@dataclass(frozen=True)
class Rights:
    """Which roles import and read what; see `rights.toml`."""

    sections: Mapping[str, frozenset[str]]
    school_roles: frozenset[str]
    school_datasets: frozenset[str]
    readers: frozenset[str]

    def importers(self, contract: Contract) -> frozenset[str]:
        """Return the roles of the bureau that import a dataset."""
        return self.sections.get(contract.owner, frozenset())


@cache
def guard(folder: Path = RULES_DIR) -> Guard:
    """Return the guard's figures; RuleFileError with everything wrong in the file."""
    top = reader_of(folder / "guard.toml")
    found = Guard(
        lost_share=top.decimal("lost_share"),
        lost_allowed=top.whole("lost_allowed"),
        rejected_share=top.decimal("rejected_share"),
        rejected_allowed=top.whole("rejected_allowed"),
    )
    top.finish()
    top.faults.raise_any()
    return found


@cache
def rights(folder: Path = RULES_DIR) -> Rights:
    """Return who may import and read what; RuleFileError with everything wrong in the file."""
    top = reader_of(folder / "rights.toml")
    sections, schools, readers = (top.inner(key) for key in ("sections", "schools", "readers"))
    found = Rights(
        sections={name: frozenset(sections.texts(name)) for name in sections.names()},
        school_roles=frozenset(schools.texts("roles")),
        school_datasets=frozenset(schools.texts("datasets")),
        readers=frozenset(readers.texts("roles")),
    )
    for reader in (schools, readers, top):
        reader.finish()
    top.faults.raise_any()
    return found
