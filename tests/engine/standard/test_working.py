"""Workings: every term needed to redo a figure by hand, and the figure comes out."""

from __future__ import annotations

import random
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from tests.strategies import draw_rows
from tests.unit_tables import assess, unit

from junheng.engine.standard import working
from junheng.engine.store.session import Session
from junheng.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Iterator

    from junheng.engine.standard import Assessment

INDICATORS = tuple(f"R{n}" for n in range(1, 8))


@pytest.fixture(scope="module")
def drawn() -> Iterator[Assessment]:
    """Twenty-four units on their edges, three counties, one of them blank."""
    with Session() as session:
        yield assess(session, draw_rows(random.Random(6), 24, ("", "110101", "110102")))


@pytest.fixture
def session() -> Iterator[Session]:
    with Session() as opened:
        yield opened


def test_every_cell_comes_out_again(drawn: Assessment) -> None:
    for one in drawn.units:
        for r, cell in one.cells.items():
            w = working.of_unit(drawn, one.unit_id, r)
            assert w.status == cell.status
            assert (None if w.value is None else float(w.value)) == cell.value
            assert (None if w.gap is None else float(w.gap)) == cell.gap


def test_a_cell_can_be_redone_from_its_terms(drawn: Assessment) -> None:
    for one in drawn.units:
        for r in one.cells:
            w = working.of_unit(drawn, one.unit_id, r)
            if w.value is None:
                assert w.pupils == 0 or any(term.value is None for term in w.terms)
                continue
            amount = sum((t.weight * (t.value or 0) for t in w.terms), Fraction(0))
            assert amount == w.amount
            assert w.indicator.per * amount / w.pupils == w.value


def test_every_coefficient_comes_out_again(drawn: Assessment) -> None:
    for row in drawn.dispersion:
        w = working.of_dispersion(drawn, row.stage, row.indicator, county_code=row.county_code)
        assert (w.status, len(w.shares)) == (row.status, row.n_units)
        assert w.left_out == tuple(unit.unit_id for unit in row.left_out)
        assert w.cv == (None if row.cv is None else pytest.approx(row.cv, rel=1e-12, abs=1e-12))


def test_a_coefficient_can_be_redone_from_its_shares(drawn: Assessment) -> None:
    for row in drawn.dispersion:
        w = working.of_dispersion(drawn, row.stage, row.indicator, county_code=row.county_code)
        if w.mean is None or w.variance is None:
            continue
        assert sum(s.weight for s in w.shares) == 1
        assert sum((s.weight * s.value for s in w.shares), Fraction(0)) == w.mean
        assert sum((s.contribution for s in w.shares), Fraction(0)) == w.variance
        assert w.cv_squared is None or w.cv_squared * w.mean**2 == w.variance


def test_a_working_names_rule_and_source(session: Session) -> None:
    w = working.of_unit(assess(session, [unit()]), "A", "R4")
    assert (w.ruleset_id, w.source.document) == ("cn-2017-quality", "教督〔2017〕6号")
    assert [(t.fact.id, t.weight, t.value) for t in w.terms] == [
        ("teaching_area_m2", 1, Fraction(4700)),
        ("indoor_sport_area_m2", -1, Fraction(200)),
    ]
    assert (w.amount, w.value, w.threshold, w.floor) == (
        Fraction(4500),
        Fraction("4.5"),
        Fraction("4.5"),
        Fraction("3.825"),
    )


def test_a_blank_shows_in_the_terms(session: Session) -> None:
    w = working.of_unit(assess(session, [unit(indoor_sport_area_m2="")]), "A", "R5")
    assert [t.value for t in w.terms] == [7300, None]
    assert (w.amount, w.value, w.gap, w.status) == (None, None, None, "missing")


@pytest.mark.parametrize(("unit_id", "indicator"), [("Z", "R1"), ("A", "R8"), ("X", "R1")])
def test_what_has_no_working(session: Session, unit_id: str, indicator: str) -> None:
    assessment = assess(session, [unit("A"), unit("X", kind="special")])
    with pytest.raises(NotFound):
        working.of_unit(assessment, unit_id, indicator)


def test_a_stage_without_units_has_no_working(session: Session) -> None:
    with pytest.raises(NotFound):
        working.of_dispersion(assess(session, [unit()]), "junior", "R1")


def test_a_long_number_stays_exact(session: Session) -> None:
    w = working.of_unit(assess(session, [unit(equipment_yuan="0.000000000000000001")]), "A", "R6")
    assert w.amount == Fraction(1, 10**18)
