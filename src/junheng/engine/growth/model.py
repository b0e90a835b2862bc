"""What is to be fitted: outcome, covariates, groups and slopes, from words to a model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from junheng.errors import DataError
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

Method = Literal["reml", "ml"]

INTERCEPT = "(Intercept)"


@dataclass(frozen=True)
class Factor:
    """Groups of rows that share random effects.

    `name` is what a person calls it, `keys` are the columns that tell one group from another (a
    class within a school has both), `slopes` the covariates whose effect varies between groups.
    """

    name: str
    keys: tuple[str, ...]
    slopes: tuple[str, ...] = ()

    @property
    def terms(self) -> tuple[str, ...]:
        """The random effects of one group."""
        return (INTERCEPT, *self.slopes)


@dataclass(frozen=True)
class Model:
    """A linear mixed model.

    `covariates` are products of columns: ("prior",) is a column, ("year", "size") an interaction.
    `is_nested` says that `factors` go from the largest groups to the smallest, each within the one
    before.
    """

    outcome: str
    covariates: tuple[tuple[str, ...], ...]
    factors: tuple[Factor, ...]
    is_nested: bool
    references: Mapping[str, str]
    method: Method = "reml"

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column of the table that the model needs, each once."""
        named = [self.outcome, *(column for term in self.covariates for column in term)]
        for factor in self.factors:
            named += [*factor.keys, *factor.slopes]
        return tuple(dict.fromkeys(named))


def model_of(
    outcome: str,
    covariates: Sequence[str],
    groups: str,
    *,
    slopes: Sequence[str] = (),
    references: Sequence[str] = (),
    method: Method = "reml",
) -> Model:
    """Return the model that words describe.

    Parameters
    ----------
    outcome
        The column to explain.
    covariates
        Columns, interactions `a:b`, and `a*b` for both columns and their interaction.
    groups
        `school/class` is class within school, `pupil+teacher` crosses two kinds of groups, and
        `dept:service` takes every combination of two columns as a group.
    slopes
        `school:prior`: the effect of `prior` varies between schools.
    references
        `sex=F`: other texts of `sex` are compared with F; without one the first in sort order.

    Raises
    ------
    DataError
        A part is written in no such way, or names a group that is none.
    """
    factors: dict[str, Factor] = {}
    chains = [chain.split("/") for chain in _parts(groups, "+")]
    for chain in chains:
        for depth, name in enumerate(chain, 1):
            keys = tuple(key for part in chain[:depth] for key in part.split(":"))
            if not all(keys) or name in factors:
                raise _unreadable("--groups", groups, "school/class, pupil+teacher")
            factors[name] = Factor(name, keys)
    if not factors:
        raise _unreadable("--groups", groups, "school/class, pupil+teacher")
    for words in slopes:
        name, _, column = words.rpartition(":")
        if name not in factors or not column:
            raise _unreadable("--slopes", words, f"{next(iter(factors))}:prior")
        found = factors[name]
        factors[name] = Factor(name, found.keys, (*found.slopes, column))
    named = dict(_reference(words) for words in references)
    terms = tuple(dict.fromkeys(term for words in covariates for term in _terms(words)))
    return Model(outcome, terms, tuple(factors.values()), len(chains) == 1, named, method)


def _parts(words: str, sign: str) -> list[str]:
    return [part.strip() for part in words.split(sign) if part.strip()]


def _terms(words: str) -> Iterable[tuple[str, ...]]:
    columns = tuple(_parts(words, "*"))
    if len(columns) > 1:
        yield from ((column,) for column in columns)
        yield columns
        return
    term = tuple(_parts(words, ":"))
    if not term:
        raise _unreadable("--covariates", words, "prior,sex")
    yield term


def _reference(words: str) -> tuple[str, str]:
    column, sign, text = words.partition("=")
    if not (column and sign):
        raise _unreadable("--reference", words, "sex=F")
    return column, text


def _unreadable(option: str, words: str, example: str) -> DataError:
    return DataError(
        say(
            "{option} “{words}” cannot be read. Write it like {example}.",
            option=option,
            words=words,
            example=example,
        )
    )
