"""The hash chain over the log, as pure functions: what is hashed, in which form.

An entry becomes one line of JSON, a list of its stored values in the order of `CANONICAL` with the
moment in UTC, and is hashed by SHA-256. A seal hashes its number, its moment, the head before it
and the lines "<id> <digest>" of its entries. So each head binds everything before it, and a single
changed entry is still found by name.
"""

from __future__ import annotations

import hashlib
import json
from datetime import UTC
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

CANONICAL = (
    "id",
    "at",
    "user_id",
    "posts",
    "bureaus",
    "act",
    "kind",
    "keys",
    "purpose",
    "address",
    "request_id",
    "n_rows",
    "detail",
    "batch",
)
"""Stored values of an entry in the order in which they are hashed."""

BEGINNING = "0" * 64
"""What stands before the first seal."""

GONE = "0" * 64
"""In place of the digest of an entry that had vanished before it was sealed."""

_as_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def digest_of(row: Sequence[Any]) -> str:
    """Return the SHA-256 of one entry, given its values in the order of `CANONICAL`."""
    number, at, *middle, batch = row
    told = [number, moment(at), *middle, str(batch) if batch else None]
    return hashlib.sha256(_as_json(told).encode()).hexdigest()


def moment(at: datetime) -> str:
    """Return a moment as it is hashed: UTC, to the microsecond.

    >>> from datetime import datetime
    >>> moment(datetime.fromisoformat("2026-11-23T08:00:00+08:00"))
    '2026-11-23T00:00:00.000000Z'
    """
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def lines_of(digests: Mapping[int, str] | Iterable[tuple[int, str]]) -> str:
    """Return the lines of a seal for entries and their digests, by id."""
    return "\n".join(f"{entry} {digest}" for entry, digest in sorted(dict(digests).items()))


def digests_in(lines: str) -> dict[int, str]:
    """Return entries and digests of the lines of a seal; ValueError when they are none."""
    pairs = (line.split(" ") for line in lines.split("\n"))
    return {int(entry): digest for entry, digest in pairs}


def head_of(number: int, at: datetime, previous: str, lines: str) -> str:
    """Return the head of a seal: SHA-256 over number, moment, the head before it and its lines."""
    return hashlib.sha256(f"{number}\n{moment(at)}\n{previous}\n{lines}".encode()).hexdigest()
