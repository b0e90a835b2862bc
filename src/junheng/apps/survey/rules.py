"""The rules of the survey, read once from `junheng/rules/survey`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from junheng.engine.standard.rulefile import reader_of
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from junheng.engine.standard.rulefile import Reader
    from junheng.engine.standard.ruleset import Text

PATH = Path(__file__).parents[2] / "rules" / "survey" / "questionnaires.toml"
OVERALL = "overall"
"""The question that decides whether somebody is satisfied."""

Place = Literal["school", "bureau"]
PLACES: tuple[Place, ...] = ("school", "bureau")


@dataclass(frozen=True)
class Answer:
    """One answer of the scale; see `questionnaires.toml`."""

    id: str
    counts: bool
    is_satisfied: bool
    name: Text


@dataclass(frozen=True)
class Question:
    """One question of a questionnaire."""

    id: str
    text: Text


@dataclass(frozen=True)
class Questionnaire:
    """The questions that a role is asked, the deciding one among them."""

    id: str
    name: Text
    questions: tuple[Question, ...]


@dataclass(frozen=True)
class AskedRole:
    """Who is asked: which questionnaire, where codes are made, how many answers are wanted."""

    id: str
    name: Text
    questionnaire: Questionnaire
    place: Place
    is_parents: bool
    per_school: int
    notice: Text | None


@dataclass(frozen=True)
class SurveyRules:
    """Everything of the file; `roles` in its order."""

    version: str
    smallest: int
    days: int
    slips: int
    wrong_codes: int
    wrong_minutes: int
    kinds_not_asked: frozenset[str]
    answers: tuple[Answer, ...]
    roles: Mapping[str, AskedRole]

    def offered(self, question: Question) -> tuple[Answer, ...]:
        """Return the answers that may be given to a question."""
        if question.id != OVERALL:
            return self.answers
        return tuple(answer for answer in self.answers if answer.counts)

    @property
    def satisfied(self) -> frozenset[str]:
        """The answers that count as satisfied."""
        return frozenset(answer.id for answer in self.answers if answer.is_satisfied)

    @property
    def counted(self) -> frozenset[str]:
        """The answers that count at all."""
        return frozenset(answer.id for answer in self.answers if answer.counts)


@cache
def survey_rules(path: Path = PATH) -> SurveyRules:
    """Return the rules; RuleFileError with everything wrong in the file."""
    top = reader_of(path)
    forms = {form.id: form for form in map(_questionnaire, top.rows("questionnaires", "id"))}
    found = SurveyRules(
        version=top.text("version"),
        smallest=top.whole("smallest"),
        days=top.whole("days"),
        slips=top.whole("slips"),
        wrong_codes=top.whole("wrong_codes"),
        wrong_minutes=top.whole("wrong_minutes"),
        kinds_not_asked=frozenset(top.texts("kinds_not_asked")),
        answers=tuple(_answer(row) for row in top.rows("answers", "id")),
        roles={role.id: role for row in top.rows("roles", "id") if (role := _role(row, forms))},
    )
    top.finish()
    top.faults.raise_any()
    return found


def _answer(row: Reader) -> Answer:
    found = Answer(
        id=row.identifier("id"),
        counts=row.flag("counts", default=True),
        is_satisfied=row.flag("is_satisfied", default=False),
        name=row.name("name"),
    )
    row.finish()
    return found


def _questionnaire(row: Reader) -> Questionnaire:
    found = Questionnaire(
        id=row.identifier("id"),
        name=row.name("name"),
        questions=tuple(_question(inner) for inner in row.rows("questions", "id")),
    )
    if OVERALL not in {question.id for question in found.questions}:
        row.fault(
            "questions",
            say("None of them is “{id}”, which decides.", id=OVERALL),
            say("Add a question of this id."),
        )
    row.finish()
    return found


def _question(row: Reader) -> Question:
    found = Question(row.identifier("id"), row.name("text"))
    row.finish()
    return found


def _role(row: Reader, forms: Mapping[str, Questionnaire]) -> AskedRole | None:
    form = forms.get(row.text("questionnaire"))
    if form is None:
        row.fault(
            "questionnaire",
            say("There is no such questionnaire."),
            say("Name one of: {options}.", options=", ".join(forms)),
        )
        return None
    found = AskedRole(
        id=row.identifier("id"),
        name=row.name("name"),
        questionnaire=form,
        place=row.choice("place", PLACES),
        is_parents=row.flag("is_parents", default=False),
        per_school=row.whole("per_school"),
        notice=row.name_or_none("notice"),
    )
    row.finish()
    return found
