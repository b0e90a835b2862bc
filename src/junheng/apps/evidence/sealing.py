"""Files sealed at rest, piece by piece: written and read in bounded memory, whatever their size.

Each file has a random key of 256 bits, which the database keeps encrypted under the ring of the
fields: a new ring key rewraps the keys and leaves the files alone, and whoever destroys a key has
destroyed every copy of the file. A piece is AES-256-GCM under its position and whether it is the
last, so that pieces can be neither changed nor swapped, left out nor cut off.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from junheng.apps.foundation.encryption import CannotDecrypt
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Iterator

PIECE = 256 * 1024
TAG_BYTES = 16
BOUND = b"junheng evidence 1"


def seal(source: BinaryIO, target: BinaryIO, key: bytes) -> None:
    """Write what `source` still holds to `target`, sealed."""
    box = AESGCM(key)
    for position, piece, is_last in _looked_ahead(source, PIECE):
        target.write(box.encrypt(_nonce(position, is_last), piece, BOUND))


def opened(source: BinaryIO, key: bytes) -> Iterator[bytes]:
    """Yield the pieces of a sealed file; CannotDecrypt at the first that was altered."""
    box = AESGCM(key)
    for position, piece, is_last in _looked_ahead(source, PIECE + TAG_BYTES):
        try:
            yield box.decrypt(_nonce(position, is_last), piece, BOUND)
        except InvalidTag as error:
            raise CannotDecrypt(
                say("A stored file was altered or cut off; restore it from a backup.")
            ) from error


def _looked_ahead(source: BinaryIO, size: int) -> Iterator[tuple[int, bytes, bool]]:
    """Yield of every piece its position, its content, and whether it is the last."""
    position, piece = 0, source.read(size)
    while following := source.read(size):
        yield position, piece, False
        position, piece = position + 1, following
    yield position, piece, True


def _nonce(position: int, is_last: bool) -> bytes:
    return position.to_bytes(11, "big") + bytes([is_last])
