"""What a checked file would change: counts per kind, old and new values in windows of rows."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext, gettext_noop

from junheng.apps.foundation.shown import DiffCell, Link, Pager, pager
from junheng.apps.intake import selectors
from junheng.apps.intake.present import words
from junheng.engine import contracts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from junheng.apps.intake.models import Import, ImportPart
    from junheng.engine.contracts import Field
    from junheng.engine.contracts.differences import Difference

WINDOW = 100
COLUMNS_BESIDE_KEY = 7
KINDS = {
    "removed": gettext_noop("Removed"),
    "changed": gettext_noop("Changed"),
    "new": gettext_noop("New"),
}
BECAUSE = {
    "succession": gettext_noop("ends because the next one begins"),
    "person": gettext_noop("same person"),
}


@dataclass(frozen=True)
class DiffRow:
    """One row that would be written; `url` leads to its history, "" for a new one."""

    row_no: int | None
    kind_label: str
    cells: tuple[DiffCell, ...]
    url: str


class ChangesShown:
    """A window of what an import would change, by dataset and kind, searched if asked for."""

    def __init__(self, source: Import, chosen: Mapping[str, Any]) -> None:
        self.source = source
        self.parts = list(source.parts.all())
        named = (part for part in self.parts if part.dataset == chosen.get("dataset"))
        self.part: ImportPart | None = next(named, _first(self.parts))
        self.kind = chosen.get("kind", "")
        self.text = chosen.get("text", "")
        self.page = chosen.get("page", 1)

    @property
    def tabs(self) -> list[Link]:
        """One tab a dataset, none when there is but one."""
        if len(self.parts) < 2:
            return []
        return [
            Link(
                words.dataset_name(part.dataset),
                self._url(dataset=part.dataset, kind="", text=""),
                part == self.part,
                part.n_changes,
            )
            for part in self.parts
        ]

    @property
    def chips(self) -> list[Link]:
        part = self.part
        if part is None:
            return []
        every = Link(gettext("All"), self._url(kind=""), not self.kind, part.n_changes)
        kinds = [
            Link(gettext(label), self._url(kind=kind), self.kind == kind, n)
            for kind, label in KINDS.items()
            if (n := getattr(part, f"n_{kind}"))
        ]
        return [every, *kinds]

    @property
    def n_unchanged(self) -> int:
        return self.part.n_unchanged if self.part else 0

    @cached_property
    def _window(self) -> tuple[tuple[Difference, ...], int]:
        if self.part is None:
            return (), 0
        return selectors.changes_of(
            self.part,
            kind=self.kind or None,
            search=self.text,
            limit=WINDOW,
            offset=(self.page - 1) * WINDOW,
        )

    @property
    def n_found(self) -> int:
        return self._window[1]

    @cached_property
    def _fields(self) -> list[Field]:
        """The key and the name first, then what changes, then what new rows must have."""
        if self.part is None:
            return []
        contract = contracts.contract(self.part.dataset)
        rows = self._window[0]
        changed = {name for row in rows for name in row.changed}
        has_whole_rows = any(row.old is None or row.new is None for row in rows)
        first = [f for f in contract.fields if f.id in contract.key or f.id == "name"]
        rest = [f for f in contract.fields if f not in first]
        told = [f for f in rest if f.id in changed]
        told += [f for f in rest if has_whole_rows and f.is_required and f not in told]
        return first + told[:COLUMNS_BESIDE_KEY]

    @property
    def columns(self) -> list[str]:
        return [words.of(field.header) for field in self._fields]

    @property
    def rows(self) -> list[DiffRow]:
        return [self._row(one) for one in self._window[0]]

    def _row(self, one: Difference) -> DiffRow:
        label = gettext(KINDS[one.kind])
        if one.because:
            label = f"{label} · {gettext(BECAUSE[one.because])}"
        cells = tuple(self._cell(field, one) for field in self._fields)
        return DiffRow(one.row_no, label, cells, self._history_url(one) if one.old else "")

    def _cell(self, field: Field, one: Difference) -> DiffCell:
        old, new = (
            None if v is None else words.value(field, v[field.id], hides_names=self.hides_names)
            for v in (one.old, one.new)
        )
        if old is None or new is None:
            only = old or new or ""
            return DiffCell(only, only)
        if field.id in one.changed and old == new:
            new = gettext("%(value)s (changed)") % {"value": new}
        return DiffCell(old, new)

    @property
    def hides_names(self) -> bool:
        """Whether the reader looks at people of schools that are not their own."""
        return self.source.school_id is None

    def _history_url(self, one: Difference) -> str:
        if self.part is None:
            return ""
        school = self.source.school_id
        at = f"school-{school}" if school else f"bureau-{self.source.bureau_id}"
        told = {
            "at": at,
            "year": self.source.school_year.starts_on.year,
            "key": [value or "" for value in one.key],
        }
        page = reverse("intake:row", args=[self.part.dataset])
        return f"{page}?{urlencode(told, doseq=True)}"

    @property
    def pager(self) -> Pager | None:
        url = self._url(with_anchor=False)
        return pager(self.page, WINDOW, self.n_found, lambda page: f"{url}&page={page}")

    def _url(self, *, with_anchor: bool = True, **other: str) -> str:
        told = {
            "dataset": self.part.dataset if self.part else "",
            "kind": self.kind,
            "text": self.text,
        } | other
        asked = urlencode({name: value for name, value in told.items() if value})
        return f"?{asked}{'#changes' if with_anchor else ''}"


def _first(parts: Sequence[ImportPart]) -> ImportPart | None:
    """Return the first dataset with a change, else the first."""
    return next((part for part in parts if part.n_changes), next(iter(parts), None))
