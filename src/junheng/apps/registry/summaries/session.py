"""A session that stays: relations whose text and sources are unchanged are not made again.

Measured on a district of 59 units: nearly all the time of a measurement goes into planning its
statements. So what did not change is kept, and what did is filled again by a statement that was
planned before. The engine's definition itself is not touched: it asks for every relation, and gets
those that are still right as they are.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from junheng.engine.store.session import Session, quoted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from junheng.engine.store.session import Row

_WORDS = re.compile(r"\w+")

FILLS_AT_MOST = 60
"""Times a table is emptied and filled before it is made anew: rows that went still take room."""

STATEMENTS_AT_MOST = 200

ROWS_AT_MOST = 500
"""Rows of an answer that is kept; a longer one is asked for again."""

# A planned statement outlives the rows it was planned for, so that nothing may be concluded from
# what the rows were then.
BLIND_TO_ROWS = "SET disabled_optimizers = 'statistics_propagation,compressed_materialization'"


@dataclass(frozen=True)
class Answer:
    """Rows of a query, when they were read, and from which relations."""

    rows: list[Row]
    tick: int
    sources: frozenset[str]


class WarmSession(Session):
    """A session that makes a relation again only when its text or a source of it has changed."""

    def __init__(self) -> None:
        super().__init__()
        self.run(BLIND_TO_ROWS)
        self._texts: dict[str, str] = {}
        self._sources: dict[str, frozenset[str]] = {}
        self._shaped: dict[str, int] = {}  # when the relation got its columns
        self._made: dict[str, int] = {}  # when it got its rows
        self._n_fills: dict[str, int] = {}
        self._planned: dict[str, str] = {}  # text of a statement to its name
        self._answers: dict[str, Answer] = {}
        self._given: set[str] = set()
        self._tick = 0

    def give(self, relation: str) -> None:
        """Leave a relation as it is, whoever else would make it from now on."""
        self._given.add(relation)

    def put(self, relation: str, select: str) -> None:
        """Make a relation from what changes without its text changing."""
        super().create(relation, select)
        self._note_shape(relation)

    def changed(self, relation: str) -> None:
        """Say that rows of a relation were changed in place."""
        self._tick += 1
        self._made[relation] = self._tick

    def create(self, relation: str, select: str) -> None:
        if self._is_right(relation, select):
            return
        if self._can_be_filled(relation, select):
            self._execute(f"DELETE FROM {quoted(relation)}")
            self._execute(f"INSERT INTO {quoted(relation)} {select}")
            self._n_fills[relation] += 1
            self.changed(relation)
        else:
            super().create(relation, select)
            self._note_shape(relation, select)

    def define(self, relation: str, select: str) -> None:
        if self._is_right(relation, select):
            return
        if self._has_shape(relation, select, "VIEW"):
            self.changed(relation)  # it reads what its sources hold now
        else:
            super().define(relation, select)
            self._note_shape(relation, select)

    def rows(self, sql: str, params: Sequence[object] = ()) -> list[Row]:
        if params:
            return super().rows(sql, params)
        kept = self._answers.get(sql)
        if kept is None or not self._is_since(kept.tick, kept.sources):
            kept = Answer(super().rows(self._plan(sql)), self._tick, self._known_in(sql))
            self._keep(sql, kept)
        return list(kept.rows)

    def _keep(self, sql: str, answer: Answer) -> None:
        if len(self._answers) >= STATEMENTS_AT_MOST:
            self._answers.clear()
        if len(answer.rows) <= ROWS_AT_MOST:
            self._answers[sql] = answer

    def _execute(self, sql: str) -> None:
        self.run(self._plan(sql))

    def _plan(self, sql: str) -> str:
        """Return what executes a statement that is planned once for all columns as they are."""
        if not sql.startswith(("SELECT", "WITH", "INSERT", "DELETE")):
            return sql
        name = self._planned.get(sql)
        if name is None:
            if len(self._planned) >= STATEMENTS_AT_MOST:
                self._planned.clear()
            name = f"planned_{len(self._planned)}"
            self.run(f"PREPARE {name} AS {sql}")
            self._planned[sql] = name
        return f"EXECUTE {name}"

    def _is_right(self, relation: str, select: str) -> bool:
        """Whether the relation was made from this text, after everything that it reads."""
        if relation in self._given:
            return True
        if self._texts.get(relation) != select:
            return False
        return self._is_since(self._made[relation], self._sources[relation])

    def _is_since(self, tick: int, sources: frozenset[str]) -> bool:
        """Whether what was made at a tick came after everything that it reads."""
        made = self._made
        return all(made[name] <= tick for name in sources)

    def _has_shape(self, relation: str, select: str, kind: str) -> bool:
        """Whether this text gave the relation its columns, after those of everything it reads."""
        if self._kinds.get(relation) != kind or self._texts.get(relation) != select:
            return False
        shaped = self._shaped[relation]
        return all(self._shaped[name] <= shaped for name in self._sources[relation])

    def _can_be_filled(self, relation: str, select: str) -> bool:
        is_worn = self._n_fills.get(relation, 0) >= FILLS_AT_MOST
        return not is_worn and self._has_shape(relation, select, "TABLE")

    def _note_shape(self, relation: str, select: str = "") -> None:
        self.changed(relation)
        self._shaped[relation] = self._tick
        self._n_fills[relation] = 0
        self._texts[relation] = select
        self._sources[relation] = self._known_in(select) - {relation}
        self._planned.clear()
        self._answers.clear()

    def _known_in(self, sql: str) -> frozenset[str]:
        """Return the relations made so far that a text names: it cannot read any other."""
        return frozenset(name for name in _WORDS.findall(sql) if name in self._shaped)
