"""Working pages: every term, the rule, and the figure redone before the reader's eyes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.apps.balance.tables import A, D, changed, publish

from junheng.apps.balance.models import AssessedUnit, Assessment
from junheng.apps.foundation.scoping import everything

if TYPE_CHECKING:
    from django.test import Client
    from tests.world import World


@pytest.fixture
def officer(client: Client, world: World) -> Client:
    """The browser of the supervision officer, in English."""
    client.force_login(world.officer)
    client.cookies["language"] = "en"
    return client


def cell_address(made: Assessment, unit_id: str, indicator: str) -> str:
    """Return the address of the working of one figure."""
    with everything(reason="test"):
        unit = AssessedUnit.objects.get(assessment=made, unit_id=unit_id)
    return f"/balance/{made.pk}/units/{unit.pk}/{indicator}/"


def test_a_cell_shows_every_term_and_the_unrounded_value(officer: Client, world: World) -> None:
    made = publish(world)
    page = officer.get(cell_address(made, "B", "R4")).text
    for part in ("3440 − 0", "800", "4.3", "教督〔2017〕6号", "160 m² are missing", "row 3"):
        assert part in page
    assert "sha" not in page.lower() or made.ruleset.digest[:12] in page


def test_a_value_without_an_end_is_shown_as_a_fraction(officer: Client, world: World) -> None:
    made = publish(world)
    # R1 of C: 100 x 19 / 450
    assert "38/9 ≈ 4.22222222222222" in officer.get(cell_address(made, "C", "R1")).text


def test_a_missing_term_is_said(officer: Client, world: World) -> None:
    made = publish(world, [A, changed(D, indoor_sport_area_m2="")])
    page = officer.get(cell_address(made, "D", "R5")).text
    assert "A term of the formula is blank" in page


def test_a_coefficient_lists_every_unit(officer: Client, world: World) -> None:
    made = publish(world)
    page = officer.get(f"/balance/{made.pk}/coefficients/primary/R6/").text
    # Worked district: mean 2203.9370, S 177.4276, CV 0.0805.
    for part in ("2203.937", "177.42", "0.0805", "≤ 0.5", "4 units enter the coefficient"):
        assert part in page
    assert page.partition('class="table table-tight shares"')[2].count("<tr>") == 5


@pytest.mark.parametrize("kind", ["cell", "coefficient"])
def test_recomputing_gives_the_stored_figure(officer: Client, world: World, kind: str) -> None:
    made = publish(world)
    coefficient = f"/balance/{made.pk}/coefficients/primary/R1/"
    address = coefficient if kind == "coefficient" else cell_address(made, "C", "R1")
    assert "equal to the stored" not in officer.get(address).text
    assert "equal to the stored" in officer.post(address).text
    fragment = officer.post(address, headers={"HX-Request": "true"}).text
    assert "equal to the stored" in fragment
    assert "<html" not in fragment


def test_a_tampered_figure_is_found_out(officer: Client, world: World) -> None:
    made = publish(world)
    with everything(reason="test"):
        unit = AssessedUnit.objects.get(unit_id="B")
        unit.cells["R4"]["value"] = 4.6
        unit.save(update_fields=["cells"])
    assert "different from the stored 4.6" in officer.post(cell_address(made, "B", "R4")).text


@pytest.mark.parametrize("rest", ["coefficients/primary/R9/", "coefficients/junior/R1/"])
def test_what_is_not_there_is_not_found(officer: Client, world: World, rest: str) -> None:
    made = publish(world)
    assert officer.get(f"/balance/{made.pk}/{rest}").status_code == 404


def test_an_unknown_indicator_of_a_unit_is_not_found(officer: Client, world: World) -> None:
    made = publish(world)
    assert officer.get(cell_address(made, "A", "R9")).status_code == 404
