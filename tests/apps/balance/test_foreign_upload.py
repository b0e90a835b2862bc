"""A table from elsewhere through the browser: read by its mapping, compared, judged by nothing."""

from __future__ import annotations

import csv
import io
from math import sqrt
from typing import TYPE_CHECKING

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from python_calamine import CalamineWorkbook
from tests.apps.balance.tables import check, publish
from tests.public_data import SCHOOLS, needs_schools

from junheng.apps.balance.kept import open_kept
from junheng.apps.balance.models import (
    AssessedDispersion,
    AssessedUnit,
    Assessment,
    KeptRuleSet,
    Upload,
    UploadState,
)
from junheng.apps.balance.services import upload_apply
from junheng.apps.balance.tasks import apply_upload
from junheng.apps.foundation.scoping import everything
from junheng.engine import standard
from junheng.engine.standard import measures
from junheng.engine.store.mapping_file import load_mapping
from junheng.engine.store.session import Session
from junheng.engine.store.tables import open_table
from junheng.errors import NotFound

if TYPE_CHECKING:
    from pathlib import Path

    from django.test import Client
    from tests.world import World

UPLOAD = "/balance/upload/"
MAPPING = "mapping:alagoas-2020"
MEASURE = "teachers_per_100"

# Primary: 6 and 12 teachers for 100 and 300 pupils, so X = 6 and 4, M = 4.5, S² = 0.75. Junior:
# 5 teachers per 100 in both schools. The third school is closed, and left out by the mapping.
FOREIGN = b"""\
CO_ENTIDADE,NO_ENTIDADE,NO_MUNICIPIO,TP_SITUACAO_FUNCIONAMENTO,\
QT_MAT_FUND_AI,QT_DOC_FUND_AI,QT_MAT_FUND_AF,QT_DOC_FUND_AF
990001,Escola A,Norte,1,100,6,200,10
990002,Escola B,Sul,1,300,12,40,2
990003,Escola C,Sul,3,500,1,500,1
"""
PRIMARY_CV = sqrt(0.75) / 4.5


@pytest.fixture
def officer(client: Client, world: World) -> Client:
    """The browser of the supervision officer, in English."""
    client.force_login(world.officer)
    client.cookies["language"] = "en"
    return client


def send(client: Client, world: World, ruleset: str) -> str:
    """Send the foreign table as the upload form does; return the text of the page it leads to."""
    form = {
        "file": SimpleUploadedFile("escolas.csv", FOREIGN),
        "bureau": world.bureau.pk,
        "school_year": 2025,
        "statistics_date": "2025-09-01",
        "ruleset": ruleset,
    }
    return client.post(UPLOAD, form, follow=True).text


def compare(
    world: World,
    content: bytes = FOREIGN,
    *,
    name: str = "escolas.csv",
    mapping: str = MAPPING,
    year: int = 2025,
) -> Assessment:
    """Check and apply a foreign table."""
    upload = check(world, content, name=name, rules=mapping, year=year)
    assert upload.state == UploadState.CHECKED
    with everything(reason="test"):
        return upload_apply(upload_id=str(upload.pk), by=world.officer.pk)


def coefficients(assessment: Assessment) -> dict[tuple[str, str], float | None]:
    with everything(reason="test"):
        rows = AssessedDispersion.objects.filter(assessment=assessment)
        return {(row.stage, row.indicator): row.cv for row in rows}


def test_the_form_offers_the_mappings(officer: Client, world: World) -> None:
    page = officer.get(UPLOAD).text
    assert '<optgroup label="Mappings of foreign tables (compared, not judged)">' in page
    assert f'<option value="{MAPPING}">' in page
    assert '<option value="cn-2017-quality@2026.1" selected>' in page


def test_from_the_form_to_the_district_page(officer: Client, world: World) -> None:
    page = send(officer, world, MAPPING)
    assert "4 stage units of 2 schools" in page
    with everything(reason="test"):
        upload = Upload.objects.get()
        assert Assessment.objects.count() == 0
    apply_upload.call(upload_id=str(upload.pk), user_id=world.officer.pk)
    applied = officer.get(f"{UPLOAD}{upload.pk}/").text
    assert "the judged result of the school year stays" in applied
    assert "nothing is judged" in applied
    with everything(reason="test"):
        made = Assessment.objects.get()
    district = officer.get(f"/balance/{made.pk}/").text
    assert "<b>0.192</b>" in district
    assert "Teachers per 100 pupils (proxy)" in district
    assert "none is judged" in district
    for judging in ("What stands in the way", "Not passing", "Most shortfalls first"):
        assert judging not in district
    assert '<span class="tile-value">2</span>' in district


def test_a_foreign_table_without_its_mapping_shows_faults(officer: Client, world: World) -> None:
    assert "faults" in send(officer, world, "cn-2017-quality@2026.1")
    with everything(reason="test"):
        assert Upload.objects.get().state == UploadState.FAULTY


def test_a_unit_table_with_a_mapping_shows_faults(world: World) -> None:
    upload = check(world, b"unit_id,pupils\nA,1\n", rules=MAPPING)
    assert upload.state == UploadState.FAULTY
    assert {fault["column"] for fault in upload.faults} >= {"CO_ENTIDADE", "QT_MAT_FUND_AI"}


