"""What the board asks of each item, read once from `rules/selfassessment/items.toml`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from junheng.engine import contracts
from junheng.engine.standard.rulefile import reader_of
from junheng.engine.standard.ruleset import Text
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from junheng.engine.standard.rulefile import Reader

ITEMS_FILE = Path(__file__).parents[2] / "rules" / "selfassessment" / "items.toml"
RESOURCES, VETOES = "resources", "vetoes"
"""Rows that speak for all indicators of part one, and for all vetoes without a row."""
DEPARTMENTS, FIGURES = "department", "county_figure"
BUREAU_ITSELF = "education"
ANSWERS = ("yes", "no")
TERM_KINDS = ("whole", "decimal", "signed", "yes_no")

From = Literal["assessment", "registry", "entry", "schools"]
ORIGINS: tuple[From, ...] = ("assessment", "registry", "entry", "schools")


@dataclass(frozen=True)
class Term:
    """One thing that is entered. `kind`: whole, decimal, signed (may be below 0) or yes_no."""

    id: str
    kind: str
    name: Text


@dataclass(frozen=True)
class Named:
    """A grade or subject with its name."""

    id: str
    name: Text


@dataclass(frozen=True)
class ItemSpec:
    """How one item is led and decided; see the head of the file.

    `part` and `whole` name the terms of the figure. `source` tells how far the row is confirmed.
    """

    id: str
    lead: str
    origin: From
    source: str
    answer: str = ""
    met_at: str = ""
    unit: str = "share"
    part: tuple[str, ...] = ()
    whole: str = ""
    terms: tuple[Term, ...] = ()
    subjects: tuple[Named, ...] = ()

    @property
    def is_attested(self) -> bool:
        """Whether a grade or yes/no decides the item."""
        return bool(self.answer)


@dataclass(frozen=True)
class BoardRules:
    """Every row of the file, and the grades from best to worst."""

    specs: Mapping[str, ItemSpec]
    grades: tuple[Named, ...]

    def of(self, item_id: str) -> ItemSpec:
        """Return the row of an item, veto or resource indicator."""
        if item_id in self.specs:
            return self.specs[item_id]
        general = {"R": RESOURCES, "V": VETOES}.get(item_id[:1])
        if general is None:
            return ItemSpec(item_id, BUREAU_ITSELF, "entry", "D", answer="yes_no")
        return replace(self.specs[general], id=item_id)

    def options(self, spec: ItemSpec) -> tuple[str, ...]:
        """Return what may be answered to an attested item."""
        return ANSWERS if spec.answer == "yes_no" else tuple(grade.id for grade in self.grades)

    def meets(self, spec: ItemSpec, answer: str) -> bool:
        """Whether an answer meets an attested item."""
        if spec.answer == "yes_no":
            return answer == "yes"
        order = [grade.id for grade in self.grades]
        return order.index(answer) <= order.index(spec.met_at)


@cache
def board_rules(path: Path = ITEMS_FILE) -> BoardRules:
    """Return what the file says; RuleFileError with everything wrong in it."""
    top = reader_of(path)
    own = {row.text("id"): _term(row) for row in top.rows("terms", "id")}
    grades = tuple(_named(row) for row in top.rows("grades", "id"))
    specs = [_spec(row, own, grades) for row in top.rows("items", "id")]
    top.finish()
    top.faults.raise_any()
    return BoardRules({spec.id: spec for spec in specs}, grades)


def departments(language: str) -> list[tuple[str, str]]:
    """Return the departments of a county government as choices."""
    values = contracts.load().code_lists[DEPARTMENTS].values
    return [(value.code, value.name.of(language)) for value in values]


def department_name(code: str, language: str) -> str:
    """Return the name of a department; blank for none."""
    return contracts.load().code_lists[DEPARTMENTS].name_of(code, language) if code else ""


def _codes(code_list: str) -> set[str]:
    return {value.code for value in contracts.load().code_lists[code_list].values}


def _term(row: Reader) -> Term:
    term = Term(row.identifier("id"), row.choice("kind", TERM_KINDS), row.name("name"))
    row.finish()
    return term


def _named(row: Reader) -> Named:
    named = Named(row.identifier("id"), Text(row.text("zh"), row.text("en")))
    row.finish()
    return named


def _spec(row: Reader, own: Mapping[str, Term], grades: tuple[Named, ...]) -> ItemSpec:
    part, whole = _figure(row)
    spec = ItemSpec(
        id=row.identifier("id"),
        lead=row.text("lead"),
        origin=row.choice("from", ORIGINS),
        source=row.text("source"),
        answer=row.choice("answer", ("yes_no", "grade")) if row.has("answer") else "",
        met_at=row.text("met_at", ""),
        unit=row.choice("unit", ("share", "yuan")) if row.has("unit") else "share",
        part=part,
        whole=whole,
        terms=tuple(_found(row, name, own) for name in row.texts("terms")),
        subjects=tuple(_named(inner) for inner in row.rows("subjects", "id")),
    )
    row.finish()
    _check(row, spec, grades)
    return spec


def _figure(row: Reader) -> tuple[tuple[str, ...], str]:
    if not row.has("figure"):
        return (), ""
    inner = row.inner("figure")
    found = inner.texts("part"), inner.text("whole", "")
    inner.finish()
    return found


def _found(row: Reader, name: str, own: Mapping[str, Term]) -> Term:
    """Return a term of this file, or a whole number of the code list of county figures."""
    if name in own:
        return own[name]
    figures = contracts.load().code_lists[FIGURES]
    if name not in _codes(FIGURES):
        row.fault("terms", say("“{term}” is no term.", term=name), say("Add it under terms."))
        return Term(name, "whole", Text(name, name))
    return Term(name, "whole", Text(figures.name_of(name, "zh"), figures.name_of(name, "en")))


def _check(row: Reader, spec: ItemSpec, grades: tuple[Named, ...]) -> None:
    """Note what no single value shows: unknown departments, grades and parts of figures."""
    if spec.lead not in _codes(DEPARTMENTS):
        row.fault(
            "lead",
            say("There is no department “{found}”.", found=spec.lead),
            say("Name one of the code list of departments."),
        )
    if spec.answer == "grade" and spec.met_at not in {grade.id for grade in grades}:
        row.fault("met_at", say("“{found}” is no grade.", found=spec.met_at), say("Name a grade."))
    known = {term.id for term in spec.terms}
    for name in (*spec.part, *filter(None, [spec.whole])):
        if name not in known:
            row.fault(
                "figure",
                say("“{term}” is none of the terms of the item.", term=name),
                say("Name one of its terms."),
            )
