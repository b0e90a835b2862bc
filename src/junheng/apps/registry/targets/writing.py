"""Writing changes of rows: removed, then closed, then added, each with its line in the journal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import DatabaseError, transaction

from junheng.apps.foundation import bulk, journal
from junheng.apps.foundation.journal import RowChanged
from junheng.apps.foundation.person_keys import subject_of
from junheng.apps.registry.targets import owners, schools, users
from junheng.apps.registry.targets.faults import explained
from junheng.apps.registry.targets.reading import (
    COUNTY,
    as_text,
    bureau_code,
    check_reach,
    sought_in_place,
    tables,
)
from junheng.apps.registry.targets.rows import Rows
from junheng.errors import DataError
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from uuid import UUID

    from junheng.apps.registry.targets.records import Key, Place, RowChange
    from junheng.apps.registry.targets.spec import Spec

SEALED = frozenset({"L3", "L4"})
LATEST = "9999-12-31"


def write(
    spec: Spec,
    place: Place,
    changes: Sequence[RowChange],
    *,
    by: int | None,
    why: str,
    batch: UUID,
) -> None:
    """Write changes of rows; see `Target.write`."""
    check_reach(place)
    if not changes:
        return
    code = bureau_code(place.bureau_id)
    schools.check_own(spec, place, changes)
    try:
        with transaction.atomic():
            writing = Writing(spec, place, changes, code)
            writing.run()
            journal.record_rows(
                writing.entries(),
                by=by,
                why=why,
                batch=batch,
                is_sealed=any(f.sensitivity in SEALED for f in spec.contract.fields),
            )
    except DatabaseError as error:
        raise explained(error, spec.contract) from error


def key_text(spec: Spec, code: str, school_year: int, key: Key) -> str:
    """Return bureau, school year where rows are kept by year, and the values of the key."""
    year = [str(school_year)] if spec.is_yearly else []
    return "/".join([code, *year, *key])


class Writing:
    """One write of one dataset: what is stored of the rows named, and the steps that change it."""

    def __init__(self, spec: Spec, place: Place, changes: Sequence[RowChange], code: str) -> None:
        self.spec = spec
        self.place = place
        self.code = code
        self.changes = changes
        self.followers: list[tuple[int, RowChange]] = []
        self._check_county()
        self.stored = self._find([c for c in changes if c.old is not None])

    def run(self) -> None:
        """Remove, then change what rows share, then close and change, then add."""
        spec = self.spec
        self._remove()
        ids: Mapping[str, int] = {}
        if spec.shared:
            sharing = owners.Sharing(spec, self.place, self.changes)
            ids = sharing.write()
            self.followers = sharing.followers()
        rows = Rows(spec.main, self.place, ids, spec)
        rows.resolve([c.new for c in self.changes if c.new is not None])
        self._change(rows)
        self._add(rows)
        if spec.shared:
            owners.drop_unused(spec, {up for _, up in self.stored.values()})
        if spec.after is not None:
            spec.after(self.place, {*ids.values(), *(up for _, up in self.stored.values())})

    def entries(self) -> Iterable[RowChanged]:
        """Return the lines of the journal: each change, and rows that follow what they share."""
        year = self.place.school_year
        for school_year, c in (*((year, c) for c in self.changes), *self.followers):
            key = key_text(self.spec, self.code, school_year, c.key)
            person = subject_of(self.code, self.spec.contract.key[0], c.key[0])
            yield RowChanged(self.spec.dataset, key, c.old, c.new, person)

    def _check_county(self) -> None:
        for change in self.changes:
            named = (change.new or {}).get(COUNTY, self.code)
            if named != self.code:
                raise DataError(
                    say(
                        "“{value}” is another county, this bureau is {code}.",
                        value=named,
                        code=self.code,
                    )
                )

    def _find(self, changes: Sequence[RowChange]) -> dict[Key, tuple[int, int]]:
        """Return the id, and that of the row above, of each row said to be stored."""
        spec = self.spec
        contract, sources = spec.contract, {n: (c, k) for n, c, k in spec.sources()}
        key = [name for name in contract.key if name != COUNTY]
        up = f"t0.{spec.main.up}" if spec.main.up else "0"
        condition, params = sought_in_place(spec, self.place, key[0])
        sql = (
            f"SELECT t0.id, {up}, {', '.join(as_text(*sources[name]) for name in key)} "
            f"FROM {tables(spec)} WHERE {condition}"
        )
        at = contract.key.index(key[0])
        wanted = dict.fromkeys(change.key[at] for change in changes)
        county = [self.code] if COUNTY in contract.key else []
        found = {
            (*county, *map(str, values)): (row_id, up_id)
            for row_id, up_id, *values in bulk.rows_where_in(sql, params, wanted)
        }
        stored = {}
        for change in changes:
            if change.key not in found:
                raise DataError(
                    say(
                        "{dataset}: the row {key} is not there any more.",
                        dataset=contract.name.zh,
                        key=" / ".join(change.key),
                    )
                )
            stored[change.key] = found[change.key]
        return stored

    def _remove(self) -> None:
        keys = {self.stored[c.key][0]: c.key for c in self.changes if c.new is None}
        users.refuse_used(self.spec.main.model, keys)
        bulk.delete(self.spec.main.model, keys)

    def _change(self, rows: Rows) -> None:
        changed = [c for c in self.changes if c.old is not None and c.new is not None]
        if not changed:
            return
        columns = rows.columns
        values = [
            (*rows.values(c.new, self.stored[c.key][1]), self.stored[c.key][0])
            for c in sorted(changed, key=_opens_later)
            if c.new is not None
        ]
        bulk.update(self.spec.main.model, columns, values)

    def _add(self, rows: Rows) -> None:
        added = [c.new for c in self.changes if c.old is None and c.new is not None]
        added = rows.take_over(added)
        bulk.insert(self.spec.main.model, rows.columns, (rows.values(row) for row in added))


def _opens_later(change: RowChange) -> bool:
    """Whether a row lasts longer than before: rows that end earlier come first."""
    old, new = change.old or {}, change.new or {}
    return (new.get("to_date") or LATEST) > (old.get("to_date") or LATEST)
