"""Each kind of tampering is found, and named by entry or seal."""

from __future__ import annotations

import pytest
from tests.apps.audit.tamper import ENTRY, SEAL, tamper, write_entries

from junheng.apps.audit import sealing
from junheng.apps.audit.api import seal_due, verify
from junheng.apps.audit.chain import CANONICAL, digest_of, head_of, lines_of
from junheng.apps.audit.heads import Head
from junheng.apps.audit.models import AuditEntry, AuditSeal

INSERT = (
    f"INSERT INTO {ENTRY} (id, at, posts, bureaus, act, kind, keys, purpose, address, request_id, "
    "n_rows, detail) VALUES ({id}, '2026-11-23 08:00:00+00:00', '', '', 'read', '', '[]', '', '', "
    "'', 1, '')"
)


@pytest.fixture
def ids(db: None, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Six entries in three seals."""
    monkeypatch.setattr(sealing, "ENTRIES_AT_MOST", 2)
    write_entries(6)
    assert seal_due() == 6
    return list(AuditEntry.objects.order_by("pk").values_list("pk", flat=True))


def found() -> list[tuple[str, int | None, int | None]]:
    return [(f.kind, f.seal, f.entry) for f in verify().findings]


def test_an_untouched_log_is_whole(ids: list[int]) -> None:
    assert found() == []


@pytest.mark.parametrize(
    "change",
    ["user_id = 99", "at = '2020-01-01 00:00:00+00:00'", "detail = 'x'", "keys = '[]'"],
)
def test_a_changed_entry(ids: list[int], change: str) -> None:
    tamper(f"UPDATE {ENTRY} SET {change} WHERE id = {ids[3]}")
    assert found() == [("changed", 2, ids[3])]


def test_a_missing_entry(ids: list[int]) -> None:
    tamper(f"DELETE FROM {ENTRY} WHERE id = {ids[2]}")
    assert found() == [("missing", 2, ids[2])]


def test_entries_in_another_order(ids: list[int]) -> None:
    spare = ids[-1] + 100
    tamper(
        f"UPDATE {ENTRY} SET id = {spare} WHERE id = {ids[2]}",
        f"UPDATE {ENTRY} SET id = {ids[2]} WHERE id = {ids[3]}",
        f"UPDATE {ENTRY} SET id = {ids[3]} WHERE id = {spare}",
    )
    assert found() == [("moved", 2, ids[2]), ("moved", 2, ids[3])]


@pytest.mark.parametrize("place", ["before", "behind"])
def test_an_inserted_entry(ids: list[int], place: str) -> None:
    number = ids[0] - 1 if place == "before" else ids[-1] + 5
    tamper(INSERT.format(id=number))
    assert found() == [("inserted", None, number)]


def test_an_entry_inserted_between(ids: list[int]) -> None:
    tamper(f"DELETE FROM {ENTRY} WHERE id = {ids[1]}", INSERT.format(id=ids[1]))
    assert found() == [("changed", 1, ids[1])]


def test_an_entry_removed_before_it_was_sealed(ids: list[int]) -> None:
    write_entries(2)
    last = AuditEntry.objects.order_by("-pk")[0].pk
    tamper(f"DELETE FROM {ENTRY} WHERE id = {last}")
    assert found() == [("missing_unsealed", None, last)]
    seal_due()
    assert found() == [("missing", 4, last)]


def test_a_changed_seal(ids: list[int]) -> None:
    tamper(f"UPDATE {SEAL} SET at = '2020-01-01 00:00:00+00:00' WHERE number = 2")
    assert found() == [("seal_changed", 2, None)]


def test_a_seal_spoilt_beyond_reading(ids: list[int]) -> None:
    tamper(f"UPDATE {SEAL} SET entries = 'nothing' WHERE number = 3")
    assert found()[0] == ("seal_changed", 3, None)


def test_an_entry_and_its_seal_made_anew(ids: list[int]) -> None:
    """Whoever seals a changed entry again breaks the seal after it."""
    tamper(f"UPDATE {ENTRY} SET user_id = 99 WHERE id = {ids[0]}")
    seal = AuditSeal.objects.get(pk=1)
    rows = AuditEntry.objects.filter(pk__in=ids[:2]).values_list(*CANONICAL)
    lines = lines_of((row[0], digest_of(row)) for row in rows)
    head = head_of(1, seal.at, seal.previous, lines)
    tamper(f"UPDATE {SEAL} SET entries = '{lines}', head = '{head}' WHERE number = 1")
    assert found() == [("seal_moved", 2, None)]


def test_a_missing_seal(ids: list[int]) -> None:
    tamper(f"DELETE FROM {SEAL} WHERE number = 2")
    assert found() == [
        ("seal_missing", 2, None),
        ("inserted", None, ids[2]),
        ("inserted", None, ids[3]),
    ]


def test_seals_in_another_order(ids: list[int]) -> None:
    tamper(
        f"UPDATE {SEAL} SET number = 9 WHERE number = 2",
        f"UPDATE {SEAL} SET number = 2 WHERE number = 3",
        f"UPDATE {SEAL} SET number = 3 WHERE number = 9",
    )
    kinds = {finding for finding in found() if finding[0] in {"seal_moved", "seal_changed"}}
    assert {("seal_moved", 2, None), ("seal_changed", 2, None)} <= kinds


def cut_after_first_seal(ids: list[int]) -> None:
    tamper(f"DELETE FROM {SEAL} WHERE number > 1", f"DELETE FROM {ENTRY} WHERE id > {ids[1]}")


def test_a_cut_tail_is_found_by_the_head_told_outside(ids: list[int]) -> None:
    last = AuditSeal.objects.get(pk=3)
    head = Head(seal=3, at="", head=last.head)
    assert verify([head]).findings == []
    cut_after_first_seal(ids)
    assert found() == [], "the shortened chain itself is sound"
    assert [(f.kind, f.seal) for f in verify([head]).findings] == [("tail_cut", 3)]


def test_a_chain_made_anew_is_found_by_the_head_told_outside(ids: list[int]) -> None:
    head = Head(seal=3, at="", head=AuditSeal.objects.get(pk=3).head)
    cut_after_first_seal(ids)
    write_entries(4)
    seal_due()
    assert found() == []
    assert [(f.kind, f.seal) for f in verify([head]).findings] == [("other_head", 3)]
