"""Consents: a guardian's under fourteen, to a version of the text, withdrawn at once."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from tests.apps.privacy.conftest import School, signed_in

from junheng.apps.audit.models import AuditEntry
from junheng.apps.foundation import clock, policies
from junheng.apps.foundation.scoping import everything
from junheng.apps.privacy.consents import (
    Given,
    consent_give,
    consent_withdraw,
    has_consent,
    needs_guardian,
)
from junheng.apps.privacy.models import Consent
from junheng.apps.privacy.policies import ConsentPolicy
from junheng.apps.registry.api import Pupil
from junheng.errors import DataError, NotFound

if TYPE_CHECKING:
    from django.test import Client

DAY = date(2026, 3, 1)
PAGE = "/privacy/consents/"


def given(by: str = "guardian", guardian: str = "张某", day: date = DAY) -> Given:
    return Given("questionnaire", by, guardian, "paper", day)


def pupil(code: str) -> Pupil:
    return Pupil.objects.select_related("person").get(code=code)


# Under fourteen on the day: born 2012-03-01, on 2026-02-28 a guardian is needed, a day later not.
@pytest.mark.parametrize(
    ("born", "day", "is_needed"),
    [
        (date(2012, 3, 1), date(2026, 2, 28), True),
        (date(2012, 3, 1), date(2026, 3, 1), False),
        (date(2012, 2, 29), date(2026, 2, 28), True),
        (date(2012, 2, 29), date(2026, 3, 1), False),
        (date(2011, 12, 31), date(2026, 1, 1), False),
    ],
)
def test_who_needs_a_guardian(born: date, day: date, is_needed: bool) -> None:
    assert needs_guardian(born, day) is is_needed


def test_it_works(client: Client, school: School) -> None:
    clerk = signed_in(client, school.world.clerk)
    assert "No consent is on record" in clerk.get(PAGE).text
    told = {
        "pupil": "P1", "purpose": "questionnaire", "given_by": "guardian", "guardian": "张某",
        "channel": "paper", "from_date": "2026-03-01",
    }  # fmt: skip
    assert clerk.post(PAGE, told).status_code == 302
    assert "1 consents are in force." in clerk.get(PAGE).text
    assert "is in force already" in clerk.post(PAGE, told).text
    with everything(reason="test"):
        (found,) = Consent.objects.all()
        assert (found.version, found.guardian) == ("2026.1", "张某")
        assert has_consent(pupil("P1"), "questionnaire", DAY)
        assert not has_consent(pupil("P1"), "lesson_recording", DAY)
        assert not has_consent(pupil("P2"), "questionnaire", DAY)
        assert not has_consent(pupil("P1"), "questionnaire", date(2026, 2, 28))
    assert clerk.post(f"{PAGE}{found.pk}/withdraw").status_code == 302
    assert "0 consents are in force." in clerk.get(PAGE).text
    with everything(reason="test"):
        assert not has_consent(pupil("P1"), "questionnaire", clock.today())
        acts = AuditEntry.objects.filter(act__startswith="consent").values_list("act", flat=True)
        assert sorted(acts) == ["consent_given", "consent_withdrawn"]


def test_withdrawing_acts_from_its_day_on(school: School) -> None:
    clerk = school.world.reader(school.world.clerk)
    with everything(reason="test"):
        made = consent_give(pupil=pupil("P1"), given=given(), by=clerk, now=clock.now())
        consent_withdraw(clerk, made.pk, day=date(2026, 5, 1))
        assert has_consent(pupil("P1"), "questionnaire", date(2026, 4, 30))
        assert not has_consent(pupil("P1"), "questionnaire", date(2026, 5, 1))
        with pytest.raises(DataError):
            consent_withdraw(clerk, made.pk, day=date(2026, 5, 2))


def test_a_child_cannot_agree_alone(school: School) -> None:
    clerk = school.world.reader(school.world.clerk)
    with everything(reason="test"):
        with pytest.raises(DataError, match="Under 14"):
            consent_give(pupil=pupil("P1"), given=given("pupil", ""), by=clerk, now=clock.now())
        with pytest.raises(DataError, match="Name the guardian"):
            consent_give(pupil=pupil("P1"), given=given(guardian=" "), by=clerk, now=clock.now())
        # Born 2011-05-05.
        made = consent_give(pupil=pupil("P2"), given=given("pupil"), by=clerk, now=clock.now())
    assert made.guardian == ""


def test_others_neither_see_nor_withdraw(client: Client, school: School) -> None:
    world = school.world
    with everything(reason="test"):
        by = world.reader(world.clerk)
        made = consent_give(pupil=pupil("P1"), given=given(), by=by, now=clock.now())
        readers = [world.reader(user) for user in world.people]
        assert policies.disagreements(ConsentPolicy(), readers, Consent.objects.all()) == []
        with pytest.raises(NotFound):
            consent_withdraw(world.reader(world.other_head), made.pk, day=DAY)
    other = signed_in(client, world.other_head)
    assert "欧阳小华" not in other.get(PAGE).text
    assert other.post(f"{PAGE}{made.pk}/withdraw").status_code == 404
    for user in (world.officer, world.administrator, world.outsider):
        assert signed_in(client, user).get(PAGE).status_code == 403


def test_an_unknown_purpose_is_an_error_and_not_a_no(school: School) -> None:
    with everything(reason="test"), pytest.raises(ValueError, match="knows no purpose"):
        has_consent(pupil("P1"), "whatever", DAY)
