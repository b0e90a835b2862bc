"""The page of one row's history: who changed what when, secrets masked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from junheng.apps.intake import selectors
from junheng.apps.intake.present import words

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from junheng.apps.accounts.api import Reader
    from junheng.apps.foundation.journal import RowChanged
    from junheng.apps.foundation.models import Change
    from junheng.apps.registry.api import Key
    from junheng.engine.contracts import Contract, Field

    Found = Sequence[tuple[Change, RowChanged]]


@dataclass(frozen=True)
class ValueChange:
    """One field before and after."""

    name: str
    old: str
    new: str


@dataclass(frozen=True)
class Entry:
    """One act on the row: what it was, by whom, when; `url` leads to the import it was part of."""

    what: str
    who: str
    at: datetime
    values: list[ValueChange]
    source: str
    url: str


class RowHistoryShown:
    """Everything the page of a row's history shows."""

    def __init__(
        self,
        reader: Reader,
        contract: Contract,
        key: Key,
        changes: Found,
        *,
        hides_names: bool = False,
    ) -> None:
        self.contract = contract
        self._hides_names = hides_names
        self.key = key
        self._changes = changes
        self._imports = _imports(reader, [change.batch for change, _ in changes])

    @property
    def title(self) -> str:
        name = words.of(self.contract.name)
        return gettext("History of a row: %(dataset)s") % {"dataset": name}

    @property
    def key_line(self) -> str:
        """The fields that name the row."""
        fields = (self.contract.field(name) for name in self.contract.key)
        pairs = zip(fields, self.key, strict=True)
        return " · ".join(f"{words.of(f.header)} {words.value(f, v)}" for f, v in pairs)

    @property
    def answer(self) -> str:
        if not self._changes:
            return gettext("No change of this row is on record.")
        text = gettext("%(key)s: %(n)d changes are on record, newest first.")
        return text % {"key": self.key_line, "n": len(self._changes)}

    @property
    def entries(self) -> list[Entry]:
        return [self._entry(change, row) for change, row in self._changes]

    def _entry(self, change: Change, row: RowChanged) -> Entry:
        file_name, url, is_undo = self._imports.get(change.batch, ("", "", False))
        if is_undo:
            file_name = gettext("Undoing of %(file)s") % {"file": file_name}
        return Entry(
            what=_what(row),
            who=change.who.display_name if change.who else gettext("The system"),
            at=timezone.localtime(change.at),
            values=list(self._values(row)),
            source=file_name or gettext("An edit on a page"),
            url=url,
        )

    def _values(self, row: RowChanged) -> list[ValueChange]:
        found = []
        for field in self.contract.fields:
            old, new = ((side or {}).get(field.id) for side in (row.old, row.new))
            if old == new:
                continue
            before = "" if old is None else self._value(field, old)
            after = "" if new is None else self._value(field, new)
            if before == after:
                after = gettext("%(value)s (changed)") % {"value": after}
            found.append(ValueChange(words.of(field.header), before, after))
        return found

    def _value(self, field: Field, text: str) -> str:
        return words.value(field, text, hides_names=self._hides_names)


def _what(row: RowChanged) -> str:
    if row.old is None:
        return gettext("Added")
    return gettext("Removed") if row.new is None else gettext("Changed")


def _imports(
    reader: Reader, batches: Sequence[UUID | None]
) -> dict[UUID | None, tuple[str, str, bool]]:
    """Return file, page and whether it is the undoing, of imports the reader may see, by batch."""
    found: dict[UUID | None, tuple[str, str, bool]] = {}
    for source in selectors.imports_of_batches(reader, batches):
        page = reverse("intake:show", args=[source.pk])
        found[source.batch] = (source.file_name, page, False)
        if source.undo_batch:
            found[source.undo_batch] = (source.file_name, page, True)
    return found
