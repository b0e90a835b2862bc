"""The faults of a file itself: by column and kind, with row, value and remedy."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.utils.translation import gettext

from junheng.apps.foundation import masking
from junheng.apps.foundation.shown import Link
from junheng.engine import contracts
from junheng.i18n import Message

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from junheng.engine.contracts import Field
    from junheng.engine.contracts.findings import FieldFault

LISTED = 100
"""Faults on the page of one filter; the workbook has them all."""


@dataclass(frozen=True)
class FaultLine:
    """One fault: where, what stands there, what was found, what to do."""

    row: int | None
    value: str
    found: str
    remedy: str
    is_first: bool


@dataclass(frozen=True)
class FaultGroup:
    """Faults of one kind in one column."""

    title: str
    n: int
    lines: list[FaultLine]


class FaultTexts:
    """Values and sentences of faults with the personal values in them masked."""

    def __init__(self, datasets: Iterable[str], *, hides_names: bool) -> None:
        self._masks = _masks(datasets, hides_names=hides_names)

    def value(self, fault: FieldFault) -> str:
        mask = self._masks.get(fault.field_id)
        return masking.masked(mask, fault.value) if mask else fault.value

    def told(self, fault: FieldFault, message: Message) -> str:
        """Return a sentence in which a masked value is masked as well."""
        if (mask := self._masks.get(fault.field_id)) is None:
            return message.render(gettext)
        params = {
            name: masking.masked(mask, fault.value) if _repeats(fault, filling) else filling
            for name, filling in message.params.items()
        }
        return masking.numbers_masked(Message(message.template, params).render(gettext))


class FaultsShown:
    """The kept faults of a file, those of one column where the address asks for it."""

    def __init__(
        self,
        faults: Sequence[FieldFault],
        n_all: int,
        *,
        datasets: Iterable[str],
        field: str = "",
        hides_names: bool = False,
    ) -> None:
        self._faults = [fault for fault in faults if not fault.conflict]
        self._texts = FaultTexts(datasets, hides_names=hides_names)
        self._n_all = n_all - (len(faults) - len(self._faults))
        places = {_place(fault) for fault in self._faults}
        self.field = field if field in places else ""

    @property
    def n_hidden(self) -> int:
        """Faults that are counted and not listed: not kept, or too many for one page."""
        n_kept_out = self._n_all - len(self._faults) if not self.field else 0
        return n_kept_out + max(len(self._wanted) - LISTED, 0)

    @property
    def n_columns(self) -> int:
        return len({_place(fault) for fault in self._faults})

    @property
    def chips(self) -> list[Link]:
        """Filters by column, those with most faults first."""
        counts: dict[str, int] = {}
        for fault in self._faults:
            counts[_place(fault)] = counts.get(_place(fault), 0) + 1
        if len(counts) < 2:
            return []
        ordered = sorted(counts.items(), key=lambda item: -item[1])
        return [
            Link(gettext("All"), "?#faults", not self.field, self._n_all),
            *(
                Link(name, f"?{urlencode({'field': name})}#faults", self.field == name, n)
                for name, n in ordered
            ),
        ]

    @cached_property
    def _wanted(self) -> list[FieldFault]:
        return [one for one in self._faults if self.field in ("", _place(one))]

    @property
    def groups(self) -> list[FaultGroup]:
        kinds: dict[tuple[str, str], list[FieldFault]] = {}
        for fault in self._wanted[:LISTED]:
            kinds.setdefault((_place(fault), fault.found.template), []).append(fault)
        first = next(iter(kinds.values()), [None])[0]
        return [
            FaultGroup(place, len(some), [self._line(one, is_first=one is first) for one in some])
            for (place, _), some in kinds.items()
        ]

    def _line(self, fault: FieldFault, *, is_first: bool) -> FaultLine:
        found, remedy = (self._texts.told(fault, one) for one in (fault.found, fault.remedy))
        return FaultLine(fault.row, self._texts.value(fault), found, remedy, is_first)


def _masks(datasets: Iterable[str], *, hides_names: bool) -> dict[str, Field]:
    """Return the masked fields by id; one that is masked in any of the datasets is."""
    return {
        field.id: field
        for dataset in datasets
        for field in contracts.contract(dataset).fields
        if masking.is_masked(field, hides_names=hides_names)
    }


def _repeats(fault: FieldFault, filling: object) -> bool:
    """Whether what fills a sentence is the value of the fault, or the beginning of a long one."""
    return isinstance(filling, str) and bool(filling) and fault.value.startswith(filling)


def _place(fault: FieldFault) -> str:
    """Return sheet and column of a fault, as far as it has them."""
    return " · ".join(filter(None, (fault.sheet, fault.column))) or gettext("The file")
