"""Assessing what the registry holds: the same as from files, published like any table."""

from __future__ import annotations

import io
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from django.urls import reverse
from python_calamine import CalamineWorkbook
from tests.prepared import prepared
from tests.world import VILLAGE, YEAR, change, drawn, settled, stored

from junheng.apps.balance.api import Wanted, registry_assess
from junheng.apps.balance.models import AssessedDispersion, AssessedUnit, Assessment
from junheng.apps.balance.people import measure_folder
from junheng.apps.balance.present.words import stage_of
from junheng.apps.balance.redoing import facts_of
from junheng.apps.catalogue.models import SourceKind, SourceValue
from junheng.apps.foundation.scoping import everything, within
from junheng.apps.jobs.api import run_worker
from junheng.apps.registry.api import Bureau, export_folder, school_year_ensure
from junheng.engine import simulation, standard
from junheng.engine.simulation.persons import write_persons
from junheng.engine.standard import working
from junheng.engine.standard.person_level import measure_persons
from junheng.engine.store.session import Session
from junheng.engine.store.tables import open_table
from junheng.errors import DataError, NotAllowed

if TYPE_CHECKING:
    from pathlib import Path

    from django.test import Client
    from tests.world import World

    from junheng.engine.standard.assess import Assessment as Measured
    from junheng.engine.standard.assess import UnitResult

DAY = date(YEAR, 9, 1)
RULES = "cn-2017-quality@2026.1"
SHOWN_TO = 0.01
"""The unit table shows a unit's part of shared things to a hundredth, and two of them at most."""


def wanted(bureau: Bureau, day: date = DAY) -> Wanted:
    return Wanted(bureau, school_year_ensure(first_year=YEAR), day, RULES)


def assessed(world: World) -> Assessment:
    def act() -> Assessment:
        settled(world.bureau.code)
        with everything(reason="test"):
            return registry_assess(wanted(world.bureau), by=world.officer.pk)

    return prepared("assessed from the registry", act)


def units_of(assessment: Assessment) -> dict[str, AssessedUnit]:
    with everything(reason="test"):
        return {unit.unit_id: unit for unit in AssessedUnit.objects.filter(assessment=assessment)}


def cells(unit: UnitResult) -> dict[str, dict[str, object]]:
    return {
        i: {"value": cell.value, "status": cell.status, "gap": cell.gap}
        for i, cell in unit.cells.items()
    }


def test_it_equals_the_exported_folder(world: World, tmp_path: Path) -> None:
    made = assessed(world)
    with everything(reason="test"):
        export_folder(wanted(world.bureau).place, tmp_path)
        dispersions = list(AssessedDispersion.objects.filter(assessment=made).order_by("position"))
    found = units_of(made)
    with Session() as session:
        rules = standard.load(standard.DEFAULT_RULESET_ID)
        measured = standard.assess(measure_persons(session, tmp_path, rules, statistics_date=DAY))
        assert {
            unit.unit_id: (unit.verdict, unit.pupils, unit.cells) for unit in found.values()
        } == {unit.unit_id: (unit.verdict, unit.pupils, cells(unit)) for unit in measured.units}
        assert [(d.mean, d.sd, d.cv, d.status) for d in dispersions] == [
            (d.mean, d.sd, d.cv, d.status) for d in measured.dispersion
        ]
        assert made.verdict == measured.counties[0].resource_allocation


def test_it_equals_the_simulated_unit_table(world: World, tmp_path: Path) -> None:
    found = units_of(assessed(world))
    district = simulation.draw_district(VILLAGE, years=1)
    simulation.write_unit_table(district, YEAR, tmp_path / "units.csv")
    with Session() as session:
        rules = standard.load(standard.DEFAULT_RULESET_ID)
        table = standard.assess(standard.read(open_table(session, tmp_path / "units.csv"), rules))
        assert set(found) == {unit.unit_id for unit in table.units}
        _assert_same_to_a_hundredth(found, table)


def _assert_same_to_a_hundredth(found: dict[str, AssessedUnit], table: Measured) -> None:
    for unit in table.units:
        assert (found[unit.unit_id].verdict, found[unit.unit_id].pupils) == (
            unit.verdict,
            unit.pupils,
        )
        for indicator, cell in unit.cells.items():
            mine = found[unit.unit_id].cells[indicator]
            assert mine["status"] == cell.status
            per_pupil = table.ruleset.indicator(indicator).per / unit.pupils
            assert mine["value"] == pytest.approx(cell.value, abs=SHOWN_TO * per_pupil)


