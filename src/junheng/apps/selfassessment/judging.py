"""From what was entered to the result of an item, by the engine's own checks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING

from junheng.engine.standard.county_items import (
    DisabledChildren,
    JuniorCohort,
    RotationYear,
    SpecialSchoolFunding,
    SubjectResult,
)
from junheng.engine.standard.items import check_of, reliefs_for
from junheng.engine.standard.itemtypes import (
    Figure,
    Finding,
    ItemResult,
    Obstacle,
    all_of,
    from_findings,
    ratio,
)
from junheng.engine.standard.satisfaction import Answers, Recognition
from junheng.i18n import Message, say

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from junheng.apps.selfassessment.rules import BoardRules, ItemSpec
    from junheng.engine.standard import RuleSet
    from junheng.engine.standard.itemtypes import ItemStatus
    from junheng.engine.standard.ruleset import Item

Terms = Mapping[str, str]
"""What was entered, by term: exact decimals, "yes" or "no"."""


def judge_terms(
    item: Item, spec: ItemSpec, terms: Terms, *, rules: RuleSet, on: date
) -> ItemResult:
    """Return the result of an item that entered terms decide.

    A yes/no among the terms has to be "yes" besides. DataError for impossible figures.
    """
    data = GATHER.get(item.check, _figure)(spec, terms)
    found = check_of(item)(item, data, reliefs_for(rules, item.id, on))
    answers = [(term, terms.get(term.id, "")) for term in spec.terms if term.kind == "yes_no"]
    if not answers:
        return found
    reason = say("What has to be confirmed beside the figure is not confirmed.")
    obstacles = tuple(
        Obstacle("", _said(answer), reason) for _, answer in answers if answer != "yes"
    )
    status = all_of([found.status, *(_said(answer) for _, answer in answers)])
    return ItemResult(item.id, status, found.figures, (*found.obstacles, *obstacles), found.reliefs)


def judge_answer(item_id: str, spec: ItemSpec, answer: str, rules: BoardRules) -> ItemResult:
    """Return the result of an item that one answer decides; no answer leaves it open."""
    status: ItemStatus = "undetermined"
    if answer:
        status = "met" if rules.meets(spec, answer) else "not_met"
    figure = Figure(say("Attested"), None, Fraction(1), status)
    return ItemResult(item_id, status, (figure,))


def judge_schools(
    item: Item,
    spec: ItemSpec,
    answers: Mapping[int, str],
    schools: Iterable[int],
    rules: BoardRules,
) -> ItemResult:
    """Return the result of an item that every school answers to; a silent one leaves it open."""
    findings = [
        Finding(str(school), *_of_school(spec, answers.get(school, ""), rules))
        for school in schools
    ]
    return from_findings(item, findings)


def _of_school(spec: ItemSpec, answer: str, rules: BoardRules) -> tuple[ItemStatus, Message]:
    if not answer:
        return "undetermined", say("The school has not answered.")
    if rules.meets(spec, answer):
        return "met", say("The school fulfils the item.")
    return "not_met", say("The school does not fulfil the item.")


def _said(answer: str) -> ItemStatus:
    if not answer:
        return "undetermined"
    return "met" if answer == "yes" else "not_met"


def exact(terms: Terms, name: str) -> Fraction | None:
    """Return a term as an exact number, None when it was not entered."""
    value = terms.get(name, "")
    return Fraction(value) if value else None


def _whole(terms: Terms, name: str) -> int | None:
    value = terms.get(name, "")
    return int(value) if value else None


def _figure(spec: ItemSpec, terms: Terms) -> Fraction | None:
    parts = [exact(terms, name) for name in spec.part]
    known = [part for part in parts if part is not None]
    total = sum(known, Fraction(0)) if known and len(known) == len(parts) else None
    return ratio(total, exact(terms, spec.whole)) if spec.whole else total


def _special(spec: ItemSpec, terms: Terms) -> SpecialSchoolFunding:
    return SpecialSchoolFunding(
        exact(terms, "special_funding_yuan"), _whole(terms, "special_pupils")
    )


def _rotation(spec: ItemSpec, terms: Terms) -> RotationYear:
    return RotationYear(
        eligible=_whole(terms, "rotation_eligible"),
        exchanged=_whole(terms, "rotation_exchanged"),
        backbone_exchanged=_whole(terms, "rotation_backbone"),
        backbone_eligible=_whole(terms, "rotation_backbone_eligible"),
    )


def _cohort(spec: ItemSpec, terms: Terms) -> JuniorCohort:
    return JuniorCohort(
        entered=_whole(terms, "junior_entered"),
        graduates=_whole(terms, "junior_graduated"),
        moved_in=_whole(terms, "junior_moved_in"),
        moved_out=_whole(terms, "junior_moved_out"),
        deaths=_whole(terms, "junior_died"),
    )


def _disabled(spec: ItemSpec, terms: Terms) -> DisabledChildren:
    return DisabledChildren(
        of_school_age=_whole(terms, "disabled_children"),
        in_special_schools=_whole(terms, "disabled_special"),
        in_ordinary_schools=_whole(terms, "disabled_ordinary"),
        taught_at_home=_whole(terms, "disabled_home"),
    )


def _subjects(spec: ItemSpec, terms: Terms) -> list[SubjectResult]:
    """Return the subjects that were monitored: those of which anything was entered."""
    return [
        SubjectResult(
            subject.id,
            _whole(terms, f"{subject.id}_level"),
            exact(terms, f"{subject.id}_rate"),
        )
        for subject in spec.subjects
        if terms.get(f"{subject.id}_level") or terms.get(f"{subject.id}_rate")
    ]


def _recognition(spec: ItemSpec, terms: Terms) -> Recognition:
    return Recognition(_answers(terms, "survey"), _answers(terms, "visits"))


def _answers(terms: Terms, name: str) -> Answers | None:
    valid, satisfied = _whole(terms, f"{name}_valid"), _whole(terms, f"{name}_satisfied")
    return None if valid is None or satisfied is None else Answers(valid, satisfied)


GATHER: Mapping[str, Callable[[ItemSpec, Terms], object]] = {
    "special_school_funding": _special,
    "rotation": _rotation,
    "retention": _cohort,
    "disabled_enrolment": _disabled,
    "monitoring": _subjects,
    "satisfaction": _recognition,
}
