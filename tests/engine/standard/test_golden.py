"""Published and hand-worked examples; each file under tests/golden names its source."""

from __future__ import annotations

import statistics
import tomllib
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from tests.unit_tables import FACTS_2012, results, unit

from junheng.engine.standard import exact

GOLDEN = Path(__file__).parents[2] / "golden"


def golden(name: str) -> dict[str, Any]:
    return tomllib.loads((GOLDEN / f"{name}.toml").read_text(encoding="utf-8"))


PUBLISHED = golden("published_dispersion")
DISTRICT = golden("worked_district")
BASIC = golden("basic_balance")
EDGES = golden("edges")


# --- the published coefficient -------------------------------------------------------------------


def published_rows() -> list[dict[str, str]]:
    others = dict.fromkeys(FACTS_2012, "1")
    pairs = zip(PUBLISHED["pupils"], PUBLISHED["books"], strict=True)
    return [
        unit(str(ix), pupils=str(pupils), **(others | {"books": str(books)}))
        for ix, (pupils, books) in enumerate(pairs)
    ]


def test_published_coefficient() -> None:
    row = results(published_rows(), rules="cn-2012-basic").dispersion("B5")
    expected = PUBLISHED["expected"]
    for name in ("mean", "sd", "cv"):
        assert row[name] == pytest.approx(expected[name], abs=PUBLISHED["tolerance"])
    assert row["sd"] ** 2 == pytest.approx(expected["variance"], abs=1e-6)


def test_published_coefficient_as_printed() -> None:
    row = results(published_rows(), rules="cn-2012-basic").dispersion("B5")
    assert {name: round(row[name], 2) for name in ("mean", "sd", "cv")} == PUBLISHED["printed"]


def test_published_coefficient_in_fractions() -> None:
    pairs = zip(PUBLISHED["books"], PUBLISHED["pupils"], strict=True)
    found = exact.dispersion([exact.Share(Fraction(x), p) for x, p in pairs], per=1)
    assert float(found.mean) == pytest.approx(PUBLISHED["expected"]["mean"], abs=5e-7)
    assert found.cv == pytest.approx(PUBLISHED["expected"]["cv"], abs=5e-7)


def test_wrong_methods_are_not_ours() -> None:
    pairs = zip(PUBLISHED["books"], PUBLISHED["pupils"], strict=True)
    values = [x / p for x, p in pairs]
    mean = statistics.fmean(values)
    wrong = {
        "unweighted_population": statistics.pstdev(values) / mean,
        "unweighted_sample": statistics.stdev(values) / mean,
    }
    assert wrong == pytest.approx(PUBLISHED["wrong"], abs=PUBLISHED["tolerance"])
    ours = results(published_rows(), rules="cn-2012-basic").dispersion("B5")["cv"]
    assert all(abs(ours - other) > 0.02 for other in wrong.values())


def test_a_wrong_method_would_turn_the_verdict_round() -> None:
    """The same figures as equipment: 0.515 is beyond 0.50, the unweighted 0.489 would be within."""
    pairs = zip(PUBLISHED["pupils"], PUBLISHED["books"], strict=True)
    rows = [
        unit(str(ix), pupils=str(pupils), equipment_yuan=str(amount))
        for ix, (pupils, amount) in enumerate(pairs)
    ]
    row = results(rows).dispersion("R6")
    assert row["status"] == "beyond"
    assert row["cv"] == pytest.approx(PUBLISHED["expected"]["cv"], abs=PUBLISHED["tolerance"])


def test_county_mean_is_not_rounded_before_squaring() -> None:
    rows = [
        unit("A", media_rooms="23", pupils="999"),
        unit("B", media_rooms="23", pupils="1001"),
    ]
    row = results(rows).dispersion("R7")
    shares = [exact.Share(Fraction(23), p) for p in (999, 1001)]
    assert row["cv"] == pytest.approx(exact.dispersion(shares, per=100).cv, rel=1e-9)


# --- the worked district -------------------------------------------------------------------------


@pytest.fixture(scope="module")
def district() -> Any:
    facts = DISTRICT["facts"]
    rows = [
        unit(name, **{fact: str(column[ix]) for fact, column in facts.items()})
        for ix, name in enumerate(DISTRICT["units"])
    ]
    return results(rows)


@pytest.mark.parametrize("indicator", DISTRICT["values"])
def test_worked_values(district: Any, indicator: str) -> None:
    found = [district.cell(name, indicator)["value"] for name in DISTRICT["units"]]
    assert found == pytest.approx(DISTRICT["values"][indicator], abs=DISTRICT["tolerance"])


@pytest.mark.parametrize("name", DISTRICT["units"])
def test_worked_statuses_and_verdict(district: Any, name: str) -> None:
    below = DISTRICT["below"][name]
    expected = {r: "between85" if r in below else "met" for r in DISTRICT["values"]}
    assert {r: district.status(name, r) for r in expected} == expected
    assert district.unit(name)["verdict"] == DISTRICT["verdicts"][name]
    assert district.unit(name)["n_met"] == DISTRICT["n_met"][name]


