"""The typed form of a rule set: what a standard says, with a source for every row.

Rule sets are written in TOML under `junheng/rules/<id>/<version>.toml` and read by `rulebook`.
Nothing else in the product holds a threshold, a weight or a limit. Numbers that decide are exact
fractions, written in the file as strings ("4.2").
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from fractions import Fraction

Stage = Literal["primary", "junior"]
STAGES: tuple[Stage, ...] = ("primary", "junior")
UnitKind = Literal["ordinary", "teaching_point", "special", "vocational"]
UNIT_KINDS: tuple[UnitKind, ...] = ("ordinary", "teaching_point", "special", "vocational")

Confirmation = Literal["C", "C-form", "C-sys", "C-tab", "L", "M", "D"]
"""How far a row is confirmed.

C read in a public text; C-form read in one copy of the national form; C-sys and C-tab seen in a
public system or table; L a local rule; M from memory; D a choice of this product. Only C rows, and
C-form rows compared once with the document, may be called national.
"""


@dataclass(frozen=True)
class Text:
    """A name in Chinese (official) and English."""

    zh: str
    en: str

    def of(self, language: str) -> str:
        """Return the name in `language`; anything but English is Chinese."""
        return self.en if language.startswith("en") else self.zh


@dataclass(frozen=True)
class Source:
    """Where a row comes from, how far it is confirmed, and when it holds."""

    document: str
    confirmation: Confirmation
    clause: str = ""
    note: Text | None = None
    valid_from: date | None = None
    valid_to: date | None = None

    @property
    def is_confirmed(self) -> bool:
        """Whether the row was read in the document itself."""
        return self.confirmation == "C"

    def holds_on(self, day: date) -> bool:
        """Whether the row is in force on `day` (both ends included)."""
        after = self.valid_from is None or self.valid_from <= day
        before = self.valid_to is None or day <= self.valid_to
        return after and before


@dataclass(frozen=True)
class Fact:
    """A raw figure of one stage unit that indicators are made of, e.g. sports ground in m2.

    `is_whole` says that a lack of it is counted in whole persons or rooms.
    `synonyms` are further headers under which it is accepted in a table. `is_shared` says that the
    stages of one school use it together, so that it is split between them by weighted enrolment.
    """

    id: str
    name: Text
    unit: Text
    is_whole: bool
    synonyms: tuple[str, ...] = ()
    is_shared: bool = False


@dataclass(frozen=True)
class Indicator:
    """One resource indicator: `per` x (weighted sum of facts) / pupils, per stage unit.

    `thresholds` has None for a stage on which the rule set sets no threshold.
    """

    id: str
    number: str
    name: Text
    short_name: Text
    unit: Text
    per: int
    terms: tuple[tuple[str, int], ...]
    thresholds: Mapping[Stage, Fraction | None]
    source: Source
    is_proxy: bool = False


@dataclass(frozen=True)
class UnitRule:
    """When a unit passes: enough indicators met, and every other not below the floor.

    `met_at_least` None means that the rule set judges no single unit.
    `floor_share` is the share of the threshold below which no indicator may lie (0.85).
    """

    met_at_least: int | None
    floor_share: Fraction
    source: Source


@dataclass(frozen=True)
class DispersionRule:
    """Limits of the coefficient of variation between the units of one stage in one county.

    `each`: every indicator's coefficient against the limit. `mean`: the arithmetic mean of all
    coefficients against it. `none`: coefficients are computed and not judged.
    """

    method: Literal["each", "mean", "none"]
    limits: Mapping[Stage, Fraction | None]
    source: Source


@dataclass(frozen=True)
class Exclusion:
    """Units left out of assessment: a kind, and for some only below a number of pupils."""

    kind: UnitKind
    pupils_below: int | None
    reason: Text
    source: Source


@dataclass(frozen=True)
class SplitRule:
    """Weights of one pupil of each stage when a school's shared assets are split."""

    school_kind: Literal["nine_year", "twelve_year", "complete_middle"]
    weights: Mapping[str, Fraction]
    source: Source


