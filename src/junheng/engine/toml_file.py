"""TOML files: from bytes to a table, and the faults of one file, told together.

The readers of values lie where their words are: `standard.rulefile` notes every fault of a file at
its key, `store.sections` reads the mappings of foreign tables.
"""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

from junheng.errors import RuleSetError
from junheng.i18n import say

if TYPE_CHECKING:
    from pathlib import Path

NOT_TOML = (UnicodeDecodeError, tomllib.TOMLDecodeError)
"""What `table_in` raises."""

Table = dict[str, object]


def table_in(content: bytes) -> Table:
    """Return the table that bytes hold; one of `NOT_TOML` when they hold none."""
    # Notepad puts a byte order mark before the first letter.
    return tomllib.loads(content.decode("utf-8-sig"))


def checked_table(content: bytes, name: str) -> Table:
    """Return the table that bytes hold; `name` stands for the file in the `RuleSetError`."""
    try:
        return table_in(content)
    except NOT_TOML as error:
        raise RuleSetError(
            say(
                "{file} is no TOML file in UTF-8: {reason}. Mend it at that place.",
                file=name,
                reason=str(error),
            )
        ) from error


def bytes_of(path: Path) -> bytes:
    """Return the bytes of a file; `RuleSetError` when it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise RuleSetError(
            say(
                "{file} cannot be read: {reason}. Check the path.",
                file=str(path),
                reason=error.strerror or "",
            )
        ) from error
