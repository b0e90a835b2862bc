"""Applying takes the rows that were kept of a checked file, or else the file itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection

from junheng.apps.foundation.scoping import everything
from junheng.apps.intake import services
from junheng.apps.intake.models import CheckedRows, Import, State

if TYPE_CHECKING:
    from tests.apps.intake.district import District

pytestmark = pytest.mark.django_db


@pytest.fixture
def source(district: District) -> Import:
    rows = district.rows("rooms")[:2]
    return district.send("rooms", [{**row, "area_m2": "77"} for row in rows])


def areas(district: District) -> list[str | None]:
    return [row["area_m2"] for row in district.rows("rooms")[:2]]


def change(source: Import, **fields: Any) -> None:
    with everything(reason="test"):
        assert CheckedRows.objects.filter(part__source=source).update(**fields) == 1


def lose_file(source: Import) -> None:
    with everything(reason="test"):
        Import.objects.filter(pk=source.pk).update(content="")


def test_it_works_without_the_file(district: District, source: Import) -> None:
    lose_file(source)
    district.apply(source)
    assert areas(district) == ["77", "77"]
    with everything(reason="test"):
        assert not CheckedRows.objects.exists(), "nothing is kept of an applied file"


def test_rows_of_another_file_are_not_taken(district: District, source: Import) -> None:
    """The content is no Parquet: the file itself is read, as the binding is not its own."""
    change(source, bound_to="0" * 64, content="bm90aGluZw==")
    district.apply(source)
    assert areas(district) == ["77", "77"]


def test_what_is_stored_now_decides(district: District, source: Import) -> None:
    row = {**district.rows("rooms")[0], "area_m2": "78"}
    other = district.send("rooms", [row], by=district.world.director)
    district.apply(other)
    with pytest.raises(services.Aged):
        district.apply(source)
    assert areas(district)[0] == "78"


def test_nothing_is_kept_of_a_file_with_faults_or_put_away(
    district: District, source: Import
) -> None:
    faulty = district.send(
        "rooms", [{**district.rows("rooms")[0], "area_m2": "much"}], by=district.world.director
    )
    assert faulty.state == State.FAULTY
    with everything(reason="test"):
        kept = CheckedRows.objects.values_list("part__source", flat=True)
        assert list(kept) == [source.pk]
        services.import_discard(source=source)
        assert not kept.all().exists()


def test_a_stolen_database_shows_nothing_of_them(district: District, source: Import) -> None:
    """Parquet begins with PAR1, which is UEFS in base64."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT content FROM intake_checkedrows")
        (stored,) = cursor.fetchone()
    assert "UEFS" not in stored[:40]
    with everything(reason="test"):
        opened = CheckedRows.objects.get(part__source=source)
    assert opened.content.startswith("UEFS")
