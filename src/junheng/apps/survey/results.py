"""What a survey comes to: a frozen copy at closing, in counts, and back from it to figures."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from junheng.apps.survey.hiding import hidden_groups
from junheng.apps.survey.rules import OVERALL
from junheng.engine.standard.satisfaction import Answers

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from junheng.apps.survey.models import Group
    from junheng.apps.survey.rules import SurveyRules

Frozen = dict[str, Any]
Tallies = dict[str, dict[str, int]]


@dataclass(frozen=True)
class Figures:
    """How many answered, and of each question how many of those who judged it are satisfied."""

    n_answers: int
    questions: Mapping[str, Answers]

    @property
    def overall(self) -> Answers:
        """The figure that counts."""
        return self.questions[OVERALL]


def frozen_of(groups: Iterable[Group], rules: SurveyRules) -> Frozen:
    """Return what is kept of a survey: counts by role, by role and school, and of all.

    Of groups in which too few answered the number stays and what they said goes into the totals
    alone; see `hiding`.
    """
    every = list(groups)
    by_role = {role: [one for one in every if one.role == role] for role in rules.roles}
    sizes = {role: sum(one.n_answers for one in held) for role, held in by_role.items()}
    kept_apart = hidden_groups(sizes, rules.smallest)
    return {
        "rules_version": rules.version,
        "total": _told([one.tallies for one in every], sum(sizes.values()), rules.smallest),
        "roles": {
            role: {
                "n_answers": sizes[role],
                "tallies": None if role in kept_apart else _summed(one.tallies for one in held),
                "schools": _schools(held, rules.smallest, is_hidden=role in kept_apart),
            }
            for role, held in by_role.items()
        },
    }


def _told(tallies: Iterable[Tallies], n_answers: int, smallest: int) -> Frozen:
    shows = n_answers >= smallest
    return {"n_answers": n_answers, "tallies": _summed(tallies) if shows else None}


def _schools(groups: Iterable[Group], smallest: int, *, is_hidden: bool) -> dict[str, Frozen]:
    of_schools = {str(one.school_id): one for one in groups if one.school_id is not None}
    sizes = {school: one.n_answers for school, one in of_schools.items()}
    apart = hidden_groups(sizes, smallest)
    return {
        school: {
            "n_answers": one.n_answers,
            "tallies": None if is_hidden or school in apart else one.tallies,
        }
        for school, one in of_schools.items()
    }


def _summed(tallies: Iterable[Tallies]) -> Tallies:
    found: dict[str, Counter[str]] = {}
    for one in tallies:
        for question, counts in one.items():
            found.setdefault(question, Counter()).update(counts)
    return {question: dict(counts) for question, counts in found.items()}


def digest_of(frozen: Frozen) -> str:
    """Return the digest of a frozen copy, the same wherever it is computed."""
    text = json.dumps(frozen, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()


def figures_of(kept: Frozen, rules: SurveyRules) -> Figures | None:
    """Return the figures of one part of a frozen copy; None where nothing is shown of it."""
    if not kept["n_answers"] or kept["tallies"] is None:
        return None
    questions = {question: _answers(counts, rules) for question, counts in kept["tallies"].items()}
    return Figures(kept["n_answers"], questions)


def _answers(counts: Mapping[str, int], rules: SurveyRules) -> Answers:
    return Answers(
        valid=sum(n for answer, n in counts.items() if answer in rules.counted),
        satisfied=sum(n for answer, n in counts.items() if answer in rules.satisfied),
    )


def is_shown(frozen: Frozen, group: Group) -> bool:
    """Whether a frozen copy shows what a group said."""
    role = frozen["roles"][group.role]
    kept = role if group.school_id is None else role["schools"][str(group.school_id)]
    return kept["tallies"] is not None and bool(kept["n_answers"])
