"""Changes of the rows of one dataset, as a relation: what a preview shows and an import writes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, cast

from junheng.engine.store.session import literal

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from junheng.engine.contracts.records import Contract
    from junheng.engine.store.session import Row as SessionRow
    from junheng.engine.store.session import Session

Kind = Literal["removed", "changed", "new", "unchanged"]
KINDS: tuple[Kind, ...] = ("removed", "changed", "new", "unchanged")
"""In the order in which changes are shown: what is lost first."""

Values = dict[str, str | None]
FETCHED_AT_ONCE = 20_000
GAP, BLANK = "chr(31)", "chr(30)"
"""Signs between the values of a row when rows are hashed: no value holds a control character."""


@dataclass(frozen=True)
class Difference:
    """One row that a file adds, changes, leaves as it is or removes.

    `row_no` is the row of the file, None for a removed one. `because` is "succession" for a row
    that ends because a later one begins, "person" for one that takes over what another row of the
    same person says, else "". `changed` names the fields whose values differ.
    """

    kind: Kind
    because: str
    row_no: int | None
    key: tuple[str | None, ...]
    old: Values | None
    new: Values | None
    changed: tuple[str, ...]


@dataclass(frozen=True)
class Comparison:
    """The changes of one dataset, in the relation `<dataset>_changes`.

    Columns: change_no (from 1, in the order shown), kind, because, row_no, changed (list of
    fields), and old_<field>, new_<field> for every field of the contract. Unchanged rows are
    counted and can be looked at; they are not kept a second time.
    """

    session: Session
    contract: Contract
    relation: str
    counts: Mapping[Kind, int]

    @property
    def n_changes(self) -> int:
        """Number of rows that would be written: all but the unchanged."""
        return sum(n for kind, n in self.counts.items() if kind != "unchanged")

    def window(
        self, *, kind: Kind | None = None, search: str = "", limit: int, offset: int = 0
    ) -> tuple[Difference, ...]:
        """Return a window of the rows of one kind (None: of every kind but the unchanged).

        `search` keeps rows with a value, old or new, that contains it, in capitals or not.
        """
        conditions = [f"kind = {literal(kind)}"] if kind else []
        if search:
            conditions.append(f"contains(lower({self._all_text()}), lower({literal(search)}))")
        where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
        part = f" LIMIT {int(limit)} OFFSET {int(offset)}"
        if kind == "unchanged":
            every = f"(SELECT *, NULL AS changed FROM {self.contract.id}_compared)"
            return self._fetch(every, f"{where} ORDER BY row_no{part}")
        return self._fetch(self.relation, f"{where} ORDER BY change_no{part}")

    def each(self, kinds: Collection[Kind], at_once: int = FETCHED_AT_ONCE) -> Iterator[Difference]:
        """Yield the changes of some kinds (but unchanged) in their order, fetched in parts."""
        for kind in (k for k in KINDS if k in kinds):
            bounds = f"SELECT min(change_no), max(change_no) FROM {self.relation} WHERE kind = ?"
            first, last = self.session.rows(bounds, [kind])[0]
            if first is None:
                continue
            for start in range(int(str(first)), int(str(last)) + 1, at_once):
                end = min(start + at_once - 1, int(str(last)))
                part = f" WHERE change_no BETWEEN {start} AND {end} ORDER BY change_no"
                yield from self._fetch(self.relation, part)

    def digest(self) -> str:
        """Return the SHA-256 over all changes in order: another digest is another outcome."""
        columns = [
            f"{side}_{field.id}" for field in self.contract.fields for side in ("old", "new")
        ]
        text = ", ".join(["kind", *(f"coalesce({c}, {BLANK})" for c in columns)])
        rows = self.session.rows(
            f"SELECT sha256(coalesce(string_agg(sha256(concat_ws({GAP}, {text})), ''"
            f" ORDER BY change_no), '')) FROM {self.relation}"
        )
        return str(rows[0][0])

    def _fetch(self, rows: str, tail: str) -> tuple[Difference, ...]:
        fields = ", ".join(
            [f"old_{f.id}" for f in self.contract.fields]
            + [f"new_{f.id}" for f in self.contract.fields]
        )
        select = f"SELECT kind, because, row_no, changed, {fields} FROM {rows}{tail}"
        names = [field.id for field in self.contract.fields]
        return tuple(self._difference(row, names) for row in self.session.rows(select))

    def _difference(self, row: SessionRow, names: Sequence[str]) -> Difference:
        kind, because, row_no, changed, *values = row
        old = None if kind == "new" else _values(names, values[: len(names)])
        new = None if kind == "removed" else _values(names, values[len(names) :])
        told = old or new or {}
        return Difference(
            kind=_kind(kind),
            because=str(because),
            row_no=None if row_no is None else int(str(row_no)),
            key=tuple([told[name] for name in self.contract.key]),
            old=old,
            new=new,
            changed=tuple(changed) if isinstance(changed, list) else (),
        )

    def _all_text(self) -> str:
        sides = [f"{side}_{f.id}" for f in self.contract.fields for side in ("old", "new")]
        return f"concat_ws(' ', {', '.join(sides)})"


def from_rows(
    session: Session, contract: Contract, changes: Sequence[tuple[Values | None, Values | None]]
) -> Comparison:
    """Return a comparison made of (old row, new row) pairs, None for a row that is not there."""
    names = [field.id for field in contract.fields]
    columns: dict[str, list[object]] = {"change_no": list(range(1, len(changes) + 1))}
    for side, prefix in enumerate(("old", "new")):
        columns[f"has_{prefix}"] = [pair[side] is not None for pair in changes]
        for name in names:
            columns[f"{prefix}_{name}"] = [(pair[side] or {}).get(name) for pair in changes]
    types = dict.fromkeys(columns, "VARCHAR") | {
        "change_no": "BIGINT", "has_old": "BOOLEAN", "has_new": "BOOLEAN",
    }  # fmt: skip
    relation = session.fresh_name("pairs")
    session.load(relation, columns, types)
    kind = "CASE WHEN NOT has_old THEN 'new' WHEN NOT has_new THEN 'removed' ELSE 'changed' END"
    select = f"SELECT {kind} AS kind, '' AS because, NULL::BIGINT AS row_no, {sides(contract)}"
    return finished(session, contract, [f"{select} FROM {relation}"])


def finished(session: Session, contract: Contract, parts: Sequence[str]) -> Comparison:
    """Make the relation of changes from SELECTs of kind, because, row_no, old_*, new_*."""
    relation = f"{contract.id}_changes"
    every = f"{contract.id}_compared"
    changed = ", ".join(
        f"CASE WHEN old_{f.id} IS DISTINCT FROM new_{f.id} THEN {literal(f.id)} END"
        for f in contract.fields
    )
    ranks = " ".join(f"WHEN {literal(kind)} THEN {rank}" for rank, kind in enumerate(KINDS))
    key = ", ".join(f"coalesce(new_{field}, old_{field})" for field in contract.key)
    session.define(every, " UNION ALL ".join(parts))
    ordered = (
        f"SELECT * FROM {every} WHERE kind <> 'unchanged'"
        f" ORDER BY CASE kind {ranks} END, row_no, {key}"
    )
    session.create(
        relation,
        "SELECT row_number() OVER () AS change_no, kind, because, row_no, CASE kind"
        f" WHEN 'changed' THEN list_filter([{changed}], x -> x IS NOT NULL) END AS changed,"
        f" {sides(contract)} FROM ({ordered})",
    )
    counts: dict[Kind, int] = dict.fromkeys(KINDS, 0)
    for kind, n in session.rows(f"SELECT kind, count(*) FROM {every} GROUP BY kind"):
        counts[_kind(kind)] = int(str(n))
    return Comparison(session, contract, relation, counts)


def sides(contract: Contract, news: str = "") -> str:
    """Return the columns of both sides; `news` stands for those of the new one."""
    olds = ", ".join(f"old_{f.id}" for f in contract.fields)
    return f"{olds}, {news or ', '.join(f'new_{f.id}' for f in contract.fields)}"


def _values(names: Sequence[str], found: Sequence[object]) -> Values:
    # Every side is a text column: there is nothing to convert.
    return dict(zip(names, cast("Sequence[str | None]", found), strict=True))


def _kind(value: object) -> Kind:
    return _KINDS_BY_NAME[str(value)]


_KINDS_BY_NAME: Mapping[str, Kind] = {kind: kind for kind in KINDS}
