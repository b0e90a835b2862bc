"""The DuckDB session: values in and out unchanged, no heavy import, files whole or absent."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from junheng.engine.store.session import bound, literal, quoted

if TYPE_CHECKING:
    from pathlib import Path

    from junheng.engine.store.session import Session

texts = st.text(st.characters(exclude_categories=["Cs"]))


def test_it_works(session: Session) -> None:
    session.load("t", {"a": [1, None], "b": ["学校", None], "c": [0.1, None], "d": [True, None]})
    assert session.rows("SELECT * FROM t") == [(1, "学校", 0.1, True), (None,) * 4]
    assert session.columns("t") == ("a", "b", "c", "d")


@settings(deadline=None)
@given(text=texts)
def test_any_text_survives_a_list(kept_session: Session, text: str) -> None:
    kept_session.load("t", {"a": [text]})
    assert kept_session.rows("SELECT a FROM t") == [(text,)]


def test_text_in_a_parameter_is_a_value_and_never_sql(session: Session) -> None:
    text = "x'; DROP TABLE t; -- \\ \" ?"
    session.load("t", {"a": [text]})
    assert session.rows("SELECT a, '?', ? FROM t WHERE a = ?", [1, text]) == [(text, "?", 1)]


def test_a_float_keeps_its_bits(session: Session) -> None:
    values = [0.1, 1e300, -5e-324, 2 / 3]
    session.load("t", {"a": values})
    assert [row[0] for row in session.rows("SELECT a FROM t")] == values


def test_decimals_of_38_digits_are_exact(session: Session) -> None:
    session.load("t", {"a": [10**37 + 1]}, {"a": "DECIMAL(38,0)"})
    assert int(str(session.rows("SELECT a FROM t")[0][0])) == 10**37 + 1


def test_a_number_beyond_64_bits_is_refused_and_not_rounded(session: Session) -> None:
    with pytest.raises(Exception, match="9223372036854775808"):
        session.load("t", {"a": [2**63]})


def test_an_empty_load_makes_an_empty_relation(session: Session) -> None:
    session.load("t", {"a": []}, {"a": "BIGINT"})
    assert session.rows("SELECT a FROM t") == []


def test_lists_of_unequal_length_are_refused(session: Session) -> None:
    with pytest.raises(ValueError, match="one length"):
        session.load("t", {"a": [1], "b": [1, 2]})


def test_a_float_that_is_no_number_is_refused(session: Session) -> None:
    with pytest.raises(ValueError, match="JSON"):
        session.load("t", {"a": [float("nan")]})


def test_places_and_parameters_must_agree() -> None:
    with pytest.raises(ValueError, match="places"):
        bound("SELECT ?, ?", [1])


def test_a_value_without_a_literal_is_refused() -> None:
    with pytest.raises(TypeError, match="bytes"):
        literal(b"x")


def test_names_are_quoted(session: Session) -> None:
    name = 'a "b"'
    session.create(name, "SELECT 1 AS x")
    assert session.rows(f"SELECT x FROM {quoted(name)}") == [(1,)]


def test_parquet_appears_whole_or_not_at_all(session: Session, tmp_path: Path) -> None:
    path = tmp_path / "结果's.parquet"
    session.create("t", "SELECT 1 AS x")
    session.export_parquet("t", path)
    assert session.rows(f"SELECT x FROM read_parquet({literal(str(path))})") == [(1,)]
    before = path.read_bytes()
    session.run("CREATE VIEW failing AS SELECT error('stop') AS x")
    with pytest.raises(Exception, match="stop"):
        session.export_parquet("failing", path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_no_extension_is_fetched(session: Session) -> None:
    with pytest.raises(Exception, match=r"(?i)extension"):
        session.rows("SELECT * FROM read_xlsx('absent.xlsx')")


def test_loading_and_reading_a_csv_import_no_array_library(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    program = (
        "import sys; from pathlib import Path\n"
        "from junheng.engine.store.session import Session\n"
        "from junheng.engine.store.tables import open_table\n"
        "with Session() as s:\n"
        "    s.load('t', {'a': [1]})\n"
        f"    open_table(s, Path({str(path)!r})).n_rows\n"
        "    s.rows('SELECT ?', ['x'])\n"
        "print([m for m in ('numpy', 'pandas', 'pyarrow') if m in sys.modules])"
    )
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
