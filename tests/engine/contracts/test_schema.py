"""The schema of a dataset: every row of the sample district fits it, and damaged rows do not."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from junheng.engine import contracts
from junheng.engine.contracts.schema import DIALECT, json_schema, to_json
from junheng.engine.simulation.persons import draw_persons, write_persons
from junheng.engine.simulation.sample import draw_district
from junheng.engine.store.tables import open_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from junheng.engine.contracts.records import Contract
    from junheng.engine.store.session import Session

ALL = contracts.contracts()
TYPES: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
}
ROWS_OF_EACH = 300


def faults(schema: Mapping[str, Any], row: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong with a row: the keywords that our schemas use, and no others."""
    for name in schema["required"]:
        if name not in row:
            yield f"{name} required"
    for name, value in row.items():
        if name not in schema["properties"]:
            yield f"{name} unknown"
            continue
        yield from (f"{name} {fault}" for fault in value_faults(schema["properties"][name], value))


def value_faults(asked: Mapping[str, Any], value: Any) -> Iterator[str]:
    is_boolean = isinstance(value, bool)
    if not isinstance(value, TYPES[asked["type"]]) or is_boolean != (asked["type"] == "boolean"):
        yield "type"
        return
    if "enum" in asked and value not in asked["enum"]:
        yield "enum"
    if "pattern" in asked and re.search(asked["pattern"], str(value)) is None:
        yield "pattern"
    if "minimum" in asked and value < asked["minimum"]:
        yield "minimum"
    if "maximum" in asked and value > asked["maximum"]:
        yield "maximum"
    if not asked.get("minLength", 0) <= len(str(value)) <= asked.get("maxLength", 10**6):
        yield "length"


@pytest.mark.parametrize("contract", ALL, ids=lambda c: c.id)
def test_it_says_all_that_the_contract_says_of_single_values(contract: Contract) -> None:
    schema = json.loads(json.dumps(json_schema(contract)))
    assert schema["$schema"] == DIALECT
    assert set(schema["required"]) == {f.id for f in contract.fields if f.is_required}
    for field in contract.fields:
        made = schema["properties"][field.id]
        assert made["title"] == f"{field.header.zh} {field.header.en}"
        assert ("enum" in made) == (field.code_list is not None)
        assert ("minimum" in made) == (field.at_least is not None)
        assert ("maximum" in made) == (field.at_most is not None)
        assert ("pattern" in made) or not field.pattern
        examples = made.get("examples", [])
        assert len(examples) == bool(field.sample)
        assert [fault for one in examples for fault in value_faults(made, one)] == []


def test_rows_of_the_sample_district_fit(session: Session, tmp_path: Path) -> None:
    write_persons(draw_persons(draw_district("xigong", years=1), 2025), tmp_path)
    seen = set()
    for contract in ALL:
        path = tmp_path / f"{contract.id}.parquet"
        if not path.exists():
            continue
        table = open_table(session, path)
        cells = ", ".join(f"c{ix}" for ix in range(len(table.headers)))
        schema = json_schema(contract)
        for texts in session.rows(f"SELECT {cells} FROM {table.relation} LIMIT {ROWS_OF_EACH}"):
            known = (None if text is None else str(text) for text in texts)
            row = dict(zip(table.headers, known, strict=True))
            assert [*faults(schema, to_json(contract, row))] == []
        seen.add(contract.id)
    assert {"schools", "classes", "pupils", "staff", "rooms"} <= seen


@pytest.mark.parametrize(
    ("name", "value", "fault"),
    [
        ("class_id", None, "class_id required"),
        ("class_id", "a b", "class_id pattern"),
        ("school_id", "9999990001", "school_id pattern"),
        ("class_no", 0, "class_no minimum"),
        ("class_no", 100, "class_no maximum"),
        ("class_no", "3", "class_no type"),
        ("class_no", True, "class_no type"),
        ("class_kind_code", "no such code", "class_kind_code enum"),
        ("colour", "red", "colour unknown"),
    ],
)
def test_a_damaged_row_does_not_fit(name: str, value: object, fault: str) -> None:
    contract = contracts.contract("classes")
    row: dict[str, Any] = dict(to_json(contract, {f.id: f.sample for f in contract.fields}))
    assert [*faults(json_schema(contract), row)] == []
    damaged = {k: v for k, v in (row | {name: value}).items() if v is not None}
    assert [*faults(json_schema(contract), damaged)] == [fault]


def test_yes_and_no_are_true_and_false() -> None:
    grounds = contracts.contract("pupils")
    flag = next(f for f in grounds.fields if f.kind == "boolean")
    assert to_json(grounds, {flag.id: "0"}) == {flag.id: False}
    assert to_json(grounds, {flag.id: None}) == {}
