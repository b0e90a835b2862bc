"""Who may ask what of which address: the table of `rules/access/addresses.toml`, read and checked.

The table is the expectation of the tests and is written by sense, address by address. The code of
the views does not read it: what both say independently must agree.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from junheng.apps.accounts.models import Role
from junheng.engine.standard.rulefile import reader_of
from junheng.errors import RuleSetError
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from junheng.engine.standard.rulefile import Reader as RuleReader

RULES_PATH = Path(__file__).parents[2] / "rules" / "access" / "addresses.toml"

VERBS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
STRANGER, NO_POST = "stranger", "no_post"
"""Who has not signed in, and who has but holds no post today."""

GROUP_HEAD = "group_head"
"""The head of a whole group of schools: the same role, at a wider place."""
READERS = (*(role.value for role in Role), GROUP_HEAD, NO_POST)
GROUP_MARK = "@"

Roles = frozenset[str]


class Relation(StrEnum):
    """How the object of an address lies to the place at which the reader's post is held."""

    NONE = "none"
    SELF = "self"
    OWN_CLASS = "own_class"
    OWN_SCHOOL = "own_school"
    SAME_CLUSTER = "same_cluster"
    OTHER_SCHOOL = "other_school"
    OWN_BUREAU = "own_bureau"
    OTHER_DISTRICT = "other_district"


class Outcome(StrEnum):
    """What an address answers: the page (or a form's faults), or one of four refusals."""

    ALLOWED = "allowed"
    HIDDEN = "404"
    REFUSED = "403"
    SIGN_IN = "sign_in"
    NO_SUCH_VERB = "405"


@dataclass(frozen=True)
class AddressRule:
    """One row of the table: some verbs of one address.

    `subject` is the kind of object that the address names, blank for none. `may`: who is let in,
    by relation. `known`: who may know that the object is there and is told so (403). Everybody else
    gets `refused`. `is_open`: strangers are judged like everybody, and not sent to sign in.
    """

    name: str
    verbs: frozenset[str]
    act: str
    subject: str
    is_open: bool
    refused: Outcome
    may: Mapping[Relation, Roles]
    known: Mapping[Relation, Roles]

    def answers(self, reader: str, relation: Relation) -> Outcome:
        """Return what the address answers to a role, or to `no_post`, for an object there."""
        if reader in self.may.get(relation, frozenset()):
            return Outcome.ALLOWED
        if reader in self.known.get(relation, frozenset()):
            return Outcome.REFUSED
        return self.refused


@dataclass(frozen=True)
class AddressTable:
    """All rows, by address."""

    rules: Mapping[str, tuple[AddressRule, ...]]

    def subject_of(self, name: str) -> str:
        """Return the kind of object that an address names, blank for none."""
        return self.rules[name][0].subject

    def knows(self, name: str, verb: str) -> bool:
        """Whether an address answers a verb to anybody."""
        return any(verb in rule.verbs for rule in self.rules[name])

    def expected(self, name: str, verb: str, reader: str, relation: Relation) -> Outcome:
        """Return what an address answers; KeyError for an address without a row."""
        rules = self.rules[name]
        if reader == STRANGER and not any(rule.is_open for rule in rules):
            return Outcome.SIGN_IN
        rule = next((rule for rule in rules if verb in rule.verbs), None)
        if rule is None:
            return Outcome.NO_SUCH_VERB
        return rule.answers(reader, relation)

    def require_rows(self, names: Iterable[str]) -> None:
        """Raise RuleSetError unless the table names exactly these addresses."""
        wanted = set(names)
        missing, unknown = sorted(wanted - set(self.rules)), sorted(set(self.rules) - wanted)
        if missing:
            raise RuleSetError(
                say(
                    "No row says who may ask these addresses: {names}. Add them to {file}.",
                    names=", ".join(missing),
                    file=RULES_PATH.name,
                )
            )
        if unknown:
            raise RuleSetError(
                say(
                    "{file} names addresses that do not exist: {names}. Take their rows out.",
                    names=", ".join(unknown),
                    file=RULES_PATH.name,
                )
            )


