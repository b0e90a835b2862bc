"""Reading a unit table: headers people write, all faults at once, numbers without rounding."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.unit_tables import REQUIRED, Row, as_document, headers, source_table, unit

from junheng.engine import standard
from junheng.engine.standard import unit_table
from junheng.engine.store.session import Session
from junheng.errors import TableFaults
from junheng.i18n import translator

if TYPE_CHECKING:
    from collections.abc import Iterator

RULES = standard.load("cn-2017-quality")


@pytest.fixture
def session() -> Iterator[Session]:
    with Session() as opened:
        yield opened


def faults_of(session: Session, rows: list[Row]) -> TableFaults:
    with pytest.raises(TableFaults) as raised:
        standard.read(source_table(session, rows), RULES)
    return raised.value


def renamed(row: Row, column: str, header: str) -> Row:
    return {(header if name == column else name): value for name, value in row.items()}


# --- headers -------------------------------------------------------------------------------------

SYNONYMS = [
    (column.id, header)
    for column in unit_table.columns(RULES)
    for header in column.headers
    if column.is_required
]


@pytest.mark.parametrize(("column", "header"), SYNONYMS)
def test_every_header_is_understood(session: Session, column: str, header: str) -> None:
    table = source_table(session, [renamed(unit(), column, header)])
    assert standard.read(table, RULES).n_units == 1


@pytest.mark.parametrize(
    "header", ["PUPILS", "Pupils ", "pu pils", "在校 生数"], ids=["upper", "blank", "inside", "zh"]
)
def test_case_and_blanks_of_a_header_mean_nothing(session: Session, header: str) -> None:
    assert standard.read(source_table(session, [renamed(unit(), "pupils", header)]), RULES).n_units


def test_brackets_of_a_header_may_be_narrow(session: Session) -> None:
    row = renamed(unit(), "teachers_pe_arts", "体育、艺术(美术、音乐)专任教师数")
    assert standard.read(source_table(session, [row]), RULES).n_units == 1


def test_two_headers_of_one_meaning(session: Session) -> None:
    (fault,) = faults_of(session, [unit(**{"在校生数": "7"})]).faults
    assert (fault.column, fault.row) == ("在校生数", None)
    assert "“pupils”" in fault.render()


def test_no_header_means_two_things() -> None:
    for ruleset in ("cn-2017-quality", "cn-2012-basic"):
        columns = unit_table.columns(standard.load(ruleset))
        names = [name for c in columns for name in {h.casefold() for h in (c.id, *c.headers)}]
        assert len(names) == len(set(names))


def test_all_faults_of_headers_at_once(session: Session) -> None:
    row = {name: value for name, value in unit().items() if name not in {"stage", "media_rooms"}}
    faults = faults_of(session, [row | {"colour": "red"}]).faults
    assert {fault.column for fault in faults} == {"stage", "media_rooms", "colour"}


def test_columns_of_2012_are_needed_by_2012(session: Session) -> None:
    with pytest.raises(TableFaults) as raised:
        standard.read(source_table(session, [unit()]), standard.load("cn-2012-basic"))
    missing = {fault.column for fault in raised.value.faults}
    assert missing == {"computers", "books", "teachers", "teachers_mid_title"}


# --- cells ---------------------------------------------------------------------------------------


def test_all_faults_of_cells_at_once_in_the_order_of_rows(session: Session) -> None:
    rows = [
        unit("A", media_rooms="many", equipment_yuan="-5"),
        unit("A", stage="junior", pupils=""),
        unit("B") | {"stage": "senior"},
    ]
    found = faults_of(session, rows)
    places = [(fault.row, fault.column) for fault in found.faults]
    assert places == [
        (2, "equipment_yuan"),
        (2, "media_rooms"),
        (2, "unit_id"),
        (3, "pupils"),
        (3, "unit_id"),
        (4, "stage"),
    ]
    assert found.n_faults == 6


def test_a_fault_names_the_header_as_written(session: Session) -> None:
    row = renamed(unit(media_rooms="多"), "media_rooms", "多媒体教室")
    (fault,) = faults_of(session, [row]).faults
    assert (fault.source, fault.row, fault.column) == ("units.csv", 2, "多媒体教室")


def test_many_faults_are_counted_and_not_all_listed(session: Session) -> None:
    rows = [unit(str(ix), media_rooms="?") for ix in range(unit_table.MAX_FAULTS_LISTED + 50)]
    found = faults_of(session, rows)
    assert len(found.faults) == unit_table.MAX_FAULTS_LISTED
    assert found.n_faults == unit_table.MAX_FAULTS_LISTED + 50
    assert "50 more faults" in found.render().splitlines()[-1]


def test_every_fault_has_a_remedy_in_both_languages(session: Session) -> None:
    rows = [
        unit("A", media_rooms="x", equipment_yuan="-1", pupils="1.5"),
        unit("A", kind="?", county_code="12"),
        unit("", indoor_sport_area_m2="9"),
    ]
    for fault in faults_of(session, rows).faults:
        chinese, english = fault.render(translator("zh")), fault.render()
        assert fault.remedy.render() in english
        assert chinese != english
        assert english.endswith(".")


def test_indoor_area_is_compared_at_the_last_decimal(session: Session) -> None:
    row = unit(teaching_area_m2="4700", indoor_sport_area_m2="4700.000000000000000001")
    (fault,) = faults_of(session, [row]).faults
    assert fault.column == "indoor_sport_area_m2"


def test_text_around_a_number_is_refused_and_not_stripped(session: Session) -> None:
    (fault,) = faults_of(session, [unit(teaching_area_m2="约4700")]).faults
    assert "“约4700” is not a number" in fault.render()


def test_quotes_in_texts_harm_nothing(session: Session) -> None:
    row = unit("A'; DROP TABLE units; --", school_name='O\'Brien "小学"')
    table = standard.read(source_table(session, [row]), RULES)
    assert standard.assess(table).units[0].school_name == 'O\'Brien "小学"'


def test_wrong_words_with_quotes_are_shown_as_written(session: Session) -> None:
    (fault,) = faults_of(session, [unit() | {"stage": "pri'mary {x}"}]).faults
    assert "“pri'mary {x}”" in fault.render()


def test_figures_the_rules_do_not_use_are_not_looked_at(session: Session) -> None:
    table = source_table(session, [unit(books="unknown")])
    assert standard.read(table, RULES).n_units == 1


def test_columns_in_any_order(session: Session) -> None:
    row = unit()
    backwards = {name: row[name] for name in reversed(headers([row]))}
    one = standard.assess(standard.read(source_table(session, [row]), RULES))
    first = as_document(one)
    other = standard.assess(standard.read(source_table(session, [backwards]), RULES))
    assert as_document(other) == first


def test_the_contract_names_its_columns() -> None:
    required = [c.id for c in unit_table.columns(RULES) if c.is_required]
    assert sorted(required) == sorted(REQUIRED)


@pytest.mark.parametrize("column", ["unit_id", "school_id"])
def test_identifier_rounded_by_a_spreadsheet_is_refused(session: Session, column: str) -> None:
    faults = faults_of(session, [unit(**{column: "2.11599E+09"})])
    assert [(fault.row, fault.column) for fault in faults.faults] == [(2, column)]
    assert "2.11599E+09" in faults.render()
