"""Undoing: everything or nothing, and the names of what stands in the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.world import change

from junheng.apps.foundation.scoping import everything
from junheng.apps.intake import selectors
from junheng.apps.intake.models import State
from junheng.apps.intake.undoing import StandsInTheWay
from junheng.errors import DataError, TableFaults

if TYPE_CHECKING:
    from tests.apps.intake.district import District

pytestmark = pytest.mark.django_db


def test_a_later_import_of_the_same_rows_stands_in_the_way(district: District) -> None:
    row = district.rows("pupils")[0]
    first = district.send("pupils", [{**row, "name": "甲"}], name="first.csv")
    district.apply(first)
    second = district.send("pupils", [{**row, "name": "乙"}], name="second.csv")
    district.apply(second)
    with pytest.raises(StandsInTheWay) as stopped:
        district.undo(first)
    (obstacle,) = stopped.value.obstacles
    assert (obstacle.file_name, obstacle.dataset, obstacle.n_rows) == ("second.csv", "pupils", 1)
    assert obstacle.who == district.world.officer.display_name
    assert str(row["pupil_id"]) in obstacle.rows[0]
    assert "Import “second.csv” by officer on" in stopped.value.render()
    assert district.rows("pupils")[0]["name"] == "乙"

    district.undo(second)
    with everything(reason="test"):
        first.refresh_from_db()
        assert selectors.obstacles_of(first) == ()
    district.undo(first)
    assert district.rows("pupils")[0] == row


def test_a_later_edit_stands_in_the_way(district: District) -> None:
    row = district.rows("rooms")[0]
    source = district.send("rooms", [{**row, "area_m2": "12.5"}])
    district.apply(source)
    now = district.rows("rooms")[0]
    change(district.place, "rooms", [(now, {**now, "area_m2": "13"})])
    with pytest.raises(StandsInTheWay) as stopped:
        district.undo(source)
    assert [one.file_name for one in stopped.value.obstacles] == [""]
    assert "An edit by" in stopped.value.render()


def test_rows_that_came_to_depend_on_it_stand_in_the_way(district: District) -> None:
    old = district.rows("classes")[0]
    new = {**old, "class_id": "NEW-CLASS", "class_no": "77"}
    classes = district.send("classes", [new])
    district.apply(classes)
    pupil = {**district.pupils_of(district.school)[0], "from_date": "2025-10-13",
             "class_id": "NEW-CLASS"}  # fmt: skip
    pupils = district.send("pupils", [pupil])
    district.apply(pupils)
    with pytest.raises(TableFaults, match=r"“NEW-CLASS” would go, but 1 rows of “学生” name it"):
        district.undo(classes)
    district.undo(pupils)
    district.undo(classes)
    assert district.rows("classes")[0] == old


def test_only_what_was_applied_is_undone_and_once(district: District) -> None:
    row = {**district.rows("rooms")[0], "area_m2": "12.5"}
    source = district.send("rooms", [row])
    with pytest.raises(DataError, match="was applied can be undone"):
        district.undo(source)
    district.apply(source)
    assert district.undo(source).state == State.UNDONE
    assert district.undo(source).state == State.UNDONE
