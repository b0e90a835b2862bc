"""Reading a file without a fault in one go.

What is made is the same as by `reading.read`; where anything is unusual, `reading.read` reads the
file again, cell by cell, and says what is wrong or how it is meant.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from junheng.engine.standard.unit_table.contract import (
    IDENTITY_COLUMNS,
    KIND_WORDS,
    STAGE_WORDS,
    UNITS,
    translated,
)
from junheng.engine.standard.unit_table.headers import match_headers
from junheng.engine.standard.unit_table.reading import read
from junheng.engine.standard.unit_table.result import Loaded, UnitTable
from junheng.engine.standard.unit_table.texts import COUNTY_CODE
from junheng.engine.store.plain import has_read, open_plain, too_large
from junheng.engine.store.tables import open_table
from junheng.errors import TableFaults

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from junheng.engine.standard.ruleset import RuleSet
    from junheng.engine.store.plain import PlainTable
    from junheng.engine.store.session import Session

_COUNTY_CODE = re.compile(COUNTY_CODE, re.ASCII)


def read_file(
    session: Session,
    path: Path,
    ruleset: RuleSet,
    *,
    sheet: str | None = None,
    ignore_unknown: bool = False,
) -> UnitTable:
    """Open a file, check it against the contract and load it; see `read`.

    Raises
    ------
    TableFaults
        Anything wrong with the file or with the table.
    """
    table = read_plain(session, path, ruleset)
    if table is not None:
        return table
    return read(open_table(session, path, sheet=sheet), ruleset, ignore_unknown=ignore_unknown)


def read_plain(session: Session, path: Path, ruleset: RuleSet) -> UnitTable | None:
    """Read a plain table without a fault; None when it may be another."""
    plain = open_plain(session, path)
    positions = _positions(plain, ruleset) if plain else None
    if plain is None or positions is None:
        return None
    for decimals in plain.scales:
        if has_read(session, UNITS, _units(plain, ruleset, positions, decimals)):
            loaded = _checked(session, plain, ruleset, positions, decimals)
            return loaded.finished((), ()) if loaded else None
    return None


def _positions(plain: PlainTable, ruleset: RuleSet) -> Mapping[str, int] | None:
    try:
        found = match_headers(plain, ruleset, ignore_unknown=False)
    except TableFaults:
        return None
    return found.columns if len(set(plain.headers)) == len(plain.headers) else None


def _fact_ids(ruleset: RuleSet, positions: Mapping[str, int]) -> list[str]:
    return [f.id for f in ruleset.facts if f.id in positions]


def _units(plain: PlainTable, ruleset: RuleSet, positions: Mapping[str, int], decimals: int) -> str:
    """SELECT of the relation `units`; a word that is not known, or a part of a pupil, is NULL."""
    texts = {c.id: positions[c.id] for c in IDENTITY_COLUMNS if c.id in positions}
    del texts["pupils"]
    facts = _fact_ids(ruleset, positions)
    numbers = {name: positions[name] for name in ("pupils", *facts)}
    county = "COALESCE(county_code, '')" if "county_code" in positions else "''"
    kind = "'ordinary'"
    if "kind" in positions:
        kind = f"CASE WHEN kind IS NULL THEN {kind} ELSE {translated('kind', KIND_WORDS)} END"
    columns = [
        # The file's order is kept, and so does a window without an order.
        "CAST(ROW_NUMBER() OVER () - 1 AS BIGINT) AS unit_ix",
        "CAST(ROW_NUMBER() OVER () + 1 AS BIGINT) AS row_no",
        "unit_id",
        "school_id",
        "school_name",
        f"{county} AS county",
        f"{translated('stage', STAGE_WORDS)} AS stage",
        f"{kind} AS kind",
        f"{_unscaled('pupils', plain.decimals_of(positions['pupils'], decimals))} AS pupils",
        *facts,
    ]
    return f"SELECT {', '.join(columns)} FROM {plain.source(texts, numbers, decimals)}"


def _unscaled(number: str, decimals: int) -> str:
    """SQL of a scaled number as it was; NULL for one with a fraction."""
    if not decimals:
        return number
    return f"CASE WHEN {number} % {10**decimals} = 0 THEN {number} // {10**decimals} END"


def _checked(
    session: Session,
    plain: PlainTable,
    ruleset: RuleSet,
    positions: Mapping[str, int],
    decimals: int,
) -> Loaded | None:
    """What the relation `units` holds; None when anything in it may be a fault."""
    facts = _fact_ids(ruleset, positions)
    filled = ", ".join(f"COUNT({c})" for c in ("unit_id", "stage", "kind", "pupils"))
    smallest = ", ".join(f"MIN({f})" for f in ("pupils", *facts))
    largest = ", ".join(f"MAX({f})" for f in ("pupils", *facts))
    row = session.rows(f"SELECT {filled}, {smallest}, {largest} FROM {UNITS}")[0]
    numbers = [int(str(n or 0)) for n in row]
    is_filled = all(n == plain.n_rows for n in numbers[:4])
    lowest, highest = numbers[4 : 5 + len(facts)], numbers[5 + len(facts) :]
    scales = {f: plain.decimals_of(positions[f], decimals) for f in facts}
    bounds = [too_large(0), *map(too_large, scales.values())]
    if (
        not is_filled
        or min(lowest) < 0
        or any(n >= bound for n, bound in zip(highest, bounds, strict=True))
        or _may_be_wrong(session, plain.n_rows, facts, scales)
    ):
        return None
    return Loaded(
        session=session,
        ruleset=ruleset,
        name=plain.name,
        decimals=scales,
        largest=dict(zip(facts, highest[1:], strict=True)),
        n_units=plain.n_rows,
        most_pupils=highest[0],
    )


def _may_be_wrong(
    session: Session, n_rows: int, facts: list[str], scales: Mapping[str, int]
) -> bool:
    n_ids = session.rows(f"SELECT COUNT(DISTINCT unit_id) FROM {UNITS}")[0][0]
    counties = session.rows(f"SELECT DISTINCT county FROM {UNITS}")
    inner, outer = "indoor_sport_area_m2", "teaching_area_m2"
    return (
        n_ids != n_rows
        or not all(county == "" or _COUNTY_CODE.fullmatch(str(county)) for (county,) in counties)
        or (inner in facts and outer in facts and _has_odd_area(session, inner, outer, scales))
    )


def _has_odd_area(session: Session, inner: str, outer: str, scales: Mapping[str, int]) -> bool:
    common = max(scales[inner], scales[outer])
    sides = (f"{f} * {10 ** (common - scales[f])}" for f in (inner, outer))
    return bool(session.rows(f"SELECT 1 FROM {UNITS} WHERE {' > '.join(sides)} LIMIT 1"))
