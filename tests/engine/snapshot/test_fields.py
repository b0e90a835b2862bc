"""What goes into a snapshot: as the contract's sensitivity tells, and never who somebody is."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from junheng.engine import contracts
from junheng.engine.snapshot.fields import choose, reason_to_leave_out
from junheng.engine.standard.person_level.datasets import DATASETS


@dataclass(frozen=True)
class Field:
    id: str = "field"
    kind: str = "text"
    sensitivity: str = "L2"
    national_code: str = ""
    used_by: tuple[str, ...] = ()


@pytest.mark.parametrize(
    ("field", "reason"),
    [
        (Field(sensitivity="L1"), None),
        (Field(sensitivity="L2"), None),
        (Field(sensitivity="L3"), "not_needed"),
        (Field(sensitivity="L3", used_by=("G13",)), None),
        (Field(sensitivity="L4"), "sensitive"),
        (Field(sensitivity="L4", used_by=("G7",)), "sensitive"),
        (Field(kind="date", sensitivity="L3"), "not_needed"),
        (Field(kind="identity_number", sensitivity="L1", used_by=("R1",)), "names_a_person"),
        (Field(kind="register_number", sensitivity="L1", used_by=("R1",)), "names_a_person"),
        (Field(national_code="XM", sensitivity="L1", used_by=("R1",)), "names_a_person"),
    ],
)
def test_sensitivity_decides(field: Field, reason: str | None) -> None:
    assert reason_to_leave_out(field) == reason


def test_no_shipped_contract_lets_out_who_somebody_is() -> None:
    chosen = choose(contracts.contracts())
    assert not {"name", "identity_number", "register_number"} & set(chosen["pupils"].kept)
    assert not {"name", "identity_number"} & set(chosen["staff"].kept)
    # No figure needs a birth date, ethnicity or disability of a single child today.
    assert not {"birth_date", "ethnicity_code", "disability_code"} & set(chosen["pupils"].kept)


@pytest.mark.parametrize("dataset", DATASETS, ids=lambda dataset: dataset.name)
def test_what_the_standard_measures_goes_in(dataset: object) -> None:
    chosen = choose(contracts.contracts())
    for known in DATASETS:
        if known is dataset:
            assert set(known.measured) <= set(chosen[known.name].kept)


def test_ids_of_people_are_found_wherever_they_stand() -> None:
    chosen = choose(contracts.contracts())
    assert chosen["pupils"].people_of == {"pupil_id": "pupils"}
    assert chosen["staff"].people_of == {"staff_id": "staff"}
    assert chosen["teaching"].people_of == {"staff_id": "staff"}
    assert chosen["training"].people_of == {"staff_id": "staff"}
    assert chosen["rooms"].people_of == {}
