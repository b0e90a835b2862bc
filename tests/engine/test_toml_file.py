"""TOML files: what is read, and what is refused with its name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from junheng.engine.toml_file import bytes_of, checked_table
from junheng.errors import RuleSetError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("content", ['a = "校"', '\ufeffa = "校"', 'a = "校"\r\n'])
def test_it_works(content: str) -> None:
    assert checked_table(content.encode(), "a.toml") == {"a": "校"}


@pytest.mark.parametrize(
    ("content", "found"), [(b"a = 1\nb = x", "line 2"), ("a = '某区'".encode("gb18030"), "utf-8")]
)
def test_no_table(content: bytes, found: str) -> None:
    with pytest.raises(RuleSetError, match=f"本区.toml is no TOML file in UTF-8: .*{found}"):
        checked_table(content, "本区.toml")


def test_no_file(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "absent.toml"):
        with pytest.raises(RuleSetError, match=f"{path} cannot be read: .*Check the path"):
            bytes_of(path)
