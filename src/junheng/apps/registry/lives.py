"""The life of a school: what became of it, what came before it, what stands there on a day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, Q

from junheng.apps.foundation import scoping
from junheng.apps.registry.models import (
    Employment,
    Enrolment,
    Room,
    School,
    SchoolClass,
    SchoolSuccession,
    SportsGround,
    StageUnit,
    SuccessionKind,
    Teaching,
)
from junheng.apps.registry.selectors import school_visible_to, schools_visible_to
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from junheng.apps.accounts.api import Reader
    from junheng.i18n import Message


@dataclass(frozen=True)
class Life:
    """A school with what happened to it (`own`), and what of others led to it (`before`)."""

    school: School
    own: tuple[SchoolSuccession, ...]
    before: tuple[SchoolSuccession, ...]

    @property
    def ends(self) -> tuple[SchoolSuccession, ...]:
        """What ended the school: a row for each successor, or one without any."""
        return tuple(event for event in self.own if event.kind in SuccessionKind.ended())


@dataclass(frozen=True)
class Standing:
    """What of a school lasts over a day: it has to be gone before the school can end.

    `n_rooms`, `n_grounds` and `units` stay stored and count no longer.
    """

    n_pupils: int
    n_staff: int
    n_lessons: int
    classes: tuple[tuple[SchoolClass, int], ...]
    n_rooms: int
    n_grounds: int
    units: tuple[StageUnit, ...]

    @property
    def is_empty(self) -> bool:
        """Whether nobody is there and nothing is taught."""
        return not (self.n_pupils or self.n_staff or self.n_lessons)


def life_of(reader: Reader, school_id: int) -> Life:
    """Return the life of a school in reach; two queries. NotFound as `school_visible_to`.

    Schools before and after are told by name to whoever sees the school: in a bureau such names
    are public.
    """
    school = school_visible_to(reader, school_id)
    with scoping.everything(reason="names of the schools before and after one in reach"):
        return _life(school)


def _life(school: School) -> Life:
    events = SchoolSuccession.objects.filter(Q(school=school) | Q(other=school))
    found = events.select_related("school", "other").order_by("on_date", "pk")
    led_here = (SuccessionKind.MERGED, SuccessionKind.SPLIT)
    return Life(
        school,
        own=tuple(event for event in found if event.school_id == school.pk),
        before=tuple(e for e in found if e.other_id == school.pk and e.kind in led_here),
    )


def lives_in(reader: Reader) -> list[Life]:
    """Return the schools in reach with what ended each, by number; two queries."""
    schools = list(schools_visible_to(reader))
    ends: dict[int, list[SchoolSuccession]] = {school.pk: [] for school in schools}
    found = SchoolSuccession.objects.filter(school__in=ends, kind__in=SuccessionKind.ended())
    for event in found.select_related("other").order_by("on_date", "pk"):
        ends[event.school_id].append(event)
    return [Life(school, tuple(ends[school.pk]), ()) for school in schools]


def successors_for(reader: Reader, school: School) -> list[School]:
    """Return the schools of the same bureau that have not ended, by number."""
    ended = SchoolSuccession.objects.filter(
        bureau=school.bureau_id, kind__in=SuccessionKind.ended()
    )
    others = schools_visible_to(reader).filter(bureau=school.bureau_id).exclude(pk=school.pk)
    return list(others.exclude(pk__in=ended.values("school")).order_by("identifier"))


def standing_at(school: School, on: date) -> Standing:
    """Return what of a school lasts over a day; seven queries."""
    lasts = Q(to_date__isnull=True) | Q(to_date__gte=on)
    enrolled = Enrolment.objects.filter(lasts, school_class__school=school)
    sizes = dict(enrolled.order_by().values_list("school_class").annotate(n=Count("pk")))
    classes = SchoolClass.objects.filter(pk__in=sizes).order_by("-entry_year", "class_no")
    return Standing(
        n_pupils=sum(sizes.values()),
        n_staff=Employment.objects.filter(lasts, school=school).count(),
        n_lessons=Teaching.objects.filter(lasts, unit__school=school).count(),
        classes=tuple((one, sizes[one.pk]) for one in classes),
        n_rooms=Room.objects.filter(school=school).count(),
        n_grounds=SportsGround.objects.filter(school=school).count(),
        units=tuple(StageUnit.objects.filter(school=school)),
    )


def in_the_way(school: School, on: date, into: Sequence[School]) -> list[Message]:
    """Return why a school cannot end on a day with these successors; none: it can."""
    found = [*_not_in_order(school, on), *_bad_successors(school, on, into)]
    standing = standing_at(school, on)
    if not standing.is_empty:
        found.append(
            say(
                "School {school} still has {pupils} pupils, {staff} staff and {lessons} lessons on "
                "{day}. Move them first, or enter their last day, then close the school.",
                school=school.identifier,
                pupils=standing.n_pupils,
                staff=standing.n_staff,
                lessons=standing.n_lessons,
                day=on.isoformat(),
            )
        )
    return found


def rename_in_the_way(school: School, on: date, name: str) -> list[Message]:
    """Return why a school cannot bear another name from a day on; none: it can."""
    found = list(_not_in_order(school, on))
    if name == school.name_zh:
        found.append(say("The school bears this name already."))
    others = School.objects.filter(bureau=school.bureau_id, name_zh=name).exclude(pk=school.pk)
    found += [say("School {other} bears this name.", other=one.identifier) for one in others]
    return found


def _not_in_order(school: School, on: date) -> Iterable[Message]:
    """Yield what of the school's own life does not allow an event on a day."""
    for event in _life(school).own:
        if event.kind in SuccessionKind.ended():
            day = event.on_date.isoformat()
            yield say("{school} ended on {day} already.", school=school.name_zh, day=day)
            return
        if event.on_date >= on:
            yield say(
                "On {day} something happened to {school} that is on record. Choose a later day.",
                school=school.name_zh,
                day=event.on_date.isoformat(),
            )


def _bad_successors(school: School, on: date, into: Sequence[School]) -> Iterable[Message]:
    if len({other.pk for other in into}) < len(into):
        yield say("The same successor stands there twice. Choose each once.")
    for other in into:
        if other.pk == school.pk or other.bureau_id != school.bureau_id:
            yield say("{other} cannot follow {school}.", other=other.name_zh, school=school.name_zh)
        ended = _life(other).ends
        if ended and ended[0].on_date <= on:
            yield say(
                "{other} ended on {day} itself. Choose a school that is open.",
                other=other.name_zh,
                day=ended[0].on_date.isoformat(),
            )
