"""Several sources of one figure: both kept, differences shown, decided with a reason."""

from __future__ import annotations

import csv
import gzip
from collections import Counter
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.apps.balance.tables import HEADERS, WORKED, A, B, as_csv, changed, publish
from tests.public_data import SCHOOLS, needs_schools

from junheng.apps.catalogue import tolerances
from junheng.apps.catalogue.models import FigureDecision, Form, Source, SourceValue
from junheng.apps.catalogue.policies import POLICIES
from junheng.apps.catalogue.sources import (
    Difference,
    Figure,
    FigurePlace,
    differences,
    figure_decide,
    values_record,
)
from junheng.apps.foundation import clock, journal
from junheng.apps.foundation.policies import disagreements
from junheng.apps.foundation.scoping import everything
from junheng.errors import DataError, NotFound, RuleSetError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from django.db.models import Model
    from django.test import Client
    from tests.world import World

PAGE = "/data/sources/"


@pytest.fixture
def officer(client: Client, world: World) -> Client:
    """The browser of the supervision officer, in English."""
    client.force_login(world.officer)
    client.cookies["language"] = "en"
    return client


def record(world: World, kind: str, figures: Iterable[Figure], year: int = 2025) -> tuple[int, ...]:
    with everything(reason="test"):
        done = values_record(
            bureau_id=world.bureau.pk,
            first_year=year,
            kind=kind,
            name="",
            figures=figures,
            by=world.officer.pk,
            now=clock.now(),
        )
    return done.n_new, done.n_changed, done.n_same


def found(world: World, year: int = 2025) -> list[Difference]:
    with everything(reason="test"):
        return differences(world.bureau.pk, year)


def two_sources(world: World, one: str, other: str, field: str = "pupils") -> None:
    record(world, "unit_table", [Figure("A", "样例第一小学", field, one)])
    record(world, "annual_statistics", [Figure("A", "样例第一小学", field, other)])


def decide(client: Client, source: str, **form: str) -> str:
    with everything(reason="test"):
        chosen = Source.objects.get(kind=source)
    posted = {"subject": "A", "field": "pupils", "source": str(chosen.pk), **form}
    reply = client.post(f"{PAGE}decide?year=2025", posted, follow=True)
    assert reply.status_code == 200
    return reply.text


def test_it_works(officer: Client, world: World) -> None:
    publish(world)
    rows = [changed(A, pupils="1230"), changed(B, pupils="802")]
    form = {
        "kind": "annual_statistics",
        "school_year": 2025,
        "file": SimpleUploadedFile("statistics.csv", as_csv(rows)),
    }
    page = officer.post(f"{PAGE}add", form, follow=True).text
    assert "figures are new" in page
    assert "2 figures are told differently: 1 to be decided, 0 decided, 1 within the" in page
    assert "tolerance; 1 lie far apart" in page
    page = decide(officer, "annual_statistics", reason="counted on 1 September")
    assert "0 to be decided, 1 decided" in page
    for text in ("counted on 1 September", world.officer.display_name, "holds"):
        assert text in page


def test_an_applied_table_is_a_source_and_a_newer_one_takes_its_place(world: World) -> None:
    publish(world)
    with everything(reason="test"):
        n_values = SourceValue.objects.count()
    publish(world, [changed(A, pupils="1201"), *WORKED[1:]])
    with everything(reason="test"):
        assert SourceValue.objects.count() == n_values
        value = SourceValue.objects.get(subject="A", field="pupils")
    assert value.value == "1201"
    entry = journal.history(value).get()
    assert (journal.values(entry.old) or {})["value"] == "1200"


def test_new_changed_and_same_values_are_told_apart(world: World) -> None:
    figures = [Figure("A", "", "pupils", "10"), Figure("A", "", "teachers", "2.0")]
    assert record(world, "school_return", figures) == (2, 0, 0)
    again = [Figure("A", "", "pupils", "11"), Figure("A", "", "teachers", "2")]
    assert record(world, "school_return", again) == (0, 1, 1)
    with pytest.raises(DataError, match="twice"):
        record(world, "school_return", [figures[0], figures[0]])


@pytest.mark.parametrize(
    ("field", "said", "state", "is_large"),
    [
        ("pupils", ("100", "105"), "agrees", False),
        ("pupils", ("100", "106"), "open", False),
        ("pupils", ("120", "100"), "open", False),
        ("pupils", ("121", "100"), "open", True),
        ("teachers", ("1000", "1005"), "agrees", False),
        ("teachers", ("1000", "1006"), "open", True),
        ("equipment_yuan", ("2760000", "2760100"), "agrees", False),
    ],
)
def test_the_tolerance_of_the_field_decides(
    world: World, field: str, said: tuple[str, str], state: str, is_large: bool
) -> None:
    two_sources(world, *said, field)
    (difference,) = found(world)
    assert (difference.state, difference.is_large) == (state, is_large)


def test_figures_that_agree_are_no_difference(world: World) -> None:
    two_sources(world, "100.0", "100")
    assert found(world) == []
    assert found(world, 2024) == []


def test_a_decision_needs_a_reason_and_a_source_that_says_something(world: World) -> None:
    two_sources(world, "100", "200")
    record(world, "pupil_register", [Figure("B", "", "pupils", "7")])
    place = FigurePlace(world.bureau.pk, 2025, "A", "pupils")
    with everything(reason="test"):
        silent = Source.objects.get(kind="pupil_register")
        says = Source.objects.get(kind="unit_table")
        who, now = world.officer.pk, clock.now()
        with pytest.raises(DataError, match="why this source holds"):
            figure_decide(place, source_id=says.pk, reason=" ", by=who, now=now)
        with pytest.raises(NotFound):
            figure_decide(place, source_id=silent.pk, reason="x", by=who, now=now)
        other = FigurePlace(world.bureau.pk, 2025, "B", "pupils")
        with pytest.raises(NotFound):
            figure_decide(other, source_id=silent.pk, reason="x", by=who, now=now)


