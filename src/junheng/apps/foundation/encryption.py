"""Text that a stolen database does not show, and the keyed index that still finds it.

A value is stored as `<key id>:<base64 of nonce and AES-256-GCM text>`. The purpose of the value
(its model and field) is bound in as associated data, so that a value moved to another column does
not open. The first key of the ring encrypts, every key of the ring decrypts: a new key is put in
front, `reencrypt` rewrites the rows, then the old key may go.
"""

from __future__ import annotations

import base64
import hmac
import secrets
import unicodedata
from typing import TYPE_CHECKING, Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import FieldError
from django.db import models, transaction
from django.db.models.functions import Cast

from junheng.errors import JunhengError
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.models import Model

NONCE_BYTES = 12


class CannotDecrypt(JunhengError):
    """A stored value does not open: its key is not in the ring, or the value was altered."""


def encrypt(text: str, *, purpose: str, keys: Mapping[str, bytes] | None = None) -> str:
    """Return `text` encrypted with the first key of the ring for `purpose`."""
    key_id, key = next(iter((keys or settings.FIELD_KEYS).items()))
    nonce = secrets.token_bytes(NONCE_BYTES)
    sealed = nonce + AESGCM(key).encrypt(nonce, text.encode(), purpose.encode())
    return f"{key_id}:{base64.b64encode(sealed).decode()}"


def decrypt(stored: str, *, purpose: str, keys: Mapping[str, bytes] | None = None) -> str:
    """Return the text of a stored value; CannotDecrypt when its key is gone or it was altered."""
    key_id, _, encoded = stored.partition(":")
    key = (keys or settings.FIELD_KEYS).get(key_id)
    if key is None:
        raise CannotDecrypt(say("No key “{key}” for {purpose}.", key=key_id, purpose=purpose))
    try:
        sealed = base64.b64decode(encoded, validate=True)
        opened = AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], purpose.encode())
    except (InvalidTag, ValueError) as error:
        raise CannotDecrypt(say("A value of {purpose} was altered.", purpose=purpose)) from error
    return opened.decode()


def sealer(purpose: str) -> Callable[[str], str]:
    """Return `encrypt` for one purpose, made ready once: for many values."""
    key_id, key = next(iter(settings.FIELD_KEYS.items()))
    seal, bound, mark = AESGCM(key).encrypt, purpose.encode(), f"{key_id}:"

    def sealed(text: str) -> str:
        nonce = secrets.token_bytes(NONCE_BYTES)
        return mark + base64.b64encode(nonce + seal(nonce, text.encode(), bound)).decode()

    return sealed


def opener(purpose: str) -> Callable[[str], str]:
    """Return `decrypt` for one purpose, made ready once: for many values under the first key."""
    key_id, key = next(iter(settings.FIELD_KEYS.items()))
    open_one, bound, mark = AESGCM(key).decrypt, purpose.encode(), f"{key_id}:"

    def opened(stored: str) -> str:
        if not stored.startswith(mark):
            return decrypt(stored, purpose=purpose)
        try:
            sealed = base64.b64decode(stored[len(mark) :])
            return open_one(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], bound).decode()
        except (InvalidTag, ValueError):
            return decrypt(stored, purpose=purpose)  # which says what is wrong

    return opened


def normalise(text: str) -> str:
    """Return the form in which equal values are equal: no spaces or hyphens, upper case, NFKC.

    >>> normalise("１３８ 0000-1234x")
    '13800001234X'
    """
    if text.isascii() and text.isalnum():
        return text.upper()
    plain = unicodedata.normalize("NFKC", text)
    bare = "".join(c for c in plain if not c.isspace() and c != "-").upper()
    # Once more: what stood apart may now compose into one character.
    return unicodedata.normalize("NFKC", bare)


def blind_index(text: str, *, purpose: str) -> str:
    """Return the keyed hash under which a value is found without being readable.

    HMAC-SHA256 under the index key, bound to the purpose: equal values of different fields cannot
    be linked. Blank text has no index.
    """
    return indexer(purpose)(text)


def indexer(purpose: str) -> Callable[[str], str]:
    """Return `blind_index` for one purpose, made ready once: for many values."""
    key, bound = settings.INDEX_KEY, f"{purpose}:"

    def index(text: str) -> str:
        value = normalise(text)
        return hmac.digest(key, (bound + value).encode(), "sha256").hex() if value else ""

    return index


class EncryptedTextField(models.TextField[str, str]):
    """Text encrypted at rest. Blank text stays blank; nothing but emptiness can be looked up."""

    @property
    def purpose(self) -> str:
        return f"{self.model._meta.label}.{self.name}"

    def get_prep_value(self, value: Any) -> Any:
        text = super().get_prep_value(value)
        return encrypt(text, purpose=self.purpose) if text else text

    def from_db_value(
        self, value: str | None, _expression: object, _connection: BaseDatabaseWrapper
    ) -> str | None:
        return decrypt(value, purpose=self.purpose) if value else value

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name == "isnull":
            return super().get_lookup(lookup_name)
        message = f"{self.purpose} is encrypted; look it up by its blind index."
        raise FieldError(message)


class BlindIndexField(models.CharField[str, str]):
    """The blind index of another field of the same row, kept when the row is saved.

    `source` names the encrypted field. `of(value)` gives what to filter by.
    """

    def __init__(self, *, source: str, **options: Any) -> None:
        self.source = source
        options |= {"max_length": 64, "editable": False, "blank": True, "default": ""}
        super().__init__(**options)

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        name, path, args, options = super().deconstruct()
        for fixed in ("max_length", "editable", "blank", "default"):
            options.pop(fixed, None)
        return name, path, args, options | {"source": self.source}

    @property
    def purpose(self) -> str:
        return f"{self.model._meta.label}.{self.source}"

    def of(self, value: str) -> str:
        """Return the index of `value` in this field."""
        return blind_index(value, purpose=self.purpose)

    def pre_save(self, model_instance: Model, add: bool) -> str:
        index = self.of(getattr(model_instance, self.source) or "")
        setattr(model_instance, self.attname, index)
        return index


def reencrypt(
    model: type[Model],
    field_name: str,
    *,
    batch: int = 500,
    progress: Callable[[int], None] = lambda _n: None,
) -> int:
    """Rewrite every value of one field that is not under the first key; return how many.

    One transaction a batch, so that it can run beside daily work and be stopped at any time.
    """
    field = model._meta.get_field(field_name)
    current = next(iter(settings.FIELD_KEYS)) + ":"
    raw = Cast(field_name, models.TextField())
    stale = (
        model._base_manager.annotate(stored=raw)
        .exclude(stored="")
        .exclude(stored__startswith=current)
        .exclude(stored=None)
    )
    n_done = 0
    while keys := list(stale.values_list("pk", flat=True)[:batch]):
        with transaction.atomic():
            rows = list(model._base_manager.select_for_update().filter(pk__in=keys))
            for row in rows:
                row.save(update_fields=[field.name])
        n_done += len(rows)
        progress(n_done)
    return n_done
