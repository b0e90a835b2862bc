"""What a file would change: its rows against the stored ones, as a relation of changes.

A file adds and changes; a row that it leaves out stays, unless the file is the whole table. Beside
the rows of the file two kinds of stored rows change: an earlier open row of the same person ends
(the contract's succession), and what one person has once (`one_value`) is carried to the person's
other rows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from junheng.engine.contracts.differences import finished, sides
from junheng.engine.contracts.records import OneValue
from junheng.engine.store.session import literal

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from junheng.engine.contracts.differences import Comparison
    from junheng.engine.contracts.records import Contract, Succession
    from junheng.engine.store.session import Session


def compare(
    session: Session,
    contract: Contract,
    stored: str,
    incoming: str,
    *,
    is_whole: bool = False,
    told: Collection[str] | None = None,
    ended_before: str = "",
) -> Comparison:
    """Compare the rows of a file with the stored ones.

    Parameters
    ----------
    stored
        Relation of the stored rows: a text column a field, and `is_here` BOOLEAN: whether the row
        may be changed by this file. A file of one school leaves the rows of others alone.
    incoming
        Relation of the file as `reading.read_dataset` makes it. Rows with a fault are left out;
        the stored rows they name stay.
    is_whole
        Stored rows that the file leaves out are removed.
    told
        Fields that the file has columns for (None: all). The others keep their stored values.
    ended_before
        Rows of a dataset with succession that ended before this day are the past, which no whole
        table removes.

    The cost is a few joins, whatever the number of changes.
    """
    comparing = _Comparing(session, contract, stored, incoming, told)
    comparing.match()
    comparing.touch_others()
    comparing.remove(ended_before if is_whole else None)
    return finished(session, contract, comparing.parts())


class _Comparing:
    """The steps of one comparison, each a relation: matched, touched, removed."""

    def __init__(
        self,
        session: Session,
        contract: Contract,
        stored: str,
        incoming: str,
        told: Collection[str] | None,
    ) -> None:
        self.session = session
        self.contract = contract
        self.stored = stored
        self.incoming = incoming
        self.told = {f.id for f in contract.fields} if told is None else set(told)
        self.names = [field.id for field in contract.fields]
        self.once = [check for check in contract.checks if isinstance(check, OneValue)]
        self.matched = f"{contract.id}_matched"
        self.touched = f"{contract.id}_touched"
        self.removed = f"{contract.id}_removed"

    def parts(self) -> tuple[str, ...]:
        """Return SELECTs of kind, because, row_no and both sides of every row."""
        both = sides(self.contract)
        differs = " OR ".join(f"old_{n} IS DISTINCT FROM new_{n}" for n in self.names)
        kind = (
            f"CASE WHEN NOT is_there THEN 'new' WHEN {differs} THEN 'changed' ELSE 'unchanged' END"
        )
        same = " AND ".join(_equal(f"t.old_{f}", f"r.old_{f}") for f in self.contract.key)
        news = ", ".join(f"NULL::VARCHAR AS new_{name}" for name in self.names)
        return (
            f"SELECT {kind} AS kind, '' AS because, row_no, {both} FROM {self.matched}",
            f"SELECT 'changed', because, row_no, {both} FROM {self.touched} t"
            f" ANTI JOIN {self.removed} r ON {same} WHERE {differs}",
            f"SELECT 'removed', '', NULL, {sides(self.contract, news)} FROM {self.removed}",
        )

    def match(self) -> None:
        """Put each sound row of the file beside the stored row of the same key."""
        values = ", ".join(
            f"{'i' if name in self.told else 's'}.{name} AS new_{name}" for name in self.names
        )
        self.session.create(
            self.matched,
            f"SELECT i.row_no, s.is_here IS NOT NULL AS is_there, {self._olds()}, {values}"
            f" FROM {self.incoming} i LEFT JOIN {self.stored} s ON {self._same_key('i', 's')}"
            " WHERE i.is_sound",
        )
        for check in self.once:
            self._fill_in(check)

    def _fill_in(self, check: OneValue) -> None:
        """Give a blank what another row of the person says: of the file, or for a new row stored.

        A blank in a row that is stored already is meant: it empties the field.
        """
        owner = check.owner
        blank = " OR ".join(f"new_{f} IS NULL" for f in check.fields)
        if not self.session.rows(f"SELECT 1 FROM {self.matched} WHERE {blank} LIMIT 1"):
            return
        told = ", ".join(f"max(new_{f}) AS told_{f}" for f in check.fields)
        known = ", ".join(f"max({f}) AS known_{f}" for f in check.fields)
        filled = ", ".join(
            f"coalesce(m.new_{f}, told_{f}, CASE WHEN NOT m.is_there THEN known_{f} END) AS new_{f}"
            for f in check.fields
        )
        owners = f"(SELECT new_{owner} FROM {self.matched} WHERE {blank})"
        self.session.create(
            self.matched,
            f"SELECT m.* REPLACE ({filled}) FROM {self.matched} m"
            f" LEFT JOIN (SELECT new_{owner} AS owner, {told} FROM {self.matched}"
            f" WHERE new_{owner} IN {owners} GROUP BY new_{owner}) t ON m.new_{owner} = t.owner"
            f" LEFT JOIN (SELECT {owner} AS owner, {known} FROM {self.stored}"
            f" WHERE {owner} IN {owners} GROUP BY {owner}) p ON m.new_{owner} = p.owner",
        )

    def touch_others(self) -> None:
        """Find stored rows outside the file that end, or take over what their person has once."""
        rule = self.contract.succession
        new = {name: f"s.{name}" for name in self.names}
        joins, because, row_no = "", "'person'", "NULL::BIGINT"
        if rule is not None:
            joins += self._successors(rule)
            new[rule.later] = f"coalesce(n.until, s.{rule.later})"
            because = "CASE WHEN n.until IS NULL THEN 'person' ELSE 'succession' END"
            row_no = "n.row_no"
        for place, check in enumerate(self.once):
            joins += self._persons(check, f"p{place}")
            new |= {
                f: f"CASE WHEN p{place}.owner IS NULL THEN s.{f} ELSE p{place}.{f} END"
                for f in check.fields
            }
        news = ", ".join(f"{value} AS new_{name}" for name, value in new.items())
        self.session.create(
            self.touched,
            f"SELECT {because} AS because, {row_no} AS row_no, {self._olds()}, {news}"
            f" FROM ({self._left_out()}) s{joins} WHERE s.is_here"
            + ("" if joins else " AND FALSE"),
        )

    def _successors(self, rule: Succession) -> str:
        """Return a join to `n`: the day before a new row of the same person begins."""
        same = " AND ".join(f"m.new_{f} = o.{f}" for f in rule.same)
        only_new = "".join(f" AND {_has(f'm.new_{f}', values)}" for f, values in rule.only.items())
        only_old = "".join(f" AND {_has(f'o.{f}', values)}" for f, values in rule.only.items())
        day_before = f"(min(m.new_{rule.earlier})::DATE - 1)::VARCHAR"
        keys = ", ".join(f"o.{f}" for f in self.contract.key)
        joined = " AND ".join(_equal(f"s.{f}", f"n.{f}") for f in self.contract.key)
        return (
            f" LEFT JOIN (SELECT {keys}, {day_before} AS until,"
            f" arg_min(m.row_no, m.new_{rule.earlier}) AS row_no FROM {self.stored} o"
            f" JOIN {self.matched} m ON {same} AND o.{rule.earlier} < m.new_{rule.earlier}"
            f" WHERE o.{rule.later} IS NULL AND NOT m.is_there{only_new}{only_old}"
            f" GROUP BY {keys}) n ON {joined}"
        )

    def _persons(self, check: OneValue, alias: str) -> str:
        """Return a join to `alias`: what the file says of persons that it adds to or changes."""
        values = ", ".join(f"max(new_{f}) AS {f}" for f in check.fields)
        differs = " OR ".join(f"old_{f} IS DISTINCT FROM new_{f}" for f in check.fields)
        return (
            f" LEFT JOIN (SELECT new_{check.owner} AS owner, {values} FROM {self.matched}"
            f" WHERE NOT is_there OR {differs} GROUP BY new_{check.owner}) {alias}"
            f" ON s.{check.owner} = {alias}.owner"
        )

    def remove(self, ended_before: str | None) -> None:
        """Find the stored rows that the file leaves out; None: it may leave out what it likes."""
        rule = self.contract.succession
        where = "s.is_here" if ended_before is not None else "FALSE"
        if rule is not None and ended_before:
            where += f" AND coalesce(s.{rule.later} >= {literal(ended_before)}, TRUE)"
        same = " AND ".join(_equal(f"s.{f}", f"t.old_{f}") for f in self.contract.key)
        self.session.create(
            self.removed,
            f"SELECT {self._olds()} FROM ({self._left_out()}) s ANTI JOIN"
            f" (SELECT * FROM {self.touched} WHERE because = 'succession') t ON {same}"
            f" WHERE {where}",
        )

    def _olds(self) -> str:
        return ", ".join(f"s.{name} AS old_{name}" for name in self.names)

    def _left_out(self) -> str:
        """Return SQL text: the stored rows whose key no row of the file has, sound or not."""
        return (
            f"SELECT s.* FROM {self.stored} s ANTI JOIN {self.incoming} i"
            f" ON {self._same_key('i', 's')}"
        )

    def _same_key(self, one: str, other: str) -> str:
        return " AND ".join(_equal(f"{one}.{f}", f"{other}.{f}") for f in self.contract.key)


def _equal(one: str, other: str) -> str:
    # Part of a key may be blank (an amount of things of unknown year); two blanks are one key.
    return f"{one} IS NOT DISTINCT FROM {other}"


def _has(value: str, allowed: Sequence[str]) -> str:
    return f"{value} IN ({', '.join(map(literal, allowed))})"
