"""The engine against the oracle, and what must hold whatever the table says."""

from __future__ import annotations

import random
from decimal import Decimal, localcontext
from fractions import Fraction
from math import isclose
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tests import oracle
from tests.strategies import draw_rows, unit_tables
from tests.unit_tables import FACTS, Document, Row, as_document, assess

from junheng.engine.store.session import Session

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

CLOSE = 1e-12
CELLS_IN_BULK = 100_000
QUICK = settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    # Explaining a failure costs minutes here; the shrunk table says enough.
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
    database=None,
)
ONE_SESSION = Session()


@pytest.fixture(scope="session", autouse=True)
def _session() -> Iterator[None]:
    """Close the session with the process, which may come back to this file after others."""
    yield
    ONE_SESSION.close()


def found(rows: Sequence[Row]) -> Document:
    """The engine's answer; one session for all examples, since opening one costs most."""
    return as_document(assess(ONE_SESSION, rows))


def root(square: Fraction) -> float:
    with localcontext() as context:
        context.prec = 50
        return float((Decimal(square.numerator) / Decimal(square.denominator)).sqrt())


# --- against the oracle --------------------------------------------------------------------------


def assert_equals_oracle(rows: Sequence[Row]) -> None:
    ours, theirs = found(rows), oracle.assess(rows)
    for unit, expected in zip(ours["units"], theirs.units, strict=True):
        _assert_unit(unit, expected)
    for row, (key, expected_row) in zip(ours["dispersion"], theirs.dispersion.items(), strict=True):
        assert (row["county_code"] or "", row["stage"], row["indicator"]) == key
        _assert_dispersion(row, expected_row)
    verdicts = {v["county_code"] or "": v["resource_allocation"] for v in ours["verdict"]}
    assert verdicts == theirs.counties


def _assert_unit(unit: Document, expected: oracle.Unit) -> None:
    assert unit["unit_id"] == expected.row["unit_id"]
    assert unit["verdict"] == expected.verdict
    assert unit["n_met"] == (None if expected.verdict == "excluded" else expected.n_met)
    cells = {r: (c["status"], c["value"], c["gap"]) for r, c in unit["cells"].items()}
    assert cells == {
        r: (c.status, _nearest(c.value), _nearest(c.gap)) for r, c in expected.cells.items()
    }, expected.row


def _nearest(value: Fraction | None) -> float | None:
    return None if value is None else float(value)


def _assert_dispersion(row: Document, expected: oracle.Dispersion) -> None:
    assert row["status"] == expected.status
    assert row["n_units"] == len(expected.used)
    assert tuple(unit["unit_id"] for unit in row["left_out"]) == expected.left_out
    if expected.mean is None or expected.variance is None:
        assert (row["mean"], row["sd"], row["cv"]) == (None, None, None)
        return
    assert isclose(row["mean"], expected.mean, rel_tol=CLOSE)
    # A deviation is as exact as the values that it is the difference of.
    assert isclose(row["sd"], root(expected.variance), rel_tol=CLOSE, abs_tol=CLOSE * row["mean"])
    if expected.cv_squared is None:
        assert row["cv"] is None
    else:
        assert isclose(row["cv"], root(expected.cv_squared), rel_tol=CLOSE, abs_tol=CLOSE)


@given(unit_tables())
@QUICK
def test_engine_equals_oracle(rows: list[Row]) -> None:
    assert_equals_oracle(rows)


