"""Effects of findings equal a new assessment of the changed table."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from tests.engine.quality.tables import read, sample
from tests.unit_tables import FACTS_2012, unit

from junheng.engine import quality, standard
from junheng.engine.quality.effect import Effects
from junheng.engine.store.session import Session

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.unit_tables import Row

    from junheng.engine.quality import Finding, Outcome
    from junheng.engine.standard import Assessment, UnitTable


def damaged() -> list[Row]:
    """A district with a slip, a code, a zero, and sizes that change who is in scope."""
    rows = sample()
    ordinary = [row for row in rows if row["kind"] == "ordinary"]
    ordinary[0]["equipment_yuan"] = "450.5"
    ordinary[1]["sports_ground_area_m2"] = "8888888"
    ordinary[2]["teachers_above_degree"] = "0"
    ordinary[3]["books"] = "88888888"
    ordinary[-1]["teaching_area_m2"] = "12.5"
    ordinary[-1]["indoor_sport_area_m2"] = "0"
    ordinary[5]["teachers_backbone"] = ""
    return rows


def changed(
    session: Session, rows: Sequence[Row], finding: Finding, rules: str, *, likely: bool
) -> Assessment:
    table = read(session, rows, rules)
    decision = quality.Decision(
        finding.unit_id,
        finding.field,
        finding.rule.id,
        "corrected",
        was=finding.value,
        value=finding.likely if likely else None,
    )
    return standard.assess(quality.apply_decisions(table, [decision]))


def assert_close(value: float | None, wanted: float | None) -> None:
    if wanted is None:
        assert value is None
    else:
        assert value == pytest.approx(wanted, rel=1e-9)


def assert_same(outcome: Outcome, assessment: Assessment, finding: Finding) -> None:
    result = next(u for u in assessment.units if u.unit_id == finding.unit_id)
    assert outcome.unit_verdict == result.verdict
    for indicator, cell in outcome.cells.items():
        assert cell.status == result.cells[indicator].status
        assert_close(cell.value, result.cells[indicator].value)
    (county,) = assessment.counties
    assert outcome.county_verdict == county.resource_allocation
    rows = {d.indicator: d for d in assessment.dispersion if d.stage == finding.stage}
    for indicator, coefficient in outcome.coefficients.items():
        assert coefficient.status == rows[indicator].status
        assert_close(coefficient.cv, rows[indicator].cv)
    assert outcome.coefficients


@pytest.mark.parametrize("rules", ["cn-2017-quality", "cn-2012-basic"])
def test_an_effect_is_what_a_new_assessment_says(rules: str) -> None:
    rows = damaged()
    with Session() as session:
        table = read(session, rows, rules)
        assessment = standard.assess(table)
        found = quality.find(table, quality.load().rules, assessment=assessment)
        with_effect = [f for f in found if f.effect is not None]
        for finding in with_effect:
            assert finding.effect is not None
            assert_same(finding.effect.now, assessment, finding)
    assert len(with_effect) >= 3
    for finding in with_effect:
        assert finding.effect is not None
        with Session() as session:
            again = changed(session, rows, finding, rules, likely=False)
            assert_same(finding.effect.missing, again, finding)
        if finding.effect.corrected is not None:
            with Session() as session:
                again = changed(session, rows, finding, rules, likely=True)
                assert_same(finding.effect.corrected, again, finding)


def table_of(session: Session, equipment: Sequence[str], **more: str) -> UnitTable:
    rows = [
        unit(f"U{ix}", equipment_yuan=yuan, **dict.fromkeys(FACTS_2012, "1000"), **more)
        for ix, yuan in enumerate(equipment)
    ]
    return read(session, rows, standard.DEFAULT_RULESET_ID)


@pytest.mark.parametrize(
    ("likely", "status"), [("6000000", "within"), ("6000000.000001", "beyond")]
)
def test_a_coefficient_at_its_limit_is_decided_exactly(likely: str, status: str) -> None:
    """1 and 3 of two equal schools: mean 2, deviation 1, coefficient 0.5, the limit itself."""
    with Session() as session:
        effects = Effects(standard.assess(table_of(session, ["2000000", "7000000"])), [1])
        effect = effects.effect(1, "equipment_yuan", Fraction(likely))
    assert effect is not None
    assert effect.corrected is not None
    assert effect.now.coefficients["R6"].status == "beyond"
    assert effect.corrected.coefficients["R6"].cv == pytest.approx(0.5)
    assert effect.corrected.coefficients["R6"].status == status


def test_pupils_touch_every_indicator() -> None:
    with Session() as session:
        effects = Effects(standard.assess(table_of(session, ["2000000", "2000000"])), [0])
        effect = effects.effect(0, "pupils", Fraction(2000))
    assert effect is not None
    assert effect.corrected is not None
    assert len(effect.now.cells) == 7
    assert effect.now.county_verdict == "met"
    assert {c.status for c in effect.corrected.cells.values()} == {"below85"}
    assert (effect.corrected.unit_verdict, effect.corrected.county_verdict) == ("fail", "not_met")
    assert {c.status for c in effect.missing.cells.values()} == {"missing"}


def test_a_missing_figure_leaves_the_verdict_open_and_counts_as_no_movement() -> None:
    with Session() as session:
        effects = Effects(standard.assess(table_of(session, ["2000000", "2000000"])), [0])
        effect = effects.effect(0, "equipment_yuan", None)
    assert effect is not None
    assert effect.missing.county_verdict == "undetermined"
    assert not effect.changes_county
    assert not effect.changes_unit
    assert effect.n_statuses_changed == 0


def test_a_figure_that_no_indicator_uses_has_no_effect() -> None:
    with Session() as session:
        effects = Effects(standard.assess(table_of(session, ["2000000", "2000000"])), [0])
        assert effects.effect(0, "footprint_raw", None) is None


def test_an_excluded_unit_has_no_effect() -> None:
    with Session() as session:
        table = table_of(session, ["2000000", "2000000"], kind="special")
        assert Effects(standard.assess(table), [0]).effect(0, "equipment_yuan", None) is None


def test_findings_that_move_the_verdict_come_first() -> None:
    rows = damaged()
    with Session() as session:
        found = quality.find(read(session, rows, "cn-2017-quality"), quality.load().rules)
    keys = [
        (f.effect.changes_county, f.effect.changes_unit, f.effect.n_statuses_changed)
        for f in found
        if f.effect is not None
    ]
    assert keys == sorted(keys, reverse=True)
    assert keys[0] > keys[-1]
