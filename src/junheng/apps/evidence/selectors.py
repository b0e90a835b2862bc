"""Reads of evidence, each for a reader."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, Prefetch, Q

from junheng.apps.evidence.models import Evidence, EvidenceVersion
from junheng.apps.evidence.policies import bureaus_read, schools_read
from junheng.apps.evidence.rules import rights
from junheng.apps.evidence.storage import Stored
from junheng.apps.foundation import clock, policies
from junheng.apps.registry.api import (
    SchoolSuccession,
    SchoolYear,
    SuccessionKind,
    bureaus_visible_to,
    school_year_on,
    schools_visible_to,
)
from junheng.engine.standard.rulebook import DEFAULT_RULESET_ID
from junheng.errors import NotAllowed, NotFound
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from django.db.models import QuerySet

    from junheng.apps.accounts.api import Reader
    from junheng.apps.registry.api import Bureau, School


@dataclass(frozen=True)
class Desk:
    """What a reader sees of one bureau: `is_whole` its binder, else what is of `schools` alone."""

    bureau: Bureau
    is_whole: bool
    schools: tuple[School, ...]

    def school(self, school_id: int) -> School:
        """Return one of the schools; NotFound for any other."""
        for school in self.schools:
            if school.pk == school_id:
                return school
        raise NotFound(say("There is no such school, or it is not yours to see."))


def desk_of(reader: Reader, first_year: int) -> Desk:
    """Return what the reader sees of the binder; NotAllowed for one who sees none."""
    whole, own = bureaus_read(reader), schools_read(reader)
    visible = schools_visible_to(reader)
    if whole:
        bureau = bureaus_visible_to(reader).filter(pk__in=whole).order_by("pk").first()
        schools = visible.filter(bureau=bureau)
    else:
        schools = visible.filter(pk__in=own)
        first = schools.first()
        bureau = first.bureau if first else None
    if bureau is None:
        raise NotAllowed(say("Your posts of today file and read no evidence."))
    asked = schools.filter(bureau=bureau).exclude(kind__in=rights().kinds_not_asked)
    gone = _ended_before(bureau, first_year)
    return Desk(bureau, bool(whole), tuple(s for s in asked if s.pk not in gone))


def _ended_before(bureau: Bureau, first_year: int) -> frozenset[int]:
    """Return the schools that had ended before a school year began."""
    ended = SchoolSuccession.objects.filter(
        bureau=bureau, kind__in=SuccessionKind.ended(), on_date__lte=f"{first_year}-09-01"
    )
    return frozenset(ended.values_list("school", flat=True))


def first_year_now() -> int:
    """Return the year in which the newest school year that was opened begins, else today's."""
    newest = SchoolYear.objects.order_by("starts_on").last()
    return newest.starts_on.year if newest else school_year_on(clock.today())


def evidence_of_year(
    reader: Reader, first_year: int, ruleset_id: str = DEFAULT_RULESET_ID
) -> QuerySet[Evidence]:
    """Return the evidence of a school year that the reader may see, withdrawn pieces, too."""
    rows = Evidence.objects.filter(school_year__starts_on__year=first_year, ruleset_id=ruleset_id)
    return policies.visible(reader, rows)


def counts_of(
    reader: Reader, year: int, ruleset_id: str = DEFAULT_RULESET_ID
) -> Mapping[tuple[str, int | None], int]:
    """Return how many pieces of evidence count, by item and school (None: of the county).

    `year` is the one in which the school year begins. One query.
    """
    rows = evidence_of_year(reader, year, ruleset_id).filter(withdrawn_at=None)
    counted = rows.values_list("item_id", "school").annotate(n=Count("pk")).order_by()
    return {(item, school): n for item, school, n in counted}


def with_versions(rows: QuerySet[Evidence], *, with_keys: bool = False) -> QuerySet[Evidence]:
    """Return pieces of evidence with school and versions, newest first: a constant of queries.

    `with_keys` opens the keys of the files, too, which takes time and is for who reads them.
    """
    versions = EvidenceVersion.objects.select_related("by").order_by("-number")
    if not with_keys:
        versions = versions.defer("key")
    return (
        rows.select_related("school", "bureau", "withdrawn_by")
        .prefetch_related(Prefetch("versions", queryset=versions))
        .order_by("withdrawn_at", "school__identifier", "created_at", "pk")
    )


def named_like(rows: QuerySet[Evidence], words: str) -> QuerySet[Evidence]:
    """Return those whose name or note holds every one of some words."""
    for word in words.split():
        rows = rows.filter(Q(file_name__icontains=word) | Q(versions__note__icontains=word))
    return rows.distinct()


def evidence_visible_to(reader: Reader, evidence_id: UUID) -> Evidence:
    """Return one piece; NotFound for one that is not there or not the reader's to see."""
    rows = Evidence.objects.select_related("bureau", "school", "school_year", "withdrawn_by")
    found: Evidence | None = policies.visible(reader, rows).filter(pk=evidence_id).first()
    if found is None:
        raise NotFound(say("There is no such evidence, or it is not yours to see."))
    return found


def version_visible_to(reader: Reader, version_id: UUID) -> EvidenceVersion:
    """Return one version; NotFound for one that is not there or not the reader's to see."""
    rows = EvidenceVersion.objects.select_related("evidence")
    found: EvidenceVersion | None = policies.visible(reader, rows).filter(pk=version_id).first()
    if found is None:
        raise NotFound(say("There is no such evidence, or it is not yours to see."))
    return found


def elsewhere(reader: Reader, version: EvidenceVersion) -> list[Evidence]:
    """Return other pieces that count and hold the same file, as far as the reader sees them."""
    rows = Evidence.objects.filter(versions__sha256=version.sha256, withdrawn_at=None)
    others = policies.visible(reader, rows).exclude(pk=version.evidence_id)
    return list(others.select_related("school").distinct()[:5])


def stored(version: EvidenceVersion) -> Stored:
    """Return where a version lies and what opens it."""
    return Stored(version.stored_as, version.key)
