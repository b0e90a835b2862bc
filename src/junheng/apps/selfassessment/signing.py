"""Signing a stage, returning it, and what schools say to their figures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from junheng.apps.balance.api import rules_keep
from junheng.apps.foundation import journal
from junheng.apps.foundation.journal import Changed
from junheng.apps.selfassessment.course_selectors import answers_of
from junheng.apps.selfassessment.figures import confirmed_of, figures_digests
from junheng.apps.selfassessment.freezing import digest_of, frozen_of
from junheng.apps.selfassessment.locking import course_locked
from junheng.apps.selfassessment.models import (
    AnswerKind,
    Course,
    SchoolAnswer,
    SignedStep,
    StepKind,
)
from junheng.apps.selfassessment.stages import DOCUMENT, ITEMS, SCHOOLS, Stage, after, stage
from junheng.errors import Conflict, DataError, NotAllowed
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime

    from junheng.apps.selfassessment.selectors import Board
    from junheng.i18n import Message

    Read = tuple[Board, str]
    """A board and the overall result that it comes to."""

DECIDED = frozenset({"met", "not_met"})
NAMED = 12
"""Items named in a refusal; more are counted."""


@dataclass(frozen=True)
class Yearly:
    """Whose self-assessment: the bureau, the school year, the rule set."""

    bureau_id: int
    school_year_id: int
    ruleset_id: str


@dataclass(frozen=True)
class Signature:
    """Who signs, in which role, when; `seen` is the number of steps that they were shown."""

    by: int
    role: str
    at: datetime
    seen: int = 0


@transaction.atomic
def stage_sign(
    place: Yearly, signature: Signature, *, document: str, read: Callable[[], Read]
) -> SignedStep:
    """Sign the step into the next stage, with a copy of everything it rests on.

    `read` reads the board; it is called once nobody else can write to it.

    Raises
    ------
    Conflict
        Somebody has signed or returned it since.
    DataError
        There is no next stage, or what the stage needs is not there.
    """
    course = _locked(place, signature.seen)
    coming = after(course.stage)
    if coming is None:
        raise DataError(say("The self-assessment of this year has come to its end."))
    if signature.role not in coming.signers:
        raise NotAllowed(say("Your posts of today do not sign this stage."))
    board, overall = read()
    _require_needs(board, course, coming, document)
    return _step(
        board,
        course,
        signature,
        SignedStep(
            kind=StepKind.FORWARD,
            to_stage=coming.id,
            document=document.strip(),
        ),
        overall,
    )


@transaction.atomic
def stage_return(
    place: Yearly, signature: Signature, *, to_stage: str, reason: str, read: Callable[[], Read]
) -> SignedStep:
    """Send a self-assessment back to an earlier stage, with a reason.

    Conflict as `stage_sign`; DataError without a reason or for a stage that is not earlier.
    """
    course = _locked(place, signature.seen)
    if not reason.strip():
        raise DataError(say("Write why it is returned."))
    if stage(to_stage).position >= stage(course.stage).position:
        raise DataError(say("It can be returned to an earlier stage only."))
    returned = SignedStep(kind=StepKind.RETURN, to_stage=to_stage, reason=reason.strip())
    board, overall = read()
    return _step(board, course, signature, returned, overall)


@transaction.atomic
def deadlines_set(
    place: Yearly,
    *,
    school_deadline: date | None,
    deadline: date | None,
    target_year: int | None,
    by: int,
) -> Course:
    """Keep until when schools answer and the stage is signed, and the year aimed at."""
    course = course_locked(place.bureau_id, place.school_year_id, place.ruleset_id)
    before = journal.fields_of(course)
    course.school_deadline, course.deadline, course.target_year = (
        school_deadline,
        deadline,
        target_year,
    )
    course.save(update_fields=["school_deadline", "deadline", "target_year"])
    difference = journal.difference(before, journal.fields_of(course))
    journal.record([Changed(course, *difference)], by=by, why="deadlines set")
    return course


@transaction.atomic
def school_answer(
    course: Course, school_id: int, signature: Signature, *, kind: AnswerKind, reason: str = ""
) -> SchoolAnswer:
    """Keep what a school says to its figures, or how the bureau settles an objection.

    `signature.seen` is the number of answers of the school that were shown.

    Raises
    ------
    Conflict
        Somebody has answered for the school since.
    DataError
        It is not collecting any more, or an objection or settlement is without a reason.
    """
    course = Course.objects.select_for_update().get(pk=course.pk)
    if stage(course.stage).position > 0:
        raise DataError(
            say("Schools answer while figures are collected; ask the bureau to return it first.")
        )
    if kind != AnswerKind.CONFIRMED and not reason.strip():
        raise DataError(say("Write the reason."))
    n_answers = SchoolAnswer.objects.filter(course=course, school=school_id).count()
    if n_answers != signature.seen:
        raise Conflict(say("Somebody has answered for this school since you opened the page."))
    made = SchoolAnswer(
        course=course,
        school_id=school_id,
        position=n_answers + 1,
        kind=kind,
        reason=reason.strip(),
        figures_digest=figures_digests(course, [school_id])[school_id],
        signed_by_id=signature.by,
        role=signature.role,
        signed_at=signature.at,
    )
    _saved(made)
    journal.record([Changed(made, None, journal.fields_of(made))], by=signature.by, why="answered")
    return made


def _locked(place: Yearly, seen: int) -> Course:
    course = course_locked(place.bureau_id, place.school_year_id, place.ruleset_id)
    if course.version != seen:
        raise Conflict(
            say("Somebody has signed or returned this self-assessment since you opened the page.")
        )
    return course


def _step(
    board: Board, course: Course, signature: Signature, step: SignedStep, overall: str
) -> SignedStep:
    before = SignedStep.objects.filter(course=course).order_by("-position").first()
    said = {school: answer.kind for school, answer in answers_of(course).items()}
    step.course = course
    step.position = course.version + 1
    step.from_stage = course.stage
    step.signed_by_id, step.role, step.signed_at = signature.by, signature.role, signature.at
    step.assessment = board.basis.assessment if board.basis else None
    step.ruleset = rules_keep(board.rules)
    step.frozen = frozen_of(board, said, overall) | {
        "from": step.from_stage,
        "to": step.to_stage,
        "reason": step.reason,
        "document": step.document,
        "by": signature.by,
        "role": signature.role,
        "at": signature.at.isoformat(),
    }
    step.digest = digest_of(step.frozen, before.digest if before else "")
    _saved(step)
    course.stage, course.version, course.deadline = step.to_stage, step.position, None
    course.save(update_fields=["stage", "version", "deadline"])
    changed = Changed(course, {"stage": step.from_stage}, {"stage": step.to_stage})
    journal.record([changed], by=signature.by, why=f"stage {step.kind}")
    return step


def _require_needs(board: Board, course: Course, coming: Stage, document: str) -> None:
    lacking = lacks(board, course, coming)
    if lacking is not None:
        raise DataError(lacking)
    if DOCUMENT in coming.needs and not document.strip():
        raise DataError(say("Name the letter or report of whoever reviewed."))


def lacks(board: Board, course: Course, coming: Stage) -> Message | None:
    """Return what is not there yet for signing a stage, None when only the signature is."""
    if SCHOOLS in coming.needs:
        n_left = len(set(board.schools) - confirmed_of(course, answers_of(course)))
        if n_left:
            return say(
                "{n} schools have not confirmed the figures of today, or their objection is not "
                "settled. Remind them, or settle it with a reason.",
                n=n_left,
            )
    if ITEMS in coming.needs:
        left = [row.id for row in board.rows if row.state not in DECIDED]
        if left:
            return say(
                "{n} items are not decided yet: {items}. Enter or compute them first.",
                n=len(left),
                items=" ".join(left[:NAMED]),
            )
    return None


def _saved(row: SignedStep | SchoolAnswer) -> None:
    """Store a signature; Conflict where another was stored at the same moment."""
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        raise Conflict(say("Somebody was quicker and has signed just now.")) from None
