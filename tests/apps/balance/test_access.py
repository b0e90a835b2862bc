"""Who sees what: the bureau its own, a school its own units, an outsider nothing at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.apps.balance.tables import WORKED, as_csv, check, many, publish

from junheng.apps.balance.models import (
    AssessedDispersion,
    AssessedUnit,
    Assessment,
    QualityDecision,
    Upload,
)
from junheng.apps.balance.policies import POLICIES
from junheng.apps.foundation.policies import disagreements
from junheng.apps.foundation.scoping import ScopeMissing, everything

if TYPE_CHECKING:
    from django.db.models import Model
    from django.test import Client
    from tests.world import World

    from junheng.apps.accounts.models import User


@pytest.fixture
def addresses(world: World) -> dict[str, str]:
    """Every kind of page of one published assessment, by what it is."""
    made = publish(world)
    upload = check(world, as_csv(WORKED))
    with everything(reason="test"):
        units = {unit.unit_id: unit for unit in AssessedUnit.objects.all()}
    base = f"/balance/{made.pk}/"
    return {
        "district": base,
        "workbook": f"{base}workbook",
        "withdraw": f"{base}withdraw",
        "own school": f"{base}schools/{units['A'].school_id}/",
        "other school": f"{base}schools/{units['B'].school_id}/",
        "own cell": f"{base}units/{units['A'].pk}/R4/",
        "other cell": f"{base}units/{units['B'].pk}/R4/",
        "coefficient": f"{base}coefficients/primary/R4/",
        "upload": f"/balance/upload/{upload.pk}/",
        "new upload": "/balance/upload/",
    }


def statuses(client: Client, user: User, addresses: dict[str, str]) -> dict[str, int]:
    """Return how each page answers a person."""
    client.force_login(user)
    return {name: client.get(address).status_code for name, address in addresses.items()}


def test_the_supervision_officer_sees_everything(
    client: Client, world: World, addresses: dict[str, str]
) -> None:
    assert set(statuses(client, world.officer, addresses).values()) == {200}


def test_the_director_looks_and_changes_nothing(
    client: Client, world: World, addresses: dict[str, str]
) -> None:
    found = statuses(client, world.director, addresses)
    assert {name for name, status in found.items() if status != 200} == {"withdraw", "new upload"}
    assert found["withdraw"] == found["new upload"] == 403
    assert client.post(f"{addresses['upload']}apply").status_code == 403


@pytest.mark.parametrize("role", ["head", "clerk"])
def test_a_school_sees_its_own_units_alone(
    client: Client, world: World, addresses: dict[str, str], role: str
) -> None:
    found = statuses(client, getattr(world, role), addresses)
    assert {name for name, status in found.items() if status == 200} == {"own school", "own cell"}
    assert found.pop("new upload") == 403
    assert {status for status in found.values() if status != 200} == {404}


@pytest.mark.parametrize("person", ["outsider", "administrator"])
def test_others_are_told_that_there_is_nothing(
    client: Client, world: World, addresses: dict[str, str], person: str
) -> None:
    found = statuses(client, getattr(world, person), addresses)
    found.pop("new upload")
    assert set(found.values()) == {404}


def test_a_stranger_is_sent_to_the_door(client: Client, addresses: dict[str, str]) -> None:
    for address in addresses.values():
        assert client.get(address).headers["Location"].startswith("/sign-in/")


def test_a_clerk_cannot_send_a_table(client: Client, world: World) -> None:
    client.force_login(world.clerk)
    assert client.post("/balance/upload/", {}).status_code == 403
    with everything(reason="test"):
        assert Upload.objects.count() == 0


def test_a_table_for_another_bureau_is_refused(client: Client, world: World) -> None:
    client.force_login(world.officer)
    reply = client.post("/balance/upload/", {"bureau": world.other_bureau.pk})
    assert reply.status_code == 422


def test_the_school_page_names_no_other_school_and_no_rank(client: Client, world: World) -> None:
    made = publish(world, [*WORKED, *many(20)])
    client.force_login(world.head)
    client.cookies["language"] = "en"
    page = client.get(f"/balance/{made.pk}/schools/{world.primary.pk}/").text
    assert "Among the units of the district" in page
    assert "quarter" in page
    for name in ("样例第三小学", "第7小学"):
        assert name not in page


def test_few_units_show_no_quarters(client: Client, world: World) -> None:
    made = publish(world)
    client.force_login(world.head)
    client.cookies["language"] = "en"
    page = client.get(f"/balance/{made.pk}/schools/{world.primary.pk}/").text
    assert "Too few units" in page


def _decision(world: World, made: Assessment) -> None:
    QualityDecision.objects.create(
        bureau=world.bureau,
        school_year=made.school_year,
        ruleset_id="cn-2017-quality",
        unit_id="A",
        field="pupils",
        rule_id="far_from_peers",
        kind="open",
        decided_by=world.officer,
    )


@pytest.mark.parametrize("model", POLICIES, ids=lambda model: model.__name__)
def test_policy_and_list_agree_for_everyone(world: World, model: type[Model]) -> None:
    made = publish(world)
    readers = [world.reader(person) for person in world.people]
    with everything(reason="test"):
        _decision(world, made)
        rows = model._default_manager.all()
        assert rows.exists()
        assert disagreements(POLICIES[model], readers, rows) == []


@pytest.mark.parametrize("model", [Assessment, AssessedUnit, AssessedDispersion, Upload])
def test_a_query_outside_any_scope_fails(world: World, model: type[Model]) -> None:
    with pytest.raises(ScopeMissing):
        list(model._default_manager.all())


def test_everyone_is_sent_to_their_own_first_page(client: Client, world: World) -> None:
    made = publish(world)
    first = {
        world.director: f"/balance/{made.pk}/",
        world.head: "/balance/my-school/",
        world.administrator: "/it/",
    }
    for person, address in first.items():
        client.force_login(person)
        assert client.get("/work/").headers["Location"] == address


def test_without_a_table_the_first_page_says_what_to_do(client: Client, world: World) -> None:
    client.cookies["language"] = "en"
    client.force_login(world.officer)
    assert "Begin with the template" in client.get("/work/").text
    client.force_login(world.director)
    assert "supervision office" in client.get("/work/").text
    client.force_login(world.head)
    assert "Nothing to do for you now" in client.get("/balance/my-school/").text
