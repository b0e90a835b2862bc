"""Writes of the survey: begin it, make codes, count an answer, close it, hand the result on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from junheng.apps.foundation import journal, scoping
from junheng.apps.foundation.journal import Changed
from junheng.apps.selfassessment.api import satisfaction_enter
from junheng.apps.survey import results
from junheng.apps.survey.codes import code_made, digest_of
from junheng.apps.survey.models import Code, Group, Record, Survey
from junheng.apps.survey.rules import survey_rules
from junheng.errors import Conflict, DataError
from junheng.i18n import say, translator

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from junheng.apps.accounts.api import Reader
    from junheng.apps.registry.api import Bureau, School, SchoolYear
    from junheng.apps.survey.rules import AskedRole


@dataclass(frozen=True)
class Planned:
    """What a survey is begun with."""

    residents: int
    residents_source: str
    opens_on: date
    closes_on: date


@dataclass(frozen=True)
class Slips:
    """Codes made for one group: shown this once and kept nowhere."""

    group: Group
    school: School | None
    codes: tuple[str, ...]


def survey_begin(
    bureau: Bureau, school_year: SchoolYear, planned: Planned, *, ruleset: str, by: int
) -> Survey:
    """Begin a survey; Conflict while another of this school year is not closed."""
    made = Survey(
        bureau=bureau,
        school_year=school_year,
        ruleset=ruleset,
        rules_version=survey_rules().version,
        residents=planned.residents,
        residents_source=planned.residents_source,
        opens_on=planned.opens_on,
        closes_on=planned.closes_on,
        made_by_id=by,
    )
    try:
        with transaction.atomic():
            made.save(force_insert=True)
            journal.record(
                [Changed(made, None, journal.fields_of(made))], by=by, why="survey begun"
            )
    except IntegrityError:
        raise Conflict(say("A survey of this school year is under way. Close it first.")) from None
    return made


@transaction.atomic
def codes_make(
    survey: Survey, role: AskedRole, schools: Sequence[School], *, each: int, by: int
) -> list[Slips]:
    """Make `each` codes for a role at every school named, or for the district without any.

    What is stored of a code leads to its group and to nobody. DataError for too many at once.
    """
    _locked(survey)
    places: list[School | None] = [*schools] if role.place == "school" else [None]
    most = survey_rules().slips
    if not places or not 0 < each * len(places) <= most:
        raise DataError(
            say(
                "{n} codes at once are not made: between 1 and {most}. Make them in parts.",
                n=each * len(places),
                most=most,
            )
        )
    made = [_slips(survey, role, school, each) for school in places]
    told = [
        Changed(one.group, {"n_codes": one.group.n_codes - each}, {"n_codes": one.group.n_codes})
        for one in made
    ]
    journal.record(told, by=by, why="survey codes made")
    return made


def _slips(survey: Survey, role: AskedRole, school: School | None, n_codes: int) -> Slips:
    group, _is_new = Group.objects.get_or_create(
        survey=survey, role=role.id, school=school, defaults={"bureau_id": survey.bureau_id}
    )
    codes = tuple(code_made() for _ in range(n_codes))
    Code.objects.bulk_create([Code(digest=digest_of(code), group=group) for code in codes])
    group.n_codes += n_codes
    group.save(update_fields=["n_codes"])
    return Slips(group, school, codes)


def _locked(survey: Survey) -> Survey:
    """Return a survey that is not closed, held until the transaction ends."""
    held = Survey.objects.select_for_update().get(pk=survey.pk)
    if held.is_closed:
        raise Conflict(say("The survey is closed already."))
    return held


def answer_count(code: str, answers: Mapping[str, str], *, day: date) -> None:
    """Count an answer and use its code up, both or neither; nothing else is kept of it.

    `answers` holds one offered answer to each question. The journal is told nothing: it would say
    when which answer was given.

    Raises
    ------
    DataError
        The code is none, or was used; the survey is not open; an answer is missing or unknown.
    """
    with scoping.everything(reason="an answer goes where its code says"), transaction.atomic():
        group = group_of(code, day=day)
        _check_answers(group, answers)
        n_used, _ = Code.objects.filter(pk=digest_of(code)).delete()
        if not n_used:
            raise _no_code()
        held = Group.objects.select_for_update().get(pk=group.pk)
        for question, answer in answers.items():
            counts = held.tallies.setdefault(question, {})
            counts[answer] = counts.get(answer, 0) + 1
        held.n_answers += 1
        held.save(update_fields=["tallies", "n_answers"])


def group_of(code: str, *, day: date) -> Group:
    """Return the group that a code was made for; DataError when it counts nowhere today."""
    found = Code.objects.select_related("group__survey", "group__school").filter(pk=digest_of(code))
    held = found.first() if code else None
    if held is None:
        raise _no_code()
    survey = held.group.survey
    if not survey.is_open(day):
        raise DataError(
            say(
                "This survey takes answers from {first} to {last}.",
                first=survey.opens_on.isoformat(),
                last=survey.closes_on.isoformat(),
            )
        )
    return held.group


def _no_code() -> DataError:
    return DataError(
        say("This code is not known, or it was used already. Look at the slip and type it again.")
    )


def _check_answers(group: Group, answers: Mapping[str, str]) -> None:
    rules = survey_rules()
    questions = rules.roles[group.role].questionnaire.questions
    offered = {one.id: {answer.id for answer in rules.offered(one)} for one in questions}
    wrong = [name for name in offered if answers.get(name) not in offered[name]]
    if wrong or set(answers) - set(offered):
        raise DataError(say("Answer every question once, with one of the answers offered."))


@transaction.atomic
def survey_close(survey: Survey, *, by: int, now: datetime) -> Record:
    """Close a survey for good: keep what it came to, void codes, drop what few have said."""
    held = _locked(survey)
    groups = list(Group.objects.select_for_update().filter(survey=held))
    data = results.frozen_of(groups, survey_rules())
    made = Record.objects.create(survey=held, data=data, sha256=results.digest_of(data))
    for group in groups:
        group.is_shown = results.is_shown(data, group)
        group.tallies = group.tallies if group.is_shown else {}
    Group.objects.bulk_update(groups, ["is_shown", "tallies"], batch_size=500)
    Code.objects.filter(group__survey=held).delete()
    before = journal.fields_of(held)
    held.closed_by_id, held.closed_at = by, now
    held.save(update_fields=["closed_by", "closed_at"])
    changed = Changed(held, *journal.difference(before, journal.fields_of(held)))
    journal.record([changed], by=by, why="survey closed")
    return made


def result_hand_on(survey: Survey, *, reader: Reader, language: str, now: datetime) -> None:
    """Enter the result of a closed survey on the board, with the digest of its frozen copy.

    DataError when too few answered for a result, or the board is signed already.
    """
    record = Record.objects.filter(survey=survey).first()
    if record is None:
        raise DataError(say("Close the survey first: only a kept result goes to the board."))
    figures = results.figures_of(record.data["total"], survey_rules())
    if figures is None:
        raise DataError(say("Too few have answered for a result."))
    document = say(
        "Satisfaction survey of {first} to {last}, record {digest}",
        first=survey.opens_on.isoformat(),
        last=survey.closes_on.isoformat(),
        digest=record.sha256[:16],
    )
    satisfaction_enter(
        reader,
        bureau_id=survey.bureau_id,
        school_year=survey.school_year,
        survey=figures.overall,
        document=document.render(translator(language)),
        now=now,
    )
