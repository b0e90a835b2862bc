"""How the site runs, and with which settings, for those who keep it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from django.conf import settings as site_settings
from tests.apps.it.test_people import keeper

from junheng.apps.accounts.api import Role
from junheng.apps.it.backups import last_backup

if TYPE_CHECKING:
    from pathlib import Path

    from django.test import Client
    from pytest_django.fixtures import Settings
    from tests.world import World

KEEPERS = (Role.IT_OFFICER, Role.SYSTEM_ADMINISTRATOR, Role.SECURITY_ADMINISTRATOR)


@pytest.mark.parametrize("role", KEEPERS)
def test_it_works(
    client: Client, world: World, settings: Settings, tmp_path: Path, role: Role
) -> None:
    settings.BACKUPS_DIR = tmp_path / "none"
    client.force_login(keeper(world, role))
    page = client.get("/it/")
    assert page.status_code == 200
    assert page.context["shown"].backup is None
    assert {link.url for link in page.context["shown"].links} >= {"/it/settings/"}


@pytest.mark.parametrize("name", ["director", "officer", "clerk", "head"])
def test_others_are_refused(client: Client, world: World, name: str) -> None:
    client.force_login(getattr(world, name))
    assert client.get("/it/").status_code == 403
    assert client.get("/it/settings/").status_code == 403


def test_the_last_backup_is_told(
    client: Client, world: World, settings: Settings, tmp_path: Path
) -> None:
    for name, day in (("monday", "2026-01-05"), ("tuesday", "2026-01-06")):
        _backup(tmp_path / name, f"{day}T02:00:00+00:00")
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "manifest.json").write_text("{")
    settings.BACKUPS_DIR = tmp_path
    client.force_login(keeper(world, Role.IT_OFFICER))
    shown = client.get("/it/").context["shown"]
    assert shown.backup.name == "tuesday"
    assert shown.is_backup_late


def _backup(folder: Path, made_at: str) -> None:
    folder.mkdir()
    contents: dict[str, object] = {"rows": {}, "digests": {}, "migrations": []}
    told = {
        "format": 1,
        "version": "0.1.0",
        "made_at": made_at,
        "store": "sqlite",
        "contents": contents,
        "hashes": {},
        "keys": {},
    }
    (folder / "manifest.json").write_text(json.dumps(told))


def test_no_backup_is_no_error(tmp_path: Path) -> None:
    assert last_backup(tmp_path / "nowhere") is None
    assert last_backup(tmp_path) is None


def test_settings_are_shown_and_secrets_are_not(client: Client, world: World) -> None:
    client.force_login(keeper(world, Role.IT_OFFICER))
    page = client.get("/it/settings/").content.decode()
    assert "JUNHENG_MODE" in page
    assert "JUNHENG_SECRET_KEY" in page
    for secret in (site_settings.SECRET_KEY, str(site_settings.DATABASES["default"]["NAME"])):
        assert secret not in page
    shown = {row.name: row.value for row in client.get("/it/settings/").context["rows"]}
    assert shown["JUNHENG_MODE"] == "test"
    purposes = {row.name: row.purpose for row in client.get("/it/settings/").context["rows"]}
    assert all(purposes.values())
    assert "](" not in "".join(purposes.values()), "a link belongs to the reference"
    assert not shown["JUNHENG_SECRET_KEY"]
    assert not shown["JUNHENG_DATABASE_URL"]
