"""A school shows what its newest profile says: one function, called by whatever writes profiles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from junheng.apps.foundation import scoping
from junheng.apps.registry.models import Locality, School, SchoolKind, SchoolProfile

if TYPE_CHECKING:
    from collections.abc import Collection

    from junheng.apps.registry.targets.records import Place

NAME_LENGTH = 100
SHOWN = ("name_zh", "name_en", "kind", "locality", "x_m", "y_m")


def show_newest(place: Place, school_ids: Collection[int]) -> None:
    """Bring name, kind, locality and place of schools to those of their newest profiles.

    A school without a profile stays as it is. What a profile leaves blank stays as well.
    """
    with scoping.everything(reason="schools show their newest profiles"):
        found = SchoolProfile.objects.filter(bureau=place.bureau_id, school__in=school_ids)
        newest = {profile.school_id: profile for profile in found.order_by("school_year")}
        schools = list(School.objects.filter(pk__in=newest))
        for school in schools:
            _show(school, newest[school.pk])
        School.objects.bulk_update(schools, SHOWN, batch_size=500)


def _show(school: School, profile: SchoolProfile) -> None:
    locality = Locality.of_code(profile.locality_code)
    if school.name_zh != profile.name[:NAME_LENGTH]:
        school.name_en = ""
    school.name_zh = profile.name[:NAME_LENGTH]
    school.kind = SchoolKind.of_code(profile.kind_code).value
    school.locality = locality.value if locality else school.locality
    if profile.x_m is not None and profile.y_m is not None:
        school.x_m, school.y_m = float(profile.x_m), float(profile.y_m)
