"""What a file would change against what is stored, and what it would break."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from junheng.engine import contracts
from junheng.engine.contracts.compare import compare
from junheng.engine.contracts.conflicts import (
    after,
    check_place,
    find_conflicts,
    find_left_behind,
    may_leave_behind,
    prepare_stored,
    referring_to,
)
from junheng.engine.contracts.differences import Comparison, Difference, from_rows
from junheng.engine.contracts.findings import Findings
from junheng.engine.contracts.placing import has_school
from junheng.engine.store.session import Session
from junheng.engine.store.tables import SourceTable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Given = dict[str, str | None]

LI = {"pupil_id": "P1", "name": "李样例", "class_id": "C1", "from_date": "2024-09-01",
      "birth_date": "2017-03-01", "identity_number": "990101201703010018"}  # fmt: skip
WANG = {**LI, "pupil_id": "P2", "name": "王样例", "identity_number": "990101201703010026"}
CLASSES = [
    {"class_id": "C1", "school_id": "2153000001", "unit_id": "U1", "class_no": "1"},
    {"class_id": "C2", "school_id": "2153000002", "unit_id": "U2", "class_no": "1"},
]
SCHOOLS = [
    {"school_id": "2153000001", "school_name": "样例第一小学"},
    {"school_id": "2153000002", "school_name": "样例第二小学"},
]


def table(session: Session, dataset: str, rows: Sequence[Mapping[str, str | None]]) -> str:
    """Load rows of a dataset into a relation of text columns and return its name."""
    fields = [field.id for field in contracts.contract(dataset).fields]
    name = session.fresh_name(dataset)
    columns: dict[str, list[object]] = {f: [row.get(f) for row in rows] for f in fields}
    session.load(name, columns, dict.fromkeys(fields, "VARCHAR"))
    return name


def incoming(
    session: Session,
    dataset: str,
    rows: Sequence[Mapping[str, str | None]],
    unsound: Sequence[int] = (),
) -> str:
    """Load rows as a file that was read: row numbers from 2, all sound but `unsound`."""
    name = table(session, dataset, rows)
    bad = ", ".join(map(str, unsound)) or "-1"
    numbered = f"(SELECT row_number() OVER () + 1 AS row_no, * FROM {name})"
    session.create(dataset, f"SELECT *, row_no NOT IN ({bad}) AS is_sound FROM {numbered}")
    return dataset


def stored_of(
    session: Session,
    dataset: str,
    rows: Sequence[Mapping[str, str | None]],
    schools: Sequence[str] | None = None,
) -> str:
    relations = {
        "classes": table(session, "classes", CLASSES),
        "schools": table(session, "schools", SCHOOLS),
    }
    loaded = table(session, dataset, rows)
    return prepare_stored(session, contracts.contract(dataset), loaded, relations, schools)


def compared(
    session: Session,
    before: Sequence[Mapping[str, str | None]],
    file: Sequence[Mapping[str, str | None]],
    *,
    dataset: str = "pupils",
    schools: Sequence[str] | None = None,
    is_whole: bool = False,
    told: Sequence[str] | None = None,
) -> Comparison:
    return compare(
        session,
        contracts.contract(dataset),
        stored_of(session, dataset, before, schools),
        incoming(session, dataset, file),
        is_whole=is_whole,
        told=told,
        ended_before="2025-09-01",
    )


def shown(comparison: Comparison) -> list[Difference]:
    return list(comparison.window(limit=100))


def conflicts_of(comparison: Comparison) -> list[tuple[int | None, str, str]]:
    """Return row, field and sentence of each conflict."""
    found = findings_of(comparison).window(100)
    return [(f.row, f.field_id, f.found.render()) for f in found]


def findings_of(comparison: Comparison) -> Findings:
    session, contract = comparison.session, comparison.contract
    findings = Findings(SourceTable(session, "", (), "test.csv"), contract, {})
    find_conflicts(comparison, f"{contract.id}_stored", findings)
    return findings


def test_new_changed_and_unchanged_rows_are_told_apart(session: Session) -> None:
    third = {**LI, "pupil_id": "P3", "identity_number": None}
    renamed = {**WANG, "name": "王改名"}
    found = compared(session, [LI, WANG], [LI, renamed, third])
    assert found.counts == {"removed": 0, "changed": 1, "new": 1, "unchanged": 1}
    changed, new = shown(found)
    assert (changed.kind, changed.changed, changed.row_no) == ("changed", ("name",), 3)
    assert (changed.old or {})["name"] == "王样例"
    assert (changed.new or {})["name"] == "王改名"
    assert (new.kind, new.key, new.old) == ("new", ("P3", "2024-09-01"), None)


def test_rows_left_out_stay_unless_the_file_is_the_whole_table(session: Session) -> None:
    assert compared(session, [LI, WANG], [LI]).counts["removed"] == 0
    whole = compared(session, [LI, WANG], [LI], is_whole=True)
    assert [(d.kind, d.key) for d in shown(whole)] == [("removed", ("P2", "2024-09-01"))]


def test_a_whole_table_leaves_the_past(session: Session) -> None:
    past = {**WANG, "from_date": "2022-09-01", "to_date": "2025-08-31"}
    assert compared(session, [LI, past], [LI], is_whole=True).n_changes == 0


def test_a_row_with_a_fault_neither_changes_nor_removes(session: Session) -> None:
    stored = stored_of(session, "pupils", [LI, WANG])
    file = incoming(session, "pupils", [{**LI, "name": "x"}, WANG], unsound=[2])
    found = compare(session, contracts.contract("pupils"), stored, file, is_whole=True)
    assert found.n_changes == 0


def test_a_field_without_a_column_keeps_its_value(session: Session) -> None:
    bare: Given = {"pupil_id": "P1", "from_date": "2024-09-01", "class_id": "C2"}
    found = compared(session, [LI], [bare], told=list(bare))
    (difference,) = shown(found)
    assert difference.changed == ("class_id",)
    assert (difference.new or {})["identity_number"] == LI["identity_number"]


def test_a_later_row_ends_the_open_one_the_day_before(session: Session) -> None:
    moved = {**LI, "class_id": "C2", "from_date": "2025-10-13"}
    found = compared(session, [LI], [moved])
    ended, new = shown(found)
    assert (ended.because, ended.changed) == ("succession", ("to_date",))
    assert (ended.new or {})["to_date"] == "2025-10-12"
    assert new.key == ("P1", "2025-10-13")
    assert conflicts_of(found) == []


def test_a_whole_table_ends_what_a_later_row_follows(session: Session) -> None:
    found = compared(session, [LI], [{**LI, "from_date": "2025-10-13"}], is_whole=True)
    assert [d.because for d in shown(found)] == ["succession", ""]


def test_a_pupil_still_enrolled_in_another_school_is_a_conflict(session: Session) -> None:
    file = [{**LI, "class_id": "C2", "from_date": "2025-10-13"}]
    found = compared(session, [LI], file, schools=["2153000002"])
    assert found.counts["changed"] == 0
    ((row, field, sentence),) = conflicts_of(found)
    assert (row, field) == (2, "from_date")
    assert "样例第一小学 still has a row of the same 学生编号" in sentence


def test_a_row_of_another_school_is_not_taken_over(session: Session) -> None:
    found = compared(session, [LI], [{**LI, "class_id": "C2"}], schools=["2153000002"])
    assert [s for _, _, s in conflicts_of(found)] == [
        "The stored row of this key belongs to 样例第一小学."
    ]


def test_a_row_inside_the_time_of_a_closed_one_is_a_conflict(session: Session) -> None:
    closed = {**LI, "to_date": "2025-12-31"}
    found = compared(session, [closed], [{**LI, "from_date": "2025-10-01"}])
    assert [s for _, _, s in conflicts_of(found)] == [
        "“2025-10-01” lies in the time of P1 / 2024-09-01, which has the same 学生编号."
    ]


def test_an_identity_number_of_somebody_else_is_a_conflict(session: Session) -> None:
    thief = {**WANG, "identity_number": LI["identity_number"]}
    found = compared(session, [LI], [thief])
    assert conflicts_of(found) == [
        (2, "identity_number",
         "“990101201703010018” belongs to another 学生编号 already: P1 / 2024-09-01.")
    ]  # fmt: skip


def test_a_conflict_comes_with_both_rows(session: Session) -> None:
    thief = {**WANG, "identity_number": LI["identity_number"]}
    findings = findings_of(compared(session, [LI], [thief]))
    (fault,) = findings.window(10, conflicts=True)
    assert fault.conflict is not None
    for side, row in ((fault.conflict.stored, LI), (fault.conflict.incoming, thief)):
        assert {name: (side or {})[name] for name in row} == row
    contract = contracts.contract("pupils")
    assert fault.conflict.fields(contract, fault.field_id) == [
        "pupil_id", "name", "identity_number", "from_date",
    ]  # fmt: skip
    assert findings.window(10, conflicts=False) == ()
    assert (findings.count(conflicts=True), findings.count(conflicts=False)) == (1, 0)


def test_a_row_of_another_school_is_not_shown(session: Session) -> None:
    file = [{**LI, "class_id": "C2", "from_date": "2025-10-13"}]
    findings = findings_of(compared(session, [LI], file, schools=["2153000002"]))
    (fault,) = findings.window(10, conflicts=True)
    assert fault.conflict is not None
    assert fault.conflict.stored is None
    assert (fault.conflict.incoming or {})["class_id"] == "C2"


def test_two_persons_may_exchange_a_number_in_one_file(session: Session) -> None:
    one, two = LI["identity_number"], WANG["identity_number"]
    file = [{**LI, "identity_number": two}, {**WANG, "identity_number": one}]
    assert conflicts_of(compared(session, [LI, WANG], file)) == []


def test_what_a_person_has_once_is_carried_to_the_other_rows(session: Session) -> None:
    past = {**LI, "from_date": "2023-09-01", "to_date": "2024-08-31"}
    corrected = {**LI, "birth_date": "2017-03-02"}
    found = compared(session, [past, LI], [corrected])
    assert [(d.key[1], d.because, d.changed) for d in shown(found)] == [
        ("2024-09-01", "", ("birth_date",)),
        ("2023-09-01", "person", ("birth_date",)),
    ]
    assert conflicts_of(found) == []


def test_a_blank_in_a_new_row_of_a_known_person_is_filled(session: Session) -> None:
    moved = {**LI, "from_date": "2025-10-13", "identity_number": None}
    new = shown(compared(session, [LI], [moved]))[-1]
    assert (new.new or {})["identity_number"] == LI["identity_number"]


def test_a_class_number_taken_by_another_class_is_a_conflict(session: Session) -> None:
    one: Given = {"class_id": "C1", "school_id": "S", "unit_id": "U", "entry_year": "2024",
                  "class_no": "1"}  # fmt: skip
    found = compared(session, [one], [{**one, "class_id": "C9"}], dataset="classes")
    assert [s for _, _, s in conflicts_of(found)] == [
        "“U / 2024 / 1” (校段编号、入学年份（级）、班号) is there already: C1."
    ]


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        (None, "“C1” would go, but 1 rows of “学生” name it."),
        ({**CLASSES[0], "class_no": "7"}, None),
    ],
)
def test_what_others_name_does_not_go(
    session: Session, changed: Given | None, sentence: str | None
) -> None:
    contract = contracts.contract("classes")
    file: list[Mapping[str, str | None]] = [CLASSES[1], *([changed] if changed else [])]
    found = compared(session, CLASSES, file, dataset="classes", is_whole=True)
    pupils = table(session, "pupils", [LI])
    (other,) = [pair for pair in referring_to("classes") if pair[0].id == "pupils"]
    assert may_leave_behind(found, other[1]) is (changed is None)
    findings = Findings(SourceTable(session, "", (), "t"), contract, {})
    find_left_behind(found, after(found, "classes_stored"), other, pupils, findings)
    assert [f.found.render() for f in findings.window(9)] == ([sentence] if sentence else [])


def test_a_unit_that_changes_school_leaves_its_classes_behind(session: Session) -> None:
    unit: Given = {"unit_id": "U1", "school_id": "2153000001", "stage": "primary"}
    moved = {**unit, "school_id": "2153000002"}
    found = compared(session, [unit], [moved], dataset="units")
    classes = table(session, "classes", CLASSES)
    (other,) = [pair for pair in referring_to("units") if pair[0].id == "classes"]
    assert may_leave_behind(found, other[1])
    findings = Findings(SourceTable(session, "", (), "t"), contracts.contract("units"), {})
    find_left_behind(found, after(found, "units_stored"), other, classes, findings)
    assert [(f.row, f.found.render()) for f in findings.window(9)] == [
        (2, "“2153000002” does not agree with 1 rows of “班级” that name this row.")
    ]


def test_rows_of_other_schools_are_refused_to_a_school(session: Session) -> None:
    contract = contracts.contract("pupils")
    rows = incoming(session, "pupils", [LI, {**WANG, "class_id": "C2"}, {**WANG, "class_id": "?"}])
    relations = {"classes": table(session, "classes", CLASSES)}
    findings = Findings(SourceTable(session, "", (), "t"), contract, {})
    check_place(contract, rows, relations, ["2153000001"], findings)
    assert [(f.row, f.found.render()) for f in findings.window(9)] == [
        (3, "“C2” belongs to 2153000002.")
    ]


def test_all_person_and_thing_datasets_belong_to_schools() -> None:
    without = {c.id for c in contracts.contracts() if not has_school(c)}
    assert without == {"county_facts", "school_years", "terms"}


def test_the_digest_tells_another_outcome(session: Session) -> None:
    one = compared(session, [LI], [WANG]).digest()
    assert compared(session, [LI], [WANG]).digest() == one
    assert compared(session, [LI], [{**WANG, "name": "另一名"}]).digest() != one
    assert compared(session, [LI, WANG], [WANG]).digest() != one


def test_windows_search_old_and_new_values(session: Session) -> None:
    found = compared(session, [LI, WANG], [{**LI, "name": "改名"}, WANG])
    assert [d.key[0] for d in found.window(search="李样", limit=9)] == ["P1"]
    assert [d.key[0] for d in found.window(search="p1", limit=9)] == ["P1"]
    assert [d.key[0] for d in found.window(kind="unchanged", limit=9)] == ["P2"]
    assert found.window(kind="new", limit=9) == ()


ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "school_id": st.sampled_from(["S1", "S2"]),
            "asset_kind": st.sampled_from(["computers", "books"]),
            "acquired_year": st.sampled_from([None, "2024"]),
            "amount": st.sampled_from(["1", "2", None]),
        }
    ),
    unique_by=lambda row: (row["school_id"], row["asset_kind"], row["acquired_year"]),
    max_size=8,
)


@settings(max_examples=30, deadline=None)
@given(before=ROWS, file=ROWS, is_whole=st.booleans())
def test_applying_the_changes_gives_the_file(
    before: list[Given], file: list[Given], is_whole: bool
) -> None:
    """With blanks in the key; turned round, the same changes give what was there before."""
    contract = contracts.contract("equipment")

    def keyed(rows: Sequence[Given]) -> dict[tuple[str | None, ...], Given]:
        return {tuple(row[f] for f in contract.key): row for row in rows}

    with Session() as session:
        found = compared(session, before, file, dataset="equipment", is_whole=is_whole)
        changes = list(found.each(("removed", "changed", "new"), at_once=2))
        rows = keyed(before)
        for change in changes:
            if change.new is None:
                del rows[change.key]
            else:
                rows[change.key] = change.new
        assert rows == (keyed(file) if is_whole else keyed(before) | keyed(file))
        back = from_rows(session, contract, [(c.new, c.old) for c in changes])
        remaining = after(back, table(session, "equipment", list(rows.values())))
        names = [f.id for f in contract.fields]
        undone = session.rows(f"SELECT {', '.join(names)} FROM {remaining}")
        texts = [tuple(None if v is None else str(v) for v in row) for row in undone]
        assert keyed([dict(zip(names, row, strict=True)) for row in texts]) == keyed(before)
