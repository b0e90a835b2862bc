"""The cells of one column: which are in their one form already, and what the others mean.

Nearly all cells of a real file are plain. SQL finds them at once; only what is left, each distinct
text once, goes through the functions of `checks` and `identifiers`, which know every form. Both
ways agree: what SQL calls plain, the function returns unchanged (tested).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from junheng.engine.contracts import checks, identifiers
from junheng.engine.contracts.checks import Coder, Problem
from junheng.engine.store.session import literal
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Callable

    from junheng.engine.contracts.records import Field, FieldKind

    Canonical = Callable[[str], str | Problem]

_PLAIN_WHOLE = rf"(0|[1-9][0-9]{{0,{checks.MAX_WHOLE_DIGITS - 1}}})"
_PLAIN_DECIMAL = rf"{_PLAIN_WHOLE}(\.[0-9]{{0,{checks.MAX_DECIMALS - 1}}}[1-9])?"
_NUMBER = f"DECIMAL({checks.MAX_WHOLE_DIGITS + checks.MAX_DECIMALS}, {checks.MAX_DECIMALS})"
_WIDE = "０-９．＋－−Ｅｅ"  # what store.numbers.narrow makes plain
_PLAIN_DAY = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
_PLAIN_MONTH = "[0-9]{4}-[0-9]{2}"


@dataclass(frozen=True)
class Context:
    """What decides whether a value can be right, beside the value itself.

    `school_year` is the year in which it begins (2025 for 2025-2026). `is_simulated` says that the
    bureau is an invented one. `county_code` (six digits, or "") is the bureau's own.
    """

    school_year: int
    is_simulated: bool = False
    county_code: str = ""

    @property
    def first_day(self) -> str:
        """The first day of the school year."""
        return f"{self.school_year}-09-01"

    @property
    def first_day_before(self) -> str:
        """The first day of the school year before."""
        return f"{self.school_year - 1}-09-01"

    @property
    def last_day(self) -> str:
        """The last day of the school year."""
        return f"{self.school_year + 1}-08-31"


def plain_sql(field: Field, cell: str, context: Context) -> str:
    """Return an SQL condition: the text in `cell` is canonical and allowed for `field`."""
    return _PLAIN[field.kind](field, cell, context)


def canonical(field: Field, context: Context) -> Canonical:
    """Return the function that brings a cell of `field` to its one form."""
    if field.kind == "code" and field.code_list is not None:
        return Coder(field.code_list).code
    if field.kind == "text" and field.pattern:
        return lambda text: checks.shaped_text(text, field.pattern, field.sample or field.pattern)
    if field.kind in {"whole", "decimal"}:
        number = checks.whole if field.kind == "whole" else checks.decimal
        return lambda text: _in_bounds(field, number(text))
    if field.kind == "identity_number" and not field.kind_field:
        return lambda text: identifiers.identity_number(text, is_simulated=context.is_simulated)
    if field.kind == "register_number":
        return lambda text: identifiers.register_number(text, is_simulated=context.is_simulated)
    return _OF_KIND[field.kind]


_OF_KIND: dict[str, Canonical] = {
    "text": checks.free_text,
    "date": checks.day,
    "month": checks.month,
    "boolean": checks.boolean,
    "identity_number": identifiers.document_number,
    "school_id": identifiers.school_id,
}


def plain_identity_sql(cell: str, context: Context) -> str:
    """Return an SQL condition: `cell` is an identity number that this bureau takes."""
    weighted = " + ".join(
        f"{weight} * (unicode(substr({cell}, {place}, 1)) - {ord('0')})"
        for place, weight in enumerate(identifiers.IDENTITY_WEIGHTS, start=1)
    )
    check = f"substr('{identifiers.IDENTITY_CHECKS}', ({weighted}) % 11 + 1, 1)"
    birth = (
        f"(substr({cell}, 7, 4) || '-' || substr({cell}, 11, 2) || '-' || substr({cell}, 13, 2))"
    )
    is_ours = f"starts_with({cell}, '{identifiers.SIMULATED_PREFIX}')"
    return (
        f"CASE WHEN {_full(cell, identifiers.IDENTITY_SHAPE)} THEN {_plain_day(birth)}"
        f" AND {check} = substr({cell}, 18, 1)"
        f" AND {is_ours if context.is_simulated else f'NOT {is_ours}'} ELSE FALSE END"
    )


def _in_bounds(field: Field, number: str | Problem) -> str | Problem:
    if isinstance(number, Problem):
        return number
    low, high = field.at_least, field.at_most
    value = Fraction(number)
    if (low is None or value >= low) and (high is None or value <= high):
        return number
    if low is None or high is None:
        bound = low if high is None else high
        found = say("{value} is beyond {bound}.", value=number, bound=_shown(bound))
    else:
        found = say(
            "{value} is not between {low} and {high}.",
            value=number,
            low=_shown(low),
            high=_shown(high),
        )
    return Problem(found, say("Check the figure and its unit."))


def _plain_number(field: Field, cell: str) -> str:
    number = f"TRY_CAST({cell} AS {_NUMBER})"
    low, high = field.at_least, field.at_most
    bounds = [f"{number} >= {_shown(low)}"] if low is not None else []
    bounds += [f"{number} <= {_shown(high)}"] if high is not None else []
    shape = _PLAIN_WHOLE if field.kind == "whole" else _PLAIN_DECIMAL
    return " AND ".join([_full(cell, shape), *bounds])


def _plain_day(cell: str) -> str:
    return (
        f"({_full(cell, _PLAIN_DAY)} AND TRY_CAST({cell} AS DATE) IS NOT NULL AND {cell} >="
        f" '{checks.EARLIEST_YEAR}' AND {cell} < '{checks.LATEST_YEAR + 1}')"
    )


def _plain_text(field: Field, cell: str) -> str:
    if field.pattern:
        has_wide = f"regexp_matches({cell}, '[{_WIDE}]')"
        return f"{_full(cell, field.pattern)} AND NOT {has_wide}"
    is_short = f"length({cell}) <= {checks.MAX_TEXT}"
    starts = literal("^'[" + "".join(checks.FORMULA_STARTS).replace("-", "") + "-]")
    return (
        f"{is_short} AND NOT regexp_matches({cell}, {literal(checks.CONTROL)})"
        f" AND NOT regexp_matches({cell}, {starts})"
    )


def _plain_month(cell: str) -> str:
    first = f"({cell} || '-01')"
    return f"{_full(cell, _PLAIN_MONTH)} AND {_plain_day(first)}"


def _plain_identity(field: Field, cell: str, context: Context) -> str:
    if field.kind_field:
        return _full(cell, identifiers.DOCUMENT_SHAPE)
    return plain_identity_sql(cell, context)


def _plain_register_number(cell: str, context: Context) -> str:
    # Numbers that begin with L have no check; there are few, and they go the long way.
    number = f"substr({cell}, 2)"
    return f"regexp_matches({cell}, '^[GJ]') AND {plain_identity_sql(number, context)}"


def _full(cell: str, pattern: str) -> str:
    return f"regexp_full_match({cell}, {literal(pattern)})"


def _listed(field: Field) -> str:
    values = field.code_list.values if field.code_list else ()
    return ", ".join(literal(value.code) for value in values)


def _shown(bound: Fraction | None) -> str:
    """Return a bound as the decimal of the contract's file."""
    shown = checks.decimal(f"{float(bound or 0):.6f}")
    return shown if isinstance(shown, str) else ""


_PLAIN: dict[FieldKind, Callable[[Field, str, Context], str]] = {
    "text": lambda field, cell, _: _plain_text(field, cell),
    "code": lambda field, cell, _: f"{cell} IN ({_listed(field)})",
    "whole": lambda field, cell, _: _plain_number(field, cell),
    "decimal": lambda field, cell, _: _plain_number(field, cell),
    "date": lambda _, cell, __: _plain_day(cell),
    "month": lambda _, cell, __: _plain_month(cell),
    "boolean": lambda _, cell, __: f"{cell} IN ('0', '1')",
    "identity_number": _plain_identity,
    "register_number": lambda _, cell, context: _plain_register_number(cell, context),
    "school_id": lambda _, cell, __: _full(cell, identifiers.SCHOOL_ID),
}
