"""What the database refuses, in words: one sentence for each wall, the reason for the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from junheng.errors import DataError
from junheng.i18n import N_, say

if TYPE_CHECKING:
    from django.db import DatabaseError

    from junheng.engine.contracts import Contract

_MEANT = (
    (("enrolment_one_a_day",), N_("A pupil would be in two classes on one day.")),
    (("employment_one_a_day",), N_("Somebody would have two posts on the establishment at once.")),
    (
        ("identity_number_once", "identity_index", "registry_pupil_person", "pupil.person_id",
         "staff.person_id", "registry_staff_person"),
        N_("An identity number belongs to somebody else already."),
    ),
    (
        ("register_number_once", "register_index"),
        N_("A register number belongs to somebody else already."),
    ),
    (("unit_stage_once", "stageunit.stage"), N_("The school has a unit of this stage already.")),
    (("_in_order",), N_("A day lies before the day on which it begins.")),
    (("_not_negative",), N_("An amount is below zero.")),
    (("agrees", "_agree"), N_("A row would point to another bureau or another school.")),
    (("UNIQUE", "unique"), N_("A row with this key is there already.")),
    (("FOREIGN KEY", "foreign key"), N_("A row would point to nothing.")),
)  # fmt: skip
"""Marks in the database's message -> what it means, the first that fits."""


def explained(error: DatabaseError, contract: Contract) -> DataError:
    """Return a refusal of the database as a sentence for people; no value of a row is told."""
    text = str(error)
    meant = next((m for marks, m in _MEANT if any(mark in text for mark in marks)), None)
    reason = say(meant) if meant else say("The database refuses it.")
    return DataError(
        say("{dataset}: {reason} Nothing was changed.", dataset=contract.name.zh, reason=reason)
    )
