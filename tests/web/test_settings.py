"""Settings read from the environment: safe by default, refused in clear words when wrong."""

from __future__ import annotations

import base64
import os
import re
import runpy
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from junheng.apps.it.setting_rules import setting_book
from junheng.web import settings as settings_module
from junheng.web.settings import WEB_DIR

KEY = base64.b64encode(bytes(32)).decode()
PRODUCTION = {
    "JUNHENG_MODE": "production",
    "JUNHENG_SECRET_KEY": "x7Qm-aK9" * 8,
    "JUNHENG_FIELD_KEYS": f"k2:{KEY},k1:{KEY}",
    "JUNHENG_INDEX_KEY": f"i1:{KEY}",
    "JUNHENG_ALLOWED_HOSTS": "junheng.example, www.junheng.example",
    "JUNHENG_DATABASE_URL": "postgresql://junheng:p%40ss@db1:5432,db2:5433/junheng"
    "?target_session_attrs=read-write",
}
CHECKOUT = Path(__file__).parents[2]
REFERENCE = CHECKOUT / "docs" / "reference" / "settings.md"

Read = Callable[[dict[str, str]], dict[str, Any]]


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Read:
    """Read the settings anew from an environment that holds nothing but what is given."""
    for name in [name for name in os.environ if name.startswith("JUNHENG_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("JUNHENG_VAR", str(tmp_path))

    def read_with(env: dict[str, str]) -> dict[str, Any]:
        for name, value in env.items():
            monkeypatch.setenv(name, value)
        return runpy.run_path(str(settings_module.__file__))

    return read_with


def without(name: str) -> dict[str, str]:
    return {key: value for key, value in PRODUCTION.items() if key != name}


def test_it_works(read: Read) -> None:
    values = read(PRODUCTION)
    assert values["ALLOWED_HOSTS"] == ["junheng.example", "www.junheng.example"]
    assert list(values["FIELD_KEYS"]) == ["k2", "k1"]
    database = values["DATABASES"]["default"]
    assert (database["USER"], database["PASSWORD"]) == ("junheng", "p@ss")
    assert (database["HOST"], database["PORT"]) == ("db1,db2", "5432,5433")
    assert database["OPTIONS"] == {"target_session_attrs": "read-write"}
    assert not values["DEBUG"]
    assert values["SESSION_COOKIE_SECURE"]
    assert values["CSRF_COOKIE_SECURE"]
    assert values["SECURE_SSL_REDIRECT"]
    assert not values["IS_DEMO"]


def test_chinese_first_in_shanghai(read: Read) -> None:
    values = read(PRODUCTION)
    assert (values["LANGUAGE_CODE"], values["TIME_ZONE"]) == ("zh-hans", "Asia/Shanghai")
    assert [code for code, _ in values["LANGUAGES"]] == ["zh-hans", "en"]


@pytest.mark.parametrize(
    "name",
    [
        "JUNHENG_SECRET_KEY",
        "JUNHENG_FIELD_KEYS",
        "JUNHENG_INDEX_KEY",
        "JUNHENG_ALLOWED_HOSTS",
    ],
)
def test_production_starts_without_none_of_its_secrets(read: Read, name: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=f"{name} is not set"):
        read(without(name))


def test_production_is_the_default(read: Read) -> None:
    with pytest.raises(ImproperlyConfigured, match="JUNHENG_SECRET_KEY is not set"):
        read({})


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("JUNHENG_MODE", "prod", "expected one of production, demo, test"),
        ("JUNHENG_DEBUG", "1", "needs JUNHENG_MODE=demo"),
        ("JUNHENG_DEBUG", "perhaps", "yes or no"),
        ("JUNHENG_FIELD_KEYS", f"k1:{KEY[:-4]}", "32 bytes"),
        ("JUNHENG_FIELD_KEYS", KEY, "32 bytes"),
        ("JUNHENG_FIELD_KEYS", "k1:not base64", "32 bytes"),
        ("JUNHENG_FIELD_KEYS", " , ", "holds no key"),
        ("JUNHENG_JOB_LEASE_S", "1", "a whole number of at least 2"),
        ("JUNHENG_JOB_LEASE_S", "half", "a whole number of at least 2"),
        ("JUNHENG_DATABASE_URL", "mysql://db/junheng", "begins with “mysql”"),
        ("JUNHENG_DATABASE_PASSWORD_FILE", "/nowhere/password", "cannot be read"),
    ],
)
def test_a_wrong_value_is_refused_with_its_name(
    read: Read, name: str, value: str, words: str
) -> None:
    base = PRODUCTION | {"JUNHENG_DATABASE_URL": "postgresql://junheng@db/junheng"}
    with pytest.raises(ImproperlyConfigured, match=words) as refused:
        read(base | {name: value})
    assert name in str(refused.value)