def bulk(seed: int, n_cells: int = CELLS_IN_BULK) -> list[Row]:
    n_units = -(-n_cells // 7)
    counties = [f"{990_000 + ix}" for ix in range(n_units // 40)]
    return draw_rows(random.Random(seed), n_units, counties)


def test_a_hundred_thousand_edge_cells() -> None:
    assert_equals_oracle(bulk(seed=20170523))


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(20))
def test_two_million_edge_cells(seed: int) -> None:
    assert_equals_oracle(bulk(seed))


def around_a_limit(rng: random.Random, county: str, stage: str) -> list[Row]:
    """2 to 30 units of random sizes whose R6 has the coefficient of the limit, or a hair beside it.

    Half of the pupils have mean (1 + c), half (1 - c): the coefficient is c, exactly.
    """
    limit = oracle.LIMITS[stage]
    sizes = [rng.randrange(10, 3000) for _ in range(rng.randrange(1, 16))]
    hair = Fraction(rng.choice((0, 0, 1, -1)), 10 ** rng.randrange(6, 13))
    rows = []
    for sign in (1, -1):
        for ix, size in enumerate(sizes):
            amount = 3000 * size * (1 + sign * limit)
            row = draw_rows(rng, 1, [county])[0]
            row |= {"unit_id": f"{county}-{sign}-{ix}", "stage": stage, "kind": ""}
            row |= {"pupils": str(size), "equipment_yuan": str(Decimal(int(amount)))}
            rows.append(row)
    first = Decimal(rows[0]["equipment_yuan"])
    step = Decimal(hair.numerator) / Decimal(hair.denominator)
    rows[0]["equipment_yuan"] = f"{first + step:f}"
    return rows


def test_coefficients_on_their_limit() -> None:
    rng = random.Random(20191)
    rows = []
    for ix in range(200):
        rows += around_a_limit(rng, f"{990_000 + ix}", rng.choice(("primary", "junior")))
    decided = [d.status for k, d in oracle.assess(rows).dispersion.items() if k[2] == "R6"]
    assert min(decided.count("within"), decided.count("beyond")) > 30
    assert_equals_oracle(rows)


# --- properties ----------------------------------------------------------------------------------


def coefficients(document: Document) -> dict[tuple[str, str, str], float | None]:
    return {
        (d["county_code"] or "", d["stage"], d["indicator"]): d["cv"]
        for d in document["dispersion"]
    }


def assert_same_coefficients(left: Document, right: Document) -> None:
    ours, theirs = coefficients(left), coefficients(right)
    assert ours.keys() == theirs.keys()
    for key, cv in ours.items():
        other = theirs[key]
        assert (cv is None) == (other is None), key
        assert cv is None or isclose(cv, other or 0.0, rel_tol=1e-9, abs_tol=1e-12), key


@given(unit_tables(), st.randoms(use_true_random=False))
@QUICK
def test_order_of_rows_changes_nothing(rows: list[Row], rng: random.Random) -> None:
    shuffled = rng.sample(rows, len(rows))
    ours, theirs = found(rows), found(shuffled)
    assert {u["unit_id"]: u for u in ours["units"]} == {u["unit_id"]: u for u in theirs["units"]}
    assert ours["verdict"] == theirs["verdict"]
    assert_same_coefficients(ours, theirs)


@given(unit_tables(most=8))
@QUICK
def test_every_unit_twice_keeps_the_coefficients(rows: list[Row]) -> None:
    twins = [row | {"unit_id": f"{row['unit_id']}-2"} for row in rows]
    assert_same_coefficients(found(rows), found(rows + twins))


@given(unit_tables(most=8), st.integers(2, 50))
@QUICK
def test_k_times_everything_keeps_values_and_statuses(rows: list[Row], k: int) -> None:
    ordinary = [row | {"kind": ""} for row in rows]
    larger = [scaled(row, k) for row in ordinary]
    ours, theirs = found(ordinary), found(larger)
    for one, other in zip(ours["units"], theirs["units"], strict=True):
        assert one["verdict"] == other["verdict"]
        for r, cell in one["cells"].items():
            assert (cell["status"], cell["value"]) == (
                other["cells"][r]["status"],
                other["cells"][r]["value"],
            )
    assert_same_coefficients(ours, theirs)


def scaled(row: Row, k: int) -> Row:
    changes = {name: f"{Decimal(row[name]) * k:f}" for name in ("pupils", *FACTS) if row[name]}
    return row | changes


@given(unit_tables(most=6))
@QUICK
def test_merging_equal_units_keeps_the_coefficients(rows: list[Row]) -> None:
    """Two units with the same values are one unit of their joint size, as far as a county goes."""
    ordinary = [row | {"kind": ""} for row in rows]
    twins = [row | {"unit_id": f"{row['unit_id']}-2"} for row in ordinary]
    merged = [scaled(row, 2) for row in ordinary]
    assert_same_coefficients(found(ordinary + twins), found(merged))


@given(unit_tables())
@QUICK
def test_names_carry_no_meaning(rows: list[Row]) -> None:
    renamed = [
        row | {"unit_id": f"单元{ix}", "school_id": "", "school_name": "'; --"}
        for ix, row in enumerate(rows)
    ]
    ours, theirs = found(rows), found(renamed)
    strip = [{k: v for k, v in u.items() if k != "unit_id"} for u in ours["units"]]
    assert strip == [{k: v for k, v in u.items() if k != "unit_id"} for u in theirs["units"]]
    assert ours["verdict"] == theirs["verdict"]


RANK = {"below85": 0, "between85": 1, "met": 2}


@given(unit_tables(most=8), st.sampled_from(FACTS), st.sampled_from(["0.01", "1", "5000"]))
@QUICK
def test_more_of_a_thing_never_worsens_a_cell(rows: list[Row], fact: str, more: str) -> None:
    """Except that indoor sport rooms are taken off the teaching area: there R4 may fall."""
    richer = [
        row | ({fact: f"{Decimal(row[fact]) + Decimal(more):f}"} if row[fact] else {})
        for row in rows
    ]
    if fact == "indoor_sport_area_m2":
        richer = [
            row | {"teaching_area_m2": f"{Decimal(row['teaching_area_m2']) + Decimal(more):f}"}
            for row in richer
        ]
    for one, other in zip(found(rows)["units"], found(richer)["units"], strict=True):
        for r, cell in one["cells"].items():
            after = other["cells"][r]
            if cell["status"] != "missing":
                assert RANK[after["status"]] >= RANK[cell["status"]]
                assert after["value"] >= cell["value"]
                assert after["gap"] <= cell["gap"]
