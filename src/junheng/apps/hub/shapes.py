"""What the operations about figures answer: the names are those of `junheng assess --json`."""

# Pydantic reads annotations at run time, so nothing of this file is imported for types alone.
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from ninja import Schema

Stage = Literal["primary", "junior"]


class RuleSetRef(Schema):
    """A rule set in one version."""

    id: str
    version: str


class RuleSetLine(RuleSetRef):
    """A rule set as it is listed."""

    name: str
    document: str


class Source(Schema):
    """Where a row of a rule set comes from, and how far it is confirmed."""

    document: str
    clause: str
    confirmation: str


class IndicatorRule(Schema):
    """An indicator: `per` x sum of weighted facts / pupils, against a threshold a stage."""

    id: str
    number: str
    name: str
    unit: str
    per: int
    thresholds: dict[Stage, float | None]
    source: Source


class ItemRule(Schema):
    """A judged item outside the resource indicators."""

    id: str
    number: str
    name: str
    source: Source


class RuleSetWhole(RuleSetLine):
    """A rule set with its rows."""

    digest: str
    floor_share: float
    limits: dict[Stage, float | None]
    indicators: list[IndicatorRule]
    items: list[ItemRule]
    vetoes: list[ItemRule]


class RuleSets(Schema):
    """The rule sets of this installation."""

    rulesets: list[RuleSetLine]


class AssessmentLine(Schema):
    """A published table of units and what it came to."""

    id: int
    county_code: str
    first_year: int
    statistics_date: date
    ruleset: RuleSetRef
    state: Literal["published", "withdrawn"]
    resource_allocation: str
    n_schools: int
    n_units: int
    n_pass: int
    n_fail: int
    n_undetermined: int
    n_excluded: int
    n_beyond: int
    n_not_computable: int
    n_incomplete: int
    created_at: datetime


class AssessmentWhole(AssessmentLine):
    """An assessment with what it was made from."""

    source_name: str
    source_sha256: str
    definition_sha256: str
    engine_version: str
    warnings: list[str]


class Assessments(Schema):
    """The assessments in reach, newest school year first."""

    assessments: list[AssessmentLine]


class Cell(Schema):
    """One indicator of one unit."""

    value: float | None
    threshold: float | None
    floor: float | None
    status: str
    gap: int | float | None


class Unit(Schema):
    """One stage of one school."""

    unit_key: int
    unit_id: str
    school_id: str
    school_name: str
    county_code: str
    stage: Stage
    kind: str
    pupils: int
    verdict: str
    n_met: int | None
    cells: dict[str, Cell]


class Units(Schema):
    """Units of an assessment, in the order of the table."""

    ruleset: RuleSetRef
    units: list[Unit]


class LeftOut(Schema):
    """A unit that does not enter a coefficient, and why."""

    unit_id: str
    reason: str


class Dispersion(Schema):
    """One coefficient of variation."""

    county_code: str
    stage: Stage
    indicator: str
    mean: float | None
    sd: float | None
    cv: float | None
    limit: float | None
    status: str
    n_units: int
    left_out: list[LeftOut]


class Dispersions(Schema):
    """Coefficients of an assessment."""

    ruleset: RuleSetRef
    dispersion: list[Dispersion]


class Term(Schema):
    """A fact as it enters a sum."""

    fact: str
    weight: int
    value: float | None


class CellWorking(Schema):
    """How one figure of a unit comes about."""

    ruleset: RuleSetRef
    indicator: str
    stage: Stage
    pupils: int
    per: int
    terms: list[Term]
    amount: float | None
    value: float | None
    value_exact: str | None
    threshold: float | None
    floor: float | None
    status: str
    gap: int | float | None
    source: Source


class Share(Schema):
    """One unit's part in a coefficient."""

    unit_id: str
    amount: float
    pupils: int
    value: float
    weight: float
    difference: float
    contribution: float


class DispersionWorking(Schema):
    """How one coefficient comes about, unit by unit."""

    ruleset: RuleSetRef
    indicator: str
    stage: Stage
    county_code: str | None
    per: int
    shares: list[Share]
    left_out: list[str]
    amount: float
    pupils: int
    mean: float | None
    variance: float | None
    sd: float | None
    cv: float | None
    limit: float | None
    status: str


class DatasetFreshness(Schema):
    """When the rows of a dataset were last written, None before the first time."""

    dataset: str
    version: UUID | None
    changed_at: datetime | None


class Freshness(Schema):
    """How fresh stored rows and the summaries made of them are."""

    county_code: str
    datasets: list[DatasetFreshness]
    counted_days: list[date]
    is_measured: bool
