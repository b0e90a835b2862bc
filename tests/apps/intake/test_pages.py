"""Pages of imports through the client: who finds what, from the template to undoing."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.apps.intake.district import as_csv

from junheng.apps.foundation import masking
from junheng.apps.foundation.scoping import everything
from junheng.apps.intake import sending
from junheng.apps.intake.models import Import, State
from junheng.apps.jobs.api import run_worker
from junheng.apps.jobs.models import Job
from junheng.apps.jobs.models import State as JobState
from junheng.engine.store.session import Session
from junheng.engine.store.tables import open_table

if TYPE_CHECKING:
    from pathlib import Path

    from django.test import Client
    from pytest_django.fixtures import Settings
    from tests.apps.intake.district import District

    from junheng.apps.accounts.models import User

pytestmark = pytest.mark.django_db

XLSX = b"PK\x03\x04"


@pytest.fixture
def clerk(client: Client, district: District) -> Client:
    return signed_in(client, district.clerk)


def signed_in(client: Client, user: User) -> Client:
    client.force_login(user)
    client.cookies["language"] = "en"
    return client


def send(client: Client, dataset: str, content: bytes, *, at: str = "", whole: bool = False) -> str:
    """Send a file and return the address of its page."""
    file = SimpleUploadedFile(f"{dataset}.csv", content)
    return sent(client, dataset, file, at=at, whole=whole)


def sent(
    client: Client, dataset: str, file: SimpleUploadedFile, *, at: str = "", whole: bool = False
) -> str:
    told = {"file": file, "year": "2025"} | ({"is_whole": "on"} if whole else {})
    answer = client.post(f"/intake/new/{dataset}/?at={at}", told)
    assert answer.status_code == 302, answer.text
    return answer.headers["Location"]


def newest() -> Import:
    with everything(reason="test"):
        return Import.objects.select_related("school", "bureau").latest("sent_at")


def work_off() -> None:
    """Run the one job that waits; one that did not run or failed is told of here, and why."""
    n_run = run_worker(until_idle=True)
    job = Job.objects.latest("enqueued_at")
    assert (n_run, job.state) == (1, JobState.DONE), f"{job.message} {job.error}"


@pytest.fixture(autouse=True)
def _exports_need_no_second_person(settings: Settings) -> None:
    settings.EXPORT_ROWS_ALONE = 10_000


def renamed(district: District) -> dict[str, str | None]:
    return {**district.pupils_of(district.school)[0], "name": "改名"}


def test_it_works(clerk: Client, district: District) -> None:
    before = district.everything()
    assert "not imported yet" in clerk.get("/intake/").text
    url = send(clerk, "pupils", as_csv("pupils", [renamed(district)]))
    page = clerk.get(url).text
    assert "<ins>改名</ins>" in page
    source = newest()
    assert (source.state, source.school) == (State.CHECKED, district.school)
    clerk.post(f"/intake/{source.pk}/apply")
    assert "Under way" in clerk.get(url).text
    work_off()
    page = clerk.get(url).text
    assert "What changed because of you" in page
    assert "No indicator and no verdict of any school is different." in page
    assert "imported on" in clerk.get("/intake/").text
    clerk.post(f"/intake/{source.pk}/undo")
    work_off()
    assert "every row is as it was before" in clerk.get(url).text
    assert district.everything() == before


def test_a_template_holds_the_rows_of_the_own_school(
    clerk: Client, district: District, tmp_path: Path
) -> None:
    response = clerk.post("/intake/new/pupils/template.xlsx", {"purpose": "correct"})
    assert response.content.startswith(XLSX)
    path = tmp_path / "template.xlsx"
    path.write_bytes(response.content)
    with Session() as session:
        table = open_table(session, path, sheet="Pupils")
        numbers = {row[0] for row in session.rows(f"SELECT c0 FROM {table.relation}")}
    own = {row["pupil_id"] for row in district.pupils_of(district.school)}
    others = {row["pupil_id"] for row in district.pupils_of(district.other)}
    assert own <= numbers
    assert not others & numbers


@pytest.mark.parametrize("dataset", ["pupils", "rooms", "staff"])
def test_a_template_sent_back_changes_nothing(
    clerk: Client, district: District, dataset: str
) -> None:
    content = clerk.post(f"/intake/new/{dataset}/template.xlsx", {"purpose": "correct"}).content
    file = SimpleUploadedFile("template.xlsx", content)
    url = sent(clerk, dataset, file)
    run_worker(until_idle=True)
    page = clerk.get(url).text
    assert "There is nothing to apply." in page


def test_a_template_of_several_datasets_changes_nothing(clerk: Client, district: District) -> None:
    content = clerk.post("/intake/new/all/template.xlsx", {"purpose": "correct"}).content
    file = SimpleUploadedFile("template.xlsx", content)
    url = sent(clerk, "all", file)
    run_worker(until_idle=True)
    page = clerk.get(url).text
    assert "There is nothing to apply." in page, re.findall(r"<p class=.answer.>[^<]*", page)


def test_faults_stand_by_column_with_remedy(clerk: Client, district: District) -> None:
    rows = [dict(row) for row in district.pupils_of(district.school)[:3]]
    rows[0]["sex_code"], rows[1]["sex_code"] = "大男", "大女"
    rows[2]["birth_date"] = "2031-01-01"
    url = send(clerk, "pupils", as_csv("pupils", rows))
    page = clerk.get(url).text
    assert "大男" in page
    assert "data-first-fault" in page
    # In the filter and at the head of the group.
    assert page.count('性别 <span class="n">2</span>') == 2
    only = clerk.get(f"{url}?field=性别").text
    assert "大女" in only
    assert "2031-01-01" not in only
    marked = clerk.get(f"{url}marked.xlsx")
    assert marked.content.startswith(XLSX)
    assert clerk.post(f"{url}apply").status_code == 400


def test_a_window_of_changes_comes_alone(client: Client, district: District) -> None:
    officer = signed_in(client, district.world.officer)
    rows = [{**row, "name": "改名"} for row in district.rows("pupils")]
    source = district.send("pupils", rows)
    assert source.state == State.CHECKED
    n_all = district.part(source).n_changed
    assert n_all > 200
    url = f"/intake/{source.pk}/"
    part = officer.get(f"{url}?kind=changed&page=2", headers={"HX-Target": "changes"}).text
    assert "<html" not in part
    assert part.count("<ins>") == 100
    assert f"101 to 200 of {n_all}" in part
    asked = {"text": str(rows[17]["pupil_id"])}
    found = officer.get(url, asked, headers={"HX-Target": "changes"}).text
    assert found.count("<ins>") == 1
    assert "No row is like this" in officer.get(f"{url}?text=nobody").text


def test_numbers_of_people_are_masked(clerk: Client, district: District) -> None:
    row = next(r for r in district.pupils_of(district.school) if r["register_number"])
    url = send(clerk, "pupils", as_csv("pupils", [{**row, "register_number": None}]))
    page = clerk.get(url).text
    assert str(row["register_number"]) not in page
    assert masking.identity_number(str(row["register_number"])) in page
    masked = {"kind": "changed", "text": str(row["register_number"])[:10]}
    assert "No row is like this" in clerk.get(url, masked).text


def test_faults_show_no_number_of_a_person(clerk: Client, district: District) -> None:
    row = next(r for r in district.pupils_of(district.school) if r["identity_number"])
    wrong = f"{str(row['identity_number'])[:17]}A"
    url = send(clerk, "pupils", as_csv("pupils", [{**row, "identity_number": wrong}]))
    page = clerk.get(url).text
    assert wrong not in page
    assert masking.identity_number(wrong) in page


def test_conflicts_stand_apart_with_both_rows(client: Client, district: District) -> None:
    one, other = district.rows("pupils")[:2]
    number = str(one["identity_number"])
    same = {name: one[name] for name in ("identity_number", "birth_date", "sex_code")}
    third = {**district.rows("pupils")[2], "sex_code": "大男"}
    source = district.send("pupils", [third, {**other, **same}])
    page = signed_in(client, district.world.officer).get(f"/intake/{source.pk}/").text
    conflicts, faults = page.split('id="faults"')
    assert "Conflicts with stored rows" in conflicts
    assert str(one["pupil_id"]) in conflicts
    assert str(other["pupil_id"]) in conflicts
    assert "Compare with the document" in conflicts
    assert "Compare with the document" not in faults
    assert "大男" in faults
    assert number not in page


def test_names_are_masked_outside_the_own_school(client: Client, district: District) -> None:
    row = {**district.pupils_of(district.school)[0], "name": "欧阳小华"}
    source = district.send("pupils", [row])
    page = signed_in(client, district.world.officer).get(f"/intake/{source.pk}/").text
    assert "欧**华" in page
    assert "欧阳小华" not in page


def test_many_lost_rows_ask_for_a_reason(client: Client, district: District) -> None:
    officer = signed_in(client, district.world.officer)
    url = send(officer, "rooms", as_csv("rooms", district.rows("rooms")[10:]), whole=True)
    assert "Stopped: is this meant?" in officer.get(url).text
    refused = officer.post(f"{url}apply", {"why": " "})
    assert refused.status_code == 422
    assert newest().job_id is None
    officer.post(f"{url}apply", {"why": "two buildings were torn down"})
    run_worker(until_idle=True)
    assert "two buildings were torn down" in officer.get(url).text
    assert newest().state == State.APPLIED


def test_a_large_file_is_checked_as_a_job(
    clerk: Client, district: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "AT_ONCE_BYTES", 10)
    url = send(clerk, "pupils", as_csv("pupils", [renamed(district)]))
    assert "Under way" in clerk.get(url).text
    run_worker(until_idle=True)
    assert "<ins>改名</ins>" in clerk.get(url).text


def test_an_indicator_that_moves_is_told(clerk: Client, district: District) -> None:
    own = [r for r in district.rows("rooms") if r["school_id"] == district.school.identifier]
    url = send(clerk, "rooms", as_csv("rooms", [{**row, "area_m2": "1"} for row in own]))
    clerk.post(f"{url}apply")
    run_worker(until_idle=True)
    effects = newest().effects
    assert effects
    assert {one["school_name"] for one in effects} == {district.school.name_zh}
    assert any(cell["indicator"] == "R4" for one in effects for cell in one["cells"])
    assert "In the indicators" in clerk.get(url).text


def test_a_later_import_stands_in_the_way_of_undoing(client: Client, district: District) -> None:
    officer = signed_in(client, district.world.officer)
    row = district.rows("rooms")[0]
    first = district.apply(district.send("rooms", [{**row, "area_m2": "1"}]))
    second = district.apply(district.send("rooms", [{**row, "area_m2": "2"}], name="later.csv"))
    page = officer.get(f"/intake/{first.pk}/undo").text
    assert "later.csv" in page
    assert f'href="/intake/{second.pk}/"' in page
    assert officer.post(f"/intake/{first.pk}/undo").status_code == 409
    officer.post(f"/intake/{second.pk}/undo")
    run_worker(until_idle=True)
    assert "Nobody has changed these rows since" in officer.get(f"/intake/{first.pk}/undo").text


def test_the_history_of_a_row(clerk: Client, district: District) -> None:
    row = next(r for r in district.pupils_of(district.school) if r["identity_number"])
    url = send(clerk, "pupils", as_csv("pupils", [{**row, "name": "改名"}]))
    clerk.post(f"{url}apply")
    run_worker(until_idle=True)
    key = {"key": [str(row["pupil_id"]), str(row["from_date"])]}
    page = clerk.get("/intake/rows/pupils/", key).text
    assert "<ins>改名</ins>" in page
    assert f'href="{url}"' in page
    assert str(row["identity_number"]) not in page
    other = district.pupils_of(district.other)[0]
    for given in (["pupil_id", "from_date"], ["pupil_id"], []):
        asked = {"key": [str(other[name]) for name in given]}
        assert clerk.get("/intake/rows/pupils/", asked).status_code == 404


def test_others_find_nothing(client: Client, clerk: Client, district: District) -> None:
    url = send(clerk, "pupils", as_csv("pupils", [renamed(district)]))
    world = district.world
    for person in (world.clerk, world.other_head, world.outsider, world.administrator):
        signed_in(client, person)
        for page in ("", "marked.xlsx", "undo"):
            assert client.get(f"{url}{page}").status_code == 404
        for act in ("apply", "check", "discard", "undo"):
            assert client.post(f"{url}{act}").status_code == 404
        at = f"school-{district.school.pk}"
        assert client.get(f"/intake/new/pupils/?at={at}").status_code == 404
        assert client.get(f"/intake/new/pupils/template.xlsx?at={at}").status_code == 404
    assert client.get("/intake/").status_code == 403
    assert newest().state == State.CHECKED


def test_leaders_look_and_change_nothing(client: Client, district: District) -> None:
    source = district.send("rooms", [{**district.rows("rooms")[0], "area_m2": "1"}])
    director = signed_in(client, district.world.director)
    assert "rooms.csv" in director.get("/intake/").text
    page = director.get(f"/intake/{source.pk}/").text
    assert "<ins>1</ins>" in page
    assert "/apply" not in page
    assert director.post(f"/intake/{source.pk}/apply").status_code in (403, 404)


def test_a_file_with_another_dataset_is_refused(clerk: Client, district: District) -> None:
    text = io.BytesIO(as_csv("schools", district.rows("schools")[:1]))
    assert clerk.post("/intake/new/schools/", {"file": text, "year": "2025"}).status_code == 404


@pytest.mark.parametrize("query", ["?state=nonsense&page=x", "?state=applied", "?dataset=rooms"])
def test_filters_of_the_history(client: Client, district: District, query: str) -> None:
    officer = signed_in(client, district.world.officer)
    district.send("pupils", district.rows("pupils")[:1])
    page = officer.get(f"/intake/{query}").text
    assert ("pupils.csv" in page) == ("nonsense" in query)
