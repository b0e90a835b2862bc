"""What readers get is on record before it is sent; what they are refused is on record, too."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING

import pytest
from django.db import DatabaseError, connection
from django.urls import get_resolver
from tests.world import PASSWORD

from junheng.apps.audit.api import record, shows
from junheng.apps.audit.listening import name_key
from junheng.apps.audit.models import AuditEntry
from junheng.apps.audit.rules import Visit, pages, rules

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from django.test import Client
    from tests.world import World

SIGN_IN = "/sign-in/"


def acts() -> list[str]:
    return list(AuditEntry.objects.order_by("pk").values_list("act", flat=True))


def test_an_export_is_on_record_with_who_what_and_where_from(client: Client, world: World) -> None:
    client.force_login(world.clerk)
    n_before = AuditEntry.objects.count()
    reply = client.get("/data/datasets/schools/rows.xlsx", REMOTE_ADDR="10.1.2.3")
    assert reply.status_code == 200
    entry = AuditEntry.objects.order_by("pk")[n_before]
    assert (entry.act, entry.kind, entry.user_id) == ("export", "dataset:schools", world.clerk.pk)
    assert (entry.address, len(entry.request_id)) == ("10.1.2.3", 32)
    assert entry.bureaus == f",{world.bureau.pk},"


def test_a_page_without_persons_leaves_no_entry(client: Client, world: World) -> None:
    client.force_login(world.officer)
    before = acts()
    assert client.get("/data/").status_code == 200
    assert acts() == before


def test_a_refused_attempt_is_on_record(client: Client, world: World) -> None:
    client.force_login(world.outsider)
    address = "/intake/00000000-0000-0000-0000-000000000001/"
    assert client.get(address).status_code == 404
    entry = AuditEntry.objects.get(act="refused")
    assert (entry.kind, entry.user_id, entry.n_rows) == ("page:intake:show", world.outsider.pk, 0)
    assert json.loads(entry.keys) == ["00000000-0000-0000-0000-000000000001"]
    assert entry.detail == "GET NotFound"


def test_nothing_is_shown_off_the_record(client: Client, world: World) -> None:
    client.force_login(world.clerk)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_auditentry RENAME TO out_of_reach")
    with pytest.raises(DatabaseError):
        client.get("/data/datasets/schools/rows.xlsx")


def test_a_page_nobody_thought_of_is_recorded_as_a_reading_of_itself() -> None:
    assert pages().visit("somewhere:new") == Visit("read", "page:somewhere:new")
    assert pages().visit("catalogue:home") is None


def test_every_page_is_named_once_and_says_a_known_act() -> None:
    named = set(_names(get_resolver().url_patterns))
    recorded = pages().visits
    assert not recorded.keys() & pages().unrecorded
    assert recorded.keys() <= named
    assert {visit.act for visit in recorded.values()} <= rules().acts.keys()


def _names(patterns: Iterable[object], namespace: str = "") -> Iterator[str]:
    for pattern in patterns:
        inner = getattr(pattern, "url_patterns", None)
        if inner is None:
            yield f"{namespace}{getattr(pattern, 'name', '')}"
        else:
            own = getattr(pattern, "namespace", None)
            yield from _names(inner, f"{namespace}{own}:" if own else namespace)


def test_outside_a_request_a_page_has_nothing_to_tell(db: None) -> None:
    shows("dataset:pupils", n_rows=3)
    assert acts() == []


def test_signing_in_and_out_is_on_record(client: Client, world: World) -> None:
    client.post(SIGN_IN, {"username": "head", "password": PASSWORD})
    client.post("/sign-out/")
    told = [entry for entry in AuditEntry.objects.order_by("pk") if "sign" in entry.act]
    assert [entry.act for entry in told] == ["sign_in", "sign_out"]
    assert {entry.user_id for entry in told} == {world.head.pk}
    assert {entry.bureaus for entry in told} == {f",{world.bureau.pk},"}
    assert told[0].detail == "password"


@pytest.mark.parametrize("is_known", [True, False])
def test_a_failed_try_is_on_record_without_the_name_typed(
    client: Client, world: World, is_known: bool
) -> None:
    username = "head" if is_known else "欧阳某某"
    client.post(SIGN_IN, {"username": username, "password": "wrong-password"})
    entry = AuditEntry.objects.get(act="sign_in_failed")
    assert entry.user_id == (world.head.pk if is_known else None)
    assert entry.detail == "password"
    assert json.loads(entry.keys) == [name_key(username)]
    assert username not in str(AuditEntry.objects.values().get(pk=entry.pk)).replace(":head", "")


def test_logs_hold_no_name(client: Client, world: World, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, logger="junheng"):
        client.post(SIGN_IN, {"username": "no-such-person", "password": "secret-password"})
        client.post(SIGN_IN, {"username": "other_head", "password": PASSWORD})
        client.get("/data/datasets/schools/rows.xlsx")
        record("unmask", reader=world.reader(world.head), keys=["990102201203010019"])
    for name in ("no-such-person", "other_head", "secret-password", PASSWORD, "990102"):
        assert name not in caplog.text
