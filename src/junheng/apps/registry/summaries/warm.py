"""The datasets of one bureau, held ready for measuring."""

from __future__ import annotations

from threading import RLock
from typing import TYPE_CHECKING

from junheng.apps.registry.summaries.session import WarmSession
from junheng.apps.registry.targets import Place, target
from junheng.engine.standard.person_level.datasets import DATASETS
from junheng.engine.standard.person_level.roll import CLASS_COUNTS
from junheng.engine.store.session import Session

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from junheng.engine.standard.person_level.datasets import Dataset

MEASURED = frozenset(
    {"schools", "campuses", "units", "classes", "staff", "teaching", "rooms", "grounds"}
    | {"equipment"}
)
"""Datasets that the terms of units come from, beside the pupils."""


class Warm:
    """The datasets of one bureau and school year in a warm session, as far as they are measured.

    Only measured columns are held: no name and no number of a person.
    """

    def __init__(self, place: Place) -> None:
        self.place = place
        self.session = WarmSession()
        self.lock = RLock()
        self._versions: dict[str, tuple[UUID | None, UUID | None]] = {}
        self._counts: Mapping[str, int] | None = None
        for dataset in DATASETS:
            columns = ", ".join(f"CAST(NULL AS {t}) AS {c}" for c, t in dataset.columns.items())
            self.session.put(dataset.relation, f"SELECT {columns} WHERE 1 = 0")

    def refresh(self, versions: Mapping[str, UUID]) -> None:
        """Load the datasets that have another version than those held.

        All of them after a change of schools, which decides what of the others is in force.
        """
        for dataset in DATASETS:
            version = versions.get(dataset.name), versions.get("schools")
            if dataset.name in MEASURED and self._versions.get(dataset.name) != version:
                self._load(dataset)
                self._versions[dataset.name] = version

    def count(self, counts: Mapping[str, int]) -> None:
        """Take classes for counted: the pupils themselves are not held."""
        # None until the rows are as they should be again, whatever happens on the way.
        held, self._counts = self._counts, None
        if held is None:
            columns: dict[str, list[object]] = {
                "class_id": list(counts),
                "pupils": list(counts.values()),
            }
            types = {"class_id": "VARCHAR", "pupils": "BIGINT"}
            self.session.load("kept_counts", columns, types)
            self.session.put(CLASS_COUNTS, "SELECT class_id, pupils FROM kept_counts")
            self.session.give(CLASS_COUNTS)
        else:
            self._recount(held, counts)
        self._counts = counts

    def _recount(self, held: Mapping[str, int], counts: Mapping[str, int]) -> None:
        """Change the rows of classes that have another number of pupils than is held."""
        differ = [
            code for code in held.keys() | counts.keys() if held.get(code) != counts.get(code)
        ]
        if not differ:
            return
        places = ", ".join("?" * len(differ))
        self.session.run(f"DELETE FROM {CLASS_COUNTS} WHERE class_id IN ({places})", differ)
        told = [value for code in differ if code in counts for value in (code, counts[code])]
        if told:
            rows = ", ".join(["(?, ?)"] * (len(told) // 2))
            self.session.run(f"INSERT INTO {CLASS_COUNTS} VALUES {rows}", told)
        self.session.changed(CLASS_COUNTS)

    def _load(self, dataset: Dataset) -> None:
        """Take the measured columns of a dataset through a session of its own.

        Texts and tables of that session hold whole rows, and go with it.
        """
        with Session() as passing:
            target(dataset.name).load(passing, "loaded", self.place)
            names = ", ".join(dataset.measured)
            rows = passing.rows(f"SELECT {names} FROM loaded")
        held: dict[str, list[object]] = {name: [] for name in dataset.measured}
        for name, values in zip(held, zip(*rows, strict=True), strict=False):
            held[name] = list(values)
        self.session.load("held", held, dict.fromkeys(held, "VARCHAR"))
        columns = ", ".join(
            f"TRY_CAST({name if name in held else 'NULL'} AS {kind}) AS {name}"
            for name, kind in dataset.columns.items()
        )
        self.session.put(dataset.relation, f"SELECT {columns} FROM held")
