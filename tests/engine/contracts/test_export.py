"""A dataset written and read again is the same, whatever the kind of file."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING
from unicodedata import normalize

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from junheng.engine import contracts
from junheng.engine.contracts.cells import Context
from junheng.engine.contracts.export import write_dataset
from junheng.engine.contracts.identifiers import identity_check
from junheng.engine.contracts.reading import read_dataset
from junheng.engine.store.tables import open_table
from junheng.errors import DataError

if TYPE_CHECKING:
    from pathlib import Path

    from junheng.engine.contracts import Contract, Field
    from junheng.engine.store.session import Session

    Rows = list[dict[str, str | None]]

SIMULATED = Context(2025, is_simulated=True)
TEXTS = st.text(
    st.characters(codec="utf-8", categories=["L", "N", "P", "S"]), min_size=1, max_size=30
).map(lambda text: normalize("NFC", text))


DAYS = st.dates(date(1900, 1, 1), date(2100, 12, 31)).map(date.isoformat)
OF_KIND = {
    "boolean": st.sampled_from(["0", "1"]),
    "date": DAYS,
    "month": DAYS.map(lambda day: day[:7]),
    "school_id": st.integers(0, 999999).map(lambda n: f"2153{n:06d}"),
}


def _values(field: Field) -> st.SearchStrategy[str]:
    """Canonical values of a field, whatever other fields say."""
    if field.code_list is not None:
        return st.sampled_from([value.code for value in field.code_list.values])
    if field.kind in {"whole", "decimal"}:
        return _numbers(field)
    if field.pattern:
        return st.from_regex(re.compile(field.pattern, re.ASCII), fullmatch=True)
    return OF_KIND.get(field.kind, TEXTS)


def _numbers(field: Field) -> st.SearchStrategy[str]:
    places = 6 if field.kind == "decimal" else 0
    low = -999999 if field.at_least is None else int(field.at_least)
    high = 10**9 if field.at_most is None else int(field.at_most)
    numbers = st.integers(low * 10**places, high * 10**places)
    return numbers.map(lambda n: _plain(n, places))


def _plain(scaled: int, places: int) -> str:
    sign, digits = ("-" if scaled < 0 else ""), f"{abs(scaled):0{places + 1}d}"
    if not places:
        return sign + digits
    text = f"{digits[:-places]}.{digits[-places:]}".rstrip("0").rstrip(".")
    return text if text == "0" else sign + text


def test_plain_numbers_of_this_test() -> None:
    assert [_plain(n, 2) for n in (0, 5, -150, 1000)] == ["0", "0.05", "-1.5", "10"]


def _write(session: Session, contract: Contract, rows: Rows, path: Path) -> None:
    columns = {field.id: [row[field.id] for row in rows] for field in contract.fields}
    session.load("outgoing", columns, dict.fromkeys(columns, "VARCHAR"))
    write_dataset(path, session, "outgoing", contract)


def _read(session: Session, contract: Contract, path: Path) -> Rows:
    read_dataset(open_table(session, path), contract, context=SIMULATED)
    names = [field.id for field in contract.fields]
    rows = session.rows(f"SELECT {', '.join(names)} FROM {contract.id}")
    return [dict(zip(names, map(_text, row), strict=True)) for row in rows]


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _in_order(rows: Rows) -> list[list[tuple[str, str]]]:
    return sorted(sorted((k, v or "") for k, v in row.items()) for row in rows)


@pytest.mark.parametrize("ending", ["xlsx", "csv", "parquet"])
@pytest.mark.parametrize("dataset", ["schools", "county_facts", "documents"])
@settings(
    max_examples=8,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # a file per try: shrinking takes minutes
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_round_trip(
    session: Session, tmp_path: Path, dataset: str, ending: str, data: st.DataObject
) -> None:
    contract = contracts.contract(dataset)
    rows = data.draw(
        st.lists(
            st.fixed_dictionaries(
                {
                    f.id: _values(f) if f.is_required else st.none() | _values(f)
                    for f in contract.fields
                }
            ),
            min_size=1,
            max_size=6,
        )
    )
    path = tmp_path / f"{dataset}.{ending}"
    _write(session, contract, rows, path)
    assert _in_order(_read(session, contract, path)) == _in_order(rows)


@pytest.mark.parametrize("ending", ["xlsx", "csv", "parquet"])
def test_long_numbers_survive_every_kind_of_file(
    session: Session, tmp_path: Path, ending: str
) -> None:
    """An identity number in a workbook is text; a program would cut it to 15 digits."""
    contract = contracts.contract("pupils")
    number = "99010120190301001" + identity_check("99010120190301001")
    row: dict[str, str | None] = dict.fromkeys(field.id for field in contract.fields)
    row |= {"pupil_id": "0001", "name": "=1+1", "sex_code": "1", "birth_date": "2019-03-01"}
    row |= {"class_id": "1E5", "from_date": "2025-09-01"}
    row |= {"identity_number": number, "register_number": f"G{number}", "ethnicity_code": "01"}
    path = tmp_path / f"pupils.{ending}"
    _write(session, contract, [row], path)
    assert _read(session, contract, path) == [row]


def test_another_ending_is_refused(session: Session, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="parquet"):
        write_dataset(tmp_path / "pupils.ods", session, "outgoing", contracts.contract("pupils"))
