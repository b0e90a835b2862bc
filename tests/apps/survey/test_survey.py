"""A survey from its beginning to the board: who may, what is counted, what nobody can see."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.core.cache import cache
from django.test import Client

from junheng.apps.foundation import clock, journal
from junheng.apps.foundation.policies import disagreements
from junheng.apps.foundation.scoping import everything, within
from junheng.apps.selfassessment.models import ItemEntry
from junheng.apps.survey.codes import plain
from junheng.apps.survey.models import Code, Group, Record, Survey
from junheng.apps.survey.policies import POLICIES
from junheng.apps.survey.results import digest_of
from junheng.apps.survey.rules import survey_rules
from junheng.apps.survey.selectors import survey_visible_to
from junheng.apps.survey.services import answer_count, codes_make
from junheng.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.world import World

    from junheng.apps.accounts.models import User

PAGE, ANSWER = "/survey/", "/survey/answer/"
RULES = survey_rules()


def browser(user: User) -> Client:
    """Return the browser of a person, in English."""
    made = Client()
    made.force_login(user)
    made.cookies["language"] = "en"
    return made


def begun(world: World, *, since: int = 1, days: int = 5) -> Survey:
    """Begin a survey that opened some days ago, through the page."""
    first = clock.today() - timedelta(days=since)
    form = {
        "residents": "10000",
        "residents_source": "统计公报",
        "opens_on": first.isoformat(),
        "closes_on": (first + timedelta(days=days)).isoformat(),
    }
    reply = browser(world.officer).post(f"{PAGE}begin", form, follow=True)
    assert "The survey is begun." in reply.text
    with everything(reason="test"):
        return Survey.objects.latest("pk")


def slips(world: World, survey: Survey, role: str, each: int, **form: Any) -> list[str]:
    """Print slips through the page and return the codes on them."""
    posted = {"role": role, "each": each, **form}
    page = browser(world.officer).post(f"{PAGE}{survey.pk}/codes", posted).text
    return [plain(code) for code in re.findall(r"<code>([A-Z2-9-]{14})</code>", page)]


def answers(role: str, choice: str = "very_satisfied") -> dict[str, str]:
    """Return the same answer to every question of a role."""
    return {one.id: choice for one in RULES.roles[role].questionnaire.questions}


def count(role: str, codes: Sequence[str], choice: str = "very_satisfied") -> None:
    """Answer with each code."""
    for code in codes:
        answer_count(code, answers(role, choice), day=clock.today())


def test_it_works(world: World) -> None:
    """From the first slip to the board, and nobody sees a word of it before closing."""
    survey = begun(world)
    parents = slips(world, survey, "parents", 12, school=str(world.primary.pk))
    others = slips(world, survey, "deputies", 12)
    assert len({*parents, *others}) == 24
    stranger = Client()
    asked = stranger.get(ANSWER, {"code": parents[0]})
    assert world.primary.name in asked.text
    reply = stranger.post(ANSWER, {"code": parents[0], **answers("parents")})
    assert reply.headers["Location"] == "/survey/answered/"
    count("parents", parents[1:])
    count("deputies", others[:6])
    count("deputies", others[6:], "dissatisfied")
    office = browser(world.officer)
    progress = office.get(PAGE).text
    assert "24 of 15 answers wanted" in progress
    assert "75.0 %" not in progress
    assert office.post(f"{PAGE}{survey.pk}/hand-on").status_code == 400
    office.post(f"{PAGE}{survey.pk}/close")
    closed = office.get(PAGE).text
    # 18 of 24; the Wilson interval by the formula of domain/standard.md §6
    assert "75.0 % of 24 valid answers are satisfied (95 % interval 55.1–88.0 %)" in closed
    assert "below the limit of 85 %" in closed
    office.post(f"{PAGE}{survey.pk}/hand-on")
    with everything(reason="test"):
        record = Record.objects.get(survey=survey)
        entry = ItemEntry.objects.get(item_id="S1", ended_at=None)
        assert record.sha256 == digest_of(record.data)
        assert not Code.objects.exists()
    assert entry.data == {"survey_valid": "24", "survey_satisfied": "18"}
    assert record.sha256[:16] in entry.document
    whys = {one.why for one in journal.history(survey)}
    assert whys == {"survey begun", "survey closed"}


def test_a_code_counts_once_and_a_half_filled_form_not_at_all(world: World) -> None:
    survey = begun(world)
    (code, other) = slips(world, survey, "teachers", 2, school=str(world.primary.pk))
    stranger = Client()
    half = answers("teachers")
    del half["overall"]
    assert stranger.post(ANSWER, {"code": code, **half}).status_code == 422
    assert stranger.post(ANSWER, {"code": code, **answers("teachers")}).status_code == 302
    again = stranger.post(ANSWER, {"code": code, **answers("teachers")})
    assert again.status_code == 422
    with pytest.raises(DataError, match="every question"):
        answer_count(other, answers("teachers", "purple"), day=clock.today())
    with everything(reason="test"):
        held = Group.objects.get(survey=survey)
        assert (held.n_answers, held.n_codes, Code.objects.count()) == (1, 2, 1)
        assert held.tallies["overall"] == {"very_satisfied": 1}
        assert not list(journal.history(held).filter(why__contains="answer"))


def test_outside_its_days_and_after_closing_nothing_is_taken(world: World) -> None:
    survey = begun(world, since=3, days=1)
    (code,) = slips(world, survey, "members", 1)
    with pytest.raises(DataError, match="takes answers from"):
        answer_count(code, answers("members"), day=clock.today())
    answer_count(code, answers("members"), day=survey.closes_on)
    office = browser(world.officer)
    office.post(f"{PAGE}{survey.pk}/close")
    assert office.post(f"{PAGE}{survey.pk}/close").status_code == 409
    posted = {"role": "members", "each": 1}
    assert office.post(f"{PAGE}{survey.pk}/codes", posted).status_code == 409
    assert "Too few have answered" in office.post(f"{PAGE}{survey.pk}/hand-on").text


def test_wrong_codes_from_one_place_are_stopped(world: World) -> None:
    survey = begun(world)
    (code,) = slips(world, survey, "citizens", 1)
    cache.clear()
    stranger = Client(REMOTE_ADDR="192.0.2.7")
    statuses = [
        stranger.get(ANSWER, {"code": "AAAA-AAAA-AAAA"}).status_code
        for _ in range(2 * RULES.wrong_codes + 1)
    ]
    # The window of the clock may have changed once in between.
    assert 429 in statuses
    assert set(statuses) == {422, 429}
    elsewhere = Client(REMOTE_ADDR="192.0.2.8")
    assert elsewhere.get(ANSWER, {"code": code}).status_code == 200


def test_one_survey_at_a_time_and_not_backwards(world: World) -> None:
    begun(world)
    office = browser(world.officer)
    form = {"residents": "5", "residents_source": "x", "opens_on": "2026-05-02"}
    assert office.post(f"{PAGE}begin", {**form, "closes_on": "2026-05-01"}).status_code == 422
    assert office.post(f"{PAGE}begin", {**form, "closes_on": "2026-05-03"}).status_code == 409


def test_a_school_sees_its_own_numbers_and_makes_no_codes(world: World) -> None:
    survey = begun(world)
    every = slips(world, survey, "parents", 12)
    assert len(every) == 24
    with everything(reason="test"):
        (own,) = Group.objects.filter(school=world.primary)
        Group.objects.filter(survey=survey).update(
            n_answers=12, tallies={"overall": {"very_satisfied": 12}}
        )
    head = browser(world.head)
    page = head.get(PAGE).text
    assert world.primary.name in page
    assert world.nine_year.name not in page
    assert head.post(f"{PAGE}{survey.pk}/codes", {"role": "parents", "each": 1}).status_code == 403
    browser(world.officer).post(f"{PAGE}{survey.pk}/close")
    assert "100.0 %" in head.get(PAGE).text
    assert own.pk in visible(world, world.head, Group)
    assert not visible(world, world.head, Record)
    assert not visible(world, world.outsider, Survey)


def visible(world: World, user: User, model: Any) -> set[Any]:
    """Return the keys of rows within a person's scope."""
    with within(world.reader(user, clock.today()).scope):
        return set(model.objects.values_list("pk", flat=True))


def test_policies_agree_with_their_filters(world: World) -> None:
    survey = begun(world)
    with everything(reason="test"):
        codes_make(survey, RULES.roles["parents"], [world.primary], each=1, by=world.officer.pk)
        codes_make(survey, RULES.roles["deputies"], [], each=1, by=world.officer.pk)
        readers = [world.reader(user, clock.today()) for user in world.people]
        for model, policy in POLICIES.items():
            assert disagreements(policy, readers, model._default_manager.all()) == []
        reader = world.reader(world.officer, clock.today())
        assert survey_visible_to(reader, survey.pk) == survey


def test_too_many_codes_at_once_are_refused_whole(world: World) -> None:
    survey = begun(world)
    with everything(reason="test"):
        schools = [world.primary, world.nine_year]
        with pytest.raises(DataError, match="in parts"):
            codes_make(survey, RULES.roles["parents"], schools, each=RULES.slips, by=1)
        assert not Group.objects.exists()
