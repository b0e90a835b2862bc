"""Reads of the survey, each for a reader. Constant number of queries, whatever the schools."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING

from junheng.apps.foundation import policies
from junheng.apps.registry.api import Bureau, bureaus_visible_to, schools_visible_to
from junheng.apps.selfassessment.api import satisfaction_item
from junheng.apps.survey.models import Group, Record, Survey
from junheng.apps.survey.policies import bureaus_of, homes_of, runs, schools_of
from junheng.apps.survey.rules import survey_rules
from junheng.engine.standard.itemtypes import number
from junheng.engine.standard.satisfaction import sample_size
from junheng.errors import NotAllowed, NotFound
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from fractions import Fraction

    from junheng.apps.accounts.api import Reader
    from junheng.apps.registry.api import School
    from junheng.engine.standard.satisfaction import SampleSize


@dataclass(frozen=True)
class Seen:
    """A survey as far as the reader sees it.

    `is_whole`: the bureau's view. `schools`: those the reader sees, `groups` what was handed out
    and answered there. `record` is None for schools and before closing. `sample`: answers wanted.
    """

    bureau: Bureau
    is_whole: bool
    runs: bool
    surveys: Sequence[Survey]
    survey: Survey | None
    schools: Sequence[School]
    groups: Sequence[Group]
    record: Record | None
    sample: SampleSize | None
    limit: Fraction | None

    @property
    def wanted(self) -> Mapping[str, int]:
        """Answers wanted of each role in the district."""
        return wanted_of(self.sample) if self.sample else {}


def wanted_of(sample: SampleSize) -> dict[str, int]:
    """Return the answers wanted of each role: parents their share, the others the rest evenly.

    >>> from junheng.engine.standard.satisfaction import SampleSize
    >>> found = wanted_of(SampleSize(600, 300))
    >>> found["parents"], found["teachers"], found["citizens"]
    (300, 50, 50)
    """
    roles = survey_rules().roles.values()
    n_parents = sum(role.is_parents for role in roles)
    n_others = len(roles) - n_parents
    of_parents = ceil(sample.parents / max(1, n_parents))
    of_others = ceil((sample.answers - sample.parents) / max(1, n_others))
    return {role.id: of_parents if role.is_parents else of_others for role in roles}


def survey_seen(reader: Reader, asked: str) -> Seen:
    """Return the survey asked for by its key, else the newest one; NotAllowed who sees none."""
    homes = homes_of(reader)
    bureau = bureaus_visible_to(reader).filter(pk__in=homes).order_by("pk").first()
    if bureau is None:
        raise NotAllowed(say("Your posts of today see no survey."))
    is_whole = bureau.pk in bureaus_of(reader)
    rows = Survey.objects.filter(bureau=bureau).select_related("school_year")
    surveys = list(policies.visible(reader, rows).order_by("-pk"))
    survey = next((one for one in surveys if str(one.pk) == asked), None)
    survey = survey or (surveys[0] if surveys else None)
    schools = schools_visible_to(reader).filter(bureau=bureau)
    schools = schools.exclude(kind__in=survey_rules().kinds_not_asked)
    if not is_whole:
        schools = schools.filter(pk__in=schools_of(reader))
    sample, limit = _asked_by_rules(survey)
    return Seen(
        bureau=bureau,
        is_whole=is_whole,
        runs=runs(reader, bureau.pk),
        surveys=surveys,
        survey=survey,
        schools=list(schools),
        groups=_groups(reader, survey),
        record=_record(reader, survey),
        sample=sample,
        limit=limit,
    )


def survey_visible_to(reader: Reader, survey_id: int) -> Survey:
    """Return one survey; NotFound for one that is not the reader's to see."""
    rows = policies.visible(reader, Survey.objects.filter(pk=survey_id))
    found: Survey | None = rows.select_related("bureau", "school_year").first()
    if found is None:
        raise NotFound(say("There is no such survey, or it is not yours to see."))
    return found


def _asked_by_rules(survey: Survey | None) -> tuple[SampleSize | None, Fraction | None]:
    if survey is None:
        return None, None
    item = satisfaction_item(survey.bureau_id, survey.school_year.starts_on.year)
    return sample_size(item, survey.residents), number(item, "share_at_least")


def _groups(reader: Reader, survey: Survey | None) -> list[Group]:
    if survey is None:
        return []
    return list(policies.visible(reader, Group.objects.filter(survey=survey)))


def _record(reader: Reader, survey: Survey | None) -> Record | None:
    if survey is None:
        return None
    found: Record | None = policies.visible(reader, Record.objects.filter(survey=survey)).first()
    return found
