"""DuckDB and Spark SQL run one text and must agree: verdicts exactly, figures to 1e-9."""

from __future__ import annotations

import importlib.util
import random
import shutil
from math import isclose
from typing import TYPE_CHECKING

import pytest
from tests.strategies import draw_rows
from tests.unit_tables import AT_THRESHOLD, FACTS, FACTS_2012, Document, Row, document, unit

from junheng.engine.store.spark import SparkEngine

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

HAS_SPARK = importlib.util.find_spec("pyspark") is not None and shutil.which("java") is not None
pytestmark = [
    pytest.mark.spark,
    pytest.mark.skipif(not HAS_SPARK, reason="PySpark or Java is not installed"),
]
CLOSE = 1e-9
WIDEST = "999999999999.999999999999999999"
COUNTIES = ("", "110101", "110102", "420100", "990001")


@pytest.fixture(scope="module")
def spark() -> Iterator[SparkEngine]:
    """One Spark session for all tables: starting it takes longer than they do."""
    with SparkEngine() as engine:
        yield engine


# --- tables --------------------------------------------------------------------------------------


def drawn(n: int, seed: int) -> list[Row]:
    """Units on their edges, with nine decimals."""
    return draw_rows(random.Random(seed), n, COUNTIES)


def on_a_limit() -> list[Row]:
    """Counties whose R6 has a coefficient of the limit, the least step above it, and below it.

    And one county where a coefficient cannot be computed.
    """
    rows = [unit("none", county_code="999999", media_rooms="")]
    amounts = {
        "primary": (("3000000", "1000000"), ("3000000.01", "1000000"), ("2999999.99", "1000000")),
        "junior": (("2900000", "1100000"), ("2900000.01", "1100000"), ("2900000", "1100000.01")),
    }
    for stage, pairs in amounts.items():
        for ix, pair in enumerate(pairs):
            for which, amount in enumerate(pair):
                name, county = f"{stage}-{ix}-{which}", f"{990_000 + ix}"
                rows.append(unit(name, stage=stage, county_code=county, equipment_yuan=amount))
    return rows


def wide() -> list[Row]:
    """Eighteen decimals and twelve digits before the point: products need DECIMAL(38,0)."""
    most = dict.fromkeys(FACTS, WIDEST)
    rows = [
        unit("A", pupils="999999999999", **most),
        unit("B", pupils="1", **most),
        unit("C", equipment_yuan="1999999.999999999999999999"),
        unit("D", equipment_yuan="1700000.000000000000000000"),
        unit("E", stage="junior", sports_ground_area_m2="9999.999999999999999999"),
        unit("F", stage="junior", sports_ground_area_m2=""),
        unit("Z", pupils="0"),
    ]
    return [row | {"county_code": "888888"} for row in rows]


def basic() -> list[Row]:
    """The eight indicators of 2012, one county with its mean of coefficients on the limit."""
    facts = [*FACTS, *FACTS_2012]
    rows = []
    for sign, factor in (("+", 165), ("-", 35)):
        changes = {fact: str(1000 * factor) for fact in facts} | {"indoor_sport_area_m2": "0"}
        rows.append(unit(f"limit{sign}", county_code="110101", **changes))
    for ix in range(30):
        rng = random.Random(ix)
        changes = {fact: str(rng.randrange(1, 90_000)) for fact in facts}
        changes["indoor_sport_area_m2"] = "1"
        stage = rng.choice(sorted(AT_THRESHOLD))
        rows.append(unit(str(ix), stage=stage, county_code="110102", **changes))
    return rows


TABLES: dict[str, tuple[list[Row], str]] = {
    "edges and wide numbers": ([*drawn(250, seed=11), *wide()], "cn-2017-quality"),
    "coefficients on their limit": (on_a_limit(), "cn-2017-quality"),
    "the rules of 2012": (basic(), "cn-2012-basic"),
}


# --- agreement -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", TABLES)
def test_both_engines_agree(spark: SparkEngine, name: str) -> None:
    rows, rules = TABLES[name]
    assert_agree(rows, rules, spark)


@pytest.mark.soak
def test_both_engines_agree_on_a_province(spark: SparkEngine) -> None:
    rng = random.Random(5)
    counties = [f"{420_000 + ix}" for ix in range(120)]
    assert_agree(draw_rows(rng, 10_000, counties), "cn-2017-quality", spark)


def assert_agree(rows: Sequence[Row], rules: str, spark: SparkEngine) -> None:
    ours = document(rows, rules=rules)
    theirs = document(rows, rules=rules, engine=spark)
    assert_same(ours, theirs, "")


def assert_same(one: object, other: object, place: str) -> None:
    """Compare two JSON values: floats to 1e-9, everything else exactly."""
    if isinstance(one, dict) and isinstance(other, dict):
        assert one.keys() == other.keys(), place
        for key in one:
            assert_same(one[key], other[key], f"{place}/{key}")
    elif isinstance(one, list) and isinstance(other, list):
        assert len(one) == len(other), place
        for ix, pair in enumerate(zip(one, other, strict=True)):
            assert_same(*pair, f"{place}/{ix}")
    elif isinstance(one, float) and isinstance(other, float):
        assert isclose(one, other, rel_tol=CLOSE, abs_tol=CLOSE), (place, one, other)
    else:
        assert (type(one), one) == (type(other), other), place


def test_the_tables_hold_what_they_promise() -> None:
    """Every status occurs in the tables compared: agreement on nothing would prove nothing."""
    found: list[Document] = [document(rows, rules=rules) for rows, rules in TABLES.values()]
    statuses = {c["status"] for d in found for u in d["units"] for c in u["cells"].values()}
    verdicts = {u["verdict"] for d in found for u in d["units"]}
    coefficients = {row["status"] for d in found for row in d["dispersion"]}
    assert statuses == {"met", "between85", "below85", "missing", "not_applicable"}
    assert verdicts == {"pass", "fail", "undetermined", "excluded", "not_judged"}
    assert coefficients == {"within", "beyond", "not_computable", "not_judged"}
