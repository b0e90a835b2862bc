"""Retention periods act; what the law keeps is named and stays."""

from __future__ import annotations

from datetime import date, timedelta
from io import StringIO
from typing import TYPE_CHECKING

from django.core.management import call_command

from junheng.apps.audit.models import AuditEntry
from junheng.apps.foundation import clock
from junheng.apps.foundation.scoping import everything
from junheng.apps.intake import services
from junheng.apps.intake.models import Import, State
from junheng.apps.privacy.models import Consent, Disclosure, DisclosureKind
from junheng.apps.privacy.retention import retention_preview, retention_run
from junheng.apps.privacy.rules import retaining
from junheng.apps.registry.api import Pupil

if TYPE_CHECKING:
    from datetime import datetime

    from tests.apps.privacy.conftest import School

NOW = clock.now()


def disclosed(school: School, at: datetime) -> None:
    world = school.world
    Disclosure.objects.create(
        bureau=world.bureau,
        user=world.clerk,
        at=at,
        kind=DisclosureKind.EXPORT,
        dataset="pupils",
        purpose="correct",
        n_rows=1,
    )


def consented(school: School, withdrawn_on: date | None) -> None:
    Consent.objects.create(
        bureau=school.world.bureau,
        pupil=Pupil.objects.get(code="P1"),
        purpose="questionnaire",
        version="2026.1",
        given_by="guardian",
        guardian="张某",
        channel="paper",
        from_date=date(2020, 1, 1),
        withdrawn_on=withdrawn_on,
        recorded_at=NOW,
    )


def test_it_works(school: School) -> None:
    old = NOW - timedelta(days=1097)
    with everything(reason="test"):
        disclosed(school, old)
        disclosed(school, NOW - timedelta(days=1095))
        consented(school, clock.today(old))
        consented(school, None)
        n_pupils = Pupil.objects.count()
    expected = {"disclosures": 1, "consents": 1}
    preview = {one.rule.id: one.n_rows for one in retention_preview(NOW) if one.n_rows}
    assert preview == expected
    assert {one.rule.id: one.n_rows for one in retention_run(NOW) if one.n_rows} == expected
    assert not any(one.n_rows for one in retention_run(NOW))
    with everything(reason="test"):
        assert Disclosure.objects.count() == 1
        assert Consent.objects.get().withdrawn_on is None
        assert Pupil.objects.count() == n_pupils
        kinds = AuditEntry.objects.filter(act="erased").values_list("kind", flat=True)
        assert set(kinds) == set(expected)


def test_a_file_that_waited_too_long_is_emptied(school: School) -> None:
    world = school.world
    with everything(reason="test"):
        source = services.import_receive(
            bureau=world.bureau,
            school_year=world.year,
            source=services.Source("pupils.csv", b"x", world.officer.pk),
            datasets=["pupils"],
        )
        Import.objects.update(sent_at=NOW - timedelta(days=8))
        assert sum(one.n_rows for one in retention_run(NOW)) == 1
        source.refresh_from_db()
    assert (source.state, source.content) == (State.DISCARDED, "")
    rule = next(one for one in retaining().rules if one.id == "imports")
    assert rule.days == services.KEPT_FOR.days


def test_the_command_previews_and_names_what_is_kept(school: School) -> None:
    with everything(reason="test"):
        disclosed(school, NOW - timedelta(days=2000))
    out = StringIO()
    call_command("retention", "--preview", stdout=out)
    assert "       1  Counts of what was shown in full or exported" in out.getvalue()
    assert "kept  The pupil register" in out.getvalue()
    with everything(reason="test"):
        assert Disclosure.objects.count() == 1
    call_command("retention", "--run", stdout=out)
    with everything(reason="test"):
        assert not Disclosure.objects.exists()


def test_every_rule_says_since_when_and_why() -> None:
    for rule in retaining().rules:
        assert rule.source
        assert rule.since.zh
    assert {one.id for one in retaining().kept} >= {"pupil_register", "staff_records", "journal"}
