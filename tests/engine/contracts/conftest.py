"""A session, and tables made of a few rows, for the tests of contracts."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import pytest

from junheng.engine import contracts
from junheng.engine.contracts.reading import Checked, Context, read_dataset
from junheng.engine.store.session import Session
from junheng.engine.store.tables import open_table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    Read = Callable[..., Checked]

SIMULATED = Context(2025, is_simulated=True)


@pytest.fixture
def session() -> Iterator[Session]:
    with Session() as opened:
        yield opened


@pytest.fixture
def read(session: Session, tmp_path: Path) -> Read:
    """Write rows (by header) to a CSV file and read it as a dataset."""

    def reading(
        dataset: str,
        rows: Sequence[Mapping[str, str]],
        *,
        context: Context = SIMULATED,
        ignore_unknown: bool = False,
    ) -> Checked:
        path = tmp_path / f"{dataset}.csv"
        headers = list(dict.fromkeys(header for row in rows for header in row))
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, headers)
            writer.writeheader()
            writer.writerows(rows)
        table = open_table(session, path)
        return read_dataset(
            table, contracts.contract(dataset), context=context, ignore_unknown=ignore_unknown
        )

    return reading
