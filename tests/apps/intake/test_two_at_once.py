"""One person sends the same table twice at once: the later file counts, and a page says so."""

from __future__ import annotations

from threading import Barrier, Thread
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from tests.apps.intake.district import District, as_csv, make
from tests.nursery import PATIENCE_S

from junheng.apps.foundation.scoping import everything
from junheng.apps.intake import services
from junheng.apps.intake.models import Import, State
from junheng.apps.registry.api import school_year_ensure

if TYPE_CHECKING:
    from django.test import Client


def receive(district: District) -> Import:
    """Receive the first two rooms from the supervision officer."""
    content = as_csv("rooms", district.rows("rooms")[:2])
    with everything(reason="test"):
        return services.import_receive(
            bureau=district.world.bureau,
            school_year=school_year_ensure(first_year=2025),
            source=services.Source("rooms.csv", content, district.world.officer.pk),
            datasets=["rooms"],
        )


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_waits_and_counts() -> None:
    district = make()
    together = Barrier(2)

    def send() -> None:
        together.wait(PATIENCE_S)
        receive(district)
        connections.close_all()

    both = [Thread(target=send) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join(PATIENCE_S)
    with everything(reason="test"):
        states = sorted(Import.objects.values_list("state", flat=True))
    assert states == [State.RECEIVED, State.SUPERSEDED]


@pytest.mark.django_db
def test_a_newer_file_during_the_check_leads_to_a_page_that_says_so(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    district = make()
    check = services.import_check

    def later(**told: Any) -> Import:
        # Between receiving and checking the same person sends the table again.
        receive(district)
        return check(**told)

    monkeypatch.setattr(services, "import_check", later)
    client.force_login(district.world.officer)
    content = as_csv("rooms", district.rows("rooms")[:1])
    file = SimpleUploadedFile("rooms.csv", content)
    page = client.post("/intake/new/rooms/", {"file": file, "year": 2025}, follow=True)
    assert page.status_code == 200
    assert page.context["shown"].source.state == State.SUPERSEDED
    with everything(reason="test"):
        assert Import.objects.filter(state=State.RECEIVED).count() == 1
