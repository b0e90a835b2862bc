"""What the check of an item answers: a three-valued status, its figures, what stands in the way."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

from junheng.errors import DataError, RuleSetError
from junheng.i18n import Message, say

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from junheng.engine.standard.ruleset import Item, Relief

ItemStatus = Literal["met", "not_met", "undetermined"]


@dataclass(frozen=True)
class Figure:
    """One figure held against a limit; `value` None when it cannot be known from what is there."""

    name: Message
    value: Fraction | None
    limit: Fraction
    status: ItemStatus


@dataclass(frozen=True)
class Obstacle:
    """A school, class, teacher or figure that is not met or not known, and why.

    `subject` is its id, "" when it is the county.
    """

    subject: str
    status: ItemStatus
    reason: Message


@dataclass(frozen=True)
class ReliefUse:
    """A subject that is met only through a relief, to be followed up for three years."""

    subject: str
    relief_id: str


@dataclass(frozen=True)
class ItemResult:
    """The answer for one item of a rule set.

    An item about every school, class or teacher has one figure: the share of them that fulfils it.
    """

    item_id: str
    status: ItemStatus
    figures: tuple[Figure, ...]
    obstacles: tuple[Obstacle, ...] = ()
    reliefs: tuple[ReliefUse, ...] = ()

    @property
    def value(self) -> Fraction | None:
        """The first figure's value."""
        return self.figures[0].value

    @property
    def limit(self) -> Fraction:
        """The first figure's limit."""
        return self.figures[0].limit


@dataclass(frozen=True)
class Finding:
    """What was found on one subject. `n` is how many subjects it stands for (classes of a band)."""

    subject: str
    status: ItemStatus
    reason: Message
    relief_id: str = ""
    n: int = 1


def all_of(statuses: Iterable[ItemStatus]) -> ItemStatus:
    """Return the status of "all of these": one not met decides, then one undetermined.

    Nothing at all is undetermined: no claim may rest on an empty table.

    >>> all_of(["met", "undetermined", "not_met"]), all_of([])
    ('not_met', 'undetermined')
    """
    seen = set(statuses)
    if "not_met" in seen:
        return "not_met"
    return "met" if seen == {"met"} else "undetermined"


def at_least(value: Fraction | None, limit: Fraction) -> ItemStatus:
    """Return whether a figure reaches its limit; a figure equal to the limit does."""
    if value is None:
        return "undetermined"
    return "met" if value >= limit else "not_met"


def ratio(part: Fraction | int | None, whole: Fraction | int | None) -> Fraction | None:
    """Return part / whole, or None when either is missing or the whole is 0."""
    if part is None or not whole:
        return None
    return Fraction(part) / Fraction(whole)


def number(row: Item | Relief, key: str) -> Fraction:
    """Return a number from a row's parameters; `RuleSetError` when it has none of that name."""
    value = row.params.get(key)
    if isinstance(value, (int, Fraction)):
        return Fraction(value)
    raise RuleSetError(
        say(
            "Row {row} of the rule set lacks the number “{key}”. Add it under params.",
            row=row.id,
            key=key,
        )
    )


def word(item: Item, key: str, options: tuple[str, ...]) -> str:
    """Return a word from an item's parameters; `RuleSetError` when it is none of the options."""
    value = item.params.get(key)
    if isinstance(value, str) and value in options:
        return value
    raise RuleSetError(
        say(
            "Parameter “{key}” of item {item} must be one of: {options}.",
            key=key,
            item=item.id,
            options=", ".join(options),
        )
    )


def check_not_negative(item: Item, *values: Fraction | int | None) -> None:
    """Raise `DataError` when a count or an amount of money is below 0."""
    for value in values:
        if value is not None and value < 0:
            raise DataError(
                say(
                    "Item {item}: {value} is below 0. Correct the figure.",
                    item=item.id,
                    value=value,
                )
            )


def from_figures(item: Item, figures: Sequence[Figure]) -> ItemResult:
    """Return the result of an item whose figures must all reach their limits."""
    obstacles = tuple(
        Obstacle("", figure.status, _why(figure)) for figure in figures if figure.status != "met"
    )
    status = all_of(figure.status for figure in figures)
    return ItemResult(item.id, status, tuple(figures), obstacles)


def from_findings(
    item: Item, findings: Sequence[Finding], *, limit: Fraction = Fraction(1)
) -> ItemResult:
    """Return the result of an item about every subject: enough of them fulfil it, or not.

    What is unknown can go either way: the item is undetermined only when that would decide it.
    """
    n = sum(finding.n for finding in findings)
    n_met = sum(finding.n for finding in findings if finding.status == "met")
    n_open = sum(finding.n for finding in findings if finding.status == "undetermined")
    share = ratio(n_met, n) if n_open == 0 else None
    worst, best = ratio(n_met, n), ratio(n_met + n_open, n)
    settled = at_least(worst, limit) == at_least(best, limit)
    status = at_least(worst, limit) if settled else "undetermined"
    return ItemResult(
        item.id,
        status,
        (Figure(say("Share that fulfils the item"), share, limit, status),),
        tuple(Obstacle(f.subject, f.status, f.reason) for f in findings if f.status != "met"),
        tuple(ReliefUse(f.subject, f.relief_id) for f in findings if f.relief_id),
    )


def nothing_to_judge(item: Item, *, is_met: bool) -> ItemResult:
    """Return the result of an item that concerns none of the subjects given.

    `is_met` says that subjects were given and none falls under the item.
    """
    status: ItemStatus = "met" if is_met else "undetermined"
    reason = say("No subject is concerned.") if is_met else say("No figures were given.")
    figure = Figure(say("Share that fulfils the item"), None, Fraction(1), status)
    obstacles = () if is_met else (Obstacle("", status, reason),)
    return ItemResult(item.id, status, (figure,), obstacles)


def shown(value: Fraction | None) -> str:
    """Return a number for a sentence: at most four decimals, no trailing zeros.

    >>> shown(Fraction(1, 2)), shown(Fraction(2400)), shown(None)
    ('0.5', '2400', '-')
    """
    if value is None:
        return "-"
    if value.denominator == 1:
        return str(value.numerator)
    return f"{float(value):.4f}".rstrip("0").rstrip(".")


def _why(figure: Figure) -> Message:
    if figure.value is None:
        return say("{figure}: figures are missing.", figure=figure.name)
    return say(
        "{figure}: {value}, the limit is {limit}.",
        figure=figure.name,
        value=shown(figure.value),
        limit=shown(figure.limit),
    )
