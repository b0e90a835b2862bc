"""Proof that two JSON objects say the same: every word equal, every figure to 1e-9."""

from __future__ import annotations

import json
from math import isclose
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

CLOSE = 1e-9


def prove_same(ours: Path, theirs: Path) -> int:
    """Compare two files; return how many values agree, or AssertionError."""
    return _compare(_parsed(ours), _parsed(theirs), "")


def _parsed(path: Path) -> object:
    return json.loads(path.read_text(encoding="utf-8"))


def _compare(one: object, other: object, place: str) -> int:
    if isinstance(one, dict) and isinstance(other, dict):
        assert one.keys() == other.keys(), place
        return sum(_compare(value, other[key], f"{place}.{key}") for key, value in one.items())
    if isinstance(one, list) and isinstance(other, list):
        assert len(one) == len(other), place
        pairs = zip(one, other, strict=True)
        return sum(_compare(a, b, f"{place}[{ix}]") for ix, (a, b) in enumerate(pairs))
    if isinstance(one, float) and isinstance(other, int | float):
        assert isclose(one, other, rel_tol=CLOSE, abs_tol=CLOSE), f"{place}: {one} {other}"
    else:
        assert one == other, f"{place}: {one} {other}"
    return 1
