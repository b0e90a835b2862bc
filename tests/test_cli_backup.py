"""`junheng backup` and `restore`: nothing lost, nothing half, nothing overwritten unasked."""

from __future__ import annotations

import json
import os
import secrets
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from tests.command_line import call

from junheng.apps.foundation import clock
from junheng.apps.operation import api
from junheng.apps.operation.backup.contents import BackupFault
from junheng.apps.operation.backup.manifest import sha256
from junheng.apps.operation.backup.place import Place, store_of
from junheng.apps.registry.api import bureau_ensure

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

pytestmark = pytest.mark.django_db(transaction=True)
CHECKOUT = Path(__file__).parents[1]
NAME = "样例区教育局"
TABLE = "registry_bureau"
WRITER = """
import sys, django
django.setup()
from junheng.apps.jobs.models import Job
for number in range(100_000):
    Job.objects.create(task_path="t", arguments="{}", idempotency_key=f"w{number}")
    print(number, flush=True)
"""


@dataclass(frozen=True)
class Site:
    """A site with one bureau and one file, and an empty place of the same kind beside it."""

    files: Path
    other: Place
    other_database: Mapping[str, Any]


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    files = tmp_path / "site" / "files"
    (files / "uploads").mkdir(parents=True)
    (files / "uploads" / "学生.csv").write_text("a,b\n", encoding="utf-8")
    monkeypatch.setattr(settings, "MEDIA_ROOT", files)
    bureau_ensure(code="990101", name_zh=NAME, is_simulated=True)
    # The server is shared by the processes of a run.
    name = f"restored_elsewhere_{secrets.token_hex(4)}"
    given: dict[str, Any] = dict(connection.settings_dict)
    if connection.vendor == "sqlite":
        given["NAME"] = tmp_path / "other" / f"{name}.sqlite3"
        yield Site(files, Place(store_of(given), tmp_path / "other" / "files"), given)
        # A later test must find the file of the first connection, not a replaced one.
        connection.close()
        return
    given["NAME"] = name
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name} TEMPLATE template0")
    try:
        yield Site(files, Place(store_of(given), tmp_path / "other" / "files"), given)
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


def marks() -> dict[str, str]:
    return api.key_marks(settings.FIELD_KEYS, settings.INDEX_KEY)


@contextmanager
def opened(site: Site) -> Iterator[Any]:
    """Open the other place past everything of ours."""
    given = site.other_database
    if connection.vendor == "sqlite":
        user: Any = sqlite3.connect(given["NAME"], isolation_level=None)
    else:
        named = {"host": given["HOST"], "port": given["PORT"], "user": given["USER"]}
        user = psycopg.connect(**named, dbname=given["NAME"])
    with closing(user):
        yield user


def column(site: Site, name: str, table: str) -> list[str]:
    with opened(site) as user:
        return [value for (value,) in user.execute(f"SELECT {name} FROM {table}").fetchall()]


def restored_names(site: Site) -> list[str]:
    return column(site, "name_zh", TABLE)


def test_it_works(site: Site, tmp_path: Path) -> None:
    made = call("backup", tmp_path / "made", "--json")
    assert made.code == 0, made.err
    assert (made.json["rows"][TABLE], made.json["files"]) == (1, 1)
    assert call("backup", tmp_path / "made", "--verify").code == 0
    manifest = api.restore(tmp_path / "made", place=site.other, keys=marks())
    assert manifest.contents.rows[TABLE] == 1
    assert restored_names(site) == [NAME]
    copied = site.other.files / "uploads" / "学生.csv"
    assert copied.read_text(encoding="utf-8") == "a,b\n"


def test_a_restored_site_has_the_same_values_and_walls(site: Site, tmp_path: Path) -> None:
    call("backup", tmp_path / "made", "--no-trial")
    api.restore(tmp_path / "made", place=site.other, keys=marks())
    again = api.backup_make(
        tmp_path / "again", place=site.other, keys=marks(), now=clock.now(), has_trial=True
    )
    first = json.loads((tmp_path / "made" / "manifest.json").read_text(encoding="utf-8"))
    assert again.contents.rows == first["contents"]["rows"]
    assert again.contents.digests == first["contents"]["digests"]
    if connection.vendor == "sqlite":
        walls = "sqlite_master WHERE type = 'trigger'"
    else:
        walls = "pg_trigger WHERE NOT tgisinternal"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {walls}")
        expected = cursor.fetchall()
    found = column(site, "count(*)", walls)
    assert found[0] == expected[0][0]
    assert int(found[0]) > 0


