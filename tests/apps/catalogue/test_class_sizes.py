"""Class sizes against the limits of the rule set, for the bureau and for a school."""

from __future__ import annotations

import io
from collections import Counter
from datetime import date
from typing import TYPE_CHECKING

import pytest
from python_calamine import CalamineWorkbook
from tests.world import YEAR, drawn_rows, settled

from junheng.apps.catalogue.classes import ClassSize, limits, sizes_visible_to
from junheng.apps.foundation.scoping import everything, within
from junheng.apps.registry.api import School
from junheng.engine import standard

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import DjangoAssertNumQueries
    from tests.world import World

    from junheng.apps.accounts.models import User

PAGE = f"/data/classes/?year={YEAR}"
LARGEST = {"primary": 45, "junior": 50}


def counted(day: date) -> Counter[str]:
    """Return the pupils of each class on a day, counted from the rows that were drawn."""
    return Counter(
        str(row["class_id"])
        for row in drawn_rows("pupils")
        if str(row["from_date"]) <= day.isoformat() <= (row["to_date"] or "9999")
    )


def sizes(world: World, user: User, day: date) -> list[ClassSize]:
    reader = world.reader(user)
    with within(reader.scope):
        return sizes_visible_to(reader, world.bureau.pk, YEAR, day, LARGEST)


@pytest.fixture
def village(world: World) -> World:
    """The world with a village of four schools in its bureau."""
    settled(world.bureau.code)
    return world


def signed_in(client: Client, user: User) -> Client:
    client.force_login(user)
    client.cookies["language"] = "en"
    return client


def test_the_limits_are_those_of_the_rule_set() -> None:
    """45 in primary, 50 in junior secondary: 教督〔2017〕6号, government guarantee, item 5."""
    assert limits(standard.load(standard.DEFAULT_RULESET_ID)) == LARGEST


@pytest.mark.parametrize("day", [date(YEAR, 9, 1), date(YEAR + 1, 8, 31)])
def test_sizes_are_those_of_the_pupils_enrolled_that_day(village: World, day: date) -> None:
    found = {size.code: size.n_pupils for size in sizes(village, village.officer, day)}
    expected = counted(day)
    stages = {str(r["unit_id"]): r["stage"] for r in drawn_rows("units")}
    judged = [r for r in drawn_rows("classes") if stages[str(r["unit_id"])] in LARGEST]
    assert found == {str(r["class_id"]): expected[str(r["class_id"])] for r in judged}


def test_one_query_counts_all_classes(
    village: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        village.reader(village.officer)
    reader = village.reader(village.officer)
    with within(reader.scope), django_assert_num_queries(1):
        sizes_visible_to(reader, village.bureau.pk, YEAR, date(YEAR, 9, 1), LARGEST)


def test_it_works(client: Client, village: World) -> None:
    page = signed_in(client, village.officer).get(PAGE).text
    found = sizes(village, village.officer, date(YEAR, 9, 1))
    over = [size for size in found if size.n_pupils > LARGEST[size.stage]]
    if over:
        assert f"{len(over)} of {len(found)} classes" in page
    else:
        assert f"none of {len(found)} classes is over the limit" in page
    assert "45 pupils in primary, 50 in junior" in page
    groups = {(size.school_id, size.stage) for size in found}
    assert page.count('<svg class="class-strip"') == len(groups)


def test_a_class_at_the_limit_is_within(village: World) -> None:
    at, over = (ClassSize(1, "primary", "c", 1, 1, n, 45) for n in (45, 46))
    assert (at.is_over, over.is_over) == (False, True)


def test_the_workbook_holds_every_class(client: Client, village: World) -> None:
    found = sizes(village, village.officer, date(YEAR, 9, 1))
    reply = signed_in(client, village.officer).get(f"/data/classes/workbook?year={YEAR}")
    book = CalamineWorkbook.from_filelike(io.BytesIO(reply.content))
    header, *rows = book.get_sheet_by_name(book.sheet_names[0]).to_python()
    assert len(rows) == len(found)
    pupils = header.index("Pupils")
    assert sum(int(str(row[pupils]).split(".")[0]) for row in rows) == sum(
        size.n_pupils for size in found
    )


def test_a_school_sees_its_own_classes_and_no_others(client: Client, village: World) -> None:
    assert sizes(village, village.clerk, date(YEAR, 9, 1)) == []
    page = signed_in(client, village.clerk).get(PAGE).text
    assert "No classes in this school year yet" in page
    with everything(reason="test"):
        other = School.objects.get(identifier=drawn_rows("schools")[0]["school_id"])
    address = f"/data/classes/{other.pk}/?year={YEAR}"
    assert client.get(address).status_code == 404
    assert signed_in(client, village.outsider).get(address).status_code == 404
    page = signed_in(client, village.officer).get(address).text
    n_classes = sum(
        s.school_id == other.pk for s in sizes(village, village.officer, date(YEAR, 9, 1))
    )
    assert page.count('<th scope="row">') == n_classes > 0


@pytest.mark.parametrize(
    ("query", "status"),
    [
        (f"year={YEAR}&show=over", 200), (f"year={YEAR}&show=junior", 200),
        (f"year={YEAR}&show=nonsense", 200), (f"year={YEAR}&day={YEAR}-08-31", 404),
        (f"year={YEAR}&day=yesterday", 404), ("year=1066", 404),
    ],
)  # fmt: skip
def test_filters_and_days(client: Client, village: World, query: str, status: int) -> None:
    assert signed_in(client, village.officer).get(f"/data/classes/?{query}").status_code == status
