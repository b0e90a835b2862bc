"""The way of a self-assessment: stages, signatures, what schools say, who is to be reminded."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from django.utils.translation import gettext

from junheng.apps.foundation.shown import Step
from junheng.apps.selfassessment.models import AnswerKind
from junheng.apps.selfassessment.present import words
from junheng.apps.selfassessment.stages import after, stage, stages

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from junheng.apps.registry.api import School
    from junheng.apps.selfassessment.models import Course, SchoolAnswer, SignedStep

SHAPES = {
    AnswerKind.CONFIRMED: "met",
    AnswerKind.SETTLED: "met",
    AnswerKind.OBJECTED: "not_met",
}


@dataclass(frozen=True)
class SignatureShown:
    """One signed step."""

    id: int
    label: str
    is_return: bool
    who: str
    role: str
    at: datetime
    reason: str
    document: str
    digest: str


@dataclass(frozen=True)
class SchoolShown:
    """One school with what it says."""

    id: int
    name: str
    word: str
    shape: str
    reason: str
    who: str
    at: datetime | None
    is_open: bool
    is_outdated: bool = False


class CourseShown:
    """Where a self-assessment stands and how it came there."""

    def __init__(
        self,
        course: Course | None,
        *,
        steps: Sequence[SignedStep],
        answers: Mapping[int, SchoolAnswer],
        schools: Sequence[School],
        outdated: frozenset[int] = frozenset(),
    ) -> None:
        self.course = course
        self.stage = stage(course.stage) if course else stages()[0]
        self.coming = after(self.stage.id)
        self.version = course.version if course else 0
        self._steps = steps
        self._answers = answers
        self._schools = schools
        self._outdated = outdated

    @property
    def answer(self) -> str:
        """Where it stands, in one sentence."""
        sentence = gettext("{stage}: {n} of {all} schools have confirmed their figures.")
        n = sum(not one.is_open for one in self.schools)
        return sentence.format(stage=self.stage_name, n=n, all=len(self.schools))

    @property
    def stage_name(self) -> str:
        """The stage it is in."""
        return words.of(self.stage.name)

    @property
    def coming_name(self) -> str:
        """The stage that follows, blank after the last."""
        return words.of(self.coming.name) if self.coming else ""

    @property
    def stepper(self) -> list[Step]:
        """All stages, those behind done."""
        at = self.stage.position
        states = ["done" if s.position < at else "now" if s.position == at else "next"
                  for s in stages()]  # fmt: skip
        return [
            Step(words.of(one.name), "", state, "")
            for one, state in zip(stages(), states, strict=True)
        ]

    @property
    def earlier(self) -> list[tuple[str, str]]:
        """Stages to which it can be returned."""
        return [(s.id, words.of(s.name)) for s in stages() if s.position < self.stage.position]

    @property
    def signatures(self) -> list[SignatureShown]:
        """Every signature, newest first."""
        return [
            SignatureShown(
                one.pk,
                words.of(stage(one.to_stage).name),
                one.kind == "return",
                one.signed_by.display_name,
                words.role(one.role),
                one.signed_at,
                one.reason,
                one.document,
                one.digest,
            )
            for one in self._steps
        ]

    @cached_property
    def schools(self) -> list[SchoolShown]:
        """The schools, those that have not confirmed first."""
        return sorted((self._school(one) for one in self._schools), key=lambda one: not one.is_open)

    @property
    def silent(self) -> list[SchoolShown]:
        """The schools that have not confirmed."""
        return [one for one in self.schools if one.is_open]

    @property
    def reminder(self) -> str:
        """A text to paste into a group chat."""
        if not self.silent:
            return gettext("All schools have confirmed their figures. Thank you.")
        until = self.course.school_deadline if self.course else None
        head = gettext("These {n} schools have not confirmed their figures yet:").format(
            n=len(self.silent)
        )
        names = "\n".join(f"{ix}. {one.name}" for ix, one in enumerate(self.silent, start=1))
        tail = gettext("Please sign in, open “Confirmation of the school” and confirm or object.")
        if until:
            tail = gettext("Please confirm or object by {day}.").format(day=until.isoformat())
        return f"{head}\n{names}\n{tail}"

    def _school(self, school: School) -> SchoolShown:
        found = self._answers.get(school.pk)
        if found is None:
            return SchoolShown(
                school.pk, school.name, gettext("No answer yet"), "missing", "", "", None, True
            )
        is_outdated = school.pk in self._outdated
        # Later a school cannot answer any more: what it signed is told to differ, not asked anew.
        is_asked_anew = is_outdated and self.stage.position == 0
        return SchoolShown(
            school.pk,
            school.name,
            str(found.get_kind_display()),
            "missing" if is_asked_anew else SHAPES[AnswerKind(found.kind)],
            found.reason,
            found.signed_by.display_name,
            found.signed_at,
            is_open=is_asked_anew or found.kind == AnswerKind.OBJECTED,
            is_outdated=is_outdated,
        )
