"""Consent of guardians and pupils: recorded with the version of its text, asked by purpose."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q

from junheng.apps.audit.api import record
from junheng.apps.foundation import journal, policies
from junheng.apps.foundation.journal import Changed
from junheng.apps.foundation.scoping import reach_of
from junheng.apps.privacy.models import Consent, GivenBy
from junheng.apps.privacy.policies import WITHDRAW, keeping
from junheng.apps.privacy.rules import consenting
from junheng.apps.registry.api import Pupil
from junheng.errors import DataError, NotFound
from junheng.i18n import say

if TYPE_CHECKING:
    from datetime import date, datetime

    from django.db.models import QuerySet

    from junheng.apps.accounts.api import Reader


def needs_guardian(birth_date: date, day: date) -> bool:
    """Whether somebody is too young on a day to agree alone: until the birthday itself.

    >>> from datetime import date
    >>> needs_guardian(date(2012, 3, 1), date(2026, 2, 28))
    True
    >>> needs_guardian(date(2012, 3, 1), date(2026, 3, 1))
    False
    """
    has_had_birthday = (day.month, day.day) >= (birth_date.month, birth_date.day)
    age = day.year - birth_date.year - (0 if has_had_birthday else 1)
    return age < consenting().guardian_below_age


@dataclass(frozen=True)
class Given:
    """A consent as it is recorded; `guardian` is the name of who agreed for the pupil."""

    purpose: str
    given_by: str
    guardian: str
    channel: str
    from_date: date


@transaction.atomic
def consent_give(*, pupil: Pupil, given: Given, by: Reader, now: datetime) -> Consent:
    """Record a consent to the present version of its text.

    DataError where a guardian has to agree and none does, where the purpose is none of the list,
    or where a consent for it is in force already.
    """
    agreement = consenting().agreements.get(given.purpose)
    if agreement is None:
        raise DataError(say("Choose what is agreed to."))
    _check(pupil, given)
    if has_consent(pupil, given.purpose, given.from_date):
        raise DataError(say("Consent for this purpose is in force already."))
    made = Consent.objects.create(
        bureau_id=pupil.bureau_id,
        pupil=pupil,
        purpose=given.purpose,
        version=agreement.version,
        given_by=given.given_by,
        guardian=given.guardian.strip() if given.given_by == GivenBy.GUARDIAN else "",
        channel=given.channel,
        from_date=given.from_date,
        recorded_by_id=by.user_id,
        recorded_at=now,
    )
    record("consent_given", reader=by, kind="consent", keys=[str(made.pk)], detail=given.purpose)
    return made


def _check(pupil: Pupil, given: Given) -> None:
    is_guardian = given.given_by == GivenBy.GUARDIAN
    if is_guardian and not given.guardian.strip():
        raise DataError(say("Name the guardian who agrees."))
    if not is_guardian and needs_guardian(pupil.person.birth_date, given.from_date):
        age = consenting().guardian_below_age
        raise DataError(say("Under {age} a guardian has to agree.", age=age))


@transaction.atomic
def consent_withdraw(reader: Reader, consent_id: int, *, day: date) -> Consent:
    """Withdraw a consent from a day on; NotFound and NotAllowed as the policy says."""
    found = (
        consents_visible_to(reader).select_for_update(of=("self",)).filter(pk=consent_id).first()
    )
    if found is None:
        raise NotFound(say("There is no such consent, or it is not yours to see."))
    policies.require(reader, WITHDRAW, found)
    if found.withdrawn_on is not None:
        raise DataError(say("This consent was withdrawn already."))
    before = journal.fields_of(found)
    found.withdrawn_on = max(day, found.from_date)
    found.save(update_fields=["withdrawn_on"])
    old, new = journal.difference(before, journal.fields_of(found))
    journal.record([Changed(found, old, new)], by=reader.user_id, why="consent_withdraw")
    record("consent_withdrawn", reader=reader, kind="consent", keys=[str(found.pk)])
    return found


def has_consent(pupil: Pupil, purpose: str, day: date) -> bool:
    """Whether a consent for a purpose is in force on a day: the day of withdrawal is not.

    Asked by whatever needs consent, each time it acts. ValueError for an unknown purpose.
    """
    if purpose not in consenting().agreements:
        message = f"rules/privacy/consents.toml knows no purpose “{purpose}”."
        raise ValueError(message)
    still = Q(withdrawn_on__isnull=True) | Q(withdrawn_on__gt=day)
    return Consent.objects.filter(
        still, pupil=pupil.pk, purpose=purpose, from_date__lte=day
    ).exists()


def consents_visible_to(reader: Reader) -> QuerySet[Consent]:
    """Return the consents a reader keeps, newest first."""
    rows = Consent.objects.select_related("pupil__person").order_by("-recorded_at", "-pk")
    return policies.visible(reader, rows)


def pupil_kept_by(reader: Reader, code: str) -> Pupil:
    """Return a pupil of the schools in which the reader keeps consents, by number."""
    kept = reach_of(Pupil).condition(keeping(reader))
    found = Pupil.objects.select_related("person").filter(kept, code=code).first()
    if found is None:
        raise DataError(say("There is no pupil {code} at your school.", code=code))
    return found
