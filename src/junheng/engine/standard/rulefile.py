"""Reading a rule-set file: typed values out of TOML, every fault noted at its key.

A `Reader` hands out the values of one TOML table and remembers which keys were asked for. A wrong
value becomes a fault and a harmless stand-in, so that one run finds everything wrong with a file.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from typing import TYPE_CHECKING, TypeGuard, TypeVar

from junheng.engine.standard.ruleset import Text
from junheng.engine.toml_file import bytes_of, checked_table
from junheng.errors import RuleSetError
from junheng.i18n import Message, Translate, say, untranslated

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

NONE = "none"
"""How a file says that there is deliberately no number: TOML has no null."""

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*", re.ASCII)
_DECIMAL = re.compile(r"-?[0-9]+(\.[0-9]+)?", re.ASCII)

Rows = list[dict[str, object]]

_Word = TypeVar("_Word", bound=str)


@dataclass(frozen=True)
class RuleFault:
    """One thing wrong in a rule-set file: where, what was found, and the way out."""

    key: str
    found: Message
    remedy: Message


class RuleFileError(RuleSetError):
    """Everything wrong with one rule-set file, one line a fault."""

    def __init__(self, file: str, faults: Sequence[RuleFault]) -> None:
        self.file = file
        self.faults = tuple(faults)
        super().__init__(say("{n} faults in the rule set {file}", n=len(self.faults), file=file))

    def render(self, translate: Translate = untranslated) -> str:
        """Return one line a fault: file, key, finding, remedy."""
        return "\n".join(
            say(
                "{file}: {key}: {found} {remedy}",
                file=self.file,
                key=fault.key,
                found=fault.found,
                remedy=fault.remedy,
            ).render(translate)
            for fault in self.faults
        )


@dataclass
class FaultList:
    """The faults of one file, in the order in which they were found."""

    file: str
    found: list[RuleFault] = field(default_factory=list)

    def note(self, key: str, found: Message, remedy: Message) -> None:
        """Add one fault at `key`."""
        self.found.append(RuleFault(key, found, remedy))

    def raise_any(self) -> None:
        """Raise all faults together; do nothing when there are none."""
        if self.found:
            raise RuleFileError(self.file, self.found)


class Reader:
    """One TOML table under reading. `key` is its place in the file: `indicators[R1].source`."""

    def __init__(self, data: Mapping[str, object], key: str, faults: FaultList) -> None:
        self.key = key
        self.faults = faults
        self._data = data
        self._known: set[str] = set()

    def place(self, key: str) -> str:
        """Return the full place of one key of this table."""
        return f"{self.key}.{key}" if self.key else key

    def fault(self, key: str, found: Message, remedy: Message) -> None:
        """Note a fault at one key of this table."""
        self.faults.note(self.place(key), found, remedy)

    def has(self, key: str) -> bool:
        """Whether the file gives this key; asking makes the key a known one."""
        self._known.add(key)
        return key in self._data

    def text(self, key: str, default: str | None = None) -> str:
        """Return a text that is not blank."""
        value = self._take(key, default)
        if value is None:
            return ""
        if isinstance(value, str) and (value.strip() or value == default):
            return value
        self._not(key, value, say("Write a text in quotes."))
        return ""

    def identifier(self, key: str) -> str:
        """Return an id that may become a column of a table: letters, digits, underscores."""
        value = self.text(key)
        if value and not _NAME.fullmatch(value):
            remedy = say("Write a letter, then letters, digits and underscores of ASCII.")
            self._not(key, value, remedy)
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of texts; none when the key is absent."""
        value = self._take(key, ())
        if isinstance(value, (list, tuple)) and all(isinstance(word, str) for word in value):
            return tuple(value)
        self._not(key, value, say("Write a list of texts in quotes."))
        return ()

    def name(self, key: str) -> Text:
        """Return a name in Chinese and English."""
        inner = self.inner(key)
        name = Text(inner.text("zh"), inner.text("en"))
        inner.finish()
        return name

    def name_or_none(self, key: str) -> Text | None:
        """Return a name in both languages, or None when the key is absent."""
        return self.name(key) if self.has(key) else None

    def whole(self, key: str, default: int | None = None) -> int:
        """Return a whole number that is not negative."""
        value = self._take(key, default)
        if value is None:
            return 0
        if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
            return value
        self._not(key, value, say("Write a whole number, not negative, without quotes."))
        return 0

    def weight(self, key: str) -> int:
        """Return the whole number, not 0, with which a term enters a sum; it may be negative."""
        value = self._take(key, None)
        if isinstance(value, int) and not isinstance(value, bool) and value != 0:
            return value
        if value is not None:
            self._not(key, value, say("Write a whole number other than 0, for example 1 or -1."))
        return 1

    def flag(self, key: str, default: bool) -> bool:
        """Return true or false."""
        value = self._take(key, default)
        if isinstance(value, bool):
            return value
        self._not(key, value, say("Write true or false without quotes."))
        return default

    def decimal(self, key: str) -> Fraction:
        """Return the exact value of a decimal written as text, not negative."""
        return self._decimal(key, self._take(key, None))

    def is_none(self, key: str) -> bool:
        """Whether the file says "none" on purpose."""
        return self.has(key) and self._data[key] == NONE

    def decimal_or_none(self, key: str) -> Fraction | None:
        """Return an exact decimal, or None where the file says "none" on purpose."""
        return None if self.is_none(key) else self.decimal(key)

    def day(self, key: str) -> date:
        """Return a day."""
        return self.day_or_none(key, required=True) or date.min

    def day_or_none(self, key: str, *, required: bool = False) -> date | None:
        """Return a day, or None when the key is absent."""
        if not required and not self.has(key):
            return None
        value = self._take(key, None)
        if isinstance(value, date) and not isinstance(value, datetime):
            return value
        if value is not None:
            self._not(key, value, say("Write a day without quotes, for example 2026-09-01."))
        return None

    def choice(self, key: str, options: tuple[_Word, ...]) -> _Word:
        """Return one of a few fixed words."""
        value = self._take(key, None)
        for option in options:
            if value == option:
                return option
        if value is not None:
            self._not(key, value, say("Write one of: {options}.", options=", ".join(options)))
        return options[0]

    def inner(self, key: str) -> Reader:
        """Return the reader of a table inside this one.

        Where it is absent the one fault says so, and none is noted for each key inside it.
        """
        value = self._take(key, None)
        if isinstance(value, dict):
            return Reader(value, self.place(key), self.faults)
        if value is not None:
            self._not(key, value, say("Write a table."))
        return Reader({}, self.place(key), FaultList(self.faults.file))

    def rows(self, key: str, name_key: str) -> list[Reader]:
        """Return one reader a row of an array of tables; a row is named by its `name_key`."""
        value = self._take(key, [])
        if is_rows(value):
            return [
                Reader(row, f"{self.place(key)}[{row.get(name_key, n)}]", self.faults)
                for n, row in enumerate(value, start=1)
            ]
        self._not(key, value, say("Write an array of tables, [[{key}]].", key=key))
        return []

    def params(self, key: str) -> dict[str, Fraction | str | int]:
        """Return free parameters: a decimal in quotes is exact, other texts are words."""
        if not self.has(key):
            return {}
        inner = self.inner(key)
        return {name: inner.param(name) for name in inner.names()}

    def param(self, key: str) -> Fraction | str | int:
        """Return one free parameter."""
        value = self._take(key, None)
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        if isinstance(value, str):
            return Fraction(value) if _DECIMAL.fullmatch(value) else value
        self._not(key, value, say("Write a whole number, or a decimal or word in quotes."))
        return 0

    def names(self) -> tuple[str, ...]:
        """Return the keys of this table, in the order of the file."""
        return tuple(self._data)

    def finish(self) -> None:
        """Note every key that nobody asked for: a misspelt key must not pass in silence."""
        for key in self._data:
            if key not in self._known:
                self.fault(key, say("This key is unknown."), self._remedy_for_unknown(key))

    def _take(self, key: str, default: object) -> object:
        if self.has(key):
            return self._data[key]
        if default is None:
            self.fault(key, say("This key is missing."), say("Add it."))
        return default

    def _decimal(self, key: str, value: object) -> Fraction:
        if isinstance(value, str) and _DECIMAL.fullmatch(value) and not value.startswith("-"):
            return Fraction(value)
        if value is not None:
            remedy = say("Write a decimal in quotes, not negative, for example “4.2”.")
            self._not(key, value, remedy)
        return Fraction(1)

    def _not(self, key: str, value: object, remedy: Message) -> None:
        self.fault(key, say("Found {value}.", value=_as_written(value)), remedy)

    def _remedy_for_unknown(self, key: str) -> Message:
        from difflib import get_close_matches

        near = get_close_matches(key, sorted(self._known), n=1)
        if near:
            return say("Did you mean “{key}”?", key=near[0])
        return say("Known here: {keys}.", keys=", ".join(sorted(self._known)))


def reader_of(path: Path) -> Reader:
    """Return the reader of a whole file; `RuleSetError` when it cannot be read or is no TOML."""
    return Reader(checked_table(bytes_of(path), path.name), "", FaultList(path.name))


def _as_written(value: object) -> str:
    """Return a value about as the file writes it: texts in quotes, true and false in lower case."""
    import json

    return json.dumps(value, ensure_ascii=False, default=str)


def is_rows(value: object) -> TypeGuard[Rows]:
    """Whether a TOML value is an array of tables."""
    return isinstance(value, list) and all(isinstance(row, dict) for row in value)
