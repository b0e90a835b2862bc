"""The viewer of the audit administrator, sign-in records, histories; refused to everyone else."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from python_calamine import CalamineWorkbook
from tests.world import SINCE

from junheng.apps.accounts.api import Role, post_give, reader_on, user_create
from junheng.apps.audit.api import record
from junheng.apps.audit.models import AuditEntry
from junheng.apps.audit.policies import AuditEntryPolicy
from junheng.apps.audit.present import A_PAGE
from junheng.apps.foundation import clock, journal, policies
from junheng.apps.foundation.journal import Changed
from junheng.apps.registry.api import School

if TYPE_CHECKING:
    from django.test import Client
    from tests.world import World

    from junheng.apps.accounts.models import User

LOG, SIGN_INS = "/audit/", "/audit/sign-ins/"


@dataclass(frozen=True)
class Staff:
    """People of the bureau that look into the log, and an auditor of another bureau."""

    auditor: User
    officer: User
    security: User
    stranger: User


@pytest.fixture
def staff(world: World) -> Staff:
    def person(role: Role, bureau_id: int) -> User:
        user = user_create(username=f"{role}_{bureau_id}", display_name=f"{role.label}{bureau_id}")
        post_give(user=user, role=role, valid_from=SINCE, bureau_id=bureau_id)
        return user

    ours = world.bureau.pk
    return Staff(
        person(Role.AUDIT_ADMINISTRATOR, ours),
        person(Role.IT_OFFICER, ours),
        person(Role.SECURITY_ADMINISTRATOR, ours),
        person(Role.AUDIT_ADMINISTRATOR, world.other_bureau.pk),
    )


@pytest.fixture
def auditor(client: Client, world: World, staff: Staff) -> Client:
    """The browser of the audit administrator, in English, with some entries in the log."""
    head, outsider = world.reader(world.head), world.reader(world.outsider)
    record("read", reader=head, kind="dataset:pupils", keys=["P-1"], purpose="transfer")
    record("export", reader=head, kind="dataset:rooms", keys=["R1"], n_rows=12)
    record("decide", reader=outsider, kind="dataset:pupils", keys=["P-2"])
    record("sign_in", reader=head, kind="accounts.User")
    client.force_login(staff.auditor)
    client.cookies["language"] = "en"
    return client


def rows_of(client: Client, query: str = "") -> list[list[str]]:
    reply = client.get(f"/audit/entries.csv?{query}")
    assert reply.status_code == 200
    return list(csv.reader(io.StringIO(reply.content.decode("utf-8-sig"))))[1:]


def acts_told(client: Client, query: str) -> list[str]:
    return [row[4] for row in rows_of(client, query)]


def test_it_works(auditor: Client, world: World) -> None:
    page = auditor.get(LOG).text
    assert "Personal data read" in page
    assert world.head.display_name in page
    assert "Head of school" in page
    assert "P-1" in page
    assert "transfer" in page


def test_other_bureaus_are_not_told(auditor: Client) -> None:
    assert "P-2" not in auditor.get(LOG).text


def test_looking_and_sending_are_on_record(auditor: Client, staff: Staff) -> None:
    auditor.get(LOG)
    auditor.get("/audit/entries.xlsx")
    told = AuditEntry.objects.filter(user_id=staff.auditor.pk, kind="audit.AuditEntry")
    assert list(told.order_by("pk").values_list("act", flat=True)) == ["audit_read", "audit_export"]


@pytest.mark.parametrize(
    ("query", "acts"),
    [
        ("who=head", ["Signed in", "Exported", "Personal data read"]),
        ("who=nobody", []),
        ("act=export", ["Exported"]),
        ("group=read", ["Personal data read"]),
        ("kind=dataset:", ["Exported", "Personal data read"]),
        ("key=P-1", ["Personal data read"]),
        ("key=P-", []),
        ("purpose=transfer", ["Personal data read"]),
        ("minors=1", ["Personal data read"]),
        ("until=2020-01-01", []),
        ("since=2999-01-01", []),
        ("since=nonsense&act=export", ["Exported"]),
    ],
)
def test_filters(auditor: Client, query: str, acts: list[str]) -> None:
    assert [act for act in acts_told(auditor, query) if act not in DOOR] == acts


DOOR = {"Audit log exported", "Post given"}


def test_the_last_day_is_included(auditor: Client) -> None:
    today = clock.today()
    assert acts_told(auditor, f"since={today}&until={today}&act=export") == ["Exported"]
    assert acts_told(auditor, f"until={today - timedelta(days=1)}&act=export") == []


def test_a_long_log_comes_in_pages(auditor: Client, world: World) -> None:
    head = world.reader(world.head)
    for _ in range(A_PAGE):
        record("read", reader=head, kind="dataset:staff")
    first = auditor.get(f"{LOG}?kind=dataset").text
    assert f"1 to {A_PAGE} of {A_PAGE + 2}" in first
    assert "P-1" not in first
    assert "P-1" in auditor.get(f"{LOG}?kind=dataset&page=2").text


def test_files_hold_no_formula(auditor: Client, world: World) -> None:
    record("read", reader=world.reader(world.head), purpose='=HYPERLINK("http://x")', detail="+1")
    (row,) = rows_of(auditor, "purpose=HYPERLINK")
    assert (row[8][0], row[10]) == ("'", "'+1")
    reply = auditor.get("/audit/entries.xlsx?purpose=HYPERLINK")
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(reply.content)).get_sheet_by_index(0)
    assert sheet.to_python()[1][8] == '=HYPERLINK("http://x")'


@pytest.mark.parametrize("address", [LOG, "/audit/entries.csv", "/audit/entries.xlsx"])
def test_the_log_is_the_auditors_alone(
    client: Client, world: World, staff: Staff, address: str
) -> None:
    for user in (*world.people, staff.officer, staff.security):
        client.force_login(user)
        assert client.get(address).status_code == 403


def test_sign_ins_are_for_those_who_run_the_site(
    auditor: Client, world: World, staff: Staff
) -> None:
    for user in (staff.auditor, staff.officer, staff.security):
        auditor.force_login(user)
        page = auditor.get(SIGN_INS).text
        assert "Signed in" in page
        assert "Exported" not in page.replace("Audit log exported", "")
    for user in world.people:
        auditor.force_login(user)
        assert auditor.get(SIGN_INS).status_code == 403


def test_an_unknown_form_is_no_page(auditor: Client) -> None:
    assert auditor.get("/audit/entries.exe").status_code == 404


def test_an_empty_search_says_so(auditor: Client) -> None:
    assert "No entry is like this" in auditor.get(f"{LOG}?who=nobody").text


def test_object_check_and_list_agree(auditor: Client, world: World, staff: Staff) -> None:
    people = (*world.people, staff.auditor, staff.officer, staff.security, staff.stranger)
    readers = [reader_on(user, clock.today()) for user in people]
    assert policies.disagreements(AuditEntryPolicy(), readers, AuditEntry.objects.all()) == []


def test_an_act_leads_to_what_it_changed(auditor: Client, world: World) -> None:
    batch = uuid4()
    journal.record(
        [Changed(world.head, {"phone": "13800001234"}, {"phone": "13900001234"})],
        by=world.head.pk,
        why="a new phone",
        batch=batch,
    )
    record("corrected", reader=world.reader(world.head), kind="accounts.User", batch=batch)
    assert f"/audit/acts/{batch}/" in auditor.get(LOG).text
    page = auditor.get(f"/audit/acts/{batch}/").text
    assert "a new phone" in page
    assert "1390000" not in page
    assert auditor.get(f"/audit/acts/{uuid4()}/").status_code == 404
    for user in (world.officer, world.outsider):
        auditor.force_login(user)
        assert auditor.get(f"/audit/acts/{batch}/").status_code == 404


def test_the_history_of_a_record_is_for_whoever_may_see_it(client: Client, world: World) -> None:
    address = f"/audit/history/registry.School/{world.primary.pk}/"
    client.cookies["language"] = "en"
    changed = Changed(world.primary, {"name_zh": "旧名小学"}, {"name_zh": "新名小学"})
    journal.record([changed], by=world.officer.pk, why="renamed")
    for user, status in ((world.officer, 200), (world.head, 200), (world.outsider, 404)):
        client.force_login(user)
        reply = client.get(address)
        assert reply.status_code == status
        assert ("旧名小学" in reply.text) == (status == 200)
    entries = AuditEntry.objects.filter(act="history_read", kind=School._meta.label)
    assert entries.count() == 2


@pytest.mark.parametrize("kind", ["registry.Person", "accounts.User", "no.Such", "registry.School"])
def test_other_records_have_no_history_page(client: Client, world: World, kind: str) -> None:
    client.force_login(world.officer)
    assert client.get(f"/audit/history/{kind}/x/").status_code == 404
