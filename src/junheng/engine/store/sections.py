"""Reading settings from TOML with messages that name file, key and fault."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, NoReturn

from junheng.engine.toml_file import bytes_of, checked_table
from junheng.errors import RuleSetError
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from junheng.i18n import Message


class Section:
    """One table of a TOML file; each reading method takes a key, `done` refuses those not taken.

    `key` is the dotted way to the table, for messages.
    """

    def __init__(self, source: str, values: Mapping[str, object], key: str = "") -> None:
        self._source = source
        self._values = dict(values)
        self._key = key

    def __contains__(self, key: str) -> bool:
        return key in self._values

    def fail(self, key: str, fault: Message) -> NoReturn:
        """Raise the error of one key."""
        raise RuleSetError(
            say("{file}, key “{key}”: {fault}", file=self._source, key=self._path(key), fault=fault)
        )

    def is_text(self, key: str) -> bool:
        """Whether the value of a key is a text (and not a table or a list)."""
        return isinstance(self._values.get(key), str)

    def is_list(self, key: str) -> bool:
        """Whether the value of a key is a list."""
        return isinstance(self._values.get(key), list)

    def text(self, key: str, default: str | None = None) -> str:
        """Take a text that is not empty."""
        value = self._take(key, default)
        if not isinstance(value, str) or (not value and default is None):
            self.fail(key, say("a text is wanted."))
        return value

    def choice(self, key: str, allowed: Sequence[str], default: str | None = None) -> str:
        """Take one of the allowed texts."""
        value = self.text(key, default)
        if value not in allowed:
            self.fail(
                key,
                say("“{value}” is none of {allowed}.", value=value, allowed=", ".join(allowed)),
            )
        return value

    def texts(self, key: str, default: Sequence[str] | None = None) -> tuple[str, ...]:
        """Take a list of texts."""
        value = self._take(key, default)
        if not isinstance(value, list | tuple) or not all(isinstance(v, str) for v in value):
            self.fail(key, say("a list of texts is wanted."))
        return tuple(str(text) for text in value)

    def flag(self, key: str, *, default: bool) -> bool:
        """Take true or false."""
        value = self._take(key, default)
        if not isinstance(value, bool):
            self.fail(key, say("true or false is wanted."))
        return value

    def whole(self, key: str) -> int:
        """Take a whole number above 0."""
        value = self._take(key, None)
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            self.fail(key, say("a whole number above 0 is wanted."))
        return value

    def decimal(self, key: str, default: str) -> Decimal:
        """Take an exact number other than 0, written as text: "0.01"."""
        value = self.text(key, default)
        try:
            number = Decimal(value)
        except InvalidOperation:
            self.fail(key, say('a number in quotation marks is wanted, for example "0.01".'))
        if not number.is_finite() or number == 0:
            self.fail(key, say('a number in quotation marks is wanted, for example "0.01".'))
        return number

    def text_map(self, key: str) -> dict[str, str]:
        """Take a table whose values are texts; empty when it is absent."""
        value = self._take(key, {})
        if not isinstance(value, dict) or not all(isinstance(v, str) for v in value.values()):
            self.fail(key, say("a table of texts is wanted."))
        return {str(name): str(text) for name, text in value.items()}

    def whole_map(self, key: str) -> dict[str, int]:
        """Take a table, not empty, whose values are whole numbers."""
        value = self._take(key, None)
        if not isinstance(value, dict) or not value:
            self.fail(key, say("a table of whole numbers is wanted."))
        if not all(isinstance(v, int) and not isinstance(v, bool) for v in value.values()):
            self.fail(key, say("a table of whole numbers is wanted."))
        return {str(name): int(number) for name, number in value.items()}

    def section(self, key: str) -> Section:
        """Take a table to be read further."""
        value = self._take(key, None)
        if not isinstance(value, dict):
            self.fail(key, say("a table is wanted."))
        return Section(self._source, value, self._path(key))

    def sections(self, key: str, *, at_least: int = 0) -> list[Section]:
        """Take a list of tables to be read further."""
        value = self._take(key, [])
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            self.fail(key, say("a list of tables is wanted."))
        if len(value) < at_least:
            self.fail(key, say("at least one table of this name is wanted."))
        return [
            Section(self._source, item, f"{self._path(key)}[{number}]")
            for number, item in enumerate(value, start=1)
        ]

    def left(self) -> tuple[str, ...]:
        """Return the keys not yet taken."""
        return tuple(self._values)

    def done(self) -> None:
        """Refuse any key that was not taken."""
        for key in self._values:
            self.fail(key, say("this key is unknown."))

    def _take(self, key: str, default: object) -> object:
        if key not in self._values and default is None:
            self.fail(key, say("this key is missing."))
        return self._values.pop(key, default)

    def _path(self, key: str) -> str:
        return f"{self._key}.{key}" if self._key else key


def read_section(path: Path) -> tuple[Section, bytes]:
    """Return the top table of a TOML file and its bytes; `RuleSetError` when it is none."""
    content = bytes_of(path)
    return Section(path.name, checked_table(content, path.name)), content
