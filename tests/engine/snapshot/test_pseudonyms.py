"""Pseudonyms: the same under one key, and nothing without it."""

from __future__ import annotations

import hashlib
import shutil
from typing import TYPE_CHECKING

import pytest

from junheng.engine.snapshot.pseudonyms import KeyPerPerson, OneKey, key_from, pseudonym
from junheng.engine.store.session import Session, literal
from junheng.errors import DataError

if TYPE_CHECKING:
    from pathlib import Path

    from tests.engine.snapshot.conftest import Make, Rewrite

SECRET = bytes(range(32))
OTHER = bytes(reversed(range(32)))


def column(folder: Path, dataset: str, name: str) -> list[str]:
    path = literal(str(folder / f"{dataset}.parquet"))
    with Session() as session:
        return [str(row[0]) for row in session.rows(f"SELECT {name} FROM read_parquet({path})")]


def pupils_of(folder: Path) -> set[str]:
    return set(column(folder / "data", "pupils", "pupil_id"))


def test_it_is_an_hmac() -> None:
    """printf 'pupils\\0P0000001' | openssl dgst -sha256 -mac HMAC -macopt hexkey:0001...1f"""
    expected = "6803c147cdc1b0af49ca1a87c1c43efdef03d96ada3aebbcad6edc11b9092899"
    assert pseudonym(SECRET, "pupils", "P0000001") == expected[:32]


def test_one_person_has_one_pseudonym_in_all_datasets(kept: Path) -> None:
    staff = column(kept / "data", "staff", "staff_id")
    assert len(set(staff)) == 58
    assert set(column(kept / "data", "teaching", "staff_id")) <= set(staff)
    assert set(column(kept / "data", "training", "staff_id")) <= set(staff)


def test_snapshots_under_one_key_can_be_joined(
    tmp_path: Path, village: Path, kept: Path, make: Make, rewrite: Rewrite
) -> None:
    later = shutil.copytree(village, tmp_path / "later")
    rewrite(later, "pupils", "SELECT * FROM old WHERE pupil_id <> 'P0000001'")
    manifest = make(later, tmp_path / "second")
    assert pupils_of(kept) - pupils_of(tmp_path / "second") == {
        pseudonym(SECRET, "pupils", "P0000001")
    }
    assert pupils_of(tmp_path / "second") < pupils_of(kept)
    assert manifest.content["pseudonyms"]["key_fingerprint"] == OneKey(SECRET).fingerprint


def test_another_key_gives_other_pseudonyms(
    tmp_path: Path, village: Path, kept: Path, make: Make
) -> None:
    make(village, tmp_path / "second", secret=OTHER)
    assert not pupils_of(kept) & pupils_of(tmp_path / "second")


def test_without_the_key_a_list_of_all_ids_leads_nowhere(village: Path, kept: Path) -> None:
    """When the key is destroyed, who has every id still cannot tell whose row is whose."""
    ids = set(column(village, "pupils", "pupil_id"))
    found = pupils_of(kept)
    assert len(found) == len(ids)
    assert not found & ids
    guesses = {hashlib.sha256(i.encode()).hexdigest()[:32] for i in ids}
    guesses |= {hashlib.sha256(f"pupils\0{i}".encode()).hexdigest()[:32] for i in ids}
    guesses |= {pseudonym(key, "pupils", i) for i in ids for key in (OTHER, bytes(32))}
    assert not found & guesses
    # The order of rows does not lead back either.
    rows = column(kept / "data", "pupils", "pupil_id")
    assert rows == sorted(rows)


def person_keys(folder: Path, *, left_out: str = "") -> dict[tuple[str, str], bytes]:
    """Put a key for each person into a folder; each is a hash of who it is, for the test."""
    people = {("pupils", i) for i in column(folder, "pupils", "pupil_id")}
    people |= {("staff", i) for i in column(folder, "staff", "staff_id")}
    keys = {
        who: hashlib.sha256(repr(who).encode()).digest() for who in people if who[1] != left_out
    }
    with Session() as session:
        session.load(
            "keys",
            {
                "people": [dataset for dataset, _ in keys],
                "person_id": [person for _, person in keys],
                "key": [key.hex() for key in keys.values()],
            },
        )
        session.export_parquet("keys", folder / "person_keys.parquet")
    return keys


def test_a_folder_may_bring_a_key_for_each_person(
    tmp_path: Path, village: Path, make: Make
) -> None:
    source = shutil.copytree(village, tmp_path / "source")
    keys = person_keys(source)
    manifest = make(source, tmp_path / "out", secret=None)
    expected = {pseudonym(key, d, i) for (d, i), key in keys.items() if d == "pupils"}
    assert pupils_of(tmp_path / "out") == expected
    assert manifest.content["pseudonyms"]["key_fingerprint"] == ""
    assert not any("keys" in name for name in manifest.files)


def test_a_person_without_a_key_is_refused(tmp_path: Path, village: Path, make: Make) -> None:
    source = shutil.copytree(village, tmp_path / "source")
    person_keys(source, left_out="P0000007")
    with pytest.raises(DataError, match=r"no key for P0000007 of pupils"):
        make(source, tmp_path / "out", secret=None)
    assert not (tmp_path / "out").exists()


def test_no_key_at_all_is_refused(tmp_path: Path, village: Path, make: Make) -> None:
    with pytest.raises(DataError, match="brings no keys of persons"):
        make(village, tmp_path / "out", secret=None)


def test_person_keys_need_their_columns(tmp_path: Path, village: Path, make: Make) -> None:
    source = shutil.copytree(village, tmp_path / "source")
    shutil.copyfile(source / "units.parquet", source / "person_keys.parquet")
    with pytest.raises(DataError, match="must have the columns people, person_id, key"):
        make(source, tmp_path / "out", secret=None)


@pytest.mark.parametrize("text", ["", "00" * 31, "zz" * 32, "00" * 33])
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(DataError, match="64 hexadecimal digits"):
        key_from(text, file="district.key")


def test_a_lost_person_is_told_apart_by_dataset() -> None:
    keys = KeyPerPerson({("pupils", "1"): SECRET})
    assert keys.key_of("pupils", "1") == SECRET
    with pytest.raises(DataError, match="no key for 1 of staff"):
        keys.key_of("staff", "1")