@dataclass(frozen=True)
class Relief:
    """A rule that softens another for some schools while it is in force."""

    id: str
    applies_to: str
    text: Text
    params: Mapping[str, Fraction | str | int]
    source: Source


@dataclass(frozen=True)
class Item:
    """A judged item outside the seven resource indicators (parts two to four of the standard).

    kind `computed`: `check` names the function in `items` and `params` its limits; `entered`: an
    official figure with its document; `attested`: a grade or yes/no with evidence.
    """

    id: str
    number: str
    part: Literal["guarantee", "quality", "recognition"]
    name: Text
    level: Literal["county", "school", "class", "teacher"]
    kind: Literal["computed", "entered", "attested"]
    source: Source
    check: str = ""
    params: Mapping[str, Fraction | str | int] = field(default_factory=dict)


@dataclass(frozen=True)
class Veto:
    """An item that makes the county fail whatever the numbers."""

    id: str
    number: str
    name: Text
    source: Source


@dataclass(frozen=True)
class PersonRule:
    """One rule for measuring from people, rooms and things: the codes or numbers that count.

    Which ids there are, and what each means, is told in `person_level.rules`.
    """

    id: str
    codes: tuple[str, ...]
    params: Mapping[str, Fraction | str | int]
    source: Source


@dataclass(frozen=True)
class Presentation:
    """Decimals that the official form prints. Decisions never use them."""

    school_decimals: int = 2
    coefficient_decimals: int = 3
    ratio_decimals: int = 1


@dataclass(frozen=True)
class RuleSet:
    """A standard in one version: everything that decides, each row with its source.

    `digest` is the SHA-256 of the bytes of the file (and of the files it is laid over), so that a
    result can name exactly the rules that made it.
    """

    id: str
    version: str
    name: Text
    document: str
    effective_from: date
    facts: tuple[Fact, ...]
    indicators: tuple[Indicator, ...]
    unit_rule: UnitRule
    dispersion: DispersionRule
    exclusions: tuple[Exclusion, ...] = ()
    splits: tuple[SplitRule, ...] = ()
    reliefs: tuple[Relief, ...] = ()
    items: tuple[Item, ...] = ()
    vetoes: tuple[Veto, ...] = ()
    person_level: tuple[PersonRule, ...] = ()
    presentation: Presentation = field(default_factory=Presentation)
    based_on: str = ""
    note: Text | None = None
    digest: str = ""

    def indicator(self, indicator_id: str) -> Indicator:
        """Return one indicator by its id; KeyError when the set has none of that id."""
        for indicator in self.indicators:
            if indicator.id == indicator_id:
                return indicator
        raise KeyError(indicator_id)

    def fact(self, fact_id: str) -> Fact:
        """Return one fact by its id; KeyError when the set has none of that id."""
        for fact in self.facts:
            if fact.id == fact_id:
                return fact
        raise KeyError(fact_id)

    def is_counted_whole(self, indicator: Indicator) -> bool:
        """Whether a lack in this indicator is counted in whole persons or rooms."""
        return all(self.fact(fact_id).is_whole for fact_id, _ in indicator.terms)

    @property
    def all_sources(self) -> tuple[tuple[str, Source], ...]:
        """Every row that has a source, with the row's id: what a page of sources lists."""
        rows: list[tuple[str, Source]] = [(i.id, i.source) for i in self.indicators]
        rows += [("unit_rule", self.unit_rule.source), ("dispersion", self.dispersion.source)]
        rows += [(f"exclusion:{e.kind}", e.source) for e in self.exclusions]
        rows += [(f"split:{s.school_kind}", s.source) for s in self.splits]
        rows += [(r.id, r.source) for r in self.reliefs]
        rows += [(i.id, i.source) for i in self.items]
        rows += [(v.id, v.source) for v in self.vetoes]
        rows += [(f"person_level:{p.id}", p.source) for p in self.person_level]
        return tuple(rows)