def test_data_are_not_overwritten_unasked(site: Site, tmp_path: Path) -> None:
    call("backup", tmp_path / "made", "--no-trial")
    api.restore(tmp_path / "made", place=site.other, keys=marks())
    kept = site.other.files / "new.txt"
    kept.write_text("written later", encoding="utf-8")
    with pytest.raises(BackupFault, match="data here already"):
        api.restore(tmp_path / "made", place=site.other, keys=marks())
    assert kept.exists()
    api.restore(tmp_path / "made", place=site.other, keys=marks(), replaces=True)
    assert not kept.exists()
    assert restored_names(site) == [NAME]
    left = {path.name for path in site.other.files.parent.iterdir()}
    assert {name for name in left if "restoring" in name or "former" in name} == set()


def test_files_alone_are_data_too(site: Site, tmp_path: Path) -> None:
    call("backup", tmp_path / "made", "--no-trial")
    site.other.files.mkdir(parents=True)
    (site.other.files / "x").write_text("x", encoding="utf-8")
    with pytest.raises(BackupFault, match="data here already"):
        api.restore(tmp_path / "made", place=site.other, keys=marks())


@pytest.mark.parametrize("part", ["database", "file"])
def test_a_changed_byte_is_found_and_nothing_restored(
    site: Site, tmp_path: Path, part: str
) -> None:
    call("backup", tmp_path / "made", "--no-trial")
    (database,) = (tmp_path / "made").glob("database.*")
    victim = database if part == "database" else tmp_path / "made" / "files/uploads/学生.csv"
    with victim.open("r+b") as opened:
        byte = opened.read(1)
        opened.seek(0)
        opened.write(bytes([byte[0] ^ 1]))
    verified = call("backup", tmp_path / "made", "--verify", "--lang", "en")
    assert verified.code == 2
    assert f"{victim.name} was changed" in verified.err
    with pytest.raises(BackupFault, match="was changed"):
        api.restore(tmp_path / "made", place=site.other, keys=marks())
    assert site.other.store.is_empty()
    assert not site.other.files.exists()


def test_a_missing_and_an_added_file_are_named(site: Site, tmp_path: Path) -> None:
    call("backup", tmp_path / "made", "--no-trial")
    (tmp_path / "made" / "files" / "added").write_text("x", encoding="utf-8")
    assert "files/added" in call("backup", tmp_path / "made", "--verify").err
    (tmp_path / "made" / "files" / "added").unlink()
    (tmp_path / "made" / "files" / "uploads" / "学生.csv").unlink()
    assert "学生.csv" in call("backup", tmp_path / "made", "--verify").err


def test_the_trial_finds_rows_that_the_hashes_do_not(site: Site, tmp_path: Path) -> None:
    """A manifest that was wrong from the start has right hashes and wrong counts."""
    call("backup", tmp_path / "made", "--no-trial")
    path = tmp_path / "made" / "manifest.json"
    written = json.loads(path.read_text(encoding="utf-8"))
    written["contents"]["rows"][TABLE] += 1
    path.write_text(json.dumps(written), encoding="utf-8")
    assert call("backup", tmp_path / "made", "--verify", "--no-trial").code == 0
    verified = call("backup", tmp_path / "made", "--verify", "--lang", "en")
    assert verified.code == 2
    assert f"Table {TABLE} has 1 rows after restoring, 2 before" in verified.err


