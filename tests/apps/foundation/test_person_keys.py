"""Lines of the journal under a person's key: open while the key is there, gone with it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from junheng.apps.foundation import clock, journal, person_keys
from junheng.apps.foundation.encryption import CannotDecrypt, reencrypt
from junheng.apps.foundation.journal import RowChanged
from junheng.apps.foundation.models import Change, PersonKey

if TYPE_CHECKING:
    from pytest_django.fixtures import Settings
    from tests.world import World

ONE, OTHER = "530102/pupils/P1", "530102/pupils/P2"


def written(*changes: RowChanged) -> list[RowChanged]:
    """Write sealed rows and read them again."""
    batch = uuid4()
    journal.record_rows(changes, by=None, why="test", batch=batch, is_sealed=True)
    return list(journal.rows_of_batch(batch))


def line(person: str, name: str = "欧阳小华") -> RowChanged:
    return RowChanged("pupils", f"{person}/2025-09-01", None, {"name": name}, person)


def test_it_works(world: World) -> None:
    first, second, third = written(line(ONE), line(OTHER, "李示例"), line(""))
    assert first.new == {"name": "欧阳小华"}
    assert second.new == {"name": "李示例"}
    assert third.new == {"name": "欧阳小华"}
    assert not any(row.is_forgotten for row in (first, second, third))
    entries = Change.objects.filter(kind="dataset:pupils").order_by("pk")
    stored = [(entry.new or {})["encrypted"] for entry in entries]
    assert [text.startswith("person.") for text in stored] == [True, True, False]
    assert PersonKey.objects.count() == 2


def test_a_destroyed_key_takes_its_lines_along_and_no_other(world: World) -> None:
    batch = uuid4()
    lines = [line(ONE), line(OTHER)]
    journal.record_rows(lines, by=None, why="test", batch=batch, is_sealed=True)
    assert person_keys.destroy(ONE, now=clock.now())
    assert not person_keys.destroy(ONE, now=clock.now())
    gone, kept = journal.rows_of_batch(batch)
    assert (gone.old, gone.new, gone.is_forgotten) == (None, {}, True)
    assert (kept.new, kept.is_forgotten) == ({"name": "欧阳小华"}, False)
    ((_, row),) = journal.row_history("pupils", lines[0].key)
    assert row.is_forgotten
    (key,) = PersonKey.objects.filter(destroyed_at__isnull=False)
    assert ONE not in (key.subject, key.wrapped)


def test_who_comes_again_gets_another_key(world: World) -> None:
    written(line(ONE))
    before = person_keys.existing_keys([ONE])[ONE]
    person_keys.destroy(ONE, now=clock.now())
    assert person_keys.existing_keys([ONE]) == {}
    (again,) = written(line(ONE, "again"))
    assert again.new == {"name": "again"}
    assert person_keys.existing_keys([ONE])[ONE] != before


def test_one_person_keeps_one_key(world: World) -> None:
    written(line(ONE))
    (second,) = written(line(ONE))
    assert second.new == {"name": "欧阳小华"}
    assert PersonKey.objects.count() == 1


def test_an_altered_line_says_so(world: World) -> None:
    sealer = person_keys.Sealer([ONE], purpose="test")
    text = sealer.seal(ONE, "secret")
    assert person_keys.Opener(purpose="test").open(text) == "secret"
    with pytest.raises(CannotDecrypt):
        person_keys.Opener(purpose="other").open(text)
    with pytest.raises(CannotDecrypt):
        person_keys.Opener(purpose="test").open(text[:-4] + "AAAA")


def test_keys_follow_the_ring_and_lines_stay(world: World, settings: Settings) -> None:
    (before,) = written(line(ONE))
    settings.FIELD_KEYS = {"next": bytes(32), **settings.FIELD_KEYS}
    assert reencrypt(PersonKey, "wrapped") == 1
    settings.FIELD_KEYS = {"next": bytes(32)}
    ((_, row),) = journal.row_history("pupils", before.key)
    assert row.new == {"name": "欧阳小华"}


def test_pseudonyms_hang_on_the_key() -> None:
    first, second = (person_keys.pseudonym_key(bytes([n]) * 32) for n in (1, 2))
    assert first != second
    assert len(first) == 32
