"""Forms beside the datasets: what a new one asks is looked up before it is asked again."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from junheng.apps.catalogue.models import Form
from junheng.apps.foundation import journal
from junheng.apps.foundation.journal import Changed
from junheng.apps.registry.api import school_year_ensure
from junheng.engine import contracts
from junheng.engine.store.grid import folded
from junheng.errors import DataError
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from junheng.engine.contracts import Contract, Field

ASK, PREFILL, REFUSE = "ask", "prefill", "refuse"
OF_ONE_PERSON = frozenset({"L3", "L4"})


@dataclass(frozen=True)
class Column:
    """What becomes of one column of a new form.

    `how`: ask it, fill it in from `dataset`, or refuse it because `dataset` has it row by row or
    the form asks it twice (`dataset` blank).
    """

    label: str
    kind: str
    how: str
    dataset: str = ""
    field: str = ""


def columns_checked(labels: Sequence[str], *, kind: str = "text") -> list[Column]:
    """Return what becomes of each column that a form wants to ask, by its heading.

    A known field of a school or unit is filled in from its dataset. What tells of one person is
    collected person by person already and refused; so is a heading that stands twice.
    """
    seen: set[str] = set()
    found = []
    for label in labels:
        key = folded(label)
        known = _known().get(key)
        if key in seen:
            found.append(Column(label, kind, REFUSE))
        elif known is None:
            found.append(Column(label, kind, ASK))
        else:
            contract, field = known
            how = REFUSE if field.sensitivity in OF_ONE_PERSON else PREFILL
            found.append(Column(label, field.kind, how, contract.id, field.id))
        seen.add(key)
    return found


@transaction.atomic
def form_register(
    *,
    bureau_id: int,
    first_year: int,
    name: str,
    labels: Sequence[str],
    school_kinds: Sequence[str],
    rows: int,
    due: date,
    by: int,
    now: datetime,
) -> Form:
    """Register a form that schools are to fill in by a day.

    Raises
    ------
    DataError
        It asks nothing, something that is collected already, or a form of that name exists.
    """
    columns = columns_checked(labels)
    refused = [column.label for column in columns if column.how == REFUSE]
    if refused:
        raise DataError(
            say(
                "Already collected, or asked twice: {labels}. Leave it out; the catalogue says "
                "where it stands.",
                labels="、".join(refused),
            )
        )
    if not any(column.how == ASK for column in columns):
        raise DataError(say("Every column is known already; schools need not be asked."))
    year = school_year_ensure(first_year=first_year)
    if Form.objects.filter(bureau=bureau_id, school_year=year, name=name).exists():
        raise DataError(say("There is a form “{name}” in this school year already.", name=name))
    form = Form.objects.create(
        bureau_id=bureau_id,
        school_year=year,
        name=name,
        columns=[asdict(column) for column in columns],
        school_kinds=list(school_kinds),
        rows=rows,
        due=due,
        registered_by_id=by,
        registered_at=now,
    )
    journal.record([Changed(form, None, journal.fields_of(form))], by=by, why="registered")
    return form


def forms_of(bureau_id: int, first_year: int) -> list[Form]:
    """Return the forms of a bureau in a school year, by the day they are due."""
    rows = Form.objects.filter(bureau=bureau_id, school_year__starts_on__year=first_year)
    return list(rows.order_by("due", "name"))


def _known() -> dict[str, tuple[Contract, Field]]:
    """Return every field by each of its names; the dataset nearest to the school comes first."""
    found: dict[str, tuple[Contract, Field]] = {}
    for contract in contracts.contracts():
        for field in contract.fields:
            for name in field.names:
                found.setdefault(folded(name), (contract, field))
    return found