@cache
def address_table(path: Path = RULES_PATH) -> AddressTable:
    """Return the table; RuleFileError with everything wrong in the file."""
    top = reader_of(path)
    groups = _groups(top.inner("groups"))
    rules: dict[str, tuple[AddressRule, ...]] = {}
    for row in top.rows("addresses", "name"):
        rule = _rule(row, groups)
        _refuse_second_verbs(row, rule, rules.get(rule.name, ()))
        rules[rule.name] = (*rules.get(rule.name, ()), rule)
    top.finish()
    top.faults.raise_any()
    return AddressTable(rules)


def _rule(row: RuleReader, groups: Mapping[str, Roles]) -> AddressRule:
    subject = row.text("subject", "")
    default = Outcome.HIDDEN if subject else Outcome.REFUSED
    rule = AddressRule(
        name=row.text("name"),
        verbs=_verbs(row),
        act=row.text("act"),
        subject=subject,
        is_open=row.flag("is_open", default=False),
        refused=Outcome(row.text("refused", default)) if _is_refusal(row) else default,
        may=_by_relation(row, "may", groups),
        known=_by_relation(row, "known", groups),
    )
    row.finish()
    return rule


def _is_refusal(row: RuleReader) -> bool:
    if not row.has("refused") or row.text("refused") in (Outcome.HIDDEN, Outcome.REFUSED):
        return True
    row.fault("refused", say("is no refusal."), say('Write "404" or "403".'))
    return False


def _verbs(row: RuleReader) -> frozenset[str]:
    """Return the verbs of a row; whoever may GET may ask for the head alone."""
    verbs = set(row.texts("verbs"))
    for verb in sorted(verbs - set(VERBS)):
        row.fault(
            "verbs",
            say("“{verb}” is no verb.", verb=verb),
            say("Write one of: {options}.", options=", ".join(VERBS)),
        )
    return frozenset(verbs | ({"HEAD"} if "GET" in verbs else set()))


def _refuse_second_verbs(
    row: RuleReader, rule: AddressRule, others: tuple[AddressRule, ...]
) -> None:
    twice = sorted(rule.verbs & {verb for other in others for verb in other.verbs})
    if twice:
        found = say("another row of this address has {verbs} already.", verbs=", ".join(twice))
        row.fault("verbs", found, say("Leave each verb in one row."))
    if any(other.subject != rule.subject for other in others):
        found = say("another row of this address names another object.")
        row.fault("subject", found, say("Write the same in all rows of an address."))


def _by_relation(
    row: RuleReader, key: str, groups: Mapping[str, Roles]
) -> Mapping[Relation, Roles]:
    if not row.has(key):
        return {}
    inner, found = row.inner(key), {}
    for name in inner.names():
        words = inner.texts(name)
        if name not in set(Relation):
            inner.fault(
                name,
                say("is no relation."),
                say("Write one of: {options}.", options=", ".join(Relation)),
            )
            continue
        found[Relation(name)] = _roles(inner, name, words, groups)
    return found


def _groups(inner: RuleReader) -> Mapping[str, Roles]:
    """Return the groups of roles; a group may name those above it."""
    groups: dict[str, Roles] = {
        "posts": frozenset({*Role.values, GROUP_HEAD}),
        "signed_in": frozenset(READERS),
        "anyone": frozenset({*READERS, STRANGER}),
    }
    for name in inner.names():
        groups[name] = _roles(inner, name, inner.texts(name), groups)
    return groups


def _roles(inner: RuleReader, key: str, words: Iterable[str], groups: Mapping[str, Roles]) -> Roles:
    """Return the roles that words name: roles, or groups with @ before them."""
    found: set[str] = set()
    for word in words:
        group = groups.get(word.removeprefix(GROUP_MARK)) if word.startswith(GROUP_MARK) else None
        if group is None and word not in READERS:
            inner.fault(
                key,
                say("“{word}” is no role and no group.", word=word),
                say("Write a role, or @ and a group of this file."),
            )
        found |= group if group is not None else {word}
    return frozenset(found)
