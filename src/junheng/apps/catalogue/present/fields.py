"""Fields across all datasets: those that a word finds, those that an indicator needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext

from junheng.apps.catalogue.present import words
from junheng.engine import contracts
from junheng.errors import NotFound
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from junheng.apps.foundation.shown import Link
    from junheng.engine.contracts import Contract, Field


@dataclass(frozen=True)
class FoundField:
    """One field with the dataset it stands in."""

    header: str
    other_header: str
    id: str
    url: str
    dataset: str
    dataset_url: str
    kind: str
    level: str
    is_required: bool
    used_by: list[Link]
    found_in: str


@dataclass(frozen=True)
class IndicatorLine:
    """One indicator or item of the standard and how many fields it needs."""

    id: str
    name: str
    url: str
    n_fields: int
    n_datasets: int


def everywhere() -> Iterator[tuple[Contract, Field]]:
    """Yield every field of every dataset, in the order of the catalogue."""
    for contract in contracts.contracts():
        for field in contract.fields:
            yield contract, field


def search(text: str) -> list[FoundField]:
    """Return the fields that a text names: headers, id, code, synonyms, labels of codes.

    A field whose name is the text stands before those that hold it.
    """
    wanted = text.strip().casefold()
    if not wanted:
        return []
    hits = []
    for contract, field in everywhere():
        where = _where(field, wanted)
        if where is not None:
            hits.append((wanted not in _names(field), _found(contract, field, where)))
    return [hit for _, hit in sorted(hits, key=lambda pair: pair[0])]


def needed_by(indicator: str) -> list[FoundField]:
    """Return the fields that an indicator needs; NotFound for one the standard does not know."""
    if indicator not in words.indicator_names():
        raise NotFound(say("The standard has no such indicator."))
    return [_found(c, f, "") for c, f in everywhere() if indicator in f.used_by]


def indicators() -> list[IndicatorLine]:
    """Return every indicator and item of the standard with what it needs."""
    needed: dict[str, list[str]] = {}
    for contract, field in everywhere():
        for indicator in field.used_by:
            needed.setdefault(indicator, []).append(contract.id)
    return [
        IndicatorLine(i, name, words.indicator_url(i), len(found), len(set(found)))
        for i, name in words.indicator_names().items()
        for found in [needed.get(i, [])]
    ]


def _names(field: Field) -> set[str]:
    return {name.casefold() for name in field.names}


def _where(field: Field, wanted: str) -> str | None:
    """Return in what a text was found beside the headers, "" for these, None for nowhere."""
    headers = (field.header.zh, field.header.en, field.id)
    if any(wanted in name.casefold() for name in headers):
        return ""
    if wanted in field.national_code.casefold():
        return gettext("national code %(code)s") % {"code": field.national_code}
    for synonym in field.synonyms:
        if wanted in synonym.casefold():
            return gettext("also called “%(name)s”") % {"name": synonym}
    for value in field.code_list.values if field.code_list else ():
        called = (value.code, value.name.zh, value.name.en, *value.synonyms)
        if wanted in {name.casefold() for name in called}:
            return gettext("value “%(code)s %(name)s”") % {
                "code": value.code,
                "name": words.of(value.name),
            }
    return None


def _found(contract: Contract, field: Field, found_in: str) -> FoundField:
    return FoundField(
        header=words.of(field.header),
        other_header=words.other(field.header),
        id=field.id,
        url=words.dataset_url(contract.id, field.id),
        dataset=words.of(contract.name),
        dataset_url=words.dataset_url(contract.id),
        kind=gettext(words.KINDS[field.kind]),
        level=words.level(field.sensitivity),
        is_required=field.is_required,
        used_by=words.indicator_links(field.used_by),
        found_in=found_in,
    )
