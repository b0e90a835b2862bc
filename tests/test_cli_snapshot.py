"""`junheng snapshot`: make, verify, recompute, compare, and what is refused."""

from __future__ import annotations

import shutil
import stat
from pathlib import Path

import pytest
from tests.command_line import Outcome, call, run

from junheng.engine.simulation.persons import draw_persons, write_persons
from junheng.engine.simulation.sample import draw_district


@pytest.fixture(scope="module")
def village(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("village")
    write_persons(draw_persons(draw_district("village", years=1), 2025), folder)
    return folder


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, village: Path) -> Path:
    """A folder with a snapshot, `first`, and its key, `district.key`."""
    folder = tmp_path_factory.mktemp("made")
    assert make(village, folder / "first", folder / "district.key").code == 0
    return folder


def make(source: Path, target: Path, key: Path, *more: str | Path) -> Outcome:
    return call(
        "snapshot", "make", source, "--out", target, "--key", key, "--lang", "en", "--json", *more
    )


def writable_copy(snapshot: Path, target: Path) -> Path:
    shutil.copytree(snapshot, target)
    for path in (target, *target.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    return target


def test_it_works(tmp_path: Path, village: Path) -> None:
    outcome = make(village, tmp_path / "out", tmp_path / "district.key", "--date", "2025-09-01")
    assert outcome.code == 0
    assert outcome.json["statistics_date"] == "2025-09-01"
    assert outcome.json["counties"] == ["990101"]
    assert outcome.json["ruleset"]["id"] == "cn-2017-quality"
    assert outcome.json["rows"]["schools"] == 4
    verified = call("snapshot", "verify", tmp_path / "out", "--json")
    assert verified.json["sha256"] == outcome.json["sha256"]


def test_the_key_is_made_for_its_owner_alone(made: Path) -> None:
    key = made / "district.key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert len(key.read_text().strip()) == 64
    secret = bytes.fromhex(key.read_text().strip())
    files = [path.read_bytes() for path in (made / "first").rglob("*") if path.is_file()]
    assert not any(secret in content or secret.hex().encode() in content for content in files)


def test_the_same_key_gives_the_same_snapshot(tmp_path: Path, village: Path, made: Path) -> None:
    again = make(village, tmp_path / "again", made / "district.key")
    first = call("snapshot", "verify", made / "first", "--json")
    assert again.json["sha256"] == first.json["sha256"]


def test_a_process_of_its_own_gives_the_same_bytes(
    tmp_path: Path, village: Path, made: Path
) -> None:
    target = tmp_path / "again"
    outcome = run("snapshot", "make", village, "--out", target, "--key", made / "district.key",
                  environment={"PYTHONHASHSEED": "77", "LANG": "zh_CN.UTF-8"})  # fmt: skip
    assert outcome.code == 0
    for path in (made / "first").rglob("*"):
        if path.is_file():
            assert (target / path.relative_to(made / "first")).read_bytes() == path.read_bytes()


# --- verify, recompute ---------------------------------------------------------------------------


def test_verify_names_a_changed_file(tmp_path: Path, made: Path) -> None:
    damaged = writable_copy(made / "first", tmp_path / "damaged")
    path = damaged / "data" / "pupils.parquet"
    path.write_bytes(path.read_bytes()[:-1] + b"X")
    outcome = call("snapshot", "verify", damaged, "--lang", "en")
    assert (outcome.code, outcome.out) == (2, "")
    assert "data/pupils.parquet was changed." in outcome.err


def test_verify_against_the_hash_on_paper(made: Path) -> None:
    assert call("snapshot", "verify", made / "first", "--expect", "00" * 32).code == 2
    sha256 = call("snapshot", "verify", made / "first", "--json").json["sha256"]
    assert call("snapshot", "verify", made / "first", "--expect", sha256).code == 0


def test_recompute(made: Path) -> None:
    outcome = call("snapshot", "recompute", made / "first", "--lang", "en")
    assert outcome.code == 0
    assert "figures come out as they were" in outcome.out
    parsed = call("snapshot", "recompute", made / "first", "--json").json
    assert (parsed["agrees"], parsed["is_same_sql"], parsed["differences"]) == (True, True, [])


def test_recompute_refuses_what_is_damaged(tmp_path: Path, made: Path) -> None:
    damaged = writable_copy(made / "first", tmp_path / "damaged")
    (damaged / "results" / "figures.json").unlink()
    outcome = call("snapshot", "recompute", damaged, "--lang", "en")
    assert outcome.code == 2
    assert "results/figures.json is missing." in outcome.err


# --- compare -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def other(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A snapshot of another village with the same key."""
    source = tmp_path_factory.mktemp("other")
    write_persons(draw_persons(draw_district("village", seed=1, years=1), 2025), source)
    assert make(source, made / "second", made / "district.key").code == 0
    return made / "second"


def test_compare_tells_schools(made: Path, other: Path) -> None:
    parsed = call("snapshot", "compare", made / "first", other, "--json").json
    assert len(parsed["schools"]) == 4
    assert parsed["has_same_key"]
    assert parsed["before"]["sha256"] != parsed["after"]["sha256"]
    text = call("snapshot", "compare", made / "first", other, "--lang", "en").out
    assert "4 schools and" in text
    assert "2153990001-P Pupils" in text


def test_compare_of_the_same(made: Path) -> None:
    outcome = call("snapshot", "compare", made / "first", made / "first", "--lang", "en")
    assert (outcome.code, outcome.out) == (0, "No figure differs.\n")


# --- refused -------------------------------------------------------------------------------------


def test_a_snapshot_is_never_overwritten(village: Path, made: Path) -> None:
    outcome = make(village, made / "first", made / "district.key")
    assert outcome.code == 2
    assert "never overwritten" in outcome.err


def test_without_a_key_nothing_is_made(tmp_path: Path, village: Path) -> None:
    outcome = call("snapshot", "make", village, "--out", tmp_path / "out", "--lang", "en")
    assert outcome.code == 2
    assert "Name a key file" in outcome.err
    assert list(tmp_path.iterdir()) == []


def test_a_key_made_for_nothing_is_removed(tmp_path: Path, village: Path) -> None:
    source = shutil.copytree(village, tmp_path / "source")
    (source / "pupils.parquet").unlink()
    outcome = make(source, tmp_path / "out", tmp_path / "new.key", "--date", "2025-09-01")
    assert outcome.code == 2
    assert [path.name for path in tmp_path.iterdir()] == ["source"]


def test_a_key_that_was_there_stays(tmp_path: Path, village: Path, made: Path) -> None:
    key = Path(shutil.copy2(made / "district.key", tmp_path / "district.key"))
    assert make(village, made / "first", key).code == 2
    assert key.is_file()


@pytest.mark.parametrize("place", ["out", "source"])
def test_the_key_is_kept_apart(tmp_path: Path, village: Path, place: str) -> None:
    source = shutil.copytree(village, tmp_path / "source")
    outcome = make(source, tmp_path / "out", tmp_path / place / "district.key")
    assert outcome.code == 2
    assert "Keep the key in another place" in outcome.err


def test_a_key_that_others_may_read_is_refused(tmp_path: Path, village: Path, made: Path) -> None:
    key = Path(shutil.copy2(made / "district.key", tmp_path / "district.key"))
    key.chmod(0o644)
    outcome = make(village, tmp_path / "out", key)
    assert outcome.code == 2
    assert f"chmod 600 {key}" in outcome.err


@pytest.mark.parametrize("content", [b"", b"secret", "密钥".encode()])
def test_what_is_no_key_is_refused(tmp_path: Path, village: Path, content: bytes) -> None:
    key = tmp_path / "district.key"
    key.write_bytes(content)
    key.chmod(0o600)
    outcome = make(village, tmp_path / "out", key)
    assert outcome.code == 2
    assert "64 hexadecimal digits" in outcome.err


def test_a_key_in_no_folder_is_told(tmp_path: Path, village: Path) -> None:
    outcome = make(village, tmp_path / "out", tmp_path / "nowhere" / "district.key")
    assert outcome.code == 2
    assert "cannot be made" in outcome.err


def test_what_is_no_snapshot_is_told(village: Path) -> None:
    for action in ("verify", "recompute"):
        outcome = call("snapshot", action, village, "--lang", "en")
        assert outcome.code == 2
        assert "is no snapshot" in outcome.err


@pytest.mark.parametrize("action", ["make", "verify", "recompute", "compare"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_help_has_an_example(action: str, language: str) -> None:
    outcome = call("snapshot", action, "--help", "--lang", language)
    assert outcome.code == 0
    assert f"junheng snapshot {action}" in outcome.out.splitlines()[-1]
