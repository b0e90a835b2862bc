"""The shipped contracts are whole, and a faulty file is refused with all its faults."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from junheng.engine import contracts, standard
from junheng.engine.contracts.catalogue import RULES_DIR, CatalogueError, load
from junheng.engine.contracts.cells import Context, canonical
from junheng.engine.contracts.checks import Problem
from junheng.engine.contracts.reading import NOTE_MARKS, SAMPLE_MARKS
from junheng.engine.standard import unit_table
from junheng.errors import NotFound

if TYPE_CHECKING:
    from pathlib import Path

    from junheng.engine.contracts import Contract

ALL = contracts.contracts()


def test_it_works() -> None:
    pupils = contracts.contract("pupils")
    assert pupils.name.zh == "学生"
    assert pupils.field("class_id").header.zh == "班级编号"
    assert pupils.field("identity_number").sensitivity == "L4"
    assert "R1" in pupils.field("class_id").used_by


def test_unknown_dataset_names_the_known_ones() -> None:
    with pytest.raises(NotFound, match="pupils"):
        contracts.contract("students")


def test_a_contract_stands_after_those_it_refers_to() -> None:
    places = {contract.id: place for place, contract in enumerate(ALL)}
    for contract in ALL:
        for reference in contract.references:
            assert places[reference.dataset] <= places[contract.id]


@pytest.mark.parametrize("contract", ALL, ids=lambda c: c.id)
def test_samples_are_canonical(contract: Contract) -> None:
    """The sample row of every template would pass the check itself."""
    context = Context(2025, is_simulated=True)
    for field in contract.fields:
        if field.sample:
            assert canonical(field, context)(field.sample) == field.sample, field.id
        else:
            assert not field.is_required, field.id


@pytest.mark.parametrize("contract", ALL, ids=lambda c: c.id)
def test_marks_of_notes_and_samples_are_no_values(contract: Contract) -> None:
    """Rows of the template are known by their first field, which therefore is no free text."""
    first = contract.fields[0]
    for mark in (*NOTE_MARKS.values(), *SAMPLE_MARKS.values()):
        assert isinstance(canonical(first, Context(2025))(mark + first.sample), Problem)


@pytest.mark.parametrize("contract", ALL, ids=lambda c: c.id)
def test_identity_and_health_are_sensitive(contract: Contract) -> None:
    for field in contract.fields:
        if field.kind in {"identity_number", "register_number"} or field.id == "disability_code":
            assert field.sensitivity == "L4", field.id


def test_used_by_names_rows_of_the_national_rule_set() -> None:
    rules = standard.load(standard.DEFAULT_RULESET_ID)
    rows = {i.id for i in rules.indicators} | {i.id for i in rules.items}
    used = {row for contract in ALL for field in contract.fields for row in field.used_by}
    assert used <= rows


def test_unit_table_agrees_with_the_reader_of_unit_tables() -> None:
    """One table, two descriptions: no header may be known to one of them alone."""
    rules = standard.load(standard.DEFAULT_RULESET_ID)
    columns = {column.id: column for column in unit_table.columns(rules)}
    contract = contracts.contract("unit_table")
    assert {field.id for field in contract.fields} == columns.keys()
    for field in contract.fields:
        assert set(columns[field.id].headers) <= set(field.names), field.id


def test_fourteen_domains() -> None:
    assert len(load().code_lists["data_domain"].values) == 14


# --- refused files --------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped files to spoil."""
    for name in ("contracts", "codes"):
        shutil.copytree(RULES_DIR / name, tmp_path / name)
    return tmp_path


def _spoil(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def _faults(folder: Path) -> str:
    with pytest.raises(CatalogueError) as refused:
        load(folder)
    return refused.value.render()


@pytest.mark.parametrize("line", ['purpose = "measure"\n', 'sensitivity = "L1"\n'])
def test_a_field_without_purpose_or_sensitivity_is_refused(folder: Path, line: str) -> None:
    _spoil(folder / "contracts" / "units.toml", line, "")
    key = line.partition(" ")[0]
    assert f".{key}: This key is missing." in _faults(folder)


def test_faults_of_all_files_come_together(folder: Path) -> None:
    _spoil(folder / "contracts" / "pupils.toml", 'code_list = "sex"', 'code_list = "sexes"')
    _spoil(folder / "contracts" / "rooms.toml", 'dataset = "schools"', 'dataset = "houses"')
    _spoil(folder / "codes" / "sex.toml", 'synonyms = ["男性"]', 'synonyms = ["女"]')
    _spoil(folder / "contracts" / "staff.toml", 'kind = "one_owner"', 'kind = "one_owner2"')
    _spoil(folder / "contracts" / "units.toml", "domain = 1", "domain = 15")
    found = _faults(folder)
    for expected in ("“sexes”", "“houses”", "“女”", "one_owner2", "“15”"):
        assert expected in found


def test_a_file_that_is_no_toml_is_one_fault(folder: Path) -> None:
    (folder / "contracts" / "terms.toml").write_text("id = ", encoding="utf-8")
    assert "contracts/terms.toml: -: The file cannot be read" in _faults(folder)


def test_digest_follows_the_code_lists(folder: Path) -> None:
    before = load(folder).contracts["pupils"].digest
    _spoil(folder / "codes" / "sex.toml", "男性", "男生")
    load.cache_clear()
    after = load(folder).contracts
    assert after["pupils"].digest != before
    assert after["rooms"].digest == contracts.contract("rooms").digest
