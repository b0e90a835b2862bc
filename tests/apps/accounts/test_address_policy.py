"""Reading the table of addresses: every fault at once, and what a row answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from junheng.apps.accounts.address_policy import (
    NO_POST,
    STRANGER,
    AddressTable,
    Outcome,
    Relation,
    address_table,
)
from junheng.engine.standard.rulefile import RuleFileError

if TYPE_CHECKING:
    from pathlib import Path

GOOD = """
[groups]
officers = ["supervision_officer"]
office = ["@officers", "head"]

[[addresses]]
name = "page"
verbs = ["GET"]
act = "look"
subject = "school"
may = { own_school = ["@office"] }
known = { own_school = ["guardian"] }

[[addresses]]
name = "page"
verbs = ["POST"]
act = "change"
subject = "school"
may = { own_school = ["@officers"] }

[[addresses]]
name = "door"
verbs = ["GET"]
act = "come in"
is_open = true
may = { none = ["@anyone"] }
"""


def table(tmp_path: Path, text: str) -> AddressTable:
    path = tmp_path / "addresses.toml"
    path.write_text(text, encoding="utf-8")
    return address_table(path)


@pytest.mark.parametrize(
    ("verb", "reader", "relation", "outcome"),
    [
        ("GET", "head", Relation.OWN_SCHOOL, Outcome.ALLOWED),
        ("HEAD", "supervision_officer", Relation.OWN_SCHOOL, Outcome.ALLOWED),
        ("POST", "head", Relation.OWN_SCHOOL, Outcome.HIDDEN),
        ("GET", "guardian", Relation.OWN_SCHOOL, Outcome.REFUSED),
        ("GET", "head", Relation.OTHER_SCHOOL, Outcome.HIDDEN),
        ("GET", NO_POST, Relation.OWN_SCHOOL, Outcome.HIDDEN),
        ("DELETE", "head", Relation.OWN_SCHOOL, Outcome.NO_SUCH_VERB),
        ("DELETE", STRANGER, Relation.OWN_SCHOOL, Outcome.SIGN_IN),
    ],
)
def test_it_works(
    tmp_path: Path, verb: str, reader: str, relation: Relation, outcome: Outcome
) -> None:
    assert table(tmp_path, GOOD).expected("page", verb, reader, relation) is outcome


def test_an_open_address_answers_strangers(tmp_path: Path) -> None:
    found = table(tmp_path, GOOD).expected("door", "GET", STRANGER, Relation.NONE)
    assert found is Outcome.ALLOWED


@pytest.mark.parametrize(
    ("was", "is_now", "told"),
    [
        ('["@office"]', '["headmaster"]', "“headmaster” is no role"),
        ('["@office"]', '["@offices"]', "“@offices” is no role"),
        ("may = { own_school", "may = { next_door", "is no relation"),
        ('["GET"]', '["LOOK"]', "“LOOK” is no verb"),
        ('["POST"]', '["GET", "POST"]', "has GET, HEAD already"),
        ('act = "change"\nsubject = "school"', 'act = "change"', "names another object"),
        ('act = "look"\n', "", "This key is missing"),
        ('act = "look"\n', 'act = "look"\nrefused = "500"\n', "is no refusal"),
        ('act = "look"\n', 'act = "look"\nmayy = 1\n', "This key is unknown"),
    ],
)
def test_a_fault_is_told_at_its_place(tmp_path: Path, was: str, is_now: str, told: str) -> None:
    assert was in GOOD
    with pytest.raises(RuleFileError) as refused:
        table(tmp_path, GOOD.replace(was, is_now, 1))
    assert told in refused.value.render()
