"""Reads of the way of a self-assessment, each for a reader."""

from __future__ import annotations

from typing import TYPE_CHECKING

from junheng.apps.foundation import policies
from junheng.apps.foundation.scoping import everything
from junheng.apps.selfassessment.models import Course, SchoolAnswer, SignedStep, StepKind
from junheng.apps.selfassessment.stages import stage
from junheng.errors import NotFound
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from junheng.apps.accounts.api import Reader
    from junheng.apps.selfassessment.selectors import Board


def course_of(reader: Reader, board: Board) -> Course | None:
    """Return the course of a board's year, None while nobody has begun it."""
    rows = Course.objects.filter(
        bureau=board.bureau, school_year=board.school_year, ruleset_id=board.rules.id
    )
    found: Course | None = policies.visible(reader, rows).first()
    return found


def newest_course(reader: Reader, bureau_id: int) -> Course | None:
    """Return the course of the newest school year of a bureau."""
    rows = Course.objects.filter(bureau=bureau_id).select_related("school_year", "bureau")
    found: Course | None = (
        policies.visible(reader, rows).order_by("-school_year__starts_on", "-pk").first()
    )
    return found


def answers_of(course: Course) -> dict[int, SchoolAnswer]:
    """Return the newest answer of each school that has answered, within the scope in force."""
    rows = SchoolAnswer.objects.filter(course=course).select_related("signed_by", "school")
    return {row.school_id: row for row in rows.order_by("position")}


def steps_of(reader: Reader, course: Course) -> Sequence[SignedStep]:
    """Return every signed step, newest first, without the copies."""
    rows = SignedStep.objects.filter(course=course).select_related("signed_by").defer("frozen")
    return list(policies.visible(reader, rows).order_by("-position"))


def step_visible_to(reader: Reader, step_id: int) -> SignedStep:
    """Return one signed step; NotFound for one that is not there or not the reader's to see."""
    rows = SignedStep.objects.select_related(
        "course__bureau", "course__school_year", "signed_by", "ruleset"
    )
    found: SignedStep | None = policies.visible(reader, rows).filter(pk=step_id).first()
    if found is None:
        raise NotFound(say("There is no such signature, or it is not yours to see."))
    return found


def returned_here(reader: Reader, course: Course) -> SignedStep | None:
    """Return the newest step when it sent the course back to where it stands."""
    rows = SignedStep.objects.filter(course=course).defer("frozen").order_by("-position")
    newest: SignedStep | None = policies.visible(reader, rows).first()
    return newest if newest is not None and newest.kind == StepKind.RETURN else None


def locking_step(reader: Reader, course: Course) -> SignedStep | None:
    """Return the signature from which on nothing is entered, None while things are entered."""
    if not stage(course.stage).locks:
        return None
    for step in steps_of(reader, course):
        if stage(step.to_stage).locks and not stage(step.from_stage).locks:
            return step_visible_to(reader, step.pk)
    return None


def is_locked(board: Board) -> bool:
    """Whether nothing is entered on a board because its self-assessment is signed."""
    with everything(reason="whether a year is signed, which whoever enters is told anyway"):
        found = Course.objects.filter(
            bureau=board.bureau, school_year=board.school_year, ruleset_id=board.rules.id
        ).first()
    return found is not None and stage(found.stage).locks
