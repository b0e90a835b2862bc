"""What every SQL engine must do alike, so that one text may decide on each."""

from __future__ import annotations

import importlib.util
import shutil
import sys
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from junheng.engine.store.session import Session
from junheng.engine.store.spark import SparkEngine
from junheng.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from junheng.engine.store.sql_engine import SqlEngine

HAS_SPARK = importlib.util.find_spec("pyspark") is not None and shutil.which("java") is not None


@pytest.fixture(
    scope="module",
    params=[
        "duckdb",
        pytest.param(
            "spark",
            marks=[
                pytest.mark.spark,
                pytest.mark.skipif(not HAS_SPARK, reason="PySpark or Java is not installed"),
            ],
        ),
    ],
)
def engine(request: pytest.FixtureRequest) -> Iterator[SqlEngine]:
    kind = Session if request.param == "duckdb" else SparkEngine
    with kind() as opened:
        yield opened


def test_lists_come_back_as_they_were(engine: SqlEngine) -> None:
    engine.load(
        "loaded",
        {"n": [1, 2], "t": ["学'校", None], "x": [0.1, None], "d": [10**37 + 1, None]},
        {"n": "BIGINT", "t": "VARCHAR", "x": "DOUBLE", "d": "DECIMAL(38,0)"},
    )
    assert engine.rows("SELECT n, t, x, d FROM loaded ORDER BY n") == [
        (1, "学'校", 0.1, Decimal(10**37 + 1)),
        (2, None, None, None),
    ]


def test_relations_build_on_relations_and_are_replaced(engine: SqlEngine) -> None:
    engine.create("base", "SELECT 1 AS x")
    engine.create("base", "SELECT 2 AS x")
    engine.create("derived", "SELECT x + 1 AS y FROM base")
    assert engine.rows("SELECT y FROM derived") == [(3,)]


def test_products_of_whole_decimals_are_exact(engine: SqlEngine) -> None:
    a, b = 2**61 - 1, 2**62 + 1
    engine.load("pair", {"a": [a], "b": [b]}, {"a": "DECIMAL(38,0)", "b": "DECIMAL(38,0)"})
    product, is_more = engine.rows("SELECT a * b, a * b > a * b - 1 FROM pair")[0]
    assert int(str(product)) == a * b
    assert is_more is True


def test_sums_of_whole_decimals_are_exact(engine: SqlEngine) -> None:
    engine.load("many", {"a": [2**55] * 1_000}, {"a": "DECIMAL(38,0)"})
    total = engine.rows("SELECT sum(a * a) FROM many")[0][0]
    assert int(str(total)) == 1_000 * 2**110


@pytest.mark.parametrize(
    "expression", ["a * a", "sum(a) OVER () * a", "CAST(9223372036854775807 AS BIGINT) + n"]
)
def test_what_does_not_fit_is_refused_and_never_wrong(engine: SqlEngine, expression: str) -> None:
    engine.load("huge", {"a": [10**37], "n": [1]}, {"a": "DECIMAL(38,0)", "n": "BIGINT"})
    with pytest.raises(Exception, match=r"(?i)out.of.range|overflow"):
        engine.rows(f"SELECT {expression} FROM huge")


def test_spark_without_java_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    if importlib.util.find_spec("pyspark") is None:
        pytest.skip("PySpark is not installed")
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("JAVA_HOME", raising=False)
    with pytest.raises(DataError, match="Spark needs Java"):
        SparkEngine()


def test_spark_without_pyspark_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    with pytest.raises(DataError, match="pip install"):
        SparkEngine()
