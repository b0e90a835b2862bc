"""Defects of real public tables, found and put right in the browser.

The figures expected are those of the README and reference table beside the data, which stay outside
the project; without them these tests are skipped.
"""

from __future__ import annotations

import csv
import gzip
from typing import TYPE_CHECKING, Any

import pytest
from tests.apps.balance.tables import check
from tests.public_data import SCHOOLS, needs_schools

from junheng.apps.balance.models import AssessedDispersion, Upload
from junheng.apps.balance.services import upload_apply
from junheng.apps.foundation.scoping import everything

if TYPE_CHECKING:
    from django.test import Client
    from tests.world import World


pytestmark = needs_schools


@pytest.fixture
def officer(client: Client, world: World) -> Client:
    """The browser of the supervision officer, in English."""
    client.force_login(world.officer)
    client.cookies["language"] = "en"
    return client


def uploaded(world: World, name: str, mapping: str) -> Upload:
    return check(
        world, (SCHOOLS / name).read_bytes(), name=name, year=2014, rules=f"mapping:{mapping}"
    )


def finding(upload: Upload, school: str, field: str) -> dict[str, Any]:
    return next(
        dict(f) for f in upload.findings if f["school_name"] == school and f["field"] == field
    )


def test_a_slip_of_a_real_city_is_put_right(officer: Client, world: World) -> None:
    upload = uploaded(world, "tainan_schools_2014.csv.gz", "tainan-2014")
    floor = finding(upload, "市立官田國中", "floor_area_m2")
    assert upload.findings[0]["key"] == floor["key"]
    assert (floor["value"], floor["likely"]) == ("738211", "7382.11")
    page = officer.get(f"/balance/upload/{upload.pk}/")
    assert "6.79 → 0.96" in page.text
    form = {"key": floor["key"], "kind": "corrected", "value": "7382.11"}
    officer.post(f"/balance/upload/{upload.pk}/decide", form)
    with everything(reason="test"):
        made = upload_apply(upload_id=str(upload.pk), by=world.officer.pk)
        row = AssessedDispersion.objects.get(
            assessment=made, stage="junior", indicator="floor_m2_per_pupil"
        )
    assert row.cv == pytest.approx(0.963, abs=0.0005)


def test_a_site_of_50_square_metres_is_found(officer: Client, world: World) -> None:
    upload = uploaded(world, "tainan_schools_2014.csv.gz", "tainan-2014")
    site = finding(upload, "市立新化國民中學", "site_area_m2")
    assert (site["value"], site["likely"]) == ("50.793", "50793")


def test_the_code_88888_is_told_from_a_number(world: World) -> None:
    upload = uploaded(world, "alagoas_schools_2020.csv.gz", "alagoas-2020-schools")
    with gzip.open(SCHOOLS / "alagoas_schools_2020.csv.gz", "rt", encoding="utf-8") as file:
        expected = {
            row["NO_ENTIDADE"]
            for row in csv.DictReader(file)
            if row["QT_EQUIP_MULTIMIDIA"] == "88888"
            and row["TP_SITUACAO_FUNCIONAMENTO"] == "1"
            and row["QT_MAT_BAS"] != "0"
        }
    told = {
        f["school_name"]
        for f in upload.findings
        if f["field"] == "projectors" and "88888" in str(f["found"]["params"])
    }
    assert expected
    assert told == expected
