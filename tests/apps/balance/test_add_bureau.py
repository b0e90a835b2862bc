"""A bureau of one's own, made on the command line, and its first table in the browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from tests.apps.balance.tables import RULES, WORKED, as_csv

from junheng.apps.balance.models import Upload
from junheng.apps.foundation.scoping import everything
from junheng.apps.registry.api import Bureau

if TYPE_CHECKING:
    from pathlib import Path

    from django.test import Client

pytestmark = pytest.mark.django_db
PASSWORD = "lotus-bridge-in-the-rain"


@pytest.fixture
def password_file(tmp_path: Path) -> Path:
    """A file with a good password."""
    path = tmp_path / "password"
    path.write_text(f"{PASSWORD}\n", encoding="utf-8")
    return path


def add(password_file: Path, code: str = "530102", officer: str = "wang") -> None:
    """Run the command."""
    arguments = ["--officer", officer, "--password-file", str(password_file)]
    call_command("add_bureau", code, "某区教育局", *arguments)


def test_it_works(client: Client, password_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    add(password_file)
    assert "wang" in capsys.readouterr().out
    with everything(reason="test"):
        bureau = Bureau.objects.get()
    assert (bureau.code, bureau.is_simulated) == ("530102", False)
    assert client.login(username="wang", password=PASSWORD)
    form = {
        "file": SimpleUploadedFile("table.csv", as_csv(WORKED)),
        "bureau": bureau.pk,
        "school_year": 2025,
        "statistics_date": "2025-09-01",
        "ruleset": RULES,
    }
    assert "核对无误" in client.post("/balance/upload/", form, follow=True).text
    with everything(reason="test"):
        assert Upload.objects.count() == 1


def test_a_wrong_code_is_refused(password_file: Path) -> None:
    with pytest.raises(CommandError):
        add(password_file, code="5301")
    with everything(reason="test"):
        assert not Bureau.objects.exists()


def test_a_name_is_given_once(password_file: Path) -> None:
    add(password_file)
    with pytest.raises(CommandError):
        add(password_file, code="530103")


def test_a_weak_password_is_refused(tmp_path: Path) -> None:
    weak = tmp_path / "password"
    weak.write_text("123", encoding="utf-8")
    with pytest.raises(CommandError):
        add(weak)
