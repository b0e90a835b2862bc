"""Entries: what they hold, what they never hold, and who cannot change them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from django.db import DatabaseError, connection, transaction

from junheng.apps.audit.api import KEYS_KEPT, key_of, record
from junheng.apps.audit.models import AuditEntry, Unsealed
from junheng.apps.audit.rules import pages, rules

if TYPE_CHECKING:
    from tests.world import World

IDENTITY = "990102201203010019"
PHONE = "13800001234"


@pytest.fixture
def entry(db: None) -> AuditEntry:
    record("read", reader=None, kind="dataset:pupils", keys=["1"], user_id=7)
    return AuditEntry.objects.get()


def test_it_works(world: World) -> None:
    reader = world.reader(world.head)
    record("export", reader=reader, kind="dataset:pupils", keys=["5", "6"], n_rows=2)
    entry = AuditEntry.objects.get()
    assert (entry.user_id, entry.act, entry.kind, entry.n_rows) == (
        world.head.pk,
        "export",
        "dataset:pupils",
        2,
    )
    assert json.loads(entry.keys) == ["5", "6"]
    assert entry.posts == f"{reader.posts[0].id}:head"
    assert entry.bureaus == f",{world.bureau.pk},"


def test_the_database_notes_an_entry_as_unsealed(entry: AuditEntry) -> None:
    assert list(Unsealed.objects.values_list("entry_id", flat=True)) == [entry.pk]


def test_an_unknown_act_is_an_error(db: None) -> None:
    with pytest.raises(ValueError, match="looked"):
        record("looked", reader=None)


def test_numbers_of_people_never_enter(db: None) -> None:
    record(
        "unmask",
        reader=None,
        keys=[IDENTITY, f"G{IDENTITY}", PHONE],
        purpose=f"call {PHONE}",
        detail=f"of {IDENTITY}",
    )
    stored = str(AuditEntry.objects.values().get())
    assert IDENTITY not in stored
    assert PHONE not in stored
    assert key_of(IDENTITY) in stored


def test_keys_are_kept_up_to_a_limit_and_rows_are_all_counted(db: None) -> None:
    keys = [str(n) for n in range(KEYS_KEPT + 5)]
    record("export", reader=None, keys=keys, n_rows=len(keys))
    entry = AuditEntry.objects.get()
    assert json.loads(entry.keys) == keys[:KEYS_KEPT]
    assert entry.n_rows == KEYS_KEPT + 5


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_auditentry SET user_id = 8",
        "DELETE FROM audit_auditentry",
        "UPDATE audit_auditentry SET id = id + 1",
    ],
)
def test_the_database_refuses(entry: AuditEntry, statement: str) -> None:
    refused = pytest.raises(DatabaseError, match="append-only")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    entry.refresh_from_db()
    assert entry.user_id == 7


def test_every_act_and_kind_has_words_in_both_languages() -> None:
    names = [*(act.name for act in rules().acts.values()), *rules().kinds.values()]
    for name in names:
        assert name.of("en").isascii()
        assert not name.of("zh-hans").isascii()


def test_every_kind_that_a_page_is_recorded_as_has_words() -> None:
    kinds = {visit.kind for visit in pages().visits.values()}
    assert {kind for kind in kinds if "{" not in kind} <= rules().kinds.keys()
