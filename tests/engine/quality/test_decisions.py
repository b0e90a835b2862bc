"""Decisions: what is corrected changes the table, what is accepted or open does not."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest
from tests.engine.quality.tables import read
from tests.unit_tables import unit

from junheng.engine import quality, standard
from junheng.engine.store.session import Session
from junheng.errors import DataError, TableFaults

if TYPE_CHECKING:
    from junheng.engine.standard import Assessment, UnitTable

SHORT = "7300.125"
"""Sports ground that, with 200 m2 indoors, gives 7.500125 m2 a pupil: just met."""


def table(session: Session) -> UnitTable:
    rows = [
        unit("A", sports_ground_area_m2=SHORT, county_code="990101"),
        unit("B", stage="junior", county_code="990101"),
    ]
    return read(session, rows, standard.DEFAULT_RULESET_ID)


FIGURE = quality.Decision(
    unit_id="A",
    field="sports_ground_area_m2",
    rule_id="far_from_peers",
    kind="corrected",
    was=Fraction(SHORT),
    value=Fraction("6400.5"),
)


def decision(kind: str, **changes: Any) -> quality.Decision:
    return replace(FIGURE, **{"kind": kind, **changes})


def assess(*decisions: quality.Decision) -> Assessment:
    with Session() as session:
        result = standard.assess(quality.apply_decisions(table(session), decisions))
        # Read while the session is open.
        assert result.units
        assert result.counties
        return result


def test_a_correction_changes_the_figure_alone() -> None:
    first, second = assess(decision("corrected")).units
    assert first.cells["R5"].value == 6.6005
    assert first.cells["R5"].status == "between85"
    assert {c.status for i, c in first.cells.items() if i != "R5"} == {"met"}
    assert {c.status for c in second.cells.values()} == {"met"}
    assert first.county_code == "990101"


def test_a_figure_may_be_taken_out() -> None:
    assert assess(decision("corrected", value=None)).units[0].cells["R5"].status == "missing"


def test_pupils_may_be_corrected() -> None:
    was = decision("corrected", field="pupils", was=Fraction(1000), value=Fraction(2000))
    assert assess(was).units[0].pupils == 2000


def test_accepted_and_open_figures_stand() -> None:
    accepted = decision("accepted", reason="校园扩建，已核对产权证")
    assert assess(accepted, decision("open")).units[0].cells["R5"].value == 7.500125


def test_exact_figures_survive_a_correction_elsewhere() -> None:
    other = decision("corrected", unit_id="B", was=Fraction(10_000), value=Fraction(10_001))
    assert assess(other).units[0].cells["R5"].value == 7.500125


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (decision("accepted"), "without a reason"),
        (decision("accepted", reason="  "), "without a reason"),
        (decision("corrected", unit_id="Z"), "no figure"),
        (decision("corrected", field="footprint_raw"), "no figure"),
        (decision("corrected", was=Fraction(7000)), "now 7300.125"),
        (decision("corrected", was=None), "now 7300.125"),
        (decision("corrected", value=Fraction(1, 3)), "Round it"),
    ],
)
def test_a_decision_that_does_not_fit_is_refused(wrong: quality.Decision, told: str) -> None:
    with Session() as session:
        before = table(session)
        with pytest.raises(DataError, match=told):
            quality.apply_decisions(before, [wrong])


def test_a_correction_that_breaks_the_contract_is_refused() -> None:
    wrong = decision(
        "corrected",
        field="indoor_sport_area_m2",
        was=Fraction(200),
        value=Fraction(9_000),
    )
    with Session() as session:
        before = table(session)
        with pytest.raises(TableFaults, match="9000 m2 is more"):
            quality.apply_decisions(before, [wrong])
