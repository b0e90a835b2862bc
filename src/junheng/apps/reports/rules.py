"""Which papers there are, read once from `junheng/rules/reports`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from junheng.engine.standard.rulefile import reader_of
from junheng.errors import NotFound
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Mapping
    from fractions import Fraction

    from junheng.engine.standard.ruleset import Text

PATH = Path(__file__).parents[2] / "rules" / "reports" / "papers.toml"
ZIP = "zip"
"""The form of a paper of every school at once."""


@dataclass(frozen=True)
class PaperKind:
    """One kind of paper: about a school or the district, in which forms, for what.

    An official one keeps to the Chinese of the standard's own forms whatever the page speaks.
    """

    id: str
    about: Literal["school", "district"]
    forms: tuple[str, ...]
    is_official: bool
    name: Text
    purpose: Text
    source: str

    @property
    def is_of_school(self) -> bool:
        return self.about == "school"

    @property
    def forms_of_district(self) -> tuple[str, ...]:
        """In which forms it is made for the whole district."""
        return (ZIP,) if self.is_of_school else self.forms


@dataclass(frozen=True)
class PaperRules:
    """The kinds of papers by id, and below which share of its standard a figure is nearly short."""

    kinds: Mapping[str, PaperKind]
    nearly_at: Fraction


@cache
def paper_rules(path: Path = PATH) -> PaperRules:
    """Return the rules of papers; RuleFileError with everything wrong in the file."""
    top = reader_of(path)
    nearly = top.decimal("nearly_at")
    found = {}
    for entry in top.rows("paper", "id"):
        one = PaperKind(
            id=entry.identifier("id"),
            about=entry.choice("about", ("school", "district")),
            forms=entry.texts("forms"),
            is_official=entry.flag("official", default=False),
            name=entry.name("name"),
            purpose=entry.name("purpose"),
            source=entry.text("source"),
        )
        entry.finish()
        found[one.id] = one
    top.finish()
    top.faults.raise_any()
    return PaperRules(found, nearly)


def paper_kinds() -> Mapping[str, PaperKind]:
    """Return the kinds of papers by id, in their order."""
    return paper_rules().kinds


def paper_kind(kind_id: str) -> PaperKind:
    """Return a kind of paper; NotFound for one that there is not."""
    if kind_id not in paper_kinds():
        raise NotFound(say("There is no such paper."))
    return paper_kinds()[kind_id]
