"""Pseudonyms of people: HMAC-SHA-256 of their ids, with a key that is kept apart.

One secret key serves a whole folder, or the folder brings a key for each person in
`person_keys.parquet` (columns people, person_id, key). The same key and id always give the same
pseudonym, so that snapshots can be joined. When a key is destroyed nothing leads back from its
pseudonyms to the ids, not even a list of all ids.
"""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Protocol

from junheng.engine.store.tables import open_table
from junheng.errors import DataError
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from junheng.engine.store.session import Session

KEY_BYTES = 32
PSEUDONYM_DIGITS = 32
"""128 bits: enough that no two people of a nation ever share one."""
PERSON_KEYS = "person_keys.parquet"
PERSON_KEY_COLUMNS = ("people", "person_id", "key")
_KEY = re.compile(f"[0-9a-f]{{{2 * KEY_BYTES}}}")


class Keys(Protocol):
    """Where the key of a person comes from."""

    @property
    def fingerprint(self) -> str:
        """Tells whether two snapshots were made under one key, without telling the key."""

    def key_of(self, people: str, person_id: str) -> bytes:
        """Return the key of a person of a dataset; DataError when there is none."""


@dataclass(frozen=True)
class OneKey:
    """One secret key for everybody."""

    secret: bytes

    @property
    def fingerprint(self) -> str:
        """First digits of the HMAC of a fixed text."""
        return _digest(self.secret, "junheng snapshot key")

    def key_of(self, people: str, person_id: str) -> bytes:
        """Return the one key."""
        return self.secret


@dataclass(frozen=True)
class KeyPerPerson:
    """A key for each person, by dataset and id."""

    keys: Mapping[tuple[str, str], bytes]

    @property
    def fingerprint(self) -> str:
        """Nothing in common: each person has their own key."""
        return ""

    def key_of(self, people: str, person_id: str) -> bytes:
        """Return the key of a person; DataError when the folder brings none."""
        key = self.keys.get((people, person_id))
        if key is None:
            raise DataError(
                say(
                    "{file} has no key for {person} of {people}. A person whose key was destroyed "
                    "must not be in the data either.",
                    file=PERSON_KEYS,
                    person=person_id,
                    people=people,
                )
            )
        return key


def pseudonym(key: bytes, people: str, person_id: str) -> str:
    """Return the pseudonym of a person: 32 hexadecimal digits.

    >>> pseudonym(bytes(32), "pupils", "P1") == pseudonym(bytes(32), "staff", "P1")
    False
    """
    return _digest(key, f"{people}\0{person_id}")


def _digest(key: bytes, text: str) -> str:
    return hmac.new(key, text.encode(), sha256).hexdigest()[:PSEUDONYM_DIGITS]


def key_from(text: str, *, file: str) -> bytes:
    """Return the key written in a key file: 64 hexadecimal digits; DataError for anything else."""
    if not _KEY.fullmatch(text.strip()):
        raise DataError(
            say("{file} holds no key of 64 hexadecimal digits. Name the right file.", file=file)
        )
    return bytes.fromhex(text.strip())


def keys_for(session: Session, folder: Path, secret: bytes | None) -> Keys:
    """Return the keys that a folder brings, or else the secret key.

    Raises
    ------
    DataError
        Neither is there, or the folder's own keys are no keys.
    """
    path = folder / PERSON_KEYS
    if path.is_file():
        return _keys_in(session, path)
    if secret is None:
        raise DataError(
            say("{folder} brings no keys of persons. Name a key file.", folder=str(folder))
        )
    return OneKey(secret)


def _keys_in(session: Session, path: Path) -> KeyPerPerson:
    table = open_table(session, path)
    if set(PERSON_KEY_COLUMNS) - set(table.headers):
        wanted = ", ".join(PERSON_KEY_COLUMNS)
        raise DataError(
            say("{file} must have the columns {wanted}.", file=PERSON_KEYS, wanted=wanted)
        )
    columns = ", ".join(f"c{table.headers.index(name)}" for name in PERSON_KEY_COLUMNS)
    rows = session.rows(f"SELECT {columns} FROM {table.relation}")
    return KeyPerPerson(
        {
            (str(people), str(person)): key_from(str(key), file=PERSON_KEYS)
            for people, person, key in rows
        }
    )


def load_pseudonyms(
    session: Session, relation: str, people: str, ids: Iterable[str], keys: Keys
) -> None:
    """Make a relation (id, pseudonym) of people of one dataset."""
    listed = list(ids)
    session.load(
        relation,
        {
            "id": listed,
            "pseudonym": [pseudonym(keys.key_of(people, p), people, p) for p in listed],
        },
        {"id": "VARCHAR", "pseudonym": "VARCHAR"},
    )
