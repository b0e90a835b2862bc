"""Whatever goes wrong is told in one form, in the language asked for, with its place and remedy."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from junheng.apps.foundation import clock
from junheng.apps.hub import problems
from junheng.errors import Conflict, DataError, Fault, NotAllowed, NotFound, TableFaults
from junheng.i18n import say

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import Settings
    from tests.world import World

ENGLISH = {"accept-language": "en"}
API = "/api/v1/"


@pytest.fixture
def officer(client: Client, world: World) -> Client:
    """A program in the name of the supervision officer."""
    client.force_login(world.officer)
    return client


def test_a_fault_of_the_request_names_place_and_remedy(officer: Client) -> None:
    reply = officer.get(f"{API}assessments/x", headers=ENGLISH)
    assert (reply.status_code, reply["Content-Type"]) == (422, problems.MEDIA_TYPE)
    told = reply.json()
    assert (told["status"], told["n_faults"]) == (422, 1)
    fault = told["faults"][0]
    assert (fault["place"], fault["column"]) == ("path", "assessment_id")
    assert fault["remedy"] == "Give a whole number."


def test_the_language_asked_for_is_answered(officer: Client) -> None:
    address = f"{API}datasets/none"
    assert officer.get(address, headers=ENGLISH).json()["title"] == "Not found"
    reply = officer.get(address, headers={"accept-language": "zh-CN,zh;q=0.9"})
    assert reply.json()["title"] == "未找到"
    assert reply["Content-Language"] == "zh-hans"
    assert "Accept-Language" in reply["Vary"]


def test_a_stranger_is_told_how_to_come_in(client: Client, db: None) -> None:
    reply = client.get(f"{API}datasets", headers=ENGLISH)
    assert reply.status_code == 401
    assert reply["WWW-Authenticate"].startswith("Bearer")
    assert "token" in reply.json()["detail"]


def test_an_unknown_address_and_verb_are_problems_too(officer: Client) -> None:
    assert officer.get(f"{API}nothing").json()["status"] == 404
    reply = officer.delete(f"{API}datasets")
    assert (reply.status_code, reply["Content-Type"]) == (405, problems.MEDIA_TYPE)
    assert "GET" in reply["Allow"]


def test_a_page_that_is_due_first_is_a_problem(officer: Client, world: World) -> None:
    world.officer.must_change_password = True
    world.officer.save()
    reply = officer.get(f"{API}datasets")
    assert (reply.status_code, reply.json()["status"]) == (403, 403)


def test_too_many_requests_are_told_when_to_go_on(
    officer: Client, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.API_PER_MINUTE = 2
    moment = clock.now().replace(second=15)
    monkeypatch.setattr(clock, "now", lambda: moment)
    # What is not there counts, too: whoever looks for gaps is kept in bounds.
    asked = [officer.get(f"{API}{path}", headers=ENGLISH) for path in ("none", *["rulesets"] * 3)]
    assert [reply.status_code for reply in asked] == [404, 200, 429, 429]
    assert (asked[-1]["Content-Type"], asked[-1]["Retry-After"]) == (problems.MEDIA_TYPE, "45")
    assert asked[-1].json()["detail"] == "At most 2 requests a minute. Go on in 45 seconds."
    monkeypatch.setattr(clock, "now", lambda: moment + timedelta(seconds=45))
    assert officer.get(f"{API}rulesets").status_code == 200


def test_errors_of_the_product_have_their_status() -> None:
    fault = Fault(say("is blank."), say("Enter it."), source="a.csv", sheet="s", row=3, column="x")
    for error, status in (
        (NotFound(say("Gone.")), 404),
        (NotAllowed(say("No.")), 403),
        (Conflict(say("Applied already.")), 409),
        (DataError(say("Wrong.")), 422),
        (TableFaults([fault]), 422),
    ):
        made = problems.of_error(error)
        assert made is not None
        assert made.status_code == status
    assert made is not None
    assert b'"row": 3' in made.content
    assert problems.of_error(RuntimeError()) is None
