"""What schools are asked for: minutes from the rules, forms that ask nothing twice."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest
from tests.apps.balance.tables import WORKED, A, changed, publish

from junheng.apps.catalogue import burdenrules
from junheng.apps.catalogue.burden import Size, asked_of, burdens_visible_to, form_minutes
from junheng.apps.catalogue.forms_asked import columns_checked, form_register
from junheng.apps.catalogue.models import Form
from junheng.apps.foundation import clock, journal
from junheng.apps.foundation.scoping import everything, within
from junheng.engine import contracts
from junheng.errors import DataError, RuleSetError

if TYPE_CHECKING:
    from pathlib import Path

    from django.test import Client
    from tests.world import World

    from junheng.apps.accounts.models import User

FIELDS = {"name": "校服调查", "rows": "2", "due": "2025-11-01"}


def signed_in(client: Client, user: User) -> Client:
    client.force_login(user)
    client.cookies["language"] = "en"
    return client


def register(world: World, *labels: str, name: str = "form", **more: Any) -> Form:
    asked = {"school_kinds": [], "rows": 1, **more}
    with everything(reason="test"):
        return form_register(
            bureau_id=world.bureau.pk,
            first_year=2025,
            name=name,
            labels=labels,
            due=date(2025, 11, 1),
            by=world.officer.pk,
            now=clock.now(),
            **asked,
        )


def test_it_works(client: Client, world: World) -> None:
    publish(world)
    page = signed_in(client, world.officer).get("/data/burden/").text
    assert "4 schools sit about" in page
    assert "Asked although known" in page
    form = {**FIELDS, "labels": "校服套数\n学校名称"}
    page = client.post("/data/burden/forms/add", {**form, "act": "check"}).text
    assert "is asked" in page
    assert "is filled in from" in page
    page = client.post("/data/burden/forms/add", {**form, "act": "register"}, follow=True).text
    assert "校服调查" in page
    assert "1 of 2 columns are filled in already" in page


def test_minutes_follow_from_fields_rows_and_seconds() -> None:
    """By hand: 30 pupils, a fifth of them new; each row 10 s and the seconds of its fields."""
    rules = burdenrules.load()
    size = Size(n_pupils=30, n_classes=1)
    pupils = next(a for a in asked_of("primary", size, [], rules) if a.key == "pupils")
    seconds = sum(rules.cell_s[f.kind] for f in contracts.contract("pupils").fields)
    assert pupils.minutes == Fraction(30, 5) * (10 + seconds) / 60 + 15


def test_more_pupils_are_more_minutes() -> None:
    rules = burdenrules.load()
    totals = [
        sum(a.minutes for a in asked_of("primary", Size(n, -(-n // 40)), [], rules))
        for n in (100, 500, 1000)
    ]
    assert totals == sorted(totals)
    assert totals[0] < totals[-1]


def test_every_dataset_and_field_of_the_rules_exists() -> None:
    rules = burdenrules.load()
    assert {d.dataset for d in rules.datasets} <= set(contracts.load().contracts)
    for (dataset, field), source in rules.taken.items():
        assert contracts.contract(dataset).field(field)
        assert contracts.contract(source)


@pytest.mark.parametrize(
    ("label", "how", "dataset"),
    [
        ("校服套数", "ask", ""),
        ("班号", "prefill", "classes"),
        ("学校（机构）标识码", "prefill", None),
        ("学籍号", "refuse", "pupils"),
        ("身份证件号", "refuse", None),
    ],
)
def test_a_known_field_is_filled_in_or_refused(label: str, how: str, dataset: str | None) -> None:
    (column,) = columns_checked([label])
    assert column.how == how
    assert dataset is None or column.dataset == dataset


def test_a_heading_that_stands_twice_is_refused() -> None:
    assert [c.how for c in columns_checked(["校服套数", " 校服套数 "])] == ["ask", "refuse"]


def test_a_form_that_asks_for_people_again_is_refused(client: Client, world: World) -> None:
    with pytest.raises(DataError, match="学籍号"):
        register(world, "校服套数", "学籍号")
    with pytest.raises(DataError, match="known already"):
        register(world, "班号")
    form = {**FIELDS, "labels": "校服套数\n学籍号", "act": "register"}
    reply = signed_in(client, world.officer).post("/data/burden/forms/add", form)
    assert reply.status_code == 422
    assert "collected row by row" in reply.text
    with everything(reason="test"):
        assert not Form.objects.exists()


def test_a_form_is_registered_once_and_journalled(world: World) -> None:
    made = register(world, "校服套数", "班号")
    assert [c["how"] for c in made.columns] == ["ask", "prefill"]
    assert journal.history(made).get().who_id == world.officer.pk
    with pytest.raises(DataError, match="already"):
        register(world, "校服套数")


def test_what_is_filled_in_is_only_looked_over(world: World) -> None:
    rules = burdenrules.load()
    asked = register(world, "校服套数", rows=60)
    both = register(world, "校服套数", "班号", name="both", rows=60)
    assert form_minutes(both, rules) - form_minutes(asked, rules) == rules.looked_over_s


def test_only_the_schools_asked_bear_a_form(world: World) -> None:
    publish(world)
    register(world, "校服套数", school_kinds=["nine_year"])
    reader = world.reader(world.officer)
    with within(reader.scope):
        burdens = burdens_visible_to(reader, world.bureau.pk, 2025)
    bearing = {b.school.kind for b in burdens if any(a.is_form for a in b.asked)}
    assert bearing == {"nine_year"}


def test_last_year_stands_beside_it(world: World) -> None:
    publish(world, year=2024)
    publish(world, [changed(A, pupils="2400"), *WORKED[1:]], year=2025)
    reader = world.reader(world.officer)
    with within(reader.scope):
        burdens = burdens_visible_to(reader, world.bureau.pk, 2025)
    largest = burdens[0]
    assert (largest.school.pk, largest.size.n_pupils) == (world.primary.pk, 2400)
    assert largest.last_year is not None
    assert largest.minutes > largest.last_year > 0


def test_a_school_sees_its_own_burden_alone(client: Client, world: World) -> None:
    publish(world)
    page = signed_in(client, world.head).get("/data/burden/").text
    assert f"{world.primary.name} sits about" in page
    assert "Of all schools" not in page
    assert "样例第一小学" in page or "Sample Primary School 1" in page
    assert "样例第三小学" not in page
    for person in (world.head, world.director, world.clerk, world.administrator):
        assert signed_in(client, person).get("/data/burden/forms/add").status_code == 403
    page = signed_in(client, world.outsider).get("/data/burden/").text
    assert "No school size is known" in page


def test_broken_rules_name_their_file(tmp_path: Path) -> None:
    path = tmp_path / "burden.toml"
    path.write_text('version = "1"\n', encoding="utf-8")
    with pytest.raises(RuleSetError, match=r"burden\.toml"):
        burdenrules.load(path)


def test_every_fault_of_the_rules_is_told_at_once(tmp_path: Path) -> None:
    text = burdenrules.FILE.read_text(encoding="utf-8")
    for old, new in (
        ("text = 8", 'text = "8"'),
        ("looked_over = 2", "looked_over = 2\nlunch = 1"),
        ('dataset = "campuses"', 'dataset = "campus"'),
        ('fields = ["pupils"]', 'fields = ["pupil"]'),
    ):
        assert old in text
        text = text.replace(old, new, 1)
    path = tmp_path / "burden.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RuleSetError) as caught:
        burdenrules.load(path)
    places = [line.split(": ")[1] for line in caught.value.render().splitlines()]
    assert places == ["cell_s.text", "rest_s.lunch", "datasets[campus]", "taken[unit_table]"]
