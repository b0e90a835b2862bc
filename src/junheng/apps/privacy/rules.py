"""The rules of privacy, read once from `junheng/rules/privacy`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from junheng.engine.standard.rulefile import reader_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from junheng.engine.standard.ruleset import Text

RULES_DIR = Path(__file__).parents[2] / "rules" / "privacy"


@dataclass(frozen=True)
class Disclosing:
    """For what values are shown or handed out, who approves, and below which counts hide."""

    purposes: Mapping[str, Text]
    approvers: frozenset[str]
    request_days: int
    smallest_sensitive: int
    smallest_marks: int


@dataclass(frozen=True)
class Agreement:
    """Something that needs consent: its name, and the text agreed to in its present version."""

    id: str
    version: str
    name: Text
    text: Text


@dataclass(frozen=True)
class Consenting:
    """What needs consent, and the age from which a pupil gives it alone."""

    guardian_below_age: int
    agreements: Mapping[str, Agreement]


@dataclass(frozen=True)
class RetentionRule:
    """How long one kind of data is kept: `days` from what `since` says."""

    id: str
    name: Text
    days: int
    since: Text
    source: str


@dataclass(frozen=True)
class Statutory:
    """What a law makes us keep, and why."""

    id: str
    name: Text
    why: Text
    source: str


@dataclass(frozen=True)
class Retaining:
    """What goes after a while, and what stays by law."""

    rules: tuple[RetentionRule, ...]
    kept: tuple[Statutory, ...]


@dataclass(frozen=True)
class Requesting:
    """Who records requests of a person and approves deletions, and until when they are answered.

    `answer_is_confirmed`: whether the number of days was checked against the printed documents.
    """

    answer_working_days: int
    answer_is_confirmed: bool
    answer_source: str
    copy_days: int
    approvers: frozenset[str]
    recorders: Mapping[str, frozenset[str]]


@cache
def requesting(folder: Path = RULES_DIR) -> Requesting:
    """Return the rules of requests; RuleFileError with everything wrong in the file."""
    top = reader_of(folder / "requests.toml")
    recorders = top.inner("recorders")
    found = Requesting(
        top.whole("answer_working_days"),
        top.flag("answer_is_confirmed", default=False),
        top.text("answer_source"),
        top.whole("copy_days"),
        frozenset(top.texts("approvers")),
        {people: frozenset(recorders.texts(people)) for people in ("pupils", "staff")},
    )
    recorders.finish()
    top.finish()
    top.faults.raise_any()
    return found


@cache
def disclosing(folder: Path = RULES_DIR) -> Disclosing:
    """Return the rules of showing and handing out; RuleFileError with everything wrong."""
    top = reader_of(folder / "disclosure.toml")
    purposes = {}
    for entry in top.rows("purpose", "id"):
        purposes[entry.identifier("id")] = entry.name("name")
        entry.finish()
    found = Disclosing(
        purposes,
        frozenset(top.texts("approvers")),
        request_days=top.whole("request_days"),
        smallest_sensitive=top.whole("smallest_sensitive"),
        smallest_marks=top.whole("smallest_marks"),
    )
    top.finish()
    top.faults.raise_any()
    return found


@cache
def consenting(folder: Path = RULES_DIR) -> Consenting:
    """Return what needs consent; RuleFileError with everything wrong in the file."""
    top = reader_of(folder / "consents.toml")
    agreements = {}
    for entry in top.rows("purpose", "id"):
        one = Agreement(
            entry.identifier("id"), entry.text("version"), entry.name("name"), entry.name("text")
        )
        entry.finish()
        agreements[one.id] = one
    found = Consenting(top.whole("guardian_below_age"), agreements)
    top.finish()
    top.faults.raise_any()
    return found


@cache
def retaining(folder: Path = RULES_DIR) -> Retaining:
    """Return what is kept how long; RuleFileError with everything wrong in the file."""
    top = reader_of(folder / "retention.toml")
    rules, kept = [], []
    for entry in top.rows("rule", "id"):
        rules.append(
            RetentionRule(
                entry.identifier("id"),
                entry.name("name"),
                entry.whole("days"),
                entry.name("from"),
                entry.text("source"),
            )
        )
        entry.finish()
    for entry in top.rows("kept", "id"):
        kept.append(
            Statutory(
                entry.identifier("id"), entry.name("name"), entry.name("why"), entry.text("source")
            )
        )
        entry.finish()
    top.finish()
    top.faults.raise_any()
    return Retaining(tuple(rules), tuple(kept))
