"""Rules, samples, codes and hiding: without a database."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import pytest

from junheng.apps.survey.codes import LENGTH, SIGNS, code_made, digest_of, plain, shown
from junheng.apps.survey.hiding import hidden_groups
from junheng.apps.survey.models import Group
from junheng.apps.survey.qr import drawn
from junheng.apps.survey.results import digest_of as digest_of_record
from junheng.apps.survey.results import figures_of, frozen_of
from junheng.apps.survey.rules import OVERALL, PATH, survey_rules
from junheng.apps.survey.selectors import wanted_of
from junheng.engine import standard
from junheng.engine.standard.items import find_item
from junheng.engine.standard.rulefile import RuleFileError
from junheng.engine.standard.satisfaction import SampleSize, sample_size

if TYPE_CHECKING:
    from pathlib import Path

RULES = survey_rules()


def test_the_sample_of_a_county_is_shared_by_role() -> None:
    # domain/standard.md §6: 400 000 residents, 600 answers, at least 300 of them of parents
    item = find_item(standard.load(standard.DEFAULT_RULESET_ID), "S1")
    wanted = wanted_of(sample_size(item, 400_000))
    assert wanted["parents"] == 300
    assert {n for role, n in wanted.items() if role != "parents"} == {50}
    assert sum(wanted_of(SampleSize(601, 301)).values()) >= 601


def test_a_code_is_known_however_it_is_typed() -> None:
    code = code_made()
    assert len(code) == LENGTH
    assert set(code) <= set(SIGNS)
    assert plain(f" {shown(code).lower()} ") == code
    assert digest_of(code) == digest_of(plain(shown(code)))
    assert code not in digest_of(code)


def test_a_drawing_has_the_three_marks_of_its_corners() -> None:
    # The upper left mark: a row of seven dark modules inside a border of two.
    made = drawn("https://example.org/survey/answer/?code=ABCDEFGH2345")
    assert made.path.startswith("M2 2h7v1H2z")
    assert made.side == 29 + 4


def test_what_is_hidden_cannot_be_computed_back() -> None:
    smallest = 3
    for counts in product(range(6), repeat=5):
        sizes = dict(enumerate(counts))
        hidden = hidden_groups(sizes, smallest)
        answered = {key for key, n in sizes.items() if n}
        assert hidden <= answered
        assert all(sizes[key] >= smallest for key in answered - hidden)
        if hidden and hidden != answered:
            assert len(hidden) >= 2
            assert sum(sizes[key] for key in hidden) >= smallest


def group(role: str, n_answers: int, school: int | None, satisfied: int) -> Group:
    """Return a group of which so many are satisfied."""
    tallies = {
        one.id: {"very_satisfied": satisfied, "dissatisfied": n_answers - satisfied}
        for one in RULES.roles[role].questionnaire.questions
    }
    return Group(role=role, n_answers=n_answers, school_id=school, tallies=tallies)


def test_a_record_holds_totals_and_hides_what_few_have_said() -> None:
    groups = [
        group("parents", 1, 1, 0),
        group("parents", 20, 2, 18),
        group("parents", 30, 3, 30),
        group("principals", 12, None, 12),
        group("deputies", 15, None, 11),
    ]
    record = frozen_of(groups, RULES)
    total = figures_of(record["total"], RULES)
    assert total is not None
    assert (total.overall.satisfied, total.overall.valid) == (71, 78)
    parents = record["roles"]["parents"]
    assert {key for key, one in parents["schools"].items() if one["tallies"]} == {"3"}
    found = figures_of(parents, RULES)
    assert found is not None
    assert found.overall.valid == 51
    assert figures_of(record["roles"]["members"], RULES) is None
    assert digest_of_record(record) == digest_of_record(frozen_of(groups, RULES))


def test_cannot_say_is_no_valid_answer_and_is_not_offered_where_it_decides() -> None:
    deciding, other = RULES.roles["parents"].questionnaire.questions[:2]
    assert deciding.id == OVERALL
    assert "not_known" not in {one.id for one in RULES.offered(deciding)}
    assert "not_known" in {one.id for one in RULES.offered(other)}
    kept = {"n_answers": 12, "tallies": {OVERALL: {"neither": 12}, "fair": {"not_known": 12}}}
    found = figures_of(kept, RULES)
    assert found is not None
    assert found.questions["fair"].valid == 0
    assert found.overall.satisfied == 0


def test_a_wrong_file_tells_all_its_faults(tmp_path: Path) -> None:
    text = PATH.read_text(encoding="utf-8")
    text = text.replace('place = "bureau"', 'place = "moon"', 1)
    text = text.replace('questionnaire = "staff"', 'questionnaire = "none"', 1)
    path = tmp_path / "questionnaires.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RuleFileError) as caught:
        survey_rules(path)
    assert len(caught.value.faults) == 2