@pytest.mark.parametrize("preset", [VILLAGE, "dongsheng"])
def test_kept_figures_give_every_cell_again(tmp_path: Path, preset: str) -> None:
    write_persons(drawn(preset), tmp_path)
    rules = standard.load(standard.DEFAULT_RULESET_ID)
    measured = measure_folder(tmp_path, ruleset=rules, day=DAY)
    is_shared = False
    for unit in measured.units:
        is_shared |= any("/" in (figure or "") for figure in unit.facts.values())
        facts = facts_of(AssessedUnit(facts=dict(unit.facts)))
        for indicator, cell in unit.cells.items():
            redone = working.cell_working(
                rules,
                rules.indicator(indicator),
                stage_of(unit.stage),
                pupils=unit.pupils,
                facts=facts,
            )
            assert redone.value is not None
            assert (redone.status, float(redone.value)) == (cell["status"], cell["value"])
    assert is_shared


def test_pages_redo_it_and_the_workbook_says_the_same(client: Client, world: World) -> None:
    made = assessed(world)
    client.force_login(world.director)
    client.cookies["language"] = "en"
    page = client.get(f"/balance/{made.pk}/").text
    assert "registry of the bureau" in page
    shared = next(u for u in units_of(made).values() if "/" in u.facts["teaching_area_m2"])
    address = f"/balance/{made.pk}/units/{shared.pk}/R4/"
    assert "equal to the stored" in client.post(address).text
    assert "equal to the stored" in client.post(f"/balance/{made.pk}/coefficients/primary/R4/").text
    book = CalamineWorkbook.from_filelike(
        io.BytesIO(client.get(f"/balance/{made.pk}/workbook").content)
    )
    rows = [row for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python()]
    own = next(row for row in rows if shared.unit_id in row)
    assert shared.cells["R4"]["value"] in own


def test_figures_stand_beside_those_of_other_sources(world: World) -> None:
    assessed(world)
    with everything(reason="test"):
        values = SourceValue.objects.filter(source__kind=SourceKind.PLATFORM)
        assert {Fraction(v.value).denominator <= 10**6 for v in values} == {True}


def test_the_button_makes_a_job_that_publishes(client: Client, world: World) -> None:
    settled(world.bureau.code)
    client.force_login(world.officer)
    page = client.get("/balance/from-registry/")
    form = page.context["form"]
    chosen = {**form.initial, "bureau": world.bureau.pk, "school_year": YEAR,
              "statistics_date": DAY.isoformat()}  # fmt: skip
    first, second = (client.post("/balance/from-registry/", chosen) for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    assert run_worker(until_idle=True) == 1
    reply = client.get(first.headers["Location"])
    with everything(reason="test"):
        made = Assessment.objects.get()
    assert reply.headers["Location"] == reverse("balance:district", args=[made.pk])
    assert (made.source_name, made.statistics_date) == ("registry", DAY)
    assert len(made.source_sha256) == 64


def test_a_day_outside_the_year_is_refused(client: Client, world: World) -> None:
    client.force_login(world.officer)
    form = client.get("/balance/from-registry/").context["form"]
    chosen = {**form.initial, "bureau": world.bureau.pk, "school_year": YEAR,
              "statistics_date": "2024-09-01"}  # fmt: skip
    reply = client.post("/balance/from-registry/", chosen)
    assert reply.status_code == 422
    assert "statistics_date" in reply.context["form"].errors


def test_an_empty_registry_is_told(world: World) -> None:
    with everything(reason="test"), pytest.raises(DataError):
        registry_assess(wanted(world.bureau), by=world.officer.pk)


def test_others_may_not(client: Client, world: World) -> None:
    settled(world.bureau.code)
    for user in (world.director, world.head, world.clerk, world.administrator):
        client.force_login(user)
        assert client.get("/balance/from-registry/").status_code == 403
    with within(world.reader(world.outsider).scope), pytest.raises(NotAllowed):
        registry_assess(wanted(world.bureau), by=world.outsider.pk)


def test_who_left_before_the_day_does_not_count(world: World) -> None:
    place = settled(world.bureau.code)
    before = sum(unit.pupils for unit in units_of(_assess(world)).values())
    row = next(r for r in stored(place, "pupils") if str(r["from_date"]) < "2025-09-01")
    change(place, "pupils", [(row, row | {"to_date": "2025-08-31"})])
    assert sum(unit.pupils for unit in units_of(_assess(world)).values()) == before - 1


def _assess(world: World) -> Assessment:
    with everything(reason="test"):
        return registry_assess(wanted(world.bureau), by=world.officer.pk)
