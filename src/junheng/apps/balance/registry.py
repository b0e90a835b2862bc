"""Assessing what the registry holds: read its rows as of a day, measure, publish."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from django.db import transaction

from junheng.apps.balance import mappings
from junheng.apps.balance.people import digest_of, measure_folder
from junheng.apps.balance.present.words import REGISTRY
from junheng.apps.balance.publishing import Origin, assessment_publish
from junheng.apps.balance.quality import decisions_for, table_of_the_year_before
from junheng.apps.catalogue.api import SourceKind
from junheng.apps.foundation import scoping
from junheng.apps.jobs.api import progress
from junheng.apps.registry.api import Bureau, Place, export_folder
from junheng.engine.standard.person_level import item_data, measure_persons
from junheng.engine.store.session import Session
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from junheng.apps.balance.measuring import Measured
    from junheng.apps.balance.models import Assessment
    from junheng.apps.registry.api import SchoolYear
    from junheng.engine.standard import RuleSet


@dataclass(frozen=True)
class Wanted:
    """What to assess: the rows of a bureau and school year as of a day, by id@version."""

    bureau: Bureau
    school_year: SchoolYear
    day: date
    ruleset_ref: str

    @property
    def place(self) -> Place:
        return Place(self.bureau.pk, self.school_year.starts_on.year)


@dataclass(frozen=True)
class MeasuredRows:
    """What was measured, and the digest of the rows as a folder of files."""

    measured: Measured
    digest: str


def registry_measure(wanted: Wanted) -> MeasuredRows:
    """Measure stored rows; nothing is written but a folder that is gone afterwards.

    NotAllowed when the scope in force does not reach the bureau; DataError when the rows hold no
    units, or cannot be measured.
    """
    with tempfile.TemporaryDirectory(prefix="junheng-assess-") as name:
        folder = Path(name)
        progress(0.05, say("Reading what the registry holds ..."))
        _export(wanted, folder)
        progress(0.7, say("Measuring ..."))
        return MeasuredRows(_measured(wanted, folder), digest_of(folder))


def registry_publish(wanted: Wanted, rows: MeasuredRows, *, by: int) -> Assessment:
    """Publish what was measured as the bureau's assessment of the year, beside any older one."""
    return assessment_publish(
        bureau=wanted.bureau,
        school_year=wanted.school_year,
        statistics_date=wanted.day,
        measured=rows.measured,
        origin=Origin(REGISTRY, rows.digest, by, "registry", SourceKind.PLATFORM),
    )


def registry_assess(wanted: Wanted, *, by: int) -> Assessment:
    """Measure stored rows and publish the result; see `registry_measure`."""
    return registry_publish(wanted, registry_measure(wanted), by=by)


def registry_items(wanted: Wanted, rules: RuleSet) -> Mapping[str, Sequence[object]]:
    """Return, by item of the standard, the rows that its check takes, as of a day.

    The folder they are read from is gone afterwards. Raises as `registry_measure`.
    """
    with tempfile.TemporaryDirectory(prefix="junheng-items-") as name, Session() as session:
        progress(0.05, say("Reading what the registry holds ..."))
        _export(wanted, Path(name))
        progress(0.7, say("Measuring ..."))
        measure_persons(session, Path(name), rules, statistics_date=wanted.day)
        return item_data(session, rules, wanted.day)


@transaction.atomic
def _export(wanted: Wanted, folder: Path) -> None:
    # The lock that imports take: none of them is half-way while the datasets are read.
    with scoping.everything(reason="no import while the registry is read"):
        Bureau.objects.select_for_update().get(pk=wanted.bureau.pk)
    export_folder(wanted.place, folder, on=wanted.day)


def _measured(wanted: Wanted, folder: Path) -> Measured:
    rules = mappings.load(*wanted.ruleset_ref.split("@"))
    year = wanted.school_year
    return measure_folder(
        folder,
        ruleset=rules,
        day=wanted.day,
        decisions=decisions_for(wanted.bureau.pk, year.pk, rules.id),
        last_year=table_of_the_year_before(wanted.bureau.pk, year, rules.id),
    )
