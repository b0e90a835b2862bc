"""Reads of the catalogue, each for a reader."""

from __future__ import annotations

from typing import TYPE_CHECKING

from junheng.apps.accounts.api import Kind
from junheng.apps.catalogue.models import DatasetCount, Source
from junheng.apps.foundation import clock, policies
from junheng.apps.registry.api import SchoolYear, bureaus_visible_to, schools_visible_to

if TYPE_CHECKING:
    from junheng.apps.accounts.api import Reader
    from junheng.apps.registry.api import Bureau


def bureau_of(reader: Reader) -> Bureau | None:
    """Return the bureau that a reader works in; None for one whose posts lie at schools alone."""
    return bureaus_visible_to(reader).filter(pk__in=reader.scope.bureaus).first()


def home_bureau_of(reader: Reader) -> Bureau | None:
    """Return the bureau that a reader's first post lies in, be it at one of its schools."""
    return bureaus_visible_to(reader).first()


def working_bureau_of(reader: Reader, kind: Kind) -> Bureau | None:
    """Return the home bureau of a reader who reaches a kind of data of whole schools, else None."""
    reached = reader.scope_of(kind)
    return home_bureau_of(reader) if reached.bureaus | reached.schools else None


def own_schools_of(reader: Reader) -> frozenset[str]:
    """Return the identifiers of the schools whose figures are the reader's own to look after."""
    reached = reader.scope_of(Kind.FIGURES).schools
    own = schools_visible_to(reader).filter(pk__in=reached)
    return frozenset(own.values_list("identifier", flat=True))


def first_year_now() -> int:
    """Return the year in which the newest school year that was opened begins, else today's."""
    newest = SchoolYear.objects.order_by("-starts_on").first()
    if newest is not None:
        return newest.starts_on.year
    today = clock.today()
    return today.year if today.month >= 9 else today.year - 1


def counts_visible_to(
    reader: Reader, bureau: Bureau | None, first_year: int
) -> dict[str, DatasetCount]:
    """Return what was counted of each dataset in a school year, by dataset."""
    if bureau is None:
        return {}
    rows = DatasetCount.objects.filter(bureau=bureau, school_year__starts_on__year=first_year)
    return {count.dataset: count for count in policies.visible(reader, rows)}


def sources_visible_to(reader: Reader, bureau: Bureau) -> list[Source]:
    """Return the sources of a bureau, by kind and name."""
    rows = Source.objects.filter(bureau=bureau).order_by("kind", "name")
    return list(policies.visible(reader, rows))