def test_a_failed_restore_leaves_what_was_there(site: Site, tmp_path: Path) -> None:
    """The database is found wrong after the files were exchanged: both are as before."""
    call("backup", tmp_path / "made", "--no-trial")
    api.restore(tmp_path / "made", place=site.other, keys=marks())
    (site.other.files / "mine").write_text("mine", encoding="utf-8")
    (database,) = (tmp_path / "made").glob("database.*")
    database.write_bytes(database.read_bytes()[: database.stat().st_size // 2])
    path = tmp_path / "made" / "manifest.json"
    written = json.loads(path.read_text(encoding="utf-8"))
    written["hashes"][database.name] = sha256(database)
    path.write_text(json.dumps(written), encoding="utf-8")
    with pytest.raises(BackupFault):
        api.restore(tmp_path / "made", place=site.other, keys=marks(), replaces=True)
    assert (site.other.files / "mine").exists()
    assert restored_names(site) == [NAME]


def test_a_backup_of_a_newer_version_is_refused(site: Site, tmp_path: Path) -> None:
    call("backup", tmp_path / "made", "--no-trial")
    path = tmp_path / "made" / "manifest.json"
    written = json.loads(path.read_text(encoding="utf-8"))
    written["contents"]["migrations"].append("registry.9999_of_next_year")
    path.write_text(json.dumps(written), encoding="utf-8")
    with pytest.raises(BackupFault, match=r"9999_of_next_year is unknown"):
        api.restore(tmp_path / "made", place=site.other, keys=marks())


def test_without_its_keys_a_backup_is_not_restored(site: Site, tmp_path: Path) -> None:
    call("backup", tmp_path / "made", "--no-trial")
    foreign = api.key_marks({"test": bytes(32)}, settings.INDEX_KEY)
    with pytest.raises(BackupFault, match="lacks the key test"):
        api.restore(tmp_path / "made", place=site.other, keys=foreign)
    assert site.other.store.is_empty()


def test_keys_go_to_another_place_for_the_owner_alone(site: Site, tmp_path: Path) -> None:
    made = call("backup", tmp_path / "data" / "made", "--keys", tmp_path / "safe" / "k")
    assert made.code == 0, made.err
    path = tmp_path / "safe" / "k" / "junheng-keys.env"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    written = path.read_text(encoding="utf-8")
    assert "JUNHENG_FIELD_KEYS=test:" in written
    secret = written.partition("JUNHENG_FIELD_KEYS=test:")[2].splitlines()[0]
    in_backup = [p for p in (tmp_path / "data").rglob("*") if p.is_file()]
    assert in_backup
    assert all(secret.encode() not in p.read_bytes() for p in in_backup)


@pytest.mark.parametrize("place", ["made/keys", "keys", "."])
def test_keys_do_not_lie_with_the_data(site: Site, tmp_path: Path, place: str) -> None:
    refused = call("backup", tmp_path / "made", "--keys", tmp_path / place, "--lang", "en")
    assert refused.code == 2
    assert "Keys must not lie beside the data" in refused.err
    assert not (tmp_path / "made").exists()


def test_a_backup_is_for_its_owner_and_no_folder_is_overwritten(site: Site, tmp_path: Path) -> None:
    call("backup", tmp_path / "made", "--no-trial")
    modes = {stat.S_IMODE(p.stat().st_mode) for p in (tmp_path / "made").rglob("*")}
    assert not any(mode & 0o077 for mode in modes)
    assert stat.S_IMODE((tmp_path / "made").stat().st_mode) == 0o700
    again = call("backup", tmp_path / "made", "--lang", "en")
    assert again.code == 2
    assert "there already" in again.err


def test_what_is_no_backup_is_refused(site: Site, tmp_path: Path) -> None:
    assert "holds no backup" in call("restore", tmp_path, "--replace", "--lang", "en").err
    (tmp_path / "manifest.json").write_text("{}", encoding="utf-8")
    assert "cannot be read" in call("restore", tmp_path, "--replace", "--lang", "en").err


def test_a_database_in_use_is_not_replaced(site: Site, tmp_path: Path) -> None:
    call("backup", tmp_path / "made", "--no-trial")
    api.restore(tmp_path / "made", place=site.other, keys=marks())
    with opened(site) as user:
        if connection.vendor == "sqlite":
            user.execute("PRAGMA journal_mode=WAL")
            user.execute("BEGIN")
        user.execute(f"SELECT * FROM {TABLE}").fetchall()
        with pytest.raises(BackupFault, match="in use"):
            api.restore(tmp_path / "made", place=site.other, keys=marks(), replaces=True)
    assert restored_names(site) == [NAME]


def writer_environment() -> dict[str, str]:
    given = connection.settings_dict
    url = f"sqlite:///{quote(str(given['NAME']))}"
    if connection.vendor == "postgresql":
        url = f"postgresql://{given['USER']}@{given['HOST']}:{given['PORT']}/{given['NAME']}"
    return os.environ | {"JUNHENG_DATABASE_URL": url, "PYTHONPATH": str(CHECKOUT)}


@pytest.mark.soak
def test_nothing_acknowledged_before_the_backup_is_lost(site: Site, tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", WRITER], env=writer_environment(), stdout=subprocess.PIPE, text=True
    ) as writer:
        assert writer.stdout
        try:
            for n_backup in range(3):
                for _ in range(100):
                    acknowledged = int(writer.stdout.readline())
                folder = tmp_path / f"made{n_backup}"
                made = api.backup_make(
                    folder, place=api.site_place(), keys=marks(), now=clock.now()
                )
                assert made.contents.rows["jobs_job"] > acknowledged
                assert writer.poll() is None
        finally:
            writer.kill()
    api.restore(folder, place=site.other, keys=marks())
    assert set(column(site, "idempotency_key", "jobs_job")) >= {
        f"w{number}" for number in range(acknowledged + 1)
    }