def test_coefficients_are_those_of_the_command_line(world: World, tmp_path: Path) -> None:
    path = tmp_path / "escolas.csv"
    path.write_bytes(FOREIGN)
    with Session() as session:
        table = measures.read_mapped(open_table(session, path), "alagoas-2020", whole_as_one=True)
        expected = {(r.stage, r.indicator): r.cv for r in standard.assess(table).dispersion}
    found = coefficients(compare(world))
    assert found == expected
    assert found["primary", MEASURE] == pytest.approx(PRIMARY_CV, abs=1e-15)
    assert found["junior", MEASURE] == 0


def test_nothing_is_judged(world: World) -> None:
    made = compare(world)
    assert made.verdict == "not_judged"
    with everything(reason="test"):
        units = list(AssessedUnit.objects.filter(assessment=made))
        rows = list(AssessedDispersion.objects.filter(assessment=made))
    assert {unit.verdict for unit in units} == {"not_judged"}
    assert {c["status"] for unit in units for c in unit.cells.values()} == {"not_applicable"}
    assert {(row.limit, row.status) for row in rows} == {(None, "not_judged")}


def test_every_page_of_a_comparison_opens(officer: Client, world: World) -> None:
    compare(world, year=2024)
    made = compare(world)
    with everything(reason="test"):
        unit = AssessedUnit.objects.get(
            assessment=made, school__identifier="990001", stage="primary"
        )
        rules = KeptRuleSet.objects.get()
    base = f"/balance/{made.pk}/"
    texts = {
        f"{base}?show=all": "Over the years",
        f"{base}schools/{unit.school_id}/": "No threshold holds for these figures.",
        f"{base}units/{unit.pk}/{MEASURE}/": "Compared between schools, not judged.",
        f"{base}coefficients/primary/{MEASURE}/": "Teachers per 100 pupils (proxy)",
        f"/rules/{MAPPING}/{rules.version}/": "compared between schools, not judged",
        "/balance/": MAPPING,
    }
    for address, text in texts.items():
        reply = officer.get(address)
        assert reply.status_code == 200, address
        assert text in reply.text, address
    assert f"/rules/{MAPPING}/{rules.version}/" in officer.get(base).text


@pytest.mark.parametrize("part", [f"units/{{unit}}/{MEASURE}/", f"coefficients/primary/{MEASURE}/"])
def test_a_figure_can_be_redone(officer: Client, world: World, part: str) -> None:
    made = compare(world)
    with everything(reason="test"):
        unit = AssessedUnit.objects.filter(assessment=made, stage="primary").order_by("pk")[0]
    reply = officer.post(f"/balance/{made.pk}/{part.format(unit=unit.pk)}")
    assert reply.status_code == 200
    assert reply.context["shown"].recomputed.is_equal


def test_the_workbook_holds_the_schools(officer: Client, world: World) -> None:
    made = compare(world)
    content = officer.get(f"/balance/{made.pk}/workbook").content
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    texts = {
        cell
        for sheet in book.sheet_names
        for row in book.get_sheet_by_name(sheet).to_python()
        for cell in row
    }
    assert "Escola A" in texts
    assert "Escola C" not in texts


def test_the_mapping_is_kept_as_it_was(world: World) -> None:
    compare(world)
    with everything(reason="test"):
        kept = KeptRuleSet.objects.get()
    assert open_kept(kept) == measures.ruleset_of(load_mapping("alagoas-2020"))
    assert "QT_DOC_FUND_AI" in kept.files[0]["text"]


def test_the_home_page_keeps_to_what_is_judged(officer: Client, world: World) -> None:
    judged = publish(world, year=2024)
    compare(world)
    assert officer.get("/work/").headers["Location"] == f"/balance/{judged.pk}/"


def test_a_mapping_of_another_version_is_refused(world: World) -> None:
    with pytest.raises(NotFound):
        check(world, FOREIGN, rules=f"{MAPPING}@0")


@needs_schools
def test_tainan_through_the_browser_gives_the_reference(world: World) -> None:
    """Reference: `reference_cv.csv` beside the data, computed apart from this product."""
    content = (SCHOOLS / "tainan_schools_2014.csv.gz").read_bytes()
    made = compare(world, content, name="tainan_schools_2014.csv.gz", mapping="mapping:tainan-2014")
    found = coefficients(made)
    with (SCHOOLS / "reference_cv.csv").open(encoding="utf-8") as file:
        rows = [
            row
            for row in csv.DictReader(file)
            if row["dataset"].startswith("tainan") and row["district"] == "ALL"
        ]
    names = {
        "regular teachers per 100": "regular_teachers_per_100",
        "site m2 per pupil": "site_m2_per_pupil",
        "floor m2 per pupil": "floor_m2_per_pupil",
        "classes per 100": "classes_per_100",
    }
    expected = {
        (row["dataset"].split()[1], names[row["indicator"]]): float(row["CV"]) for row in rows
    }
    assert len(expected) == 8
    assert found == pytest.approx(expected, abs=5.1e-7)
