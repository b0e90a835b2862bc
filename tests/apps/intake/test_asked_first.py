"""What a post is asked for, what is missing or older than this term at the head."""

from __future__ import annotations

from datetime import UTC, date, datetime

from junheng.apps.intake.models import Import, State
from junheng.apps.intake.places import Where
from junheng.apps.intake.present.home import AskedAt, asked
from junheng.apps.registry.api import Bureau
from junheng.engine import contracts

TERM = date(2026, 2, 20)
IN_TERM, BEFORE = datetime(2026, 3, 2, tzinfo=UTC), datetime(2025, 10, 9, tzinfo=UTC)
BUREAU = Bureau(pk=1, code="990101", name_zh="样例区教育局")
DATASETS = ("classes", "pupils", "staff", "rooms")


def at_bureau(told: dict[str, tuple[State, datetime]], term: date | None = TERM) -> AskedAt:
    where = Where(BUREAU, None, tuple(contracts.contract(name) for name in DATASETS))
    newest: dict[tuple[int, int | None, str], Import] = {
        (1, None, name): Import(
            state=state, sent_at=at, applied_at=at if state == State.APPLIED else None, n_faults=2
        )
        for name, (state, at) in told.items()
    }
    (found,) = asked([where], 2025, newest, {1: term})
    return found


def names(found: AskedAt) -> list[str]:
    by_url = {f"/{name}/": name for name in DATASETS}
    return [
        next(n for part, n in by_url.items() if part in one.dictionary_url) for one in found.lines
    ]


def test_what_is_missing_comes_before_what_is_in() -> None:
    found = at_bureau({"classes": (State.APPLIED, IN_TERM), "staff": (State.APPLIED, IN_TERM)})
    assert names(found) == ["pupils", "rooms", "classes", "staff"]
    assert [one.is_first for one in found.lines] == [True, False, False, False]
    assert found.n_open == 2


def test_faults_come_first_and_what_is_old_before_what_is_new() -> None:
    found = at_bureau(
        {
            "classes": (State.APPLIED, IN_TERM),
            "pupils": (State.APPLIED, BEFORE),
            "staff": (State.FAULTY, IN_TERM),
            "rooms": (State.APPLIED, IN_TERM),
        }
    )
    assert names(found) == ["staff", "pupils", "classes", "rooms"]
    assert found.lines[1].is_old
    assert found.n_open == 1


def test_nothing_is_first_when_all_is_in() -> None:
    found = at_bureau(dict.fromkeys(DATASETS, (State.APPLIED, BEFORE)), term=None)
    assert names(found) == list(DATASETS)
    assert not any(one.is_first or one.is_old for one in found.lines)
