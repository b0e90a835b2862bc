"""Trying other figures: equal to publishing the changed table, nothing written, scope kept."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from django.http import QueryDict
from tests.apps.balance.tables import A, B, C, D, changed, publish

from junheng.apps.accounts.api import reader_on
from junheng.apps.balance import selectors
from junheng.apps.balance.forms import WhatIfForm
from junheng.apps.balance.models import AssessedDispersion, AssessedUnit, Assessment
from junheng.apps.balance.what_if import Figures, figures_of, imagine
from junheng.apps.foundation import clock
from junheng.apps.foundation.scoping import everything, within

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import DjangoAssertNumQueries
    from tests.world import World

    from junheng.apps.accounts.models import User
    from junheng.apps.balance.what_if import Imagined


def unit_of(made: Assessment, unit_id: str) -> AssessedUnit:
    with everything(reason="test"):
        return AssessedUnit.objects.select_related(
            "school", "assessment__bureau", "assessment__ruleset"
        ).get(assessment=made, unit_id=unit_id)


def tried(world: World, user: User, unit: AssessedUnit, **facts: str) -> Imagined:
    stored = figures_of(unit)
    pupils = int(facts.pop("pupils", stored.pupils))
    other = {name: Fraction(value) for name, value in facts.items()}
    reader = world.reader(user)
    with within(reader.scope):
        return imagine(reader, unit, Figures(pupils, {**stored.facts, **other}))


def test_what_the_domain_page_says_is_missing_is_enough(world: World) -> None:
    # B has 3,440 m2 for 800 pupils; the standard asks 4.5 each: 160 m2 are missing.
    unit = unit_of(publish(world), "B")
    assert tried(world, world.officer, unit, teaching_area_m2="3599.99").unit.cells["R4"].gap == (
        pytest.approx(0.01)
    )
    cell = tried(world, world.officer, unit, teaching_area_m2="3600").unit.cells["R4"]
    assert (cell.value, cell.status, cell.gap) == (4.5, "met", 0)


@pytest.mark.parametrize(
    "facts",
    [
        {},
        {"teachers_pe_arts": "9"},
        {"pupils": "601", "sports_ground_area_m2": "7012.5", "media_rooms": "19"},
        {"pupils": "0"},
    ],
)
def test_it_is_what_publishing_the_changed_table_gives(world: World, facts: dict[str, str]) -> None:
    found = tried(world, world.officer, unit_of(publish(world), "B"), **facts)
    other = publish(world, [A, changed(B, **facts), C, D])
    unit = unit_of(other, "B")
    assert found.unit.verdict == unit.verdict
    assert {i: (c.value, c.status, c.gap) for i, c in found.unit.cells.items()} == {
        i: (c["value"], c["status"], c["gap"]) for i, c in unit.cells.items()
    }
    with everything(reason="test"):
        rows = AssessedDispersion.objects.filter(assessment=other, stage="primary")
        stored = {row.indicator: (row.cv, row.status) for row in rows}
    assert {i: (row.cv, row.status) for i, row in found.coefficients.items()} == stored
    assert found.county is not None
    assert found.county.resource_allocation == other.verdict


def test_the_school_sees_its_own_cells_and_no_coefficient(world: World) -> None:
    unit = unit_of(publish(world), "A")
    assert unit.school == world.primary
    found = tried(world, world.head, unit, media_rooms="10")
    assert found.unit.cells["R7"].status == "below85"
    assert not found.coefficients
    assert found.county is None


def test_nothing_is_written_and_queries_are_few(
    world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    made = publish(world)
    unit = unit_of(made, "B")
    reader = reader_on(world.officer, clock.today())
    with within(reader.scope):
        with django_assert_num_queries(1):
            imagine(reader, unit, Figures(1, figures_of(unit).facts))
        assert selectors.unit_visible_to(reader, made.pk, unit.pk).pupils == unit.pupils


@pytest.fixture
def officer(client: Client, world: World) -> Client:
    client.force_login(world.officer)
    client.cookies["language"] = "en"
    return client


def address(made: Assessment, unit_id: str) -> str:
    return f"/balance/{made.pk}/units/{unit_of(made, unit_id).pk}/what-if/"


def test_a_lack_can_be_closed_by_its_link(officer: Client, world: World) -> None:
    where = address(made := publish(world), "B")
    assert made.verdict == "not_met"
    page = officer.get(where).text
    assert "160 m²" in page
    link = re.search(r'href="(\?teaching_area_m2=3600)"', page)
    assert link is not None
    after = officer.get(where + link[1]).text
    assert "160 m²" not in after
    assert 'value="3600"' in after


def test_a_fragment_holds_the_result_alone(officer: Client, world: World) -> None:
    where = address(publish(world), "B")
    part = officer.get(f"{where}?media_rooms=30", headers={"HX-Request": "true"}).text
    assert part.lstrip().startswith("<section")
    assert "30" not in part.partition("<tbody>")[0]
    assert "With these figures" in part


def test_a_share_left_as_it_is_shown_stays_exact(world: World) -> None:
    unit = unit_of(publish(world), "B")
    unit.facts["media_rooms"] = "55/3"
    stored = figures_of(unit)
    form = WhatIfForm(QueryDict("media_rooms=18.33&pupils=800"), stored=stored)
    assert form.is_valid()
    assert form.figures == stored
    other = WhatIfForm(QueryDict("media_rooms=18.34"), stored=stored)
    assert other.is_valid()
    assert other.figures.facts["media_rooms"] == Fraction(1834, 100)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("media_rooms=-1", "greater than or equal to 0"),
        ("media_rooms=many", "Enter a number"),
        ("pupils=1.5", "whole number"),
        ("equipment_yuan=1e400", "digits"),
        ("indoor_sport_area_m2=9999", "contains the indoor area"),
        ("teaching_area_m2=0.001", "decimal places"),
    ],
)
def test_figures_that_cannot_be_are_refused_by_name(
    officer: Client, world: World, query: str, said: str
) -> None:
    reply = officer.get(f"{address(publish(world), 'B')}?{query}")
    assert reply.status_code == 200
    assert said in reply.text
    assert "Put the marked figures right" in reply.text