@pytest.mark.parametrize("name", DISTRICT["units"])
def test_worked_gaps(district: Any, name: str) -> None:
    gaps = {r: district.cell(name, r)["gap"] for r in DISTRICT["values"]}
    assert {r: gap for r, gap in gaps.items() if gap} == DISTRICT["gaps"][name]


@pytest.mark.parametrize("indicator", DISTRICT["dispersion"])
def test_worked_dispersion(district: Any, indicator: str) -> None:
    row = district.dispersion(indicator)
    found = [row["mean"], row["sd"], row["cv"]]
    assert found == pytest.approx(DISTRICT["dispersion"][indicator], abs=DISTRICT["tolerance"])
    assert (row["status"], row["n_units"], row["left_out"]) == ("within", 4, [])


def test_worked_county(district: Any) -> None:
    assert district.county()["resource_allocation"] == DISTRICT["resource_allocation"]
    assert len(district.document["dispersion"]) == 7


# --- edges ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", EDGES["case"], ids=lambda case: case["name"])
def test_edge_of_a_threshold(case: dict[str, Any]) -> None:
    cell = results([unit("A", **case["change"])]).cell("A", case["indicator"])
    assert (cell["status"], cell["gap"]) == (case["status"], case["gap"])


@pytest.mark.parametrize("case", EDGES["coefficient"], ids=lambda case: case["name"])
def test_edge_of_a_limit(case: dict[str, Any]) -> None:
    rows = [
        unit(str(ix), stage=case["stage"], indoor_sport_area_m2="0", **{case["fact"]: amount})
        for ix, amount in enumerate(case["amounts"])
    ]
    row = results(rows).dispersion(case["indicator"], case["stage"])
    assert row["status"] == case["status"]
    assert row["cv"] == pytest.approx(case["cv"], abs=1e-7)


def test_one_unit_has_no_dispersion() -> None:
    row = results([unit("A")]).dispersion("R1")
    assert (row["sd"], row["cv"], row["status"]) == (0.0, 0.0, "within")


# --- the mean of coefficients --------------------------------------------------------------------


@pytest.mark.parametrize("stage", ["primary", "junior"])
def test_published_mean_of_coefficients(stage: str) -> None:
    figures = BASIC[stage]
    squares = [Fraction(cv) ** 2 for cv in figures["coefficients"]]
    mean = Fraction(figures["mean"])
    assert sum(map(Fraction, figures["coefficients"])) / 8 == mean
    assert exact.mean_is_within(squares, Fraction(figures["limit"])) is figures["is_within"]
    assert exact.mean_is_within(squares, mean), "equal to the limit is within"
    assert not exact.mean_is_within(squares, mean - Fraction(1, 10**30))
    assert round(float(mean), 3) == float(figures["printed"])


def two_units_of_mean(coefficients: list[Fraction]) -> list[dict[str, str]]:
    """Two primary units of 1,000 pupils whose eight coefficients are as given, exactly."""
    facts = (
        "teaching_area_m2",
        "sports_ground_area_m2",
        "equipment_yuan",
        *FACTS_2012,
        "teachers_above_degree",
    )
    rows = []
    for sign, name in ((1, "A"), (-1, "B")):
        amounts = {
            fact: f"{float(1_000_000 * (1 + sign * cv)):.0f}"
            for fact, cv in zip(facts, coefficients, strict=True)
        }
        rows.append(unit(name, **{**amounts, "indoor_sport_area_m2": "0"}))
    return rows


def test_mean_of_coefficients_of_the_engine() -> None:
    """Coefficients in thousandths, those above 1 replaced: a unit cannot have less than nothing."""
    coefficients = [Fraction(cv) for cv in BASIC["primary"]["coefficients"]]
    coefficients[1] = Fraction(999, 1000)
    found = results(two_units_of_mean(coefficients), rules="cn-2012-basic")
    row = found.dispersion("mean")
    assert row["cv"] == pytest.approx(float(sum(coefficients) / 8), rel=1e-12)
    assert (row["status"], row["limit"]) == ("within", 0.65)
    assert found.dispersion("B2")["status"] == "not_judged"
    assert found.county()["resource_allocation"] == "met"
    assert {u["verdict"] for u in found.document["units"]} == {"not_judged"}


@pytest.mark.parametrize(
    ("last", "status"), [("0.65", "within"), ("0.650001", "beyond"), ("0.649999", "within")]
)
def test_mean_of_coefficients_at_its_limit(last: str, status: str) -> None:
    coefficients = [Fraction("0.65")] * 7 + [Fraction(last)]
    found = results(two_units_of_mean(coefficients), rules="cn-2012-basic")
    assert found.dispersion("mean")["status"] == status
    met = "met" if status == "within" else "not_met"
    assert found.county()["resource_allocation"] == met
