"""Reading in one go gives what reading cell by cell gives: results, messages, everything."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.strategies import draw_rows
from tests.unit_tables import FACTS, Row, headers, unit, write_csv

from junheng.engine import standard
from junheng.engine.standard import results_json
from junheng.engine.standard.unit_table import UNITS, read_file
from junheng.engine.standard.unit_table.quick import read_plain
from junheng.engine.store.session import Session, literal
from junheng.engine.store.tables import open_table
from junheng.errors import TableFaults

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from junheng.engine.standard import UnitTable

RULES = standard.load("cn-2017-quality")
QUICK = settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    database=None,
)
WHO = "row_no, unit_id, school_id, school_name, county, stage, kind, pupils"


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    with Session() as opened:
        yield opened


def told(session: Session, table: UnitTable) -> tuple[object, ...]:
    """Everything that a table says: who, every fact, warnings."""
    facts = [f"{fact} / {10**decimals}" for fact, decimals in table.decimals.items()]
    who = session.rows(f"SELECT {WHO}, {', '.join(facts)} FROM {UNITS} ORDER BY unit_ix")
    return who, table.n_units, [str(warning) for warning in table.warnings]


def document(table: UnitTable) -> str:
    return "".join(results_json.chunks(standard.assess(table)))


def in_one_go(session: Session, path: Path) -> object:
    try:
        return told(session, read_file(session, path, RULES))
    except TableFaults as faults:
        return faults.render()


def cell_by_cell(session: Session, path: Path) -> object:
    try:
        return told(session, standard.read(open_table(session, path), RULES))
    except TableFaults as faults:
        return faults.render()


def neat(rng: random.Random, n: int) -> list[Row]:
    """Units whose figures have two decimals at most."""
    rows = draw_rows(rng, n)
    for row in rows:
        for fact in FACTS:
            row[fact] = f"{float(row[fact]):.2f}" if row[fact] else ""
        row["school_name"] = rng.choice(["", "第一小学（北校区）", "Ⅱ校·东", "No 3 School"])
    return rows


# --- CSV -----------------------------------------------------------------------------------------


@given(st.randoms(use_true_random=False), st.integers(1, 8))
@QUICK
def test_plain_tables_are_read_in_one_go(
    session: Session, tmp_path: Path, rng: random.Random, n: int
) -> None:
    path = write_csv(tmp_path / "units.csv", neat(rng, n))
    table = read_plain(session, path, RULES)
    assert table is not None
    found = told(session, table), document(table)
    careful = standard.read(open_table(session, path), RULES)
    assert found == (told(session, careful), document(careful))


NUMBERS = (
    *("1_000", "1_0", "1e3", "1E3", "1e-3", "1.5e-6", "2.5E-2", "1e+2", "12345e-4", "5e0"),
    *(" 5", "5 ", "+5", "-5", "-0", "", "１２", "５.５", "1,5", "0x10", ".5", "5.", "007", "0.50"),
    *("1.23", "1.234", "1.234567", "1.2345678", "1.005", "0.0000000000000000001", "5\u00a0"),
    *("999999999999", "9999999999999", "999999999999.99", "00000000000000001", "nan", "inf", "约5"),
    *("\t5", "0.30000000000000004", "2.675", "TRUE", "NULL", "１_0", "5e", "1__0", "--5"),
)
TEXTS = (
    *("A B", " A", "A ", "A\u3000", "e\u0301cole", "\u00e9cole", "1.2E+17", "2.1e+09", "样例"),
    *(
        "·",
        "“x”",
        'a"b',
        "a,b",
        "a\nb",
        "Ａ",
        "NULL",
        "",
        "U0",
        "U1",
        "A_1",
        "S_x",
        "e-3",
        "\ufeffA",
    ),
    *("가", "\u1100\u1161", "ね\u3099", "A\u200b", "🏫", "\u212b", "ﬁ", "A\tB", "㐀"),
)
WORDS = {
    "stage": ("primary", "小学", "PRIMARY", " junior", "senior", "", "初中部", "ｐrimary"),
    "kind": ("ordinary", "教学点", "Special", "", "unknown", " ", "vocational"),
    "county_code": ("110101", "12", "", "1101011", "一二三四五六", "99000a", " 110101"),
    "pupils": ("100", "100.0", "100.5", "", "0", "1e2", "-1", "１００", "999999999999", "0.01"),
    "unit_id": TEXTS,
    "school_id": TEXTS,
    "school_name": TEXTS,
    **dict.fromkeys(FACTS, NUMBERS),
}


@st.composite
def odd_rows(draw: st.DrawFn) -> list[Row]:
    """A neat table with some cells that may be anything."""
    rows = neat(draw(st.randoms(use_true_random=False)), draw(st.integers(1, 6)))
    for _ in range(draw(st.integers(1, 3))):
        column = draw(st.sampled_from(sorted(WORDS)))
        rows[draw(st.integers(0, len(rows) - 1))][column] = draw(st.sampled_from(WORDS[column]))
    return rows


@given(odd_rows(), st.sampled_from(["utf-8", "utf-8-sig", "gb18030"]))
@settings(QUICK, max_examples=60)
def test_any_csv_is_read_alike(
    session: Session, tmp_path: Path, rows: list[Row], encoding: str
) -> None:
    path = write_csv(tmp_path / "units.csv", rows, encoding=encoding)
    assert in_one_go(session, path) == cell_by_cell(session, path)


@pytest.mark.parametrize("number", NUMBERS)
def test_every_odd_number_is_read_alike(session: Session, tmp_path: Path, number: str) -> None:
    rows = [unit("A"), unit("B", stage="junior", equipment_yuan=number)]
    path = write_csv(tmp_path / "units.csv", rows)
    assert in_one_go(session, path) == cell_by_cell(session, path)


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace(b"\r\n", b"\n"),
        lambda text: text.replace(b"\r\n", b"\n")[:-1],
        lambda text: text[:-2],
        lambda text: text + b"\r\n",
        lambda text: text.replace(b"\r\n", b"\r"),
        lambda text: text.replace(b"\r\n", b"\n", 1),
        lambda text: text.replace(b"\r\n", b"\n\n").replace(b"\r", b""),
        lambda text: text.replace(b"\r\n", b"\r\n,,,,\r\n", 2),
        lambda text: text[:-2] + b",\r\n",
        lambda text: text.replace(b",", b";"),
        lambda text: text.replace(b"unit_id", b"unit_id,unit_id", 1),
        lambda text: text.replace(b"unit_id", b"colour", 1),
        lambda text: text.replace(b"unit_id", b" unit_id ", 1),
        lambda text: text.replace(b"A,", b'"A",', 1),
        lambda text: text.replace(b"A,", b"A\0,", 1),
        lambda text: text.replace(b"A,", b"\xff,", 1),
        lambda text: b"\n" + text,
        lambda text: text.split(b"\r\n")[0],
        lambda text: text.split(b"\r\n")[0] + b"\r\n",
        lambda text: b"units of 2026\r\n" + text,
    ],
)
def test_lines_of_any_form_are_read_alike(
    session: Session, tmp_path: Path, change: Callable[[bytes], bytes]
) -> None:
    path = write_csv(tmp_path / "units.csv", [unit("A"), unit("B"), unit("C", stage="junior")])
    path.write_bytes(change(path.read_bytes()))
    assert in_one_go(session, path) == cell_by_cell(session, path)


def test_pieces_of_a_long_file_are_joined(session: Session, tmp_path: Path) -> None:
    """The bytes are judged piece by piece; what is wrong may stand in any of them."""
    rows = [unit(str(ix)) for ix in range(6_000)]
    path = write_csv(tmp_path / "units.csv", rows)
    assert read_plain(session, path, RULES) is not None
    rows[5_900]["media_rooms"] = "1_0"
    assert read_plain(session, write_csv(path, rows), RULES) is None
    rows[5_900]["media_rooms"] = "1.2345678"
    assert read_plain(session, write_csv(path, rows), RULES) is None
    rows[5_900]["media_rooms"] = "1.234"
    finer = read_plain(session, write_csv(path, rows), RULES)
    assert finer is not None
    assert set(finer.decimals.values()) == {6}


# --- Parquet -------------------------------------------------------------------------------------


def write_parquet(path: Path, rows: Sequence[Row], kinds: dict[str, str]) -> Path:
    """Write rows as Parquet, columns in the types named (VARCHAR where none is)."""
    names = headers(rows)
    with Session() as session:
        session.load("t", {n: [row.get(n) or None for row in rows] for n in names})
        columns = ", ".join(f"TRY_CAST({n} AS {kinds.get(n, 'VARCHAR')}) AS {n}" for n in names)
        session.run(f"COPY (SELECT {columns} FROM t) TO {literal(str(path))} (FORMAT parquet)")
    return path


FLOATS = (
    *("0.1", "0.30000000000000004", "2.675", "1.005", "nan", "inf", "-1", "1e15", "999999999999"),
    *("1e12", "0.001", "1e-7", "123456789.123456", "1e-300", "", "0", "12345678.9", "4.35"),
)


@given(st.randoms(use_true_random=False), st.integers(1, 6), st.data())
@settings(QUICK, max_examples=40)
def test_any_parquet_is_read_alike(
    session: Session, tmp_path: Path, rng: random.Random, n: int, data: st.DataObject
) -> None:
    rows = neat(rng, n)
    for column, values in (("equipment_yuan", FLOATS), ("unit_id", TEXTS), ("school_name", TEXTS)):
        if data.draw(st.booleans()):
            row = data.draw(st.sampled_from(rows))
            row[column] = data.draw(st.sampled_from(values))
    kinds = dict.fromkeys(FACTS, data.draw(st.sampled_from(["DOUBLE", "FLOAT", "DECIMAL(30,9)"])))
    kinds["pupils"] = data.draw(st.sampled_from(["BIGINT", "DOUBLE", "UBIGINT", "SMALLINT"]))
    path = write_parquet(tmp_path / "units.parquet", rows, kinds)
    assert in_one_go(session, path) == cell_by_cell(session, path)


def test_plain_parquet_is_read_in_one_go(session: Session, tmp_path: Path) -> None:
    rows = neat(random.Random(5), 300)
    for row in rows:
        row["school_name"] = "第一小学"
    kinds = {**dict.fromkeys(FACTS, "DOUBLE"), "pupils": "BIGINT"}
    path = write_parquet(tmp_path / "units.parquet", rows, kinds)
    table = read_plain(session, path, RULES)
    assert table is not None
    assert told(session, table) == cell_by_cell(session, path)


def test_numbers_of_programs_are_read_alike(session: Session, tmp_path: Path) -> None:
    """Sums of doubles have a tail of noise; the decimal of 15 digits is meant."""
    rows = [unit("A", equipment_yuan=repr(0.1 + 0.2), teaching_area_m2=repr(4700.1 + 0.2))]
    path = write_parquet(tmp_path / "units.parquet", rows, dict.fromkeys(FACTS, "DOUBLE"))
    assert in_one_go(session, path) == cell_by_cell(session, path)
