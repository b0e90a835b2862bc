"""The file of roles: whole, in the words of the site, and refused in clear words when wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.utils import translation

from junheng.apps.accounts.api import Kind, Place, Role
from junheng.apps.accounts.rolebook import ROLES_FILE, administrators, rolebook, roles_at
from junheng.engine import contracts
from junheng.engine.standard.rulefile import RuleFileError

if TYPE_CHECKING:
    from pathlib import Path


def test_it_works() -> None:
    assert list(rolebook()) == Role.values
    teacher = rolebook()["class_teacher"]
    assert teacher.places == (Place.CLASS,)
    assert teacher.reaches == {Kind.DIRECTORY, Kind.PUPILS}
    assert teacher.appointed_by == {"head"}
    assert roles_at(Place.PUPIL) == ["guardian", "pupil"]


@pytest.mark.parametrize("role", list(Role))
def test_a_role_is_called_the_same_in_the_file_and_on_the_site(role: Role) -> None:
    with translation.override("en"):
        assert str(role.label) == role.rule.name.en
    with translation.override("zh-hans"):
        assert str(role.label) == role.rule.name.zh


def test_the_three_administrators_are_three_and_reach_nothing() -> None:
    assert set(administrators().values()) == {"system", "security", "audit"}
    for role in administrators():
        assert not rolebook()[role].reaches
        assert rolebook()[role].needs_second_factor


def test_whoever_works_at_the_bureau_shows_a_second_factor() -> None:
    without = {role for role in roles_at(Place.BUREAU) if not rolebook()[role].needs_second_factor}
    # A connected system holds a key and no telephone.
    assert without == {"integration"}


def test_sections_are_those_of_the_code_list() -> None:
    known = {value.code for value in contracts.load().code_lists["bureau_section"].values}
    assert {rule.section for rule in rolebook().values()} - {""} == known


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('places = ["class"]', 'places = ["moon"]', "moon"),
        ('appointed_by = ["head"]', 'appointed_by = ["mayor"]', "mayor"),
        ('administrator = "audit"', 'administrator = "nobody"', "administrator"),
        ("reaches = []", 'reaches = ["pupils"]', "An administrator reaches data"),
        ('section = "none"', 'section = "none"\nsalary = 3', "salary"),
    ],
)
def test_a_wrong_file_is_refused(tmp_path: Path, old: str, new: str, told: str) -> None:
    text = ROLES_FILE.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "roles.toml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(RuleFileError) as raised:
        rolebook(path)
    assert told in str(raised.value)
