"""The registry as a folder of Parquet that `junheng assess` takes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from junheng.apps.registry.targets import all_targets
from junheng.engine.contracts.export import write_dataset
from junheng.engine.store.session import Session

if TYPE_CHECKING:
    from pathlib import Path

    from junheng.apps.registry.targets import Place


def export_folder(place: Place, folder: Path, on: date | None = None) -> dict[str, int]:
    """Write every dataset of a place as `<dataset>.parquet` into `folder`, made if need be.

    What hangs on schools that have ended by the day `on`, or have no profile of the year, is left
    out, unless people still stand there; None: 1 September, with which the school year begins.

    Returns the number of rows by dataset. The files hold people by name and number: keep the
    folder as the database is kept. NotAllowed when the scope in force does not reach the place.
    """
    in_force = replace(place, in_force_on=on or date(place.school_year, 9, 1))
    folder.mkdir(parents=True, exist_ok=True)
    n_rows = {}
    with Session() as session:
        for target in all_targets():
            dataset = target.contract.id
            n_rows[dataset] = target.load(session, dataset, in_force)
            path = folder / f"{dataset}.parquet"
            write_dataset(path, session, dataset, target.contract)
            session.run(f"DROP TABLE {dataset}")
    return n_rows
