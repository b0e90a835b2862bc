"""What pages and files hold: no mark of a place, and of no person, that the reader may not see."""

from __future__ import annotations

import io
import re
import zipfile
from typing import TYPE_CHECKING

import pytest
from tests.web.matrix.cases import Asking, all_cases, asking_once, part_of
from tests.web.matrix.two_districts import ABROAD, OTHER, OWN, PLACES, SISTER

from junheng.apps.accounts.address_policy import GROUP_HEAD, READERS, Outcome, Relation
from junheng.apps.accounts.api import Role

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpResponse
    from pytest_django.plugin import DjangoDbBlocker
    from tests.web.matrix.cases import Case

SAMPLE = 60
N_PARTS = 4
MARK = re.compile(rf"M({'|'.join(PLACES)})(-[12t])?")
DISTRICT = {OWN, SISTER, OTHER}
NOTHING = {
    Role.SYSTEM_ADMINISTRATOR, Role.SECURITY_ADMINISTRATOR, Role.AUDIT_ADMINISTRATOR,
    Role.OUTSIDE_EXPERT, Role.LIAISON_OFFICER, Role.INTEGRATION, "no_post",
}  # fmt: skip
"""Who sees no school at all; whoever keeps posts sees where they lie, by address."""
BUREAU = {
    Role.BUREAU_LEADER, Role.SUPERVISION_OFFICER, Role.BASIC_EDUCATION_OFFICER,
    Role.PERSONNEL_OFFICER, Role.PLANNING_OFFICER, Role.RESEARCH_OFFICER, Role.IT_OFFICER,
}  # fmt: skip
PUPILS_OF: dict[str, str] = {
    **dict.fromkeys(READERS, ""),
    **dict.fromkeys((Role.HEAD, Role.SCHOOL_CLERK, Role.SCHOOL_DOCTOR, Role.COUNSELLOR), "12"),
    **dict.fromkeys((GROUP_HEAD, Role.GRADE_LEADER), "12"),
    **dict.fromkeys((Role.CLASS_TEACHER, Role.SUBJECT_TEACHER, Role.PUPIL, Role.GUARDIAN), "1"),
    **dict.fromkeys((Role.BUREAU_LEADER, Role.SUPERVISION_OFFICER), "12"),
    **dict.fromkeys((Role.BASIC_EDUCATION_OFFICER, Role.PLANNING_OFFICER), "12"),
}
"""Pupils, by the end of their mark, that a role may see at its places."""
STAFF_FOR = {
    Role.BUREAU_LEADER, Role.SUPERVISION_OFFICER, Role.PERSONNEL_OFFICER, Role.PLANNING_OFFICER,
    Role.RESEARCH_OFFICER, Role.HEAD, Role.SCHOOL_CLERK, GROUP_HEAD,
}  # fmt: skip
POSTS_ARE_SHOWN = ("it:", "posts")
"""Addresses that show to whoever keeps posts where these lie: a school, a class, a pupil."""


def places_of(reader: str) -> set[str]:
    """Return the places of which a reader may see anything."""
    if reader in NOTHING:
        return set()
    if reader in BUREAU:
        return DISTRICT
    return {OWN, SISTER} if reader == GROUP_HEAD else {OWN}


def foreign_marks(reader: str, text: str) -> set[str]:
    """Return the marks in a text that a reader may not see."""
    places, pupils = places_of(reader), PUPILS_OF[reader]
    return {
        found.group()
        for found in MARK.finditer(text)
        if found[1] not in places
        or (found[2] == "-t" and reader not in STAFF_FOR)
        or (found[2] in ("-1", "-2") and found[2][1] not in pupils)
    }


def text_of(reply: HttpResponse) -> str:
    """Return the text of a page or of a file, a workbook unpacked."""
    content = reply.content if not reply.streaming else b"".join(reply)
    if not content.startswith(b"PK"):
        return content.decode("utf-8", "replace")
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        return "".join(parts.read(name).decode("utf-8", "replace") for name in parts.namelist())


def pages(asking: Asking) -> list[Case]:
    """Return every page that a reader with an account is let into."""
    return [
        case
        for case in all_cases(asking.world)
        if case.verb == "GET"
        and case.reader in READERS
        and not case.name.startswith(POSTS_ARE_SHOWN)
        and case.expected is Outcome.ALLOWED
        and case.relation is not Relation.OTHER_DISTRICT
    ]


def leaks(asking: Asking, cases: list[Case]) -> list[str]:
    found = []
    for case in cases:
        marks = foreign_marks(case.reader, text_of(asking.reply(case)))
        if marks:
            found.append(f"{case.words}: {sorted(marks)}")
    return found


@pytest.fixture(scope="module")
def built(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Asking]:
    with asking_once(django_db_blocker) as asking:
        yield asking


@pytest.fixture
def asking(built: Asking, db: None) -> Asking:
    return built


def test_a_sample_shows_nothing_foreign(asking: Asking) -> None:
    assert leaks(asking, pages(asking)[:SAMPLE]) == []


@pytest.mark.soak
@pytest.mark.parametrize("part", range(N_PARTS))
def test_every_page_shows_nothing_foreign(asking: Asking, part: int) -> None:
    assert leaks(asking, part_of(pages(asking), part, N_PARTS)) == []


def test_marks_are_found_where_they_lie(asking: Asking) -> None:
    """The proof can fail: what the officer is shown is foreign to others."""
    seen = next(
        case
        for case in pages(asking)
        if (case.name, case.reader) == ("balance:district", Role.SUPERVISION_OFFICER)
    )
    text = text_of(asking.reply(seen))
    assert foreign_marks(seen.reader, text) == set()
    assert foreign_marks(Role.HEAD, text) == {f"M{SISTER}", f"M{OTHER}"}


def test_each_mark_has_its_readers() -> None:
    every = f"M{OWN} M{SISTER} M{ABROAD} M{OWN}-1 M{OWN}-2 M{OWN}-t"
    assert foreign_marks(Role.CLASS_TEACHER, every) == {
        f"M{SISTER}", f"M{ABROAD}", f"M{OWN}-2", f"M{OWN}-t",
    }  # fmt: skip
    assert foreign_marks(Role.PERSONNEL_OFFICER, every) == {
        f"M{ABROAD}", f"M{OWN}-1", f"M{OWN}-2",
    }  # fmt: skip
    assert len(foreign_marks("no_post", every)) == 6
