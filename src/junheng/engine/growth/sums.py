"""From a table to the sums of products of each group: the only pass over the rows.

The columns of a row are put into one vector: 1, the slopes' columns, the covariates less their
means, the outcome less its mean. All that a fit needs of a group are the sums of the products of
these.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from junheng.engine.growth.model import INTERCEPT
from junheng.engine.store.session import literal, quoted
from junheng.errors import DataError
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from junheng.engine.growth.model import Model
    from junheng.engine.store.session import Session
    from junheng.engine.store.tables import SourceTable

    Floats = NDArray[np.floating[Any]]
    Codes = NDArray[np.intp]

MISSING = ("", "NA", "N/A", "NaN", "nan", "NULL", ".")
"""Texts that statistical programs write for a figure that is not there."""
MAX_LEVELS = 200
"""More texts than this in a covariate are names or numbers with a slip, not kinds."""
MANY = 30
"""So many wrong texts are told at most."""


@dataclass(frozen=True)
class Sums:
    """Sums of products by cell, a cell being the rows that share all groups.

    `products` has shape (cells, width, width). `slots` are the places of each factor's terms in
    the vector, `fixed` those of the intercept and the covariates, named in `names`; the outcome is
    last. `codes` tells the group of each cell by factor, `levels` what each group is called.
    `means` are those of the covariates and, last, of the outcome, which the vector has no more.
    """

    products: Floats
    names: tuple[str, ...]
    fixed: tuple[int, ...]
    slots: tuple[tuple[int, ...], ...]
    codes: tuple[Codes, ...]
    levels: tuple[tuple[str, ...], ...]
    means: Floats
    n: int
    n_dropped: int

    @property
    def total(self) -> Floats:
        """The sums of products over all rows."""
        found: Floats = self.products.sum(axis=0)
        return found


def sums_of(source: SourceTable, model: Model) -> Sums:
    """Read the table once and return its sums.

    Raises
    ------
    DataError
        A column is not there, an outcome or slope is text, or too few rows are complete.
    """
    session = source.session
    places = _places(source, model)
    rows, kinds = _typed(source, places, model)
    complete = " AND ".join(f"{quoted(name)} IS NOT NULL" for name in places)
    kept = session.fresh_name("growth_rows")
    session.define(kept, f"SELECT * FROM {quoted(rows)} WHERE {complete}")
    n = _count(session, kept)
    covariates = dict(_covariates(session, kept, model, kinds))
    _require_rows(n, 1 + len(covariates))
    n_dropped = _count(session, rows) - n
    return _summed(session, kept, model, covariates, n=n, n_dropped=n_dropped)


# --- columns -------------------------------------------------------------------------------------


def _places(source: SourceTable, model: Model) -> dict[str, str]:
    """Return the column of the relation that holds each column of the model."""
    known = {name: f"c{ix}" for ix, name in enumerate(source.headers)}
    absent = [name for name in model.columns if name not in known]
    if absent:
        raise DataError(
            say(
                "{source} has no column {absent}. It has: {known}.",
                source=source.name,
                absent=", ".join(absent),
                known=", ".join(known),
            )
        )
    return {name: known[name] for name in model.columns}


def _typed(
    source: SourceTable, places: dict[str, str], model: Model
) -> tuple[str, dict[str, bool]]:
    """Return a relation of the model's columns, and whether each holds numbers.

    Keys of groups are texts, whatever they hold. A covariate that holds a text is one of kinds; an
    outcome or slope that does is a fault. All others are taken for numbers first, since a column
    is cast once then.
    """
    keys = {key for factor in model.factors for key in factor.keys}
    must = {model.outcome, *(slope for factor in model.factors for slope in factor.slopes)}
    kinds = {name: name in must or name not in keys for name in places}
    rows = _cast(source, places, kinds)
    texts = [name for name, is_number in kinds.items() if is_number]
    counts = ", ".join(f"count({quoted(_stray(name))})" for name in texts)
    (found,) = source.session.rows(f"SELECT {counts} FROM {quoted(rows)}")
    strays = [name for name, n in zip(texts, found, strict=True) if n]
    for name in strays:
        if name in must:
            raise _no_number(source, rows, name)
        kinds[name] = False
    return (_cast(source, places, kinds) if strays else rows), kinds


def _cast(source: SourceTable, places: dict[str, str], kinds: dict[str, bool]) -> str:
    """Make the relation: numbers with the texts that are none beside them, and texts."""
    missing = ", ".join(literal(word) for word in MISSING)
    parts = ["row_no"]
    for name, place in places.items():
        text = f"CASE WHEN {place} NOT IN ({missing}) THEN {place} END"
        if not kinds[name]:
            parts.append(f"{text} AS {quoted(name)}")
            continue
        number = f"TRY_CAST({place} AS DOUBLE)"
        parts.append(f"CASE WHEN isfinite({number}) THEN {number} END AS {quoted(name)}")
        stray = f"CASE WHEN {number} IS NULL THEN {text} END"
        parts.append(f"{stray} AS {quoted(_stray(name))}")
    relation = source.session.fresh_name("growth_typed")
    source.session.create(relation, f"SELECT {', '.join(parts)} FROM {quoted(source.relation)}")
    return relation


def _stray(name: str) -> str:
    return f"no number in {name}"


def _no_number(source: SourceTable, rows: str, name: str) -> DataError:
    stray = quoted(_stray(name))
    found = source.session.rows(
        f"SELECT row_no, {stray} FROM {quoted(rows)} WHERE {stray} IS NOT NULL "
        "ORDER BY row_no LIMIT 1"
    )
    row_no, text = found[0]
    return DataError(
        say(
            "{source}: row {row}: column “{column}” has to hold numbers; “{text}” is none. Correct "
            "it, or leave the cell empty: the row is then left out.",
            source=source.name,
            row=row_no,
            column=name,
            text=text,
        )
    )


def _covariates(
    session: Session, rows: str, model: Model, kinds: dict[str, bool]
) -> Iterable[tuple[str, str]]:
    """Yield name and SQL text of every column of fixed effects but the intercept."""
    expanded: dict[str, list[tuple[str, str]]] = {}
    for term in model.covariates:
        products = [("", "")]
        for column in term:
            if column not in expanded:
                expanded[column] = list(_expanded(session, rows, column, model, kinds))
            products = [
                (f"{name}:{more}" if name else more, f"{sql} * {also}" if sql else also)
                for name, sql in products
                for more, also in expanded[column]
            ]
        yield from products


def _expanded(
    session: Session, rows: str, column: str, model: Model, kinds: dict[str, bool]
) -> Iterable[tuple[str, str]]:
    if kinds[column]:
        yield column, quoted(column)
        return
    found = session.rows(
        f"SELECT DISTINCT {quoted(column)} FROM {quoted(rows)} LIMIT {MAX_LEVELS + 1}"
    )
    levels = sorted(str(level) for (level,) in found)
    if len(levels) > MAX_LEVELS:
        raise DataError(
            say(
                "Column “{column}” holds more than {most} different texts, such as “{text}”. A "
                "covariate holds numbers or a few kinds.",
                column=column,
                most=MAX_LEVELS,
                text=levels[0],
            )
        )
    reference = model.references.get(column, levels[0] if levels else "")
    if levels and reference not in levels:
        raise DataError(
            say(
                "Column “{column}” has no “{reference}” to compare with. It holds: {levels}.",
                column=column,
                reference=reference,
                levels=", ".join(levels[:MANY]),
            )
        )
    for level in levels:
        if level != reference:
            yield f"{column}{level}", f"CAST({quoted(column)} = {literal(level)} AS DOUBLE)"


def _require_rows(n: int, n_fixed: int) -> None:
    if n <= n_fixed:
        raise DataError(
            say(
                "{n} complete rows are too few for {fixed} fixed effects. Give more rows or fewer "
                "covariates.",
                n=n,
                fixed=n_fixed,
            )
        )


def _count(session: Session, relation: str) -> int:
    ((n,),) = session.rows(f"SELECT count(*) FROM {quoted(relation)}")
    return int(str(n))


# --- sums ----------------------------------------------------------------------------------------


def _summed(
    session: Session, rows: str, model: Model, covariates: dict[str, str], *, n: int, n_dropped: int
) -> Sums:
    centred = [*covariates.values(), quoted(model.outcome)]
    averages = ", ".join(f"avg({sql})" for sql in centred)
    (means,) = session.rows(f"SELECT {averages} FROM {quoted(rows)}")
    middle = [float(str(mean)) for mean in means]
    slopes = list(dict.fromkeys(slope for factor in model.factors for slope in factor.slopes))
    vector = [*map(quoted, slopes)]
    vector += [f"({sql}) - ({literal(at)})" for sql, at in zip(centred, middle, strict=True)]
    width = 1 + len(vector)
    keys = list(dict.fromkeys(key for factor in model.factors for key in factor.keys))
    named = ", ".join(f"{sql} AS w{ix}" for ix, sql in enumerate(vector, 1))
    pairs = [(i, j) for i in range(width) for j in range(i, width)]
    added = ", ".join(_sum(i, j) for i, j in pairs)
    by = ", ".join(map(quoted, keys))
    found = session.rows(
        f"SELECT {by}, {added} FROM (SELECT {by}, {named} FROM {quoted(rows)}) GROUP BY {by}"
    )
    products = np.empty((len(found), width, width))
    figures = np.array([row[len(keys) :] for row in found], dtype=float)
    for ix, (i, j) in enumerate(pairs):
        products[:, i, j] = products[:, j, i] = figures[:, ix]
    codes, levels = _groups(model, keys, found)
    slots = tuple(
        (0, *(1 + slopes.index(slope) for slope in factor.slopes)) for factor in model.factors
    )
    first = 1 + len(slopes)
    return Sums(
        products=products,
        names=(INTERCEPT, *covariates),
        fixed=(0, *range(first, first + len(covariates))),
        slots=slots,
        codes=codes,
        levels=levels,
        means=np.array(middle),
        n=n,
        n_dropped=n_dropped,
    )


def _sum(i: int, j: int) -> str:
    if j == 0:
        return "CAST(count(*) AS DOUBLE)"
    return f"sum(w{j})" if i == 0 else f"sum(w{i} * w{j})"


def _groups(
    model: Model, keys: Sequence[str], found: Sequence[tuple[object, ...]]
) -> tuple[tuple[Codes, ...], tuple[tuple[str, ...], ...]]:
    """Return the group of each cell by factor, and the groups' names.

    A group is called by its own column where that is enough to tell it from all others.
    """
    columns = {key: [str(row[ix]) for row in found] for ix, key in enumerate(keys)}
    codes, levels = [], []
    for factor in model.factors:
        whole = list(zip(*(columns[key] for key in factor.keys), strict=True))
        order = {group: ix for ix, group in enumerate(sorted(set(whole)))}
        codes.append(np.array([order[group] for group in whole], dtype=np.intp))
        n_own = len(factor.name.split(":"))
        own = [group[-n_own:] for group in order]
        shown = own if len(set(own)) == len(own) else list(order)
        sign = ":" if shown is own else "/"
        levels.append(tuple(sign.join(group) for group in shown))
    return tuple(codes), tuple(levels)
