"""Filing evidence, newer versions, withdrawing: what stays, and who of two is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.apps.evidence.documents import JPEG, PDF, PROGRAM
from tests.apps.evidence.filing import filed, place, sent

from junheng.apps.evidence import selectors, storage
from junheng.apps.evidence.content import Refused
from junheng.apps.evidence.models import Evidence, EvidenceVersion
from junheng.apps.evidence.services import (
    SameFile,
    evidence_add,
    evidence_withdraw,
    version_add,
)
from junheng.apps.foundation import journal, policies
from junheng.apps.foundation.encryption import CannotDecrypt
from junheng.apps.foundation.scoping import everything
from junheng.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _everything() -> Iterator[None]:
    with everything(reason="test"):
        yield


def content(version: EvidenceVersion) -> bytes:
    return b"".join(storage.pieces(selectors.stored(version)))


def test_it_works(world: World) -> None:
    made = filed(world, sent("..\\照片.jpg", JPEG, "操场  2025"), school=world.primary)
    version = made.versions.get()
    assert (made.file_name, version.kind, version.note) == ("照片.jpg", "jpeg", "操场 2025")
    assert content(version) == JPEG
    assert JPEG not in storage.path_of(version.stored_as).read_bytes()
    assert "照片" not in version.stored_as
    told = [entry.new for entry in journal.history(version)]
    assert told[0] is not None
    assert told[0]["sha256"] == version.sha256
    assert "key" not in told[0]


def test_a_file_that_is_not_taken_leaves_nothing(world: World) -> None:
    before = set(storage.folder().glob("*/*"))
    with pytest.raises(Refused):
        filed(world, sent("计划.pdf", PROGRAM))
    assert not Evidence.objects.exists()
    assert set(storage.folder().glob("*/*")) == before


def test_the_same_file_twice_names_the_first(world: World) -> None:
    first = filed(world, item="G1")
    before = set(storage.folder().glob("*/*"))
    with pytest.raises(SameFile, match=r"计划\.pdf") as caught:
        filed(world, sent("另一个名字.pdf"), item="G1")
    assert caught.value.evidence == first
    assert set(storage.folder().glob("*/*")) == before
    elsewhere = filed(world, item="G2")
    reader = world.reader(world.officer)
    assert selectors.elsewhere(reader, elsewhere.versions.get()) == [first]


def test_a_failure_after_the_file_was_written_takes_it_away(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError

    before = set(storage.folder().glob("*/*"))
    monkeypatch.setattr(journal, "record", fail)
    with pytest.raises(RuntimeError):
        filed(world)
    assert set(storage.folder().glob("*/*")) == before
    assert not Evidence.objects.exists()


def test_a_newer_version_overwrites_nothing(world: World) -> None:
    made = filed(world)
    newer = PDF + b"%%EOF\n"
    version_add(evidence=made, sent=sent("计划二.pdf", newer), after=1, by=world.officer.pk)
    assert [content(v) for v in made.versions.order_by("number")] == [PDF, newer]
    made.refresh_from_db()
    assert made.file_name == "计划二.pdf"


def test_of_two_newer_versions_one_wins_and_the_other_is_told(world: World) -> None:
    made = filed(world)
    version_add(evidence=made, sent=sent(content=PDF + b"a"), after=1, by=world.officer.pk)
    with pytest.raises(DataError, match="added version 2 meanwhile"):
        version_add(evidence=made, sent=sent(content=PDF + b"b"), after=1, by=world.officer.pk)
    assert made.versions.count() == 2


def test_withdrawn_with_reason_and_once(world: World) -> None:
    made = filed(world)
    with pytest.raises(DataError, match="Say why"):
        evidence_withdraw(evidence=made, why="  ", by=world.officer.pk)
    evidence_withdraw(evidence=made, why="学校名称有误", by=world.officer.pk)
    with pytest.raises(DataError, match="学校名称有误"):
        evidence_withdraw(evidence=made, why="再次", by=world.head.pk)
    with pytest.raises(DataError, match="withdrawn"):
        version_add(evidence=made, sent=sent(content=PDF + b"a"), after=1, by=world.officer.pk)
    assert content(made.versions.get()) == PDF
    # It no longer counts, so the same file may be filed anew.
    assert filed(world).pk != made.pk


def test_a_county_item_takes_no_school_and_no_school_of_elsewhere(world: World) -> None:
    with pytest.raises(DataError, match="county as a whole"):
        filed(world, item="G1", school=world.primary)
    with pytest.raises(DataError, match="another bureau"):
        evidence_add(place=place(world, "R1", world.elsewhere), sent=sent(), by=world.officer.pk)


def test_counts_are_what_the_reader_sees_and_what_counts(world: World) -> None:
    filed(world, item="G1")
    filed(world, school=world.primary)
    gone = filed(world, school=world.nine_year)
    filed(world, sent(content=PDF + b"a"), school=world.nine_year)
    evidence_withdraw(evidence=gone, why="x", by=world.officer.pk)
    everything_counts = {
        ("G1", None): 1,
        ("R1", world.primary.pk): 1,
        ("R1", world.nine_year.pk): 1,
    }
    assert selectors.counts_of(world.reader(world.officer), 2025) == everything_counts
    assert selectors.counts_of(world.reader(world.head), 2025) == {("R1", world.primary.pk): 1}
    assert selectors.counts_of(world.reader(world.outsider), 2025) == {}
    assert selectors.counts_of(world.reader(world.officer), 2024) == {}


@pytest.mark.parametrize("model", [Evidence, EvidenceVersion])
def test_policy_and_list_agree(world: World, model: type[Evidence | EvidenceVersion]) -> None:
    filed(world, item="G1")
    filed(world, school=world.primary)
    filed(world, school=world.nine_year)
    readers = [world.reader(person) for person in world.people]
    policy = policies.policy_for(model)
    assert policies.disagreements(policy, readers, model.objects.all()) == []


def test_a_file_changed_on_disk_is_not_given_out(world: World) -> None:
    version = filed(world).versions.get()
    path = storage.path_of(version.stored_as)
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    with pytest.raises(CannotDecrypt):
        content(version)
