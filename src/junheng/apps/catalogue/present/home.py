"""The page of all datasets by data domain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext

from junheng.apps.catalogue.present import words
from junheng.engine import contracts

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from junheng.apps.catalogue.models import DatasetCount
    from junheng.apps.foundation.shown import Link
    from junheng.engine.contracts import Contract

UNIT_TABLE = "unit_table"
"""The dataset whose figures the quality rules look at."""


@dataclass(frozen=True)
class DatasetLine:
    """One dataset in the list; `n_rows` None where it was not counted.

    `n_open`: suspicious figures that wait for a decision, None where no rule looks at the dataset.
    """

    name: str
    dataset: str
    url: str
    owner: str
    n_fields: int
    n_required: int
    levels: str
    n_rows: int | None
    complete: float | None
    changed_at: datetime | None
    n_open: int | None
    used_by: list[Link]


@dataclass(frozen=True)
class Domain:
    """One of the fourteen data domains with its datasets."""

    number: str
    name: str
    lines: list[DatasetLine]


class HomeShown:
    """Everything the page of the catalogue shows."""

    def __init__(self, counts: Mapping[str, DatasetCount], n_open: int | None) -> None:
        self.counts = counts
        self._n_open = n_open
        by_domain: dict[int, list[Contract]] = {}
        for contract in contracts.contracts():
            by_domain.setdefault(contract.domain, []).append(contract)
        codes = contracts.load().code_lists["data_domain"]
        self.domains = [
            Domain(
                value.code,
                words.of(value.name),
                [self._line(contract) for contract in by_domain.get(int(value.code), ())],
            )
            for value in codes.values
        ]

    @property
    def with_datasets(self) -> list[Domain]:
        return [domain for domain in self.domains if domain.lines]

    @property
    def without_datasets(self) -> list[Domain]:
        return [domain for domain in self.domains if not domain.lines]

    @property
    def answer(self) -> str:
        """How much is described, and how much of it is there, in one sentence."""
        lines = [line for domain in self.domains for line in domain.lines]
        facts = {"n": len(lines), "fields": sum(line.n_fields for line in lines)}
        text = gettext(
            "%(n)d datasets with %(fields)d fields; each field says what it is for and who uses it."
        )
        if not self.counts:
            return text % facts
        text = gettext(
            "%(n)d datasets with %(fields)d fields; %(filled)d of them hold rows in this school "
            "year."
        )
        n_filled = sum(count.n_rows > 0 for count in self.counts.values())
        return text % (facts | {"filled": n_filled})

    def _line(self, contract: Contract) -> DatasetLine:
        count = self.counts.get(contract.id)
        used = {i for field in contract.fields for i in field.used_by}
        levels = sorted({field.sensitivity for field in contract.fields})
        return DatasetLine(
            name=words.of(contract.name),
            dataset=contract.id,
            url=words.dataset_url(contract.id),
            owner=words.owner(contract),
            n_fields=len(contract.fields),
            n_required=sum(field.is_required for field in contract.fields),
            levels=levels[0] if len(levels) == 1 else f"{levels[0]}–{levels[-1]}",
            n_rows=count.n_rows if count else None,
            complete=complete(contract, count),
            changed_at=count.changed_at if count else None,
            n_open=self._n_open if contract.id == UNIT_TABLE else None,
            used_by=words.indicator_links(tuple(i for i in words.indicator_names() if i in used)),
        )


def complete(contract: Contract, count: DatasetCount | None) -> float | None:
    """Return the share of filled cells of the fields that are required or used by a figure."""
    if count is None or count.n_rows == 0:
        return None
    needed = [f.id for f in contract.fields if f.is_required or f.used_by]
    filled = sum(count.filled.get(name, 0) for name in needed)
    return filled / (len(needed) * count.n_rows) if needed else None
