"""The preview of an import: kept in encrypted pages, read again in windows."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from junheng.apps.foundation import masking
from junheng.apps.intake.models import ImportPart, PreviewPart
from junheng.apps.intake.stored import differences_from_json, differences_to_json, pack, unpack
from junheng.engine import contracts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from junheng.apps.intake.examining import Part
    from junheng.engine.contracts.differences import Difference, Kind

PAGE = 100
"""Changes in one stored page."""

WRITTEN: tuple[Kind, ...] = ("removed", "changed", "new")
"""Kinds that are kept; of the unchanged only the number is."""

PAGES_AT_ONCE = 50


def keep(row: ImportPart, part: Part) -> None:
    """Store the changes of one dataset in pages; some pages are in memory at a time."""
    pages = _pages(row, part)
    while some := list(islice(pages, PAGES_AT_ONCE)):
        PreviewPart.objects.bulk_create(some)


def _pages(row: ImportPart, part: Part) -> Iterator[PreviewPart]:
    for kind in WRITTEN:
        changes = part.comparison.each((kind,))
        first = 0
        while page := list(islice(changes, PAGE)):
            yield PreviewPart(
                part=row,
                kind=kind,
                first=first,
                n_changes=len(page),
                content=pack(differences_to_json(part.contract, page)),
            )
            first += len(page)


def window(
    part: ImportPart, *, kind: Kind | None = None, search: str = "", limit: int, offset: int = 0
) -> tuple[tuple[Difference, ...], int]:
    """Return a window of the kept changes, and how many there are in all.

    Without `search` only the pages that hold the window are opened; with it every page of the
    kinds asked for is. What is searched: every value, old and new, in capitals or not.
    """
    kinds = (kind,) if kind else WRITTEN
    if search:
        masks = _masked_fields(part)
        hits = [one for one in _opened(part, kinds) if _contains(one, search.casefold(), masks)]
        return tuple(hits[offset : offset + limit]), len(hits)
    counts = {k: getattr(part, f"n_{k}") for k in WRITTEN}
    total = sum(counts[k] for k in kinds)
    found: list[Difference] = []
    for one in kinds:
        start = min(offset, counts[one])
        if start < counts[one] and len(found) < limit:
            found += _slice(part, one, start, limit - len(found))
        offset -= start
    return tuple(found), total


def _slice(part: ImportPart, kind: Kind, start: int, limit: int) -> list[Difference]:
    pages = part.pages.filter(kind=kind, first__lt=start + limit, first__gt=start - PAGE)
    found = [(page.first, _changes(part, page)) for page in pages.order_by("first")]
    numbered = [(first + n, one) for first, page in found for n, one in enumerate(page)]
    return [one for n, one in numbered if start <= n < start + limit]


def _opened(part: ImportPart, kinds: tuple[Kind, ...]) -> Iterator[Difference]:
    for kind in kinds:
        pages = part.pages.filter(kind=kind).order_by("first")
        for page in pages.iterator(chunk_size=PAGES_AT_ONCE):
            yield from _changes(part, page)


def _changes(part: ImportPart, page: PreviewPart) -> list[Difference]:
    kind: Kind = next(kind for kind in WRITTEN if kind == page.kind)
    contract = contracts.contract(part.dataset)
    return differences_from_json(contract, kind, unpack(page.content))


def _masked_fields(part: ImportPart) -> frozenset[str]:
    fields = contracts.contract(part.dataset).fields
    return frozenset(field.id for field in fields if masking.is_masked(field))


def _contains(one: Difference, text: str, masked: frozenset[str]) -> bool:
    """Whether a value holds the text; a masked one has to be it, lest it be guessed bit by bit."""
    values = [*(one.old or {}).items(), *(one.new or {}).items()]
    return any(
        text == value.casefold() if name in masked else text in value.casefold()
        for name, value in values
        if value
    )
