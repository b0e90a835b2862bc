"""What two kinds of users do in the morning, page by page, each answer proved to be the right one.

A round of the supervision officer: the start page, the newest assessment of the district, one of
its schools, the sizes of all classes. A round of a head: the own school, the sizes of its classes,
the table of its classes fetched and sent again for a preview (nothing is applied).
"""

from __future__ import annotations

import random
import re
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from benchmarks.load.browser import Answer, Browser

SCHOOL = re.compile(r'href="(/balance/\d+/schools/\d+/)')
DISTRICT = re.compile(r'href="(/balance/\d+/)"')
# One for all users, of a site that lives as long as the run.
PASSWORD = secrets.token_urlsafe(24)
DATASET = "classes"


@dataclass(frozen=True)
class Step:
    """One page of a round: its name in the report, the answer, and whether it was the right one."""

    page: str
    answer: Answer
    is_right: bool


Round = Callable[[Browser, random.Random], Iterator[Step]]


def sign_in(browser: Browser, name: str) -> Iterator[Step]:
    """Open the door and sign in by name and password."""
    yield _step("sign-in form", browser.get("/sign-in/"), "password")
    done = browser.post("/sign-in/", {"username": name, "password": PASSWORD, "next": ""})
    yield _step("sign-in", done, "/sign-out/")


def officer(browser: Browser, chance: random.Random) -> Iterator[Step]:
    """The bureau's round."""
    home = browser.get("/")
    yield _step("start page", home, "/sign-out/")
    listed = browser.get("/balance/")
    yield _step("assessments", listed, "/balance/")
    newest = DISTRICT.search(listed.text)
    if newest is None:
        return
    district = browser.get(newest[1])
    schools = SCHOOL.findall(district.text)
    yield _step("district page", district, "/schools/")
    if schools:
        path = chance.choice(schools)
        yield _step("school page", browser.get(path), "/sign-out/")
    yield _step("class sizes", browser.get("/data/classes/"), "/sign-out/")


def head(browser: Browser, _: random.Random) -> Iterator[Step]:
    """The school's round."""
    yield _step("own school", browser.get("/balance/my-school/"), "/sign-out/")
    yield _step("class sizes", browser.get("/data/classes/"), "/sign-out/")
    table = browser.get(f"/data/datasets/{DATASET}/rows.xlsx")
    yield Step("own table", table, table.status == 200 and table.content.startswith(b"PK"))
    form = browser.get(f"/intake/new/{DATASET}/")
    yield _step("import form", form, 'type="file"')
    year = re.search(r'<option value="(\d{4})" selected', form.text)
    values = {"year": year[1] if year else ""}
    preview = browser.post(f"/intake/new/{DATASET}/", values, ("classes.xlsx", table.content))
    is_preview = preview.status == 200 and bool(re.match(r"/intake/[0-9a-f-]{36}/", preview.path))
    yield Step("import preview", preview, is_preview)


def _step(page: str, answer: Answer, sign: str) -> Step:
    return Step(page, answer, answer.status == 200 and sign in answer.text)
