"""Numbers that hardly fit: many digits, many pupils, and blanks beside them."""

from __future__ import annotations

from fractions import Fraction

import pytest
from tests.unit_tables import FACTS, results, unit

LONG = "1999999.999999999999999999"
WIDEST = "999999999999.999999999999999999"


def test_a_blank_beside_a_long_number_is_missing() -> None:
    found = results([unit("A", equipment_yuan=LONG), unit("B", equipment_yuan="")])
    assert found.status("A", "R6") == "between85"
    assert found.cell("B", "R6")["value"] is None


def test_no_pupils_beside_a_long_number() -> None:
    found = results([unit("A", equipment_yuan=LONG), unit("B", pupils="0", equipment_yuan=LONG)])
    assert found.cell("B", "R6")["value"] is None


def test_an_excluded_unit_with_a_long_number() -> None:
    found = results([unit("A"), unit("B", equipment_yuan=LONG, kind="special")])
    assert found.unit("B")["cells"] == {}


def test_long_numbers_are_printed_as_the_nearest_doubles() -> None:
    rows = [unit(str(ix), pupils=str(333 + ix), equipment_yuan=LONG) for ix in range(40)]
    found = results(rows)
    for ix in range(40):
        amount, pupils = Fraction(LONG), 333 + ix
        assert found.cell(str(ix), "R6")["value"] == float(amount / pupils)


def test_the_gap_of_a_long_number_is_the_nearest_double() -> None:
    cell = results([unit(equipment_yuan=LONG)]).cell("A", "R6")
    assert cell["gap"] == 1e-18
    assert cell["value"] == 2000.0
    assert cell["status"] == "between85"


def test_the_widest_numbers_of_all() -> None:
    facts = dict.fromkeys(FACTS, WIDEST)
    rows = [unit("A", pupils="999999999999", **facts), unit("B", pupils="1", **facts)]
    found = results(rows)
    assert found.cell("B", "R6")["value"] == float(Fraction(WIDEST))
    assert found.cell("A", "R1")["status"] == "met"
    assert found.status("A", "R5") == "below85"


@pytest.mark.parametrize("decimals", range(1, 19))
def test_the_last_decimal_decides(decimals: int) -> None:
    step = Fraction(1, 10**decimals)
    below = f"{1_999_999}.{'9' * decimals}"
    above = f"2000000.{'0' * (decimals - 1)}1"
    found = results([unit("A", equipment_yuan=below), unit("B", equipment_yuan=above)])
    assert (found.status("A", "R6"), found.status("B", "R6")) == ("between85", "met")
    assert found.cell("A", "R6")["gap"] == float(step)


def test_many_decimals_of_mixed_length_in_one_sum() -> None:
    row = unit(
        teaching_area_m2="4700.000000000000000001",
        indoor_sport_area_m2="200.5",
        sports_ground_area_m2="7299.5",
    )
    cells = results([row])
    assert cells.status("A", "R4") == "between85"
    assert cells.cell("A", "R4")["gap"] == float(Fraction("0.5") - Fraction(1, 10**18))
    assert cells.status("A", "R5") == "met"


def test_more_digits_than_any_figure_has() -> None:
    with pytest.raises(Exception, match="more digits than any school"):
        results([unit(equipment_yuan="1000000000000")])
    with pytest.raises(Exception, match="more digits than any school"):
        results([unit(equipment_yuan="0.0000000000000000001")])
