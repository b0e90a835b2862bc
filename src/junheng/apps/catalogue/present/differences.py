"""The page of figures that several sources tell differently."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.utils.translation import gettext, gettext_noop

from junheng.apps.catalogue.present import words
from junheng.apps.foundation.shown import Link, Pager, pager
from junheng.engine import contracts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from fractions import Fraction

    from junheng.apps.catalogue.sources import Difference

A_PAGE = 20
THIN_SPACE = "\N{NARROW NO-BREAK SPACE}"
STATES = {
    "open": gettext_noop("To be decided"),
    "large": gettext_noop("Far apart"),
    "decided": gettext_noop("Decided"),
    "agrees": gettext_noop("Within the tolerance"),
}
SHAPES = {"open": "between85", "decided": "met", "agrees": "not_applicable"}


@dataclass(frozen=True)
class ValueShown:
    """What one source says; `holds` when it was chosen."""

    source_id: int
    source: str
    value: str
    at: datetime
    holds: bool


@dataclass(frozen=True)
class DifferenceShown:
    """One figure with what each source says of it."""

    key: str
    subject: str
    subject_name: str
    field: str
    field_name: str
    values: tuple[ValueShown, ...]
    size: str
    state: str
    state_word: str
    shape: str
    reason: str
    by: str
    at: datetime | None


class DifferencesShown:
    """A list of differences with its filters."""

    def __init__(self, found: Sequence[Difference], query: Mapping[str, str]) -> None:
        self.found = found
        self.state = query.get("state", "") if query.get("state") in STATES else ""
        self.text = query.get("text", "")[:60]
        page = query.get("page", "1")
        self.page = max(int(page), 1) if page.isdecimal() else 1
        self.year = query.get("year", "")

    @property
    def answer(self) -> str:
        """How many figures differ, and how many wait, in one sentence."""
        if not self.found:
            return gettext("No figure is told differently by two sources.")
        states = Counter(d.state for d in self.found)
        facts = {"n": len(self.found), "large": sum(d.is_large for d in self.found)}
        facts |= {state: states[state] for state in ("open", "decided", "agrees")}
        text = gettext(
            "%(n)d figures are told differently: %(open)d to be decided, %(decided)d decided, "
            "%(agrees)d within the tolerance; %(large)d lie far apart."
        )
        return text % facts

    @property
    def chips(self) -> list[Link]:
        asked = [d for d in self.found if self._named(d)]
        every = Link(gettext("All"), self._url(state="", page=""), not self.state, len(asked))
        return [
            every,
            *(
                Link(
                    gettext(label),
                    self._url(state=key, page=""),
                    self.state == key,
                    sum(_is(d, key) for d in asked),
                )
                for key, label in STATES.items()
            ),
        ]

    @cached_property
    def _wanted(self) -> list[Difference]:
        return [d for d in self.found if self._named(d) and (not self.state or _is(d, self.state))]

    @property
    def rows(self) -> list[DifferenceShown]:
        first = (self.page - 1) * A_PAGE
        return [_shown(d) for d in self._wanted[first : first + A_PAGE]]

    @property
    def pager(self) -> Pager | None:
        return pager(self.page, A_PAGE, len(self._wanted), lambda page: self._url(page=str(page)))

    def _named(self, difference: Difference) -> bool:
        named = f"{difference.subject} {difference.subject_name}".casefold()
        return self.text.casefold() in named

    def _url(self, **changed: str) -> str:
        asked = {"year": self.year, "state": self.state, "text": self.text} | changed
        return f"?{urlencode({k: v for k, v in asked.items() if v})}#differences"


def field_name(field: str) -> str:
    """Return the name of a field of the unit table; another id as it is."""
    names = {f.id: words.of(f.header) for f in contracts.contract("unit_table").fields}
    return names.get(field, field)


def _is(difference: Difference, state: str) -> bool:
    return difference.is_large if state == "large" else difference.state == state


def _shown(d: Difference) -> DifferenceShown:
    decision = d.decision
    return DifferenceShown(
        key=f"{d.subject}-{d.field}",
        subject=d.subject,
        subject_name=d.subject_name or d.subject,
        field=d.field,
        field_name=field_name(d.field),
        values=tuple(
            ValueShown(v.source_id, str(v.source), _grouped(v.value), v.at, v is d.holding)
            for v in d.values
        ),
        size=_grouped(_plain(d.size)),
        state=d.state,
        state_word=gettext(STATES[d.state]),
        shape="below85" if d.is_large and d.state == "open" else SHAPES[d.state],
        reason=decision.reason if decision else "",
        by=decision.decided_by.display_name if decision else "",
        at=decision.decided_at if decision else None,
    )


def _plain(value: Fraction) -> str:
    return format(Decimal(value.numerator) / Decimal(value.denominator), "f")


def _grouped(digits: str) -> str:
    whole, point, rest = digits.partition(".")
    return f"{int(whole):,}".replace(",", THIN_SPACE) + point + rest
