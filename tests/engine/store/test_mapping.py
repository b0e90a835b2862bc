"""Foreign tables through a mapping: which units and figures come out, what is refused or noted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from junheng.engine.store.mapping import UNIT_HEADERS, MappedTable, apply
from junheng.engine.store.mapping_file import load_mapping, read_mapping, shipped_mappings
from junheng.engine.store.tables import open_table
from junheng.errors import NotFound, RuleSetError, TableFaults

if TYPE_CHECKING:
    from pathlib import Path

    from junheng.engine.store.session import Session

MAPPING = """
id = "sample"
name = { zh = "样例", en = "Sample" }
document = "an invented table"
missing = ["-", "88888"]

[school]
id = "code"
name = "title"

[county]
column = "town"
whole = "Everywhere"
map = { "North Town" = "North" }

[[keep]]
column = "status"
values = ["open", "new"]

[[fact]]
id = "teachers"
name = { zh = "教师", en = "teachers" }
unit = { zh = "人", en = "persons" }
is_whole = true

[[fact]]
id = "ground_m2"
name = { zh = "场地", en = "ground" }
unit = { zh = "平方米", en = "m2" }

[[unit]]
stage = "primary"
pupils = "p_pupils"
[unit.facts]
teachers = ["p_men", "p_women"]
[unit.facts.ground_m2]
plus = "site"
minus = "built"
parse = "first_number"
factor = "0.01"
zero_is_missing = true

[[unit]]
stage = "junior"
pupils = "j_pupils"
[unit.facts]
teachers = "j_teachers"