def test_a_refused_key_is_not_shown(read: Read) -> None:
    with pytest.raises(ImproperlyConfigured) as refused:
        read(PRODUCTION | {"JUNHENG_FIELD_KEYS": "k1:bm90IGEga2V5"})
    assert "bm90IGEga2V5" not in str(refused.value)


def test_a_secret_may_come_from_a_file(read: Read, tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_text("from-a-file" * 6 + "\n", encoding="utf-8")
    values = read(without("JUNHENG_SECRET_KEY") | {"JUNHENG_SECRET_KEY_FILE": str(path)})
    assert values["SECRET_KEY"] == "from-a-file" * 6


def test_the_demo_makes_its_secrets_once_and_for_itself(read: Read, tmp_path: Path) -> None:
    first, second = read({"JUNHENG_MODE": "demo"}), read({"JUNHENG_MODE": "demo"})
    kept = tmp_path / "demo" / "secrets.json"
    assert first["SECRET_KEY"] == second["SECRET_KEY"]
    assert first["FIELD_KEYS"] == second["FIELD_KEYS"]
    assert first["FIELD_KEYS"] != read({"JUNHENG_MODE": "test"})["FIELD_KEYS"]
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert first["ALLOWED_HOSTS"] == ["127.0.0.1", "localhost", "[::1]"]
    assert first["DATABASES"]["default"]["NAME"] == tmp_path / "demo" / "junheng.sqlite3"


def test_the_demo_starts_under_no_public_name(read: Read) -> None:
    demo = {"JUNHENG_MODE": "demo"}
    read({**demo, "JUNHENG_ALLOWED_HOSTS": "localhost"})
    with pytest.raises(ImproperlyConfigured, match=r"jy\.example\.cn"):
        read({**demo, "JUNHENG_ALLOWED_HOSTS": "localhost,jy.example.cn"})


def test_sqlite_in_production_survives_a_power_cut(read: Read) -> None:
    database = read(PRODUCTION | {"JUNHENG_DATABASE_URL": "sqlite:////srv/junheng.db"})
    options = database["DATABASES"]["default"]["OPTIONS"]
    assert database["DATABASES"]["default"]["NAME"] == Path("/srv/junheng.db")
    assert options["transaction_mode"] == "IMMEDIATE"
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        assert pragma in options["init_command"]


def test_the_deployment_check_finds_nothing(tmp_path: Path) -> None:
    # What the harness sets for itself (the browser tests also a variable of Django's) stays out.
    own = ("JUNHENG_", "DJANGO_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(own)}
    url = {"JUNHENG_DATABASE_URL": f"sqlite:///{tmp_path / 'db'}"}
    done = subprocess.run(
        [sys.executable, "-m", "django", "check", "--deploy", "--fail-level", "WARNING"],
        env=kept | PRODUCTION | url | {"DJANGO_SETTINGS_MODULE": "junheng.web.settings"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout


def test_every_setting_is_in_the_reference_and_nothing_else() -> None:
    variable = re.compile(r"JUNHENG_[A-Z_]*[A-Z]")
    sources = WEB_DIR.parent.rglob("*.py")
    read_in_code = {n for path in sources for n in variable.findall(path.read_text("utf-8"))}
    written = set(re.findall(r"^\| `(JUNHENG_[A-Z_]+)`", REFERENCE.read_text("utf-8"), re.M))
    assert written == read_in_code == setting_book().settings.keys()


def test_every_setting_belongs_to_a_group() -> None:
    book = setting_book()
    assert {one.group for one in book.settings.values()} == {group.id for group in book.groups}
