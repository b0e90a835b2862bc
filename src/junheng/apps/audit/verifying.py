"""Proof of the log: every entry is what it was when it was sealed, and none is gone or added."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from junheng.apps.audit.chain import (
    BEGINNING,
    CANONICAL,
    digest_of,
    digests_in,
    head_of,
)
from junheng.apps.audit.models import AuditEntry, AuditSeal, Unsealed
from junheng.i18n import N_, say

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from junheng.apps.audit.heads import Head
    from junheng.i18n import Message

SENTENCES = {
    "changed": N_("Entry {entry} of seal {seal} was changed."),
    "missing": N_("Entry {entry} of seal {seal} is missing."),
    "missing_unsealed": N_("Entry {entry} is missing; it was not sealed yet."),
    "moved": N_(
        "Entry {entry} of seal {seal} holds what was entry {other}: the order was changed."
    ),
    "inserted": N_("Entry {entry} is in no seal: it was put in past the log, or its seal is gone."),
    "seal_changed": N_("Seal {seal} was changed."),
    "seal_missing": N_("Seal {seal} is missing."),
    "seal_moved": N_("Seal {seal} does not follow the seal before it."),
    "tail_cut": N_("The log ends at seal {last}, {file} knows seal {seal}: the tail was cut."),
    "other_head": N_("Seal {seal} has another head than {file} tells: the chain was made anew."),
}
"""What can be found, by kind."""

BELOW_ALL = -(2**63)
"""Ids are counted from 1, but whoever puts in a row chooses its id."""


@dataclass(frozen=True)
class Finding:
    """One thing wrong: its kind of `SENTENCES`, seal and entry (None: none), and the words."""

    kind: str
    seal: int | None
    entry: int | None
    told: Message


@dataclass
class Verified:
    """What was looked at and what was found; `head` is that of the last seal."""

    n_seals: int = 0
    n_entries: int = 0
    n_unsealed: int = 0
    head: str = BEGINNING
    findings: list[Finding] = field(default_factory=list)

    def find(
        self, kind: str, *, seal: int | None = None, entry: int | None = None, **more: object
    ) -> None:
        """Note one finding."""
        told = say(SENTENCES[kind], seal=seal, entry=entry, **more)
        self.findings.append(Finding(kind, seal, entry, told))


def verify(heads: Iterable[Head] = (), *, source: str = "") -> Verified:
    """Hash the whole log anew and compare it with its seals and with heads told outside.

    `source` names where the heads come from. Reads one seal after the other: memory does not grow
    with the log. Entries that are not sealed yet are counted; what they hold cannot be proved.
    """
    walk = _Walk()
    for seal in AuditSeal.objects.order_by("pk").iterator(chunk_size=20):
        walk.seal(seal)
    walk.end()
    for head in heads:
        walk.outside(head, source)
    return walk.verified


class _Walk:
    """One verification under way: the last seal, and the entries that no seal has named so far."""

    def __init__(self) -> None:
        self.verified = Verified()
        self.number = 0
        self.seen_to = BELOW_ALL
        self.unnamed: set[int] = set()

    def seal(self, seal: AuditSeal) -> None:
        """Compare one seal with the one before it and with its entries."""
        for number in range(self.number + 1, seal.number):
            self.verified.find("seal_missing", seal=number)
        if seal.number == self.number + 1 and seal.previous != self.verified.head:
            self.verified.find("seal_moved", seal=seal.number)
        digests = _digests_in(seal)
        if not _is_as_made(seal, digests):
            self.verified.find("seal_changed", seal=seal.number)
        if digests:
            self._entries(seal.number, digests)
        self.verified.n_seals += 1
        self.verified.head, self.number = seal.head, seal.number

    def _entries(self, number: int, digests: Mapping[int, str]) -> None:
        found = self._rows(digests)
        for entry in sorted(digests.keys() - found.keys()):
            self.verified.find("missing", seal=number, entry=entry)
        wrong = {e: row for e, row in found.items() if digest_of(row) != digests[e]}
        for entry, row in sorted(wrong.items()):
            other = _origin_of(row, digests)
            kind = "moved" if other else "changed"
            self.verified.find(kind, seal=number, entry=entry, other=other)
        self.verified.n_entries += len(found)

    def _rows(self, digests: Mapping[int, str]) -> dict[int, tuple[Any, ...]]:
        """Return the stored entries of a seal, noting those on the way that it does not name."""
        ids = sorted(digests)
        late = [entry for entry in ids if entry <= self.seen_to]
        rows = AuditEntry.objects.values_list(*CANONICAL)
        found = {row[0]: row for row in rows.filter(pk__in=late)}
        if ids[-1] > self.seen_to:
            new = {row[0]: row for row in rows.filter(pk__gt=self.seen_to, pk__lte=ids[-1])}
            self.unnamed |= new.keys() - digests.keys()
            found |= {entry: row for entry, row in new.items() if entry in digests}
            self.seen_to = ids[-1]
        self.unnamed -= found.keys()
        return found

    def end(self) -> None:
        """Look at what no seal names."""
        behind = AuditEntry.objects.filter(pk__gt=self.seen_to).values_list("pk", flat=True)
        self.unnamed.update(behind.iterator(chunk_size=2000))
        waiting = set(Unsealed.objects.values_list("pk", flat=True))
        self.verified.n_unsealed = len(waiting & self.unnamed)
        for entry in sorted(self.unnamed - waiting):
            self.verified.find("inserted", entry=entry)
        for entry in sorted(waiting - self.unnamed):
            self.verified.find("missing_unsealed", entry=entry)

    def outside(self, head: Head, source: str) -> None:
        """Compare a head told outside the database with the seal of its number."""
        stored = AuditSeal.objects.filter(pk=head.seal).values_list("head", flat=True).first()
        if head.seal > self.number:
            self.verified.find("tail_cut", seal=head.seal, last=self.number, file=source)
        elif stored is not None and stored != head.head:
            self.verified.find("other_head", seal=head.seal, file=source)


def _digests_in(seal: AuditSeal) -> dict[int, str]:
    """Return entries and digests of a seal, none when it was spoilt beyond reading."""
    try:
        return digests_in(seal.entries)
    except ValueError:
        return {}


def _is_as_made(seal: AuditSeal, digests: Mapping[int, str]) -> bool:
    if not digests or seal.head != head_of(seal.number, seal.at, seal.previous, seal.entries):
        return False
    told = (seal.first_id, seal.last_id, seal.n_entries)
    return told == (min(digests), max(digests), len(digests))


def _origin_of(row: tuple[Any, ...], digests: Mapping[int, str]) -> int | None:
    """Return the entry of the same seal whose values now stand in `row`, if there is one."""
    values = row[1:]
    return next((e for e, digest in digests.items() if digest_of((e, *values)) == digest), None)