[[measure]]
id = "teachers_per_100"
name = { zh = "每百名学生教师数", en = "Teachers per 100 pupils" }
unit = { zh = "人", en = "persons" }
per = 100
terms = { teachers = 1 }
proxy_for = "R1"
"""

HEADERS = "code,title,town,status,p_pupils,p_men,p_women,site,built,j_pupils,j_teachers"
COMPLETE = '7,Complete School,North Town,open,120,3,4,"1,250 m2",ca. 250,60,5'


def mapped(
    session: Session, folder: Path, *rows: str, mapping: str = MAPPING, whole_as_one: bool = False
) -> MappedTable:
    (folder / "mapping.toml").write_text(mapping, encoding="utf-8")
    path = folder / "foreign.csv"
    path.write_text("\n".join([HEADERS, *rows]) + "\n", encoding="utf-8")
    rules = load_mapping(str(folder / "mapping.toml"))
    return apply(session, open_table(session, path), rules, whole_as_one=whole_as_one)


def units(result: MappedTable) -> list[tuple[object, ...]]:
    table = result.table
    return table.session.rows(f"SELECT * FROM {table.relation} ORDER BY row_no, c0 DESC")


def figures(session: Session, folder: Path, row: str) -> tuple[object, ...]:
    """Teachers and ground of the first unit of one row."""
    return units(mapped(session, folder, row))[0][-2:]


def test_one_row_with_two_stages_gives_two_units(session: Session, tmp_path: Path) -> None:
    result = mapped(session, tmp_path, COMPLETE)
    assert result.table.headers == (*UNIT_HEADERS, "teachers", "ground_m2")
    school = ("7", "Complete School", "North")
    assert units(result) == [
        (2, "7-primary", *school, "primary", "ordinary", "120", "7", "10.00"),
        (2, "7-junior", *school, "junior", "ordinary", "60", "5", None),
    ]
    (measure,) = result.measures
    assert (measure.per, measure.terms, measure.proxy_for) == (100, (("teachers", 1),), "R1")


def test_all_rows_as_one_county(session: Session, tmp_path: Path) -> None:
    result = mapped(session, tmp_path, COMPLETE, whole_as_one=True)
    assert {row[4] for row in units(result)} == {"Everywhere"}


@pytest.mark.parametrize(
    ("cells", "teachers", "ground"),
    [
        ("3,4,100,0", "7", "1.00"),
        ("３,4.5,100,0", "7.5", "1.00"),
        (",4,100,0", None, "1.00"),
        ("-,4,100,0", None, "1.00"),
        ("88888,4,100,0", None, "1.00"),
        ("3,4,88888,0", "7", None),
        ("3,4,none,0", "7", None),
        ("3,4,100,100", "7", None),
        ('3,4,"５１,７７１平方公尺",0', "7", "517.71"),
        ("3,4,0.1,0.3", "7", "-0.002"),
    ],
)
def test_figures(
    session: Session, tmp_path: Path, cells: str, teachers: str | None, ground: str | None
) -> None:
    row = f"7,School,North,open,120,{cells},,"
    assert figures(session, tmp_path, row) == (teachers, ground)


def test_rows_left_out_and_units_without_pupils_are_counted(
    session: Session, tmp_path: Path
) -> None:
    shut = "8,Shut,South,closed,1,1,1,1,1,1,1"
    no_junior = "9,Small,South,new,10,1,1,1,1,0,0"
    result = mapped(session, tmp_path, COMPLETE, shut, no_junior)
    assert result.table.n_rows == 3
    assert (result.n_rows_left_out, result.n_units_without_pupils) == (1, 1)


def test_a_stage_by_column(session: Session, tmp_path: Path) -> None:
    by_column = MAPPING.replace(
        'stage = "primary"', 'stage = { column = "title", map = { "PS" = "primary" } }'
    )
    row = "7,{},North,open,120,1,1,1,1,,"
    result = mapped(session, tmp_path, row.format("PS"), mapping=by_column)
    assert [unit[5] for unit in units(result)] == ["primary"]
    with pytest.raises(
        TableFaults, match="column “title”: the mapping does not say which stage “X”"
    ):
        mapped(session, tmp_path, row.format("X"), mapping=by_column)


def test_all_faults_at_once_with_their_places(session: Session, tmp_path: Path) -> None:
    rows = [
        "1,A,North,open,120,3 men,4,1,1,,",
        "2,B,,open,120,3,4,1,1,,",
        ",C,North,open,120,3,4,1,1,,",
        "4,D,North,open,many,3,4,1,1,,",
        "9.9012015E+17,E,North,open,120,3,4,1,1,,",
    ]
    with pytest.raises(TableFaults) as caught:
        mapped(session, tmp_path, *rows)
    assert [(fault.row, fault.column) for fault in caught.value.faults] == [
        (2, "p_men"),
        (3, "town"),
        (4, "code"),
        (5, "p_pupils"),
        (6, "code"),
    ]
    assert "“3 men” is not a plain number." in caught.value.render()


def test_a_table_that_does_not_belong_to_the_mapping(session: Session, tmp_path: Path) -> None:
    path = tmp_path / "other.csv"
    path.write_text("code,pupils\n1,2\n", encoding="utf-8")
    with pytest.raises(TableFaults) as caught:
        apply(session, open_table(session, path), load_mapping("england-2021"))
    assert {"urn", "number_of_pupils"} < {fault.column for fault in caught.value.faults}


def test_no_row_with_pupils(session: Session, tmp_path: Path) -> None:
    with pytest.raises(TableFaults, match="no row with pupils is left"):
        mapped(session, tmp_path, "7,School,North,open,0,1,1,1,1,0,0")


def test_a_slipped_figure_is_used_as_it_stands(session: Session, tmp_path: Path) -> None:
    rows = [f"{n},School,North,open,100,3,4,1000,0,," for n in range(1, 8)]
    slipped = "8,School,North,open,100,3,4,1.000,0,,"
    assert units(mapped(session, tmp_path, *rows, slipped))[-1][-1] == "0.01000"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('id = "sample"', 'id = "Sample"', "key “id”: small letters"),
        ('document = "an invented table"', "", "key “document”: this key is missing."),
        ('document = "an invented table"', "document = 5", "key “document”: a text is wanted."),
        ('missing = ["-", "88888"]', "missing = [88888]", "key “missing”: a list of texts"),
        ('missing = ["-", "88888"]', "mising = []", "key “mising”: this key is unknown."),
        ('name = "title"', 'title = "x"', "key “school.title”: this key is unknown."),
        ('whole = "Everywhere"', "", "key “county.whole”: this key is missing."),
        (
            'map = { "North Town" = "North" }',
            "map = { a = 1 }",
            "key “county.map”: a table of texts",
        ),
        ("is_whole = true", 'is_whole = "yes"', "key “fact[1].is_whole”: true or false is wanted."),
        ('id = "ground_m2"', 'id = "teachers"', "key “fact”: the id “teachers” is given twice."),
        ('stage = "primary"', 'stage = "senior"', "key “unit[1].stage”: “senior” is none of"),
        ('factor = "0.01"', "factor = 0.01", "key “unit[1].facts.ground_m2.factor”: a text"),
        ('factor = "0.01"', 'factor = "nan"', "key “unit[1].facts.ground_m2.factor”: a number"),
        ('"first_number"', '"guess"', "key “unit[1].facts.ground_m2.parse”: “guess” is none of"),
        ("teachers = [", "pupils = [", "key “unit[1].facts.pupils”: the fact “pupils” is not"),
        ("per = 100", "per = 0", "key “measure[1].per”: a whole number above 0 is wanted."),
        ("terms = { teachers = 1 }", "terms = { rooms = 1 }", "the fact “rooms” is not declared."),
        ("terms = { teachers = 1 }", "terms = {}", "key “measure[1].terms”: a table of whole"),
        ("[[measure]]", "[[mesure]]", "key “measure”: at least one table of this name"),
        ("[[unit]]", "[[unit", "is no TOML file"),
    ],
)
def test_a_wrong_mapping_file_is_named_with_key_and_fault(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    assert old in MAPPING
    path = tmp_path / "mine.toml"
    path.write_text(MAPPING.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(RuleSetError) as caught:
        read_mapping(path)
    assert "mine.toml" in str(caught.value)
    assert message in str(caught.value)


def test_a_fact_that_no_unit_supplies(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(MAPPING.replace("facts.ground_m2]", "facts.teachers2]"), encoding="utf-8")
    with pytest.raises(RuleSetError, match="the fact “teachers2” is not declared"):
        read_mapping(path)
    start, end = (
        MAPPING.index("[unit.facts.ground_m2]"),
        MAPPING.index('[[unit]]\nstage = "junior"'),
    )
    path.write_text(MAPPING[:start] + MAPPING[end:], encoding="utf-8")
    with pytest.raises(RuleSetError, match="no unit supplies the fact “ground_m2”"):
        read_mapping(path)


def test_mappings_are_found_by_id_or_path(tmp_path: Path) -> None:
    assert load_mapping("tainan-2014").id == "tainan-2014"
    with pytest.raises(NotFound, match="tainan-2014"):
        load_mapping("tainan")
    with pytest.raises(RuleSetError, match="cannot be read"):
        load_mapping(str(tmp_path / "absent.toml"))


@pytest.mark.parametrize("name", shipped_mappings())
def test_a_shipped_mapping_is_named_as_its_file_and_says_what_it_stands_for(name: str) -> None:
    mapping = load_mapping(name)
    assert mapping.id == name
    assert mapping.note is not None
    assert len(mapping.digest) == 64
