"""Summaries follow their rows: counts at once, terms at the next reading, a recount agrees."""

from __future__ import annotations

import random
from datetime import date
from typing import TYPE_CHECKING

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from tests.world import change, settled, stored

from junheng.apps.foundation.scoping import everything
from junheng.apps.registry.api import class_counts, export_folder, fresh_units, recount
from junheng.apps.registry.models import ClassCount, UnitTerms
from junheng.apps.registry.summaries.counting import counted, versions
from junheng.apps.registry.summaries.measuring import measured_terms
from junheng.apps.registry.summaries.session import WarmSession
from junheng.apps.registry.summaries.warm import Warm
from junheng.apps.registry.targets import Place
from junheng.engine import standard
from junheng.engine.standard.assess import assess
from junheng.engine.standard.person_level import measure_persons
from junheng.engine.standard.person_level.reader import measure_relations
from junheng.engine.store.session import Session

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from junheng.engine.standard.unit_table import UnitTable

ON = date(2025, 9, 1)
RULES = standard.load("cn-2017-quality")
Terms = dict[str, dict[str, str | None]]


@pytest.fixture
def place(db: None) -> Iterator[Place]:
    here = settled()
    with everything(reason="test"):
        yield here


def from_rows(place: Place, folder: Path) -> Terms:
    export_folder(place, folder)
    with Session() as session:
        return measured_terms(measure_persons(session, folder, RULES, statistics_date=ON))


def from_summaries(place: Place) -> Terms:
    return measured_terms(fresh_units(place.bureau_id, on=ON, ruleset=RULES))


def move(place: Place, seed: int) -> None:
    """Let some pupils leave and others be in another class on the counted day."""
    draw = random.Random(seed)
    rows = [r for r in stored(place, "pupils") if r["to_date"] is None]
    classes = [str(r["class_id"]) for r in stored(place, "classes")]
    for row in draw.sample(rows, 4):
        change(place, "pupils", [(row, row | {"class_id": draw.choice(classes)})])


def test_it_works(place: Place, tmp_path: Path) -> None:
    assert from_summaries(place) == from_rows(place, tmp_path)
    kept = dict(UnitTerms.objects.values_list("unit_id", "terms"))
    assert kept == from_summaries(place)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_moves_of_pupils_are_in_the_terms_at_once(place: Place, tmp_path: Path, seed: int) -> None:
    before = from_summaries(place)
    move(place, seed)
    after = from_summaries(place)
    assert after != before
    assert after == from_rows(place, tmp_path)
    assert recount(place.bureau_id, ruleset=RULES) == []


@pytest.mark.parametrize("seed", [11, 12])
def test_results_after_a_row_of_moves_are_those_of_a_new_session(place: Place, seed: int) -> None:
    for step in range(3):
        results(fresh_units(place.bureau_id, on=ON, ruleset=RULES))
        move(place, 10 * seed + step)
    warm = results(fresh_units(place.bureau_id, on=ON, ruleset=RULES))
    scratch = Warm(Place(place.bureau_id, 2025, in_force_on=ON))
    scratch.refresh(versions(place.bureau_id))
    scratch.count(counted(place.bureau_id, ON))
    with scratch.session as session:
        table = measure_relations(session, RULES, statistics_date=ON, checks_people=False)
        assert results(table) == warm


def results(table: UnitTable) -> tuple[object, ...]:
    """Return everything that an assessment says, the words of its warnings too."""
    found = assess(table)
    warnings = [warning.render(str) for warning in found.warnings]
    return found.units, found.dispersion, found.counties, warnings


def test_a_move_leaves_alone_what_counts_no_pupils(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Staff, rooms and things are most of a measurement; who moves a pupil need not wait."""
    filled: set[str] = set()
    is_right = WarmSession._is_right

    def noted(self: WarmSession, relation: str, select: str) -> bool:
        found = is_right(self, relation, select)
        if not found:
            filled.add(relation)
        return found

    from_summaries(place)
    move(place, 7)
    monkeypatch.setattr(WarmSession, "_is_right", noted)
    from_summaries(place)
    assert filled == {
        "person_class_sums",
        "person_roll",
        "person_shares",
        "person_unit_facts",
        "person_facts",
        "units",
        "person_terms",
        "terms",
    }


EDITS = {
    "rooms": {"area_m2": "1234.5"},
    "grounds": {"area_m2": "99"},
    "equipment": {"amount": "7"},
    "staff": {"education_code": "81", "category_code": "2"},
    "teaching": {"periods": "1", "to_date": "2025-09-01"},
    "schools": {"locality_code": "220", "school_name": "新名"},
}


@pytest.mark.parametrize("dataset", EDITS)
def test_every_other_change_is_in_them_too(place: Place, tmp_path: Path, dataset: str) -> None:
    from_summaries(place)
    row = stored(place, dataset)[0]
    change(place, dataset, [(row, row | EDITS[dataset])])
    assert from_summaries(place) == from_rows(place, tmp_path)


def test_what_was_rolled_back_is_not_in_them(place: Place) -> None:
    before = from_summaries(place)
    with transaction.atomic():
        move(place, 5)
        assert from_summaries(place) != before
        transaction.set_rollback(True)
    assert from_summaries(place) == before
    assert recount(place.bureau_id, ruleset=RULES) == []


def test_verdicts_follow(place: Place) -> None:
    rooms = stored(place, "rooms")
    table = fresh_units(place.bureau_id, on=ON, ruleset=RULES)
    before = {unit.unit_id: unit.verdict for unit in assess(table).units}
    change(place, "rooms", [(row, row | {"area_m2": "1"}) for row in rooms])
    table = fresh_units(place.bureau_id, on=ON, ruleset=RULES)
    after = {unit.unit_id: unit.verdict for unit in assess(table).units}
    assert before.keys() == after.keys()
    assert before != after


def test_a_recount_finds_and_mends_what_was_tampered_with(place: Place) -> None:
    from_summaries(place)
    counts = class_counts(place.bureau_id, ON)
    code = next(iter(counts))
    unit = UnitTerms.objects.order_by("unit_id")[0]
    ClassCount.objects.filter(class_code=code).update(n_pupils=999)
    UnitTerms.objects.filter(pk=unit.pk).update(terms=unit.terms | {"pupils": "1"})
    with pytest.raises(CommandError, match="2 differences"):
        call_command("recount")
    assert class_counts(place.bureau_id, ON) == counts
    from_summaries(place)
    assert UnitTerms.objects.get(pk=unit.pk).terms == unit.terms
    call_command("recount")