def test_a_decision_is_taken_back_and_both_are_in_the_journal(
    officer: Client, world: World
) -> None:
    two_sources(world, "100", "200")
    decide(officer, "unit_table", reason="asked")
    (difference,) = found(world)
    assert difference.holding is not None
    assert difference.holding.value == "100"
    assert "1 to be decided" in decide(officer, "unit_table", act="take_back")
    with everything(reason="test"):
        decision = FigureDecision.objects.get()
    assert decision.ended_by_id == world.officer.pk
    assert [entry.why for entry in journal.history(decision)] == ["decided", "taken back"]


def test_a_decision_on_other_figures_does_not_hold(officer: Client, world: World) -> None:
    two_sources(world, "100", "200")
    decide(officer, "unit_table", reason="asked")
    record(world, "annual_statistics", [Figure("A", "", "pupils", "300")])
    (difference,) = found(world)
    assert (difference.state, difference.decision) == ("open", None)
    assert "1 decided" in decide(officer, "annual_statistics", reason="asked again")


@pytest.mark.parametrize(
    ("query", "n"),
    [("", 3), ("state=open", 2), ("state=large", 1), ("state=agrees", 1), ("text=B", 1),
     ("state=nonsense&page=x", 3), ("page=9", 0)],
)  # fmt: skip
def test_filters_choose_the_differences(officer: Client, world: World, query: str, n: int) -> None:
    record(world, "unit_table", [Figure(s, "", "pupils", "100") for s in "ABC"])
    said = {"A": "102", "B": "110", "C": "200"}
    record(world, "school_return", [Figure(s, "", "pupils", v) for s, v in said.items()])
    page = officer.get(f"{PAGE}?{query}").text
    assert page.count('<tr id="difference-') == n


def test_a_faulty_table_is_refused_whole(officer: Client, world: World) -> None:
    form = {
        "kind": "school_return",
        "school_year": 2025,
        "file": SimpleUploadedFile("table.csv", as_csv([changed(A, pupils="many")], HEADERS)),
    }
    reply = officer.post(f"{PAGE}add", form)
    assert reply.status_code == 422
    assert "many" in reply.text
    with everything(reason="test"):
        assert not SourceValue.objects.exists()


def test_only_officers_of_the_bureau_decide(client: Client, world: World) -> None:
    two_sources(world, "100", "200")
    allowed = {world.officer: (200, 200), world.director: (200, 403), world.head: (403, 403)}
    allowed |= {world.clerk: (403, 403), world.administrator: (403, 403)}
    for person, (on_page, on_add) in allowed.items():
        client.force_login(person)
        assert client.get(PAGE).status_code == on_page
        assert client.get(f"{PAGE}add").status_code == on_add
    client.force_login(world.director)
    assert client.post(f"{PAGE}decide", {"subject": "A", "field": "pupils"}).status_code == 403
    client.force_login(world.outsider)
    client.cookies["language"] = "en"
    assert "nothing to compare yet" in client.get(PAGE).text
    form = {"subject": "A", "field": "pupils", "reason": "no right to", "source": "1"}
    assert client.post(f"{PAGE}decide", form).status_code == 404


@pytest.mark.parametrize("model", POLICIES, ids=lambda model: model.__name__)
def test_policy_and_list_agree_for_everyone(
    officer: Client, world: World, model: type[Model]
) -> None:
    two_sources(world, "100", "200")
    decide(officer, "unit_table", reason="asked")
    readers = [world.reader(person) for person in world.people]
    with everything(reason="test"):
        Form.objects.create(
            bureau=world.bureau,
            school_year=world.year,
            name="x",
            columns=[],
            due="2025-10-01",
            registered_by=world.officer,
        )
        rows = model._default_manager.all()
        assert disagreements(POLICIES[model], readers, rows) == []


def test_a_broken_tolerance_names_its_file(tmp_path: Path) -> None:
    path = tmp_path / "sources.toml"
    path.write_text('version = "1"\nfields = []\n[default]\nwithin = "x"\n', encoding="utf-8")
    with pytest.raises(RuleSetError) as caught:
        tolerances.load(path)
    lines = caught.value.render().splitlines()
    assert all(line.startswith("sources.toml: ") for line in lines)
    places = [line.split(": ")[1] for line in lines]
    assert places == ["id", "default.within", "default.large", "default.of", "default.reason"]


@needs_schools
def test_a_city_and_its_ministry_tell_enrolment_differently(world: World) -> None:
    """160 of 269 schools agree, 250 lie within 5 pupils, 11 more than 20 apart (README)."""
    with gzip.open(SCHOOLS / "tainan_schools_2014.csv.gz", "rt", encoding="utf-8") as file:
        city = {row["code"]: row["pupils_total"] for row in csv.DictReader(file)}
    with gzip.open(SCHOOLS / "taiwan_schools_2012_2014.csv.gz", "rt", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["school_year_roc"] == "103"]
    ministry = {r["school_code"]: r["pupils"] for r in rows if r["school_code"] in city}
    assert len(city) == len(ministry) == 269
    for kind, source in (("school_return", city), ("annual_statistics", ministry)):
        record(world, kind, [Figure(c, "", "pupils", n) for c, n in source.items()], 2014)
    differ = found(world, 2014)
    states = Counter(d.state for d in differ)
    assert 269 - len(differ) == 160
    assert 160 + states["agrees"] == 250
    assert sum(d.is_large for d in differ) == 11
    whole_school = next(d for d in differ if d.subject == "114306")
    assert whole_school.size == Fraction(2586 - 1869)
