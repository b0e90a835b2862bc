"""A key for each person: what is sealed under it is gone for good once the key is destroyed.

The journal cannot be rewritten, hence a person is forgotten by destroying what opens their lines.
Keys are kept encrypted under the ring of the fields. A sealed text is `person.<id>:<base64>`: the
point keeps it apart from texts under the ring, whose ids are letters and digits.
"""

from __future__ import annotations

import base64
import hmac
import secrets
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from junheng.apps.foundation import bulk
from junheng.apps.foundation.encryption import NONCE_BYTES, CannotDecrypt, opener, sealer
from junheng.apps.foundation.models import PersonKey
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime

KEY_BYTES = 32
MARK = "person."
WRAPPED = "foundation.PersonKey.wrapped"
PEOPLE = {"pupil_id": "pupils", "staff_id": "staff"}
"""Fields of contracts that name a person, with the dataset in which they are listed."""


def subject_of(bureau_code: str, field_id: str, number: str) -> str:
    """Return what names a person among the keys; "" for a field that names none.

    >>> subject_of("530102", "pupil_id", "P1")
    '530102/pupils/P1'
    """
    people = PEOPLE.get(field_id)
    return f"{bureau_code}/{people}/{number}" if people and number else ""


class Sealer:
    """Seals texts under the keys of persons; makes the keys that are missing.

    The caller holds the transaction. A constant number of queries a thousand persons.
    """

    def __init__(self, subjects: Iterable[str], *, purpose: str) -> None:
        self._bound = purpose.encode()
        self._keys = {s: (i, AESGCM(key)) for s, (i, key) in keys_of(set(subjects)).items()}

    def seal(self, subject: str, text: str) -> str:
        """Return a text sealed for a person named at the beginning."""
        key_id, key = self._keys[subject]
        nonce = secrets.token_bytes(NONCE_BYTES)
        sealed = nonce + key.encrypt(nonce, text.encode(), self._bound)
        return f"{MARK}{key_id}:{base64.b64encode(sealed).decode()}"


class Opener:
    """Opens what was sealed for persons; None where the key was destroyed."""

    def __init__(self, *, purpose: str) -> None:
        self._purpose = purpose
        self._keys: dict[int, AESGCM | None] = {}

    def fetch(self, texts: Iterable[str]) -> None:
        """Read the keys of many texts at once."""
        named = {_key_id(text) for text in texts if text.startswith(MARK)}
        wanted = {key_id for key_id in named if key_id not in self._keys}
        if not wanted:
            return
        unwrap = opener(WRAPPED)
        self._keys |= dict.fromkeys(wanted)
        sql = f'SELECT id, wrapped FROM "{PersonKey._meta.db_table}" WHERE id IN ({{values}})'
        for key_id, wrapped in bulk.rows_where_in(sql, [], wanted):
            if wrapped:
                self._keys[key_id] = AESGCM(base64.b64decode(unwrap(wrapped)))

    def open(self, text: str) -> str | None:
        """Return the text as it was; CannotDecrypt when it was altered."""
        self.fetch([text])
        key = self._keys[_key_id(text)]
        if key is None:
            return None
        try:
            sealed = base64.b64decode(text.partition(":")[2], validate=True)
            bound = self._purpose.encode()
            return key.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], bound).decode()
        except (InvalidTag, ValueError) as error:
            raise CannotDecrypt(
                say("A value of {purpose} was altered.", purpose=self._purpose)
            ) from error


def keys_of(subjects: Collection[str]) -> dict[str, tuple[int, bytes]]:
    """Return id and key of each person, made where there is none; the caller's transaction."""
    found = existing_keys(subjects)
    missing = sorted(set(subjects) - found.keys())
    ids = bulk.new_ids(PersonKey, len(missing)) if missing else ()
    wrap = sealer(WRAPPED)
    made = {s: (i, secrets.token_bytes(KEY_BYTES)) for s, i in zip(missing, ids, strict=True)}
    rows = ((i, s, wrap(base64.b64encode(key).decode())) for s, (i, key) in made.items())
    bulk.insert(PersonKey, ("id", "subject", "wrapped"), rows)
    return found | made


def existing_keys(subjects: Iterable[str]) -> dict[str, tuple[int, bytes]]:
    """Return id and key of the persons who have one."""
    unwrap = opener(WRAPPED)
    table = PersonKey._meta.db_table
    sql = f'SELECT subject, id, wrapped FROM "{table}" WHERE subject IN ({{values}})'
    rows = bulk.rows_where_in(sql, [], subjects)
    return {s: (i, base64.b64decode(unwrap(wrapped))) for s, i, wrapped in rows}


def pseudonym_key(key: bytes) -> bytes:
    """Return the key under which snapshots name the person: gone together with the person's."""
    return hmac.digest(key, b"junheng snapshot pseudonym", "sha256")


def destroy(subject: str, *, now: datetime) -> bool:
    """Destroy a person's key, and whose it was; False when there was none.

    A person who comes again under the same number gets a new key.
    """
    found = PersonKey.objects.select_for_update().filter(subject=subject).first()
    if found is None:
        return False
    found.subject, found.wrapped, found.destroyed_at = f"destroyed/{found.pk}", "", now
    found.save(update_fields=["subject", "wrapped", "destroyed_at"])
    return True


def _key_id(text: str) -> int:
    return int(text.removeprefix(MARK).partition(":")[0])
