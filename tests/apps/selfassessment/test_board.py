"""The board: entered, attested and computed items, who fills in which, two people at once."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.apps.balance.tables import many, publish
from tests.apps.evidence.documents import PDF
from tests.apps.evidence.filing import filed, sent
from tests.world import SINCE, YEAR, settled

from junheng.apps.accounts.api import Role, post_give, reader_on, user_create
from junheng.apps.foundation import clock, journal
from junheng.apps.foundation.policies import disagreements
from junheng.apps.foundation.scoping import everything, within
from junheng.apps.registry.api import Bureau, school_year_ensure
from junheng.apps.selfassessment import judging, selectors
from junheng.apps.selfassessment.computing import items_compute
from junheng.apps.selfassessment.models import ComputedItem, ItemEntry, ItemPlan
from junheng.apps.selfassessment.policies import POLICIES
from junheng.apps.selfassessment.rules import board_rules
from junheng.engine import standard
from junheng.engine.standard.items import find_item
from junheng.errors import DataError

if TYPE_CHECKING:
    from django.test import Client
    from tests.world import World

    from junheng.apps.accounts.models import User

PAGE = "/balance/board/"
RULES = standard.load(standard.DEFAULT_RULESET_ID)
DAY = date(2025, 9, 1)
PLACES = {"senior_places": "1000", "senior_places_allotted": "560", "senior_places_rural": "200"}


@pytest.fixture
def officer(client: Client, world: World) -> Client:
    """The browser of the supervision officer, in English."""
    client.force_login(world.officer)
    client.cookies["language"] = "en"
    return client


@pytest.fixture
def liaison(world: World) -> User:
    """The liaison officer of the human resources bureau."""
    user = user_create(username="liaison", display_name="人社局联络员")
    post_give(
        user=user,
        role=Role.LIAISON_OFFICER,
        bureau_id=world.bureau.pk,
        department="human_resources",
        valid_from=SINCE,
    )
    return user


def enter(client: Client, item: str, **form: str) -> Any:
    posted = {"form": "own", "document": "教基〔2025〕1号", **form}
    return client.post(f"{PAGE}items/{item}/enter", posted, follow=True)


def plan(client: Client, item: str, **form: str) -> Any:
    posted = {"department": "education", "seen": "0", **form}
    return client.post(f"{PAGE}items/{item}/plan", posted, follow=True)


def entries(item: str) -> list[ItemEntry]:
    with everything(reason="test"):
        return list(ItemEntry.objects.filter(item_id=item).order_by("pk"))


def test_it_works(officer: Client, world: World) -> None:
    publish(world)
    page = officer.get(PAGE).text
    ids = [one.id for one in RULES.indicators]
    ids += [one.id for one in RULES.items] + [one.id for one in RULES.vetoes]
    for item in ids:
        assert f'id="item-{item}"' in page
    assert "of 32 items are met" in page
    reply = enter(officer, "G14", **PLACES)
    assert "It is entered and signed with your name." in reply.text
    assert "56.0 %" in reply.text
    assert "Standard met" in reply.text
    (entry,) = entries("G14")
    assert entry.role == Role.SUPERVISION_OFFICER
    assert journal.history(entry).get().why == "item entered"


@pytest.mark.parametrize(
    ("item", "terms", "status", "value"),
    [
        # domain/standard.md §5: (480 - 12 + 20) / (505 - 1)
        (
            "Q1",
            {
                "junior_entered": "505",
                "junior_graduated": "480",
                "junior_moved_in": "12",
                "junior_moved_out": "20",
                "junior_died": "1",
            },
            "met",
            "0.968254",
        ),
        ("G8", {"pay_gap_yuan": "-1", "performance_pay_approved": "yes"}, "not_met", "-1.000000"),
        ("G8", {"pay_gap_yuan": "0", "performance_pay_approved": "no"}, "not_met", "0.000000"),
        ("G8", {"pay_gap_yuan": "0"}, "undetermined", "0.000000"),
        ("G14", {"senior_places": "1000", "senior_places_allotted": "499"}, "not_met", "0.499000"),
        (
            "S1",
            {
                "survey_valid": "1200",
                "survey_satisfied": "1032",
                "visits_valid": "100",
                "visits_satisfied": "85",
            },
            "met",
            "0.860000",
        ),
        ("Q9", {"chinese_level": "3", "chinese_rate": "7/50"}, "met", "1.000000"),
        ("Q9", {"chinese_level": "3", "chinese_rate": "3/20"}, "not_met", "0.000000"),
    ],
)
def test_entered_terms_are_judged(
    item: str, terms: dict[str, str], status: str, value: str
) -> None:
    spec = board_rules().of(item)
    found = judging.judge_terms(find_item(RULES, item), spec, terms, rules=RULES, on=DAY)
    assert found.status == status
    assert found.value is not None
    assert f"{float(found.value):.6f}" == value


def test_every_item_of_the_rule_set_has_a_row() -> None:
    known = set(board_rules().specs)
    assert {item.id for item in RULES.items} <= known
    origins = {item.id: board_rules().of(item.id).origin for item in RULES.items}
    computed = {"G3", "G4", "G5", "G6", "G9", "G12", "G13", "Q4"}
    assert {item for item, origin in origins.items() if origin == "registry"} == computed


def test_a_grade_below_good_does_not_meet() -> None:
    rules, spec = board_rules(), board_rules().of("Q6")
    met = {grade: rules.meets(spec, grade) for grade in rules.options(spec)}
    assert met == {"excellent": True, "good": True, "pass": False, "fail": False}


def test_impossible_figures_are_refused_and_nothing_is_stored(
    officer: Client, world: World
) -> None:
    reply = enter(officer, "S1", survey_valid="10", survey_satisfied="11")
    assert reply.status_code == 422
    assert "11 satisfied of 10 valid answers is impossible" in reply.text
    assert entries("S1") == []


def test_figures_need_their_document(officer: Client, world: World) -> None:
    assert enter(officer, "G14", **PLACES, document="").status_code == 422
    assert enter(officer, "G5", pupils="1").status_code == 400
    assert entries("G14") == []


def test_a_later_entry_keeps_the_one_before(officer: Client, world: World) -> None:
    enter(officer, "G1", answer="no")
    (first,) = entries("G1")
    reply = enter(officer, "G1", answer="yes", replaces_county=str(first.pk))
    assert "replaced" in reply.text
    old, new = entries("G1")
    assert old.ended_at == new.entered_at
    assert (old.data, new.data) == ({"answer": "no"}, {"answer": "yes"})


def test_of_two_people_one_wins_and_the_other_is_told(officer: Client, world: World) -> None:
    enter(officer, "G1", answer="yes")
    late = enter(officer, "G1", answer="no")
    assert late.status_code == 409
    assert "Somebody else was first" in late.text
    assert [entry.data for entry in entries("G1")] == [{"answer": "yes"}]
    plan(officer, "G1", target="1")
    assert plan(officer, "G1", target="2").status_code == 409
    with everything(reason="test"):
        assert ItemPlan.objects.get(item_id="G1").target == "1"


def test_figures_of_others_stand_beside_and_decide_nothing(officer: Client, world: World) -> None:
    other = {"form": "other", "told_by": "city", "value": "61.3 %", "document": "市统计公报"}
    reply = officer.post(f"{PAGE}items/G14/enter", other, follow=True)
    assert "61.3 %" in reply.text
    assert "Not begun" in reply.text


def test_two_who_enter_a_figure_of_others_do_not_overwrite_each_other(
    officer: Client, world: World
) -> None:
    def other(told_by: str, value: str, **form: str) -> int:
        posted = {"form": "other", "told_by": told_by, "value": value, "document": "x", **form}
        status: int = officer.post(f"{PAGE}items/G14/enter", posted, follow=True).status_code
        return status

    assert other("city", "61.3 %") == 200
    (first,) = entries("G14")
    assert other("city", "62 %") == 409
    assert other("province", "60 %") == 200
    shown = officer.get(f"{PAGE}items/G14/").text
    assert f'name="replaces_city" value="{first.pk}"' in shown
    assert other("city", "62 %", replaces_city=str(first.pk)) == 200
    assert other("city", "63 %", replaces_city=str(first.pk)) == 409
    standing = {one.told_by: one.data["value"] for one in entries("G14") if one.ended_at is None}
    assert standing == {"city": "62 %", "province": "60 %"}


def test_the_board_counts_the_evidence_of_an_item_and_leads_to_it(
    officer: Client, world: World
) -> None:
    filed(world, item="Q6")
    filed(world, sent("教师.pdf", PDF + b" "), item="Q6", school=world.primary)
    for page in (f"{PAGE}?year={YEAR}", f"{PAGE}items/Q6/?year={YEAR}"):
        shown = officer.get(page).text
        assert "2 files of evidence" in shown
        assert 'href="/evidence/items/Q6/?year=' in shown
    assert officer.get(f"/evidence/items/Q6/?year={YEAR}").status_code == 200


def test_a_plan_says_who_and_until_when(officer: Client, world: World) -> None:
    form = {"responsible": str(world.officer.pk), "deadline": "2020-01-31", "target": "60 %"}
    reply = plan(officer, "G14", **form)
    assert "In hand" in reply.text
    assert "overdue" in reply.text
    assert "60 %" in officer.get(PAGE).text
    assert 'id="item-G14"' in officer.get(f"{PAGE}?show=overdue").text
    assert 'id="item-G15"' not in officer.get(f"{PAGE}?show=mine").text


def test_the_director_looks_and_enters_what_is_given_to_them(
    officer: Client, client: Client, world: World
) -> None:
    plan(officer, "G14", responsible=str(world.director.pk))
    client.force_login(world.director)
    assert client.get(PAGE).status_code == 200
    assert enter(client, "G15", migrant_eligible="1").status_code == 403
    assert plan(client, "G14").status_code == 403
    assert enter(client, "G14", **PLACES).status_code == 200


def test_a_department_sees_and_fills_in_its_own_items(
    officer: Client, client: Client, world: World, liaison: User
) -> None:
    plan(officer, "G15", department="human_resources")
    client.force_login(liaison)
    assert client.get("/work/", follow=True).redirect_chain[-1][0] == PAGE
    page = client.get(PAGE).text
    assert 'id="item-G8"' in page
    assert 'id="item-G15"' in page
    assert page.count('id="item-') == 2
    assert client.get(f"{PAGE}items/G14/").status_code == 404
    assert (
        enter(client, "G8", pay_gap_yuan="1200", performance_pay_approved="yes").status_code == 200
    )
    (entry,) = entries("G8")
    assert entry.role == Role.LIAISON_OFFICER
    assert enter(client, "G14", **PLACES).status_code == 404
    assert plan(client, "G8").status_code == 403


def test_without_a_department_a_liaison_reaches_nothing(client: Client, world: World) -> None:
    user = user_create(username="nobody", display_name="联络员")
    post_give(user=user, role=Role.LIAISON_OFFICER, bureau_id=world.bureau.pk, valid_from=SINCE)
    client.force_login(user)
    assert client.get(PAGE).status_code == 403


def test_only_a_liaison_answers_for_a_department(world: World) -> None:
    user = user_create(username="head2", display_name="校长")
    given: dict[str, Any] = {"user": user, "valid_from": SINCE, "bureau_id": world.bureau.pk}
    with pytest.raises(DataError, match="liaison"):
        post_give(role=Role.BUREAU_LEADER, department="finance", **given)
    with pytest.raises(DataError, match="list"):
        post_give(role=Role.LIAISON_OFFICER, department="moon", **given)


def test_policies_agree_with_queries(officer: Client, world: World, liaison: User) -> None:
    enter(officer, "G1", answer="yes")
    enter(officer, "G8", pay_gap_yuan="1", performance_pay_approved="yes")
    plan(officer, "G8", department="human_resources")
    plan(officer, "G2", department="human_resources")
    readers = [reader_on(person, clock.today()) for person in (*world.people, liaison)]
    for model, policy in POLICIES.items():
        with everything(reason="test"):
            assert disagreements(policy, readers, model._default_manager.all()) == []
    for reader in readers:
        with within(reader.scope):
            own = {row.item_id for row in ItemPlan.objects.all()}
        seen = own if reader.scope.bureaus else {"G8", "G2"} if reader.scope.liaisons else set()
        assert own == seen or reader.user_id == world.outsider.pk


def test_the_number_of_queries_does_not_grow(officer: Client, world: World) -> None:
    counts = set()
    for size in (5, 50):
        publish(world, many(size))
        with CaptureQueriesContext(connection) as found:
            assert officer.get(PAGE).status_code == 200
        counts.add(len(found))
    assert len(counts) == 1
    assert counts.pop() <= 25


def test_items_of_the_registry_are_computed_and_told_when_stale(world: World) -> None:
    place = settled()
    with everything(reason="test"):
        bureau = Bureau.objects.get(pk=place.bureau_id)
        made = items_compute(
            bureau=bureau,
            school_year=school_year_ensure(first_year=YEAR),
            day=date(YEAR, 9, 1),
            by=None,
            now=clock.now(),
        )
        found = {row.item_id: row.result for row in made}
        assert set(found) == {"G3", "G4", "G5", "G6", "G9", "G12", "G13", "Q4"}
        assert ComputedItem.objects.count() == len(found)
    reader = _leader(bureau)
    with within(reader.scope):
        board = selectors.board_visible_to(reader, bureau, YEAR)
        assert not board.is_stale
        assert {row.state for row in board.of("guarantee") if row.computed} <= {"met", "not_met"}
        kept = [row.result for row in board.rows if row.computed and row.result]
        obstacles = [one for result in kept for one in result.obstacles]
        assert obstacles
        assert all(one.school == "" or one.school.isdecimal() for one in obstacles)


def _leader(bureau: Bureau) -> Any:
    user = user_create(username="leader", display_name="局长")
    post_give(user=user, role=Role.BUREAU_LEADER, bureau_id=bureau.pk, valid_from=SINCE)
    return reader_on(user, clock.today())
