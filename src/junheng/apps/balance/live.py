"""What the registry comes to at this moment, beside the assessment that is published."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from threading import Lock
from typing import TYPE_CHECKING

from django.db.models import Max

from junheng.apps.balance import selectors
from junheng.apps.balance.kept import open_kept
from junheng.apps.registry.api import (
    School,
    SchoolProfile,
    bureaus_visible_to,
    fresh_units,
    school_year_on,
    schools_visible_to,
)
from junheng.engine import standard
from junheng.errors import NotFound
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from junheng.apps.accounts.api import Reader
    from junheng.apps.balance.models import AssessedDispersion, AssessedUnit, Assessment
    from junheng.apps.registry.api import Bureau
    from junheng.engine.standard import RuleSet
    from junheng.engine.standard.assess import CountyVerdict, DispersionResult, UnitResult
    from junheng.engine.standard.unit_table import UnitTable

_measuring = Lock()
"""The session that fresh units come from is one; who measures in it has it alone."""


@dataclass(frozen=True)
class Measured:
    """Figures of one moment, without anything that is tied to a session."""

    units: tuple[UnitResult, ...]
    dispersion: tuple[DispersionResult, ...]
    county: CountyVerdict


@dataclass(frozen=True)
class District:
    """A registry to be measured. `published` by the same rules, None when there is none."""

    bureau: Bureau
    day: date
    rules: RuleSet
    published: Assessment | None


@dataclass(frozen=True)
class Live:
    """Figures of this moment as of `day`, and the published ones they are compared with.

    `units` and `dispersions` are the published ones, by unit id and by stage and indicator; none
    when nothing is published by the same rule set. `schools` by identifier.
    """

    bureau: Bureau
    day: date
    rules: RuleSet
    now: Measured
    published: Assessment | None
    units: Mapping[str, AssessedUnit]
    dispersions: Mapping[tuple[str, str], AssessedDispersion]
    schools: Mapping[str, School]


def live_day(bureau_id: int, today: date) -> date | None:
    """Return the day as of which figures are live; None when the registry holds no schools.

    Today; or, where nobody has opened the present school year, the last day of the newest one.
    One query.
    """
    year = school_year_on(today)
    known = SchoolProfile.objects.filter(bureau=bureau_id, school_year__lte=year)
    newest: int | None = known.aggregate(newest=Max("school_year"))["newest"]
    if newest is None:
        return None
    return today if newest == year else date(newest + 1, 8, 31)


def live_visible_to(reader: Reader, today: date) -> Live:
    """Measure what the registry of the reader's bureau holds now.

    Constant number of queries, whatever the number of schools and pupils.

    Raises
    ------
    NotFound
        The reader sees no bureau as a whole, or its registry holds no schools.
    DataError, TableFaults
        The rows cannot be measured: something is missing that must be there.
    """
    district = live_district(reader, today)
    bureau, published = district.bureau, district.published
    return Live(
        bureau=bureau,
        day=district.day,
        rules=district.rules,
        now=_measured(bureau.pk, district.day, district.rules),
        published=published,
        units=_units(reader, published),
        dispersions=_dispersions(published),
        schools={s.identifier: s for s in schools_visible_to(reader).filter(bureau=bureau)},
    )


def live_district(reader: Reader, today: date) -> District:
    """Return which registry a reader may have measured, as of which day and by which rules.

    NotFound when the reader sees no bureau as a whole, or its registry holds no schools.
    """
    published = selectors.latest_visible_to(reader)
    bureau = published.bureau if published else bureaus_visible_to(reader).first()
    seen = bureau is not None and bureau.pk in reader.scope.bureaus
    day = live_day(bureau.pk, today) if bureau and seen else None
    if bureau is None or day is None:
        raise NotFound(say("The registry holds no schools that could be measured."))
    rules = _rules(published)
    if published and published.ruleset.digest != rules.digest:
        published = None
    return District(bureau, day, rules, published)


def _rules(published: Assessment | None) -> RuleSet:
    """Return the rule set of the published assessment, if it tells how people are counted."""
    if published is not None:
        rules = open_kept(published.ruleset)
        if rules.person_level:
            return rules
    return standard.load(standard.DEFAULT_RULESET_ID)


@contextmanager
def live_table(bureau_id: int, day: date, rules: RuleSet) -> Iterator[UnitTable]:
    """Give the unit table of the registry; its session is held for the block alone."""
    with _measuring:
        yield fresh_units(bureau_id, on=day, ruleset=rules)


def _measured(bureau_id: int, day: date, rules: RuleSet) -> Measured:
    with live_table(bureau_id, day, rules) as table:
        found = standard.assess(table)
        return Measured(found.units, tuple(found.dispersion), found.counties[0])


def _units(reader: Reader, published: Assessment | None) -> dict[str, AssessedUnit]:
    if published is None:
        return {}
    return {u.unit_id: u for u in selectors.units_visible_to(reader, published)}


def _dispersions(published: Assessment | None) -> dict[tuple[str, str], AssessedDispersion]:
    rows: Sequence[AssessedDispersion] = []
    if published is not None:
        rows = selectors.dispersions_of([published])[published.pk]
    return {(row.stage, row.indicator): row for row in rows}
