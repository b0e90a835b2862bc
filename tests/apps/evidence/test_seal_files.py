"""Files at rest: nothing of them is readable, and no changed one is given out."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from junheng.apps.evidence import sealing
from junheng.apps.evidence.sealing import PIECE, TAG_BYTES, opened, seal
from junheng.apps.foundation.encryption import CannotDecrypt

KEY = bytes(range(32))


def sealed(content: bytes) -> bytes:
    target = io.BytesIO()
    seal(io.BytesIO(content), target, KEY)
    return target.getvalue()


def read(stored: bytes, key: bytes = KEY) -> bytes:
    return b"".join(opened(io.BytesIO(stored), key))


@given(st.binary(max_size=70), st.integers(1, 30))
def test_it_works(content: bytes, piece: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sealing, "PIECE", piece)
        assert read(sealed(content)) == content


def test_nothing_is_readable() -> None:
    assert b"secret" not in sealed(b"secret words")


def test_a_changed_swapped_missing_or_cut_piece_is_refused() -> None:
    whole = sealed(bytes(3 * PIECE))
    size = PIECE + TAG_BYTES
    first, second, third = whole[:size], whole[size : 2 * size], whole[2 * size :]
    for broken in (
        whole[:-1] + b"?",
        second + first + third,
        first + third,
        first + second,
        whole[: size + 9],
        b"",
    ):
        with pytest.raises(CannotDecrypt):
            read(broken)


def test_another_key_opens_nothing() -> None:
    with pytest.raises(CannotDecrypt):
        read(sealed(b"x"), bytes(32))
