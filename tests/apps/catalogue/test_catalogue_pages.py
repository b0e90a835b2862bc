"""Pages of the catalogue: every dataset and field, what is there, who uses what, files."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

import pytest
from tests.apps.balance.tables import WORKED, A, changed, publish
from tests.world import SINCE, settled

from junheng.apps.accounts.api import Role, post_give, user_create
from junheng.apps.catalogue.models import DatasetCount
from junheng.apps.catalogue.services import dataset_count
from junheng.apps.foundation import clock
from junheng.apps.foundation.scoping import everything
from junheng.apps.jobs.api import run_worker
from junheng.apps.registry.api import Bureau, School
from junheng.apps.registry.models import ClassYear, Enrolment
from junheng.engine import contracts
from junheng.engine.contracts.cells import Context
from junheng.engine.contracts.reading import read_dataset
from junheng.engine.contracts.template import check_template
from junheng.engine.store.session import Session
from junheng.engine.store.tables import open_table

if TYPE_CHECKING:
    from pathlib import Path

    from django.test import Client
    from tests.world import World

ALL = contracts.contracts()


@pytest.fixture
def officer(client: Client, world: World) -> Client:
    """The browser of the supervision officer, in English."""
    client.force_login(world.officer)
    client.cookies["language"] = "en"
    return client


def test_it_works(officer: Client) -> None:
    page = officer.get("/data/").text
    for contract in ALL:
        assert f'href="/data/datasets/{contract.id}/"' in page
    for value in contracts.load().code_lists["data_domain"].values:
        assert f"{value.code} {value.name.en}" in page
    assert "Data domains without datasets so far" in page


@pytest.mark.parametrize("contract", ALL, ids=lambda c: c.id)
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_dataset_page_holds_every_field(
    officer: Client, contract: contracts.Contract, language: str
) -> None:
    officer.cookies["language"] = language
    page = officer.get(f"/data/datasets/{contract.id}/").text
    for field in contract.fields:
        assert f'id="field-{field.id}"' in page
        assert field.header.zh in page
        for indicator in field.used_by:
            assert f'href="/data/indicators/{indicator}/"' in page
    for codes in {f.code_list.id: f.code_list for f in contract.fields if f.code_list}.values():
        assert f"<code>{codes.values[0].code}</code>" in page
    n_sentences = 1 + len(contract.checks) + len(contract.references) + bool(contract.succession)
    checks = page.partition('id="checks-heading"')[2].partition("</ul>")[0]
    assert checks.count("<li>") == n_sentences


def test_required_fields_stand_before_used_and_other_ones(officer: Client) -> None:
    contract = contracts.contract("classes")
    page = officer.get("/data/datasets/classes/").text
    places = {field.id: page.index(f'id="field-{field.id}"') for field in contract.fields}
    required = max(places[f.id] for f in contract.fields if f.is_required)
    rest = [f for f in contract.fields if not f.is_required]
    used, unused = (
        [places[f.id] for f in rest if bool(f.used_by) is wanted] for wanted in (True, False)
    )
    assert required < min(used) <= max(used) < min(unused)


@pytest.mark.parametrize(
    ("word", "field"),
    [
        ("班号", "classes/#field-class_no"),
        ("class number", "classes/#field-class_no"),
        ("BJLXM", "classes/#field-class_kind_code"),
        ("全国学籍号", "pupils/#field-register_number"),
        ("register_number", "pupils/#field-register_number"),
        ("博士研究生", "staff/#field-"),
    ],
)
def test_fields_are_found_by_any_of_their_names(officer: Client, word: str, field: str) -> None:
    page = officer.get("/data/fields/", {"q": word}).text
    assert f'href="/data/datasets/{field}' in page


def test_a_word_that_names_nothing_says_what_to_do(officer: Client) -> None:
    page = officer.get("/data/fields/", {"q": "no such thing"}).text
    assert "No field is called so" in page
    assert "0 fields" in page


def test_an_indicator_names_all_fields_that_name_it(officer: Client) -> None:
    wanted = [(c.id, f.id) for c in ALL for f in c.fields if "R6" in f.used_by]
    page = officer.get("/data/indicators/R6/").text
    assert f"Needs {len(wanted)} fields" in page
    for dataset, field in wanted:
        assert f'href="/data/datasets/{dataset}/#field-{field}"' in page
    assert '#row-r6"' in page
    assert 'id="row-r6"' in officer.get("/rules/cn-2017-quality/2026.1/").text
    assert officer.get("/data/indicators/R99/").status_code == 404


def test_counting_tells_rows_and_filled_cells(
    officer: Client, world: World, transactional_db: None
) -> None:
    publish(world, [*WORKED[:3], changed(A, unit_id="E", school_id="S5", media_rooms="")])
    assert "have not been counted yet" in officer.get("/data/").text
    officer.post("/data/count")
    officer.post("/data/count")
    assert run_worker(until_idle=True) == 1
    with everything(reason="test"):
        count = DatasetCount.objects.get(dataset="unit_table")
    assert count.n_rows == 4
    assert (count.filled["media_rooms"], count.filled["pupils"]) == (3, 4)
    page = officer.get("/data/datasets/unit_table/").text
    assert "75.0%" in page.partition('id="field-media_rooms"')[2].partition("</tr>")[0]


def test_school_people_and_other_bureaus_see_no_counts(
    client: Client, world: World, transactional_db: None
) -> None:
    publish(world)
    client.force_login(world.officer)
    client.cookies["language"] = "en"
    client.post("/data/count")
    run_worker(until_idle=True)
    assert "Rows and filled cells were counted" in client.get("/data/").text
    for person in (world.clerk, world.head, world.outsider, world.administrator):
        client.force_login(person)
        client.cookies["language"] = "en"
        assert "were counted" not in client.get("/data/").text
        assert "75.0%" not in client.get("/data/datasets/unit_table/").text
    for person in (world.director, world.clerk):
        client.force_login(person)
        assert client.post("/data/count").status_code == 403


def test_a_template_comes_back_as_of_its_year_and_bureau(
    officer: Client, world: World, tmp_path: Path
) -> None:
    reply = officer.get("/data/datasets/classes/template.xlsx", {"year": "2025"})
    path = tmp_path / "classes.xlsx"
    path.write_bytes(reply.content)
    chosen = [contracts.contract("classes")]
    with Session() as session:
        fits = Context(2025, is_simulated=True, county_code=world.bureau.code)
        assert check_template(session, path, chosen, context=fits) == ()
        later = Context(2026, is_simulated=True, county_code="530103")
        assert len(check_template(session, path, chosen, context=later)) == 2
    assert officer.get("/data/datasets/classes/template.xlsx?year=1800").status_code == 404


@pytest.mark.parametrize("contract", ALL, ids=lambda c: c.id)
def test_the_sample_file_reads_without_a_fault(
    officer: Client, contract: contracts.Contract, tmp_path: Path
) -> None:
    path = tmp_path / "sample.csv"
    path.write_bytes(officer.get(f"/data/datasets/{contract.id}/sample.csv").content)
    with Session() as session:
        context = Context(2025, is_simulated=True, county_code="990101")
        checked = read_dataset(open_table(session, path), contract, context=context)
        assert (checked.n_rows, checked.faults()) == (1, ())


def test_schema_and_dictionary_can_be_fetched(officer: Client) -> None:
    schema = json.loads(officer.get("/data/datasets/pupils/schema.json").content)
    assert set(schema["properties"]) == {f.id for f in contracts.contract("pupils").fields}
    text = officer.get("/data/dictionary.csv").content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [(r["dataset"], r["field"]) for r in rows] == [
        (c.id, f.id) for c in ALL for f in c.fields
    ]
    one = officer.get("/data/datasets/classes/dictionary.csv").content.decode("utf-8-sig")
    assert len(list(csv.DictReader(io.StringIO(one)))) == len(contracts.contract("classes").fields)


@pytest.mark.parametrize("page", ["", "template.xlsx", "sample.csv", "schema.json"])
def test_an_unknown_dataset_is_not_found(officer: Client, page: str) -> None:
    assert officer.get(f"/data/datasets/nothing/{page}").status_code == 404


def test_a_dataset_page_leads_to_its_import_for_who_may(client: Client, world: World) -> None:
    for user, may in ((world.officer, True), (world.director, False)):
        client.force_login(user)
        page = client.get("/data/datasets/pupils/").text
        assert ('href="/intake/new/pupils/"' in page) == may


def test_strangers_are_sent_to_the_door(client: Client) -> None:
    assert client.get("/data/").status_code == 302


def test_rows_of_the_registry_are_counted(db: None) -> None:
    place = settled()
    with everything(reason="test"):
        bureau = Bureau.objects.get(pk=place.bureau_id)
        for dataset, model in (("pupils", Enrolment), ("classes", ClassYear)):
            count = dataset_count(
                bureau=bureau, first_year=place.school_year, dataset=dataset, now=clock.now()
            )
            assert count.n_rows == model.objects.filter(bureau=bureau).count() > 0
            assert count.changed_at is not None
            required = [f.id for f in contracts.contract(dataset).fields if f.is_required]
            assert {count.filled[name] for name in required} == {count.n_rows}


def test_a_clerk_fetches_the_rows_of_the_own_school(
    client: Client, world: World, tmp_path: Path
) -> None:
    place = settled(world.bureau.code)
    with everything(reason="test"):
        school = School.objects.filter(rooms__isnull=False, bureau=world.bureau).first()
        assert school is not None
        n_rooms = school.rooms.count()
    clerk = user_create(username="village", display_name="village", password="long-enough-1")
    post_give(user=clerk, role=Role.SCHOOL_CLERK, valid_from=SINCE, school_id=school.pk)
    client.force_login(clerk)
    path = tmp_path / "rooms.xlsx"
    path.write_bytes(client.get(f"/data/datasets/rooms/rows.xlsx?year={place.school_year}").content)
    with Session() as session:
        context = Context(place.school_year, is_simulated=True, county_code=world.bureau.code)
        checked = read_dataset(
            open_table(session, path), contracts.contract("rooms"), context=context
        )
        assert (checked.n_rows, checked.faults()) == (n_rooms, ())
        schools = session.rows(f"SELECT DISTINCT school_id FROM {checked.relation}")
    assert schools == [(school.identifier,)]
    for dataset in ("pupils", "staff", "unit_table"):
        assert client.get(f"/data/datasets/{dataset}/rows.xlsx").status_code == 404
    for person in (world.officer, world.administrator):
        client.force_login(person)
        assert client.get("/data/datasets/rooms/rows.xlsx").status_code == 404
