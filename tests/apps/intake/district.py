"""A district with a person for each kind of right, and files to send."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from tests.world import World, build, settled, stored

from junheng.apps.accounts.api import Role, post_give, user_create
from junheng.apps.foundation.scoping import everything
from junheng.apps.intake import selectors, services
from junheng.apps.registry.api import School, school_year_ensure
from junheng.apps.registry.targets import all_targets
from junheng.engine import contracts
from junheng.engine.store.session import Session

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from junheng.apps.accounts.models import User
    from junheng.apps.intake.models import Import, ImportPart
    from junheng.apps.registry.targets import Place
    from junheng.engine.contracts.findings import FieldFault
    from junheng.engine.store.session import Row

    Given = Mapping[str, str | None]


@dataclass(frozen=True)
class District:
    """A village of four schools with everybody in it. `clerk` is of `school` alone."""

    world: World
    place: Place
    school: School
    other: School
    clerk: User

    def rows(self, dataset: str) -> list[dict[str, str | None]]:
        """Return the stored rows of a dataset in order of their keys."""
        return stored(self.place, dataset)

    def pupils_of(self, school: School) -> list[dict[str, str | None]]:
        """Return the stored rows of a school's pupils that have not ended."""
        own = {r["class_id"] for r in self.rows("classes") if r["school_id"] == school.identifier}
        return [r for r in self.rows("pupils") if r["class_id"] in own and r["to_date"] is None]

    def send(
        self,
        dataset: str,
        content: Sequence[Given] | bytes,
        *,
        by: User | None = None,
        school: School | None = None,
        is_whole: bool = False,
        name: str = "",
        year: int = 2025,
    ) -> Import:
        """Receive and check a file: rows are sent as CSV, bytes as they are."""
        sender = by or self.world.officer
        data = content if isinstance(content, bytes) else as_csv(dataset, content)
        with everything(reason="test"):
            received = services.import_receive(
                bureau=self.world.bureau,
                school_year=school_year_ensure(first_year=year),
                source=services.Source(name or f"{dataset}.csv", data, sender.pk),
                datasets=[dataset] if dataset else [],
                school=school,
                is_whole=is_whole,
            )
            return services.import_check(import_id=received.pk)

    def apply(self, source: Import) -> Import:
        with everything(reason="test"):
            return services.import_apply(import_id=source.pk, by=self.world.officer.pk)

    def undo(self, source: Import) -> Import:
        with everything(reason="test"):
            return services.import_undo(import_id=source.pk, by=self.world.officer.pk)

    def part(self, source: Import, dataset: str = "") -> ImportPart:
        """Return one dataset of an import, the only one when it has one."""
        with everything(reason="test"):
            found = source.parts.filter(dataset=dataset) if dataset else source.parts.all()
            return found.get()

    def faults(self, source: Import) -> list[FieldFault]:
        """Return the kept faults of a file."""
        with everything(reason="test"):
            return list(selectors.faults_of(source))

    def everything(self) -> dict[str, list[Row]]:
        """Return all stored rows of all datasets, in an order that depends on them alone."""
        found = {}
        with Session() as session, everything(reason="test"):
            for one in all_targets():
                one.load(session, "loaded", self.place)
                found[one.contract.id] = session.rows("SELECT * FROM loaded ORDER BY ALL")
        return found


def make() -> District:
    """Make the world, put the village into its bureau, and a clerk into one school."""
    world = build()
    place = settled(world.bureau.code)
    with everything(reason="test"):
        # The nine-year school and a primary school of the village, which both have pupils.
        school, other = School.objects.filter(
            bureau=world.bureau, identifier__in=_identifiers(place)
        ).order_by("identifier")[:2]
    clerk = user_create(username="village", display_name="village", password="a-long-password")
    post_give(
        user=clerk, role=Role.SCHOOL_CLERK, valid_from=date(2020, 9, 1), school_id=school.pk,
        bureau_id=None,
    )  # fmt: skip
    return District(world, place, school, other, clerk)


def _identifiers(place: Place) -> list[str]:
    return [str(row["school_id"]) for row in stored(place, "classes")]


def as_csv(dataset: str, rows: Sequence[Given]) -> bytes:
    """Return rows as a CSV file with Chinese headers, canonical values."""
    fields = contracts.contract(dataset).fields
    told = [f for f in fields if any(f.id in row for row in rows)]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([field.header.zh for field in told])
    writer.writerows([row.get(field.id) or "" for field in told] for row in rows)
    return text.getvalue().encode()
