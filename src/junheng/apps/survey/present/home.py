"""The survey as the bureau and schools see it: how far it is, and once closed what it came to."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from django.utils.translation import gettext

from junheng.apps.survey import results
from junheng.apps.survey.present import words
from junheng.apps.survey.rules import survey_rules

if TYPE_CHECKING:
    from datetime import date

    from junheng.apps.survey.models import Group, Survey
    from junheng.apps.survey.results import Figures
    from junheng.apps.survey.rules import AskedRole
    from junheng.apps.survey.selectors import Seen


@dataclass(frozen=True)
class RoleLine:
    """One role: wanted, handed out, answered, and once closed how many are satisfied."""

    name: str
    wanted: int
    n_codes: int
    n_answers: int
    shape: str
    share: str
    interval: str


@dataclass(frozen=True)
class Cell:
    """The answers of one role at one school; `share` once closed, `is_hidden` for too few."""

    role: str
    n_answers: int
    wanted: int
    shape: str
    share: str
    is_hidden: bool


@dataclass(frozen=True)
class SchoolLine:
    """One school with a cell for each role that is asked there."""

    name: str
    cells: list[Cell]


@dataclass(frozen=True)
class QuestionLine:
    """One question with the satisfied share in each questionnaire's roles."""

    text: str
    share: str
    n_answers: int


@dataclass(frozen=True)
class Asked:
    """One questionnaire's questions as one role judged them."""

    role: str
    lines: list[QuestionLine]


class SurveyShown:
    """One survey on its page."""

    def __init__(self, seen: Seen, survey: Survey, today: date) -> None:
        self.seen, self.today, self.survey = seen, today, survey
        self.rules = survey_rules()
        self._of = {(one.role, one.school_id): one for one in seen.groups}

    @property
    def state(self) -> str:
        """planned, open, over (waits to be closed) or closed."""
        if self.survey.is_closed:
            return "closed"
        if self.today < self.survey.opens_on:
            return "planned"
        return "open" if self.today <= self.survey.closes_on else "over"

    @property
    def state_name(self) -> str:
        return {
            "planned": gettext("planned"),
            "open": gettext("open"),
            "over": gettext("over, waits to be closed"),
            "closed": gettext("closed"),
        }[self.state]

    @property
    def days(self) -> str:
        return f"{self.survey.opens_on.isoformat()} – {self.survey.closes_on.isoformat()}"

    @property
    def n_answers(self) -> int:
        return sum(one.n_answers for one in self.seen.groups)

    @cached_property
    def total(self) -> Figures | None:
        """What the closed survey came to; None before, for schools, and where few answered."""
        record = self.seen.record
        return results.figures_of(record.data["total"], self.rules) if record else None

    @property
    def answer(self) -> str:
        """The question of the page in one sentence."""
        if self.total is not None:
            told = {
                "share": words.share(self.total.overall),
                "interval": words.interval(self.total.overall),
                "n": self.total.overall.valid,
            }
            text = gettext(
                "%(share)s of %(n)d valid answers are satisfied (95 %% interval %(interval)s)."
            )
            return f"{text % told} {self._against_limit()}"
        wanted = self.seen.sample.answers if self.seen.sample and self.seen.is_whole else 0
        told = {"n": self.n_answers, "wanted": wanted, "state": self.state_name}
        if not wanted:
            return gettext("%(n)d answers so far; the survey is %(state)s.") % told
        return gettext("%(n)d of %(wanted)d answers wanted; the survey is %(state)s.") % told

    def _against_limit(self) -> str:
        limit = self.seen.limit
        overall = self.total.overall if self.total else None
        if limit is None or overall is None or overall.share is None or overall.interval is None:
            return ""
        told = {"limit": f"{float(100 * limit):.0f} %"}
        if overall.share < limit:
            return gettext("That is below the limit of %(limit)s.") % told
        if overall.interval.low < limit:
            return (
                gettext("That reaches the limit of %(limit)s; chance alone may explain it.") % told
            )
        return gettext("That reaches the limit of %(limit)s beyond chance.") % told

    @property
    def status(self) -> str:
        """Met or not, once closed."""
        if self.total is None or self.seen.limit is None or self.total.overall.share is None:
            return "undetermined"
        return "met" if self.total.overall.share >= self.seen.limit else "not_met"

    @cached_property
    def roles(self) -> list[RoleLine]:
        """Every role with what is wanted of it in the district; for the bureau alone."""
        return [self._role(role) for role in self.rules.roles.values()]

    def _role(self, role: AskedRole) -> RoleLine:
        held = [one for one in self.seen.groups if one.role == role.id]
        wanted = self.seen.wanted.get(role.id, 0)
        n_answers = sum(one.n_answers for one in held)
        share, interval = "", ""
        if self.seen.record is not None:
            found = results.figures_of(self.seen.record.data["roles"][role.id], self.rules)
            share = words.share(found.overall) if found else self._none(n_answers)
            interval = words.interval(found.overall) if found else ""
        return RoleLine(
            words.of(role.name),
            wanted,
            sum(one.n_codes for one in held),
            n_answers,
            _shape(n_answers, wanted),
            share,
            interval,
        )

    @staticmethod
    def _none(n_answers: int) -> str:
        return words.too_few() if n_answers else "–"

    @property
    def school_roles(self) -> list[AskedRole]:
        """The roles that are asked school by school."""
        return [role for role in self.rules.roles.values() if role.place == "school"]

    @property
    def heads(self) -> list[str]:
        return [words.of(role.name) for role in self.school_roles]

    @cached_property
    def schools(self) -> list[SchoolLine]:
        """Every school the reader sees with a cell for each role asked there."""
        return [
            SchoolLine(
                school.name,
                [
                    self._cell(role, self._of.get((role.id, school.pk)))
                    for role in self.school_roles
                ],
            )
            for school in self.seen.schools
        ]

    def _cell(self, role: AskedRole, group: Group | None) -> Cell:
        n_answers = group.n_answers if group else 0
        share = ""
        if group and group.is_shown:
            kept = {"n_answers": group.n_answers, "tallies": group.tallies}
            found = results.figures_of(kept, self.rules)
            share = words.share(found.overall) if found else ""
        return Cell(
            words.of(role.name),
            n_answers,
            role.per_school,
            _shape(n_answers, role.per_school),
            share,
            is_hidden=self.survey.is_closed and bool(n_answers) and not share,
        )

    @property
    def n_behind(self) -> int:
        """How many schools lack answers of some role."""
        return sum(any(cell.shape != "met" for cell in line.cells) for line in self.schools)

    @cached_property
    def questions(self) -> list[Asked]:
        """Each role's judgement question by question, where it is shown."""
        if self.seen.record is None:
            return []
        found = []
        for role in self.rules.roles.values():
            figures = results.figures_of(self.seen.record.data["roles"][role.id], self.rules)
            if figures is not None:
                found.append(Asked(words.of(role.name), self._lines(role, figures)))
        return found

    @staticmethod
    def _lines(role: AskedRole, figures: Figures) -> list[QuestionLine]:
        return [
            QuestionLine(
                words.of(one.text),
                words.share(figures.questions.get(one.id)),
                figures.questions[one.id].valid if one.id in figures.questions else 0,
            )
            for one in role.questionnaire.questions
        ]


def _shape(n_answers: int, wanted: int) -> str:
    if n_answers >= wanted:
        return "met"
    return "between85" if n_answers else "missing"
