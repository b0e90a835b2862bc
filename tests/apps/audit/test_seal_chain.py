"""The chain: computed here by hand, complete under writers that commit late, and quick."""

from __future__ import annotations

import hashlib
import json
import threading
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from django.conf import settings
from django.db import connection, transaction
from tests.apps.audit.tamper import write_entries
from tests.nursery import PATIENCE_S

from junheng.apps.audit import sealing
from junheng.apps.audit.api import heads_in, record, seal_due, verify
from junheng.apps.audit.models import AuditEntry, AuditSeal, Unsealed
from junheng.apps.operation.api import heartbeats

if TYPE_CHECKING:
    from pathlib import Path

AT = datetime(2026, 11, 23, 0, 0, 0, 500, tzinfo=UTC)
NOW = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
PLAIN = {"posts": "", "bureaus": "", "purpose": "", "request_id": "", "detail": ""}


@pytest.fixture
def head_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "heads.jsonl"
    monkeypatch.setattr(settings, "AUDIT_HEAD_FILE", path)
    return path


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def test_the_chain_is_what_one_computes_by_hand(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def entry(number: int, act: str, **values: object) -> None:
        given = PLAIN | {"at": AT, "keys": "[]", "kind": "", "address": "", "n_rows": 1} | values
        AuditEntry.objects.create(id=number, act=act, **given)

    entry(901, "sign_in", user_id=5, address="10.0.0.8", posts="3:head", bureaus=",1,")
    entry(902, "export", user_id=5, kind="dataset:pupils", keys='["甲"]', n_rows=40)
    entry(903, "decide", detail="x", batch=UUID("00000000-0000-0000-0000-00000000000a"))
    monkeypatch.setattr(sealing, "ENTRIES_AT_MOST", 2)
    first, second = sealing.seal_next(now=NOW), sealing.seal_next(now=NOW)

    moment = '"2026-11-23T00:00:00.000500Z"'
    one = sha256(f'[901,{moment},5,"3:head",",1,","sign_in","","[]","","10.0.0.8","",1,"",null]')
    two = sha256(
        f'[902,{moment},5,"","","export","dataset:pupils","[\\"甲\\"]","","","",40,"",null]'
    )
    three = sha256(
        f'[903,{moment},null,"","","decide","","[]","","","",1,"x",'
        '"00000000-0000-0000-0000-00000000000a"]'
    )
    sealed_at = "2026-11-23T08:30:00.000000Z"
    head_1 = sha256(f"1\n{sealed_at}\n{'0' * 64}\n901 {one}\n902 {two}")
    head_2 = sha256(f"2\n{sealed_at}\n{head_1}\n903 {three}")
    assert first is not None
    assert second is not None
    assert (first.head, second.previous, second.head) == (head_1, head_1, head_2)
    assert (first.first_id, first.last_id, first.n_entries) == (901, 902, 2)


def test_sealing_covers_everything_and_then_rests(db: None) -> None:
    write_entries(5)
    assert seal_due() == 5
    assert not Unsealed.objects.exists()
    assert seal_due() == 0
    verified = verify()
    assert (verified.n_entries, verified.n_seals, verified.findings) == (5, 1, [])
    assert verified.head == AuditSeal.objects.get().head


@pytest.mark.django_db(transaction=True)
def test_an_entry_that_commits_late_is_sealed_later_and_not_skipped(head_file: Path) -> None:
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has one writer: ids are given out in the order of commits")
    has_written, may_commit = threading.Event(), threading.Event()

    def slow_writer() -> None:
        with transaction.atomic():
            record("read", reader=None, user_id=1)
            has_written.set()
            may_commit.wait(PATIENCE_S)
        connection.close()

    writer = threading.Thread(target=slow_writer)
    writer.start()
    assert has_written.wait(PATIENCE_S)
    record("read", reader=None, user_id=2)
    assert seal_due() == 1, "the writer under way must neither be waited for nor be sealed"
    may_commit.set()
    writer.join()
    late, early = AuditEntry.objects.order_by("pk").values_list("pk", flat=True)
    assert seal_due() == 1
    seals = AuditSeal.objects.order_by("pk").values_list("first_id", flat=True)
    assert list(seals) == [early, late]
    assert verify(heads_in(head_file)).findings == []


@pytest.mark.django_db(transaction=True)
def test_writers_and_sealers_at_once_lose_nothing(head_file: Path) -> None:
    def at_work(n_entries: int) -> None:
        for _ in range(n_entries):
            record("read", reader=None, user_id=1)
            seal_due()
        connection.close()

    threads = [threading.Thread(target=at_work, args=(8,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    verified = verify(heads_in(head_file))
    assert (verified.n_entries, verified.n_unsealed, verified.findings) == (32, 0, [])


@pytest.mark.django_db(transaction=True)
def test_the_head_leaves_the_database_one_line_a_day(head_file: Path) -> None:
    heads = []
    for moment in (NOW, NOW + timedelta(hours=1), NOW + timedelta(days=1)):
        write_entries(1)
        seal = sealing.seal_next(now=moment)
        assert seal is not None
        heads.append(seal.head)
    lines = [json.loads(line) for line in head_file.read_text().splitlines()]
    assert [(line["seal"], line["head"]) for line in lines] == [(2, heads[1]), (3, heads[2])]


@pytest.mark.django_db(transaction=True)
def test_the_worker_seals_by_itself(head_file: Path) -> None:
    write_entries(3)
    has_sealed = threading.Event()
    with heartbeats(every_s=60, duties=[seal_due, has_sealed.set]):
        assert has_sealed.wait(PATIENCE_S)
    assert AuditSeal.objects.get().n_entries == 3


@pytest.mark.django_db(transaction=True)
def test_a_head_file_that_cannot_be_written_stops_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setattr(settings, "AUDIT_HEAD_FILE", tmp_path / "file" / "heads.jsonl")
    write_entries(1)
    assert seal_due() == 1


def test_it_is_quick(db: None) -> None:
    begun = time.process_time()
    write_entries(1_000)
    written = time.process_time()
    assert seal_due() == 1_000
    sealed = time.process_time()
    # The bounds are those of the specification; about a third of them is used.
    assert written - begun < 1.0
    assert sealed - written < 0.5
