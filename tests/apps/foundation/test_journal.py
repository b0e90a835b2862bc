"""The journal of changes: complete, sealed where it must be, and refused to anyone who edits it."""

from __future__ import annotations

import json
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from junheng.apps.accounts.models import User
from junheng.apps.foundation import journal
from junheng.apps.foundation.journal import Changed
from junheng.apps.foundation.models import Change


@pytest.fixture
def user(db: None) -> User:
    return User.objects.create_user("someone", display_name="someone", phone="13800001234")


@pytest.fixture
def change(user: User) -> Change:
    fields = {"phone": "13800001234", "language": "en"}
    journal.record([Changed(user, None, fields)], by=user.pk, why="test", batch=uuid4())
    return Change.objects.get()


def test_it_works(user: User, change: Change) -> None:
    assert (change.kind, change.key, change.why) == ("accounts.User", str(user.pk), "test")
    assert change.who == user
    assert journal.values(change.old) is None
    assert journal.values(change.new) == {"phone": "13800001234", "language": "en"}
    assert list(journal.history(user)) == [change]


def test_an_encrypted_field_is_encrypted_in_the_journal_too(change: Change) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT new FROM foundation_change")
        (text,) = cursor.fetchone()
    assert "13800001234" not in str(text)
    assert json.loads(text)["language"] == "en"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE foundation_change SET why = 'nothing happened'",
        "DELETE FROM foundation_change",
        "UPDATE foundation_change SET id = id + 1",
    ],
)
def test_the_database_refuses(change: Change, statement: str) -> None:
    refused = pytest.raises(DatabaseError, match="append-only")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    change.refresh_from_db()
    assert change.why == "test"


def test_the_database_refuses_to_replace_or_empty(change: Change) -> None:
    statement = {
        "sqlite": "INSERT OR REPLACE INTO foundation_change (id, at, why, kind, key) "
        f"VALUES ({change.pk}, '2026-01-01', 'other', 'k', '1')",
        "postgresql": "SET CONSTRAINTS ALL IMMEDIATE; TRUNCATE foundation_change",
    }[connection.vendor]
    refused = pytest.raises(DatabaseError, match="append-only")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    change.refresh_from_db()
    assert change.why == "test"


def test_the_orm_is_refused_as_well(change: Change) -> None:
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        change.delete()
    change.why = "other"
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        change.save()


def test_a_change_undone_leaves_no_line(user: User) -> None:
    with transaction.atomic():
        journal.record([Changed(user, None, {"language": "en"})], by=None, why="test")
        transaction.set_rollback(True)
    assert not Change.objects.exists()


def test_whoever_stands_in_the_journal_cannot_be_removed(user: User, change: Change) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        user.delete()


def test_a_difference_holds_the_changed_fields_only() -> None:
    old, new = journal.difference({"a": 1, "b": 2}, {"a": 1, "b": 3, "c": 4})
    assert (old, new) == ({"b": 2, "c": None}, {"b": 3, "c": 4})
