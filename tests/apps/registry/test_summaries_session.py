"""The warm session gives what a new one would, and plans nothing twice for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from junheng.apps.registry.summaries import session as warm
from junheng.apps.registry.summaries.session import WarmSession
from junheng.engine.store.session import Session

if TYPE_CHECKING:
    from collections.abc import Iterator

SUMS = "SELECT class_id, SUM(pupils) AS pupils FROM counts GROUP BY class_id"
MOST = "SELECT MAX(pupils) AS most, MIN(pupils) AS least FROM sums"


@pytest.fixture
def session() -> Iterator[WarmSession]:
    with WarmSession() as session:
        session.put("counts", "SELECT 'a' AS class_id, 1 AS pupils")
        yield session


def make(session: Session) -> list[tuple[object, ...]]:
    session.create("sums", SUMS)
    session.create("most", MOST)
    session.define("shown", "SELECT most FROM most")
    session.create("read", "SELECT most AS n FROM shown WHERE most > 1")
    return session.rows("SELECT m.most, m.least, (SELECT n FROM read) FROM most m")


def say_more(session: WarmSession, values: str) -> None:
    session.run(f"INSERT INTO counts VALUES {values}")
    session.changed("counts")


def statements(session: WarmSession, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the list into which every statement is written from now on."""
    written: list[str] = []
    run = Session.run

    def noted(self: Session, sql: str, params: tuple[object, ...] = ()) -> None:
        written.append(sql)
        run(self, sql, params)

    monkeypatch.setattr(Session, "run", noted)
    return written


def test_it_works(session: WarmSession) -> None:
    assert make(session) == [(1, 1, None)]
    say_more(session, "('a', 2), ('b', 7)")
    assert make(session) == [(7, 3, 7)]
    session.run("DELETE FROM counts WHERE class_id = 'b'")
    session.changed("counts")
    assert make(session) == [(3, 3, 3)]


def test_what_is_right_is_left_alone(session: WarmSession, monkeypatch: pytest.MonkeyPatch) -> None:
    make(session)
    written = statements(session, monkeypatch)
    make(session)
    assert written == []


def test_answers_are_kept_until_a_source_changes(
    session: WarmSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(session)
    asked = "SELECT most FROM most"
    first = session.rows(asked)
    written = statements(session, monkeypatch)
    assert session.rows(asked) == first == [(1,)]
    assert written == []
    first.clear()  # whoever asked may do with the list what they like
    assert session.rows(asked) == [(1,)]
    say_more(session, "('a', 4)")
    session.create("sums", SUMS)
    session.create("most", MOST)
    assert session.rows(asked) == [(5,)]


def test_long_answers_are_not_kept(session: WarmSession, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warm, "ROWS_AT_MOST", 1)
    make(session)
    say_more(session, "('b', 7)")
    asked = "SELECT pupils FROM counts ORDER BY pupils"
    assert session.rows(asked) == [(1,), (7,)]
    session.run("UPDATE counts SET pupils = 2 WHERE class_id = 'a'")
    assert session.rows(asked) == [(2,), (7,)]


def test_what_changed_is_filled_by_statements_planned_before(
    session: WarmSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    for value in ("('a', 2)", "('b', 3)"):
        say_more(session, value)
        make(session)
    written = statements(session, monkeypatch)
    say_more(session, "('c', 4)")
    make(session)
    fills = [sql for sql in written if sql.startswith("EXECUTE")]
    assert len(fills) == 2 * 3
    assert len(written) == len(fills) + 1


def test_new_columns_of_a_source_reach_what_reads_it(session: WarmSession) -> None:
    make(session)
    session.put("counts", "SELECT 'a' AS class_id, CAST(1.5 AS DOUBLE) AS pupils")
    assert make(session) == [(1.5, 1.5, 1.5)]


def test_another_text_makes_the_relation_anew(session: WarmSession) -> None:
    make(session)
    session.create("sums", "SELECT class_id, 'many' AS pupils FROM counts")
    session.create("most", MOST)
    assert session.rows("SELECT most FROM most") == [("many",)]


def test_a_view_becomes_a_table_of_the_same_text(session: WarmSession) -> None:
    session.define("sums", SUMS)
    say_more(session, "('a', 2)")
    session.create("sums", SUMS)
    assert session.rows("SELECT pupils FROM sums") == [(3,)]


def test_rows_planned_for_few_values_hold_for_others(session: WarmSession) -> None:
    """A plan made when all values were small must not be trusted for great ones."""
    make(session)
    for value in (2, 200, 70_000, 2**40):
        say_more(session, f"('a', {min(value, 2**31 - 1)})")
        with Session() as fresh:
            copied = session.rows("SELECT class_id, pupils FROM counts")
            columns = dict(
                zip(("class_id", "pupils"), map(list, zip(*copied, strict=True)), strict=True)
            )
            fresh.load("counts", columns)
            assert make(session) == make(fresh)


def test_worn_tables_are_made_anew(session: WarmSession, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warm, "FILLS_AT_MOST", 2)
    expected = 1
    for value in range(1, 9):
        say_more(session, f"('a', {value})")
        expected += value
        assert make(session)[0][0] == expected


def test_statements_are_forgotten_when_they_are_too_many(
    session: WarmSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(warm, "STATEMENTS_AT_MOST", 3)
    for number in range(8):
        assert session.rows(f"SELECT {number}") == [(number,)]
    assert session.rows("SELECT 0") == [(0,)]
