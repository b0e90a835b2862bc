"""The board: every item of the standard with its state, who leads it, and what it comes to."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext

from junheng.apps.balance.api import decimals
from junheng.apps.evidence import api as evidence
from junheng.apps.foundation.shown import Link
from junheng.apps.selfassessment.present import words
from junheng.apps.selfassessment.selectors import PARTS
from junheng.engine.standard.items import overall
from junheng.engine.standard.itemtypes import all_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from junheng.apps.balance.api import IndicatorCount
    from junheng.apps.selfassessment.selectors import Board, Row
    from junheng.engine.standard.itemtypes import ItemStatus

FILTERS = ("all", "open", "overdue", "mine")
JUDGED: dict[str, ItemStatus] = {"met": "met", "not_met": "not_met"}


@dataclass(frozen=True)
class Beside:
    """A figure of somebody else beside the county's."""

    label: str
    value: str
    document: str


@dataclass(frozen=True)
class Line:
    """One line of the board as it is shown."""

    id: str
    number: str
    name: str
    kind: str
    state: str
    shape: str
    value: str
    note: str
    beside: tuple[Beside, ...]
    department: str
    responsible: str
    deadline: str
    is_overdue: bool
    changed_at: datetime | None
    changed_by: str
    target: str
    url: str
    n_files: int
    files_url: str


@dataclass(frozen=True)
class Part:
    """One part of the standard with its lines and how many are met."""

    id: str
    label: str
    lines: Sequence[Line]
    n_met: int
    n_all: int
    status: str


class BoardShown:
    """The board of a school year as one reader sees it."""

    def __init__(
        self,
        board: Board,
        *,
        today: date,
        user_id: int,
        chosen: str = "all",
        files: Mapping[str, int] | None = None,
    ) -> None:
        self.board = board
        self.today = today
        self.user_id = user_id
        self.chosen = chosen if chosen in FILTERS else "all"
        self.files = files or {}

    @property
    def parts(self) -> list[Part]:
        """The parts of the standard that have lines, with what the filter leaves of them."""
        found = []
        for part in PARTS:
            rows = self.board.of(part)
            if rows:
                lines = [self.line(row) for row in rows if self._passes(row, self.chosen)]
                n_met = sum(row.state == "met" for row in rows)
                found.append(
                    Part(part, _label(part), lines, n_met, len(rows), self._status(part, rows))
                )
        return found

    @property
    def chips(self) -> list[Link]:
        """The filters with how many items each leaves."""
        labels = {
            "all": gettext("All"),
            "open": gettext("Still open"),
            "overdue": gettext("Overdue"),
            "mine": gettext("Mine"),
        }
        counts = Counter(
            name for row in self.board.rows for name in FILTERS if self._passes(row, name)
        )
        year = self.board.school_year.starts_on.year
        return [
            Link(label, f"?year={year}&show={name}", name == self.chosen, counts[name])
            for name, label in labels.items()
        ]

    @property
    def answer(self) -> str:
        """How the county stands, in one sentence."""
        rows = self.board.rows
        judged = [row for row in rows if row.part != "vetoes"]
        n_met = sum(row.state == "met" for row in judged)
        n_not = sum(row.state == "not_met" for row in judged)
        n_late = sum(row.is_overdue(self.today) for row in rows)
        sentence = gettext(
            "{met} of {all} items are met, {not_met} are not, {open} are open; {late} overdue."
        )
        return sentence.format(
            met=n_met, all=len(judged), not_met=n_not, open=len(judged) - n_met - n_not, late=n_late
        )

    @property
    def overall(self) -> str:
        """The overall result by the rule set, as far as it can be told."""
        return overall(
            self.board.rules,
            resource_allocation=self.resources,
            items={row.id: JUDGED.get(row.state, "undetermined") for row in self.board.rows},
            vetoes={row.id: _applies(row) for row in self.board.of("vetoes")},
        ).status

    @property
    def resources(self) -> ItemStatus:
        """The result of part one: that of the published assessment."""
        basis = self.board.basis
        verdict = basis.assessment.verdict if basis else ""
        return JUDGED.get(verdict, "undetermined")

    def line(self, row: Row) -> Line:
        """Return a line as it is shown."""
        plan, entry = row.plan, row.entry
        changed = _last(row)
        is_miss = row.part == "resources" and row.state == "not_met"
        return Line(
            id=row.id,
            number=row.number,
            name=words.of(row.name),
            kind=gettext(words.KINDS[row.kind]),
            state=gettext("Some units miss it") if is_miss else gettext(words.STATES[row.state]),
            shape="between85" if is_miss else words.shape(row.state),
            value=self._value(row),
            note=self._note(row),
            beside=tuple(
                Beside(str(one.get_told_by_display()), one.data["value"], one.document)
                for one in row.others.values()
            ),
            department=words.department(row.department),
            responsible=plan.responsible.display_name if plan and plan.responsible else "",
            deadline=plan.deadline.isoformat() if plan and plan.deadline else "",
            is_overdue=row.is_overdue(self.today),
            changed_at=changed,
            changed_by=entry.entered_by.display_name if entry else "",
            target=plan.target if plan else "",
            url=item_url(self.board, row.id),
            n_files=self.files.get(row.id, 0),
            files_url=evidence.item_url(row.id, year=self.board.school_year.starts_on.year),
        )

    def _passes(self, row: Row, name: str) -> bool:
        if name == "open":
            return row.is_open
        if name == "overdue":
            return row.is_overdue(self.today)
        if name == "mine":
            return row.plan is not None and row.plan.responsible_id == self.user_id
        return True

    def _status(self, part: str, rows: Sequence[Row]) -> str:
        if part == "resources":
            return self.resources
        return all_of(JUDGED.get(row.state, "undetermined") for row in rows)

    def _value(self, row: Row) -> str:
        if row.part == "resources":
            count = _count(self.board, row.id)
            if count is None:
                return ""
            n_met = count.n_by_status.get("met", 0)
            return gettext("{met} of {all} units").format(met=n_met, all=count.n_units)
        if row.spec.is_attested and row.entry is not None:
            return dict(words.answers(row.spec)).get(row.entry.data.get("answer", ""), "")
        if row.spec.origin == "schools":
            return gettext("{n} of {all} schools answered").format(
                n=row.n_answers, all=len(self.board.schools)
            )
        known = [f for f in row.result.figures if f.value is not None] if row.result else []
        return " / ".join(words.figure(one, row.spec.unit) for one in known)

    def _note(self, row: Row) -> str:
        if row.part == "resources":
            count = _count(self.board, row.id)
            parts = [
                f"{words.stage(stage)} CV {decimals(one.cv, 3)}"
                for stage, one in (count.coefficients.items() if count else ())
                if one.cv is not None
            ]
            return " · ".join(parts)
        if row.is_imported:
            return gettext("from imported figures of the county")
        n_schools = (
            len({one.school for one in row.result.obstacles if one.school}) if row.result else 0
        )
        if row.state == "not_met" and n_schools:
            return gettext("at {n} schools").format(n=n_schools)
        return ""


def item_url(board: Board, item_id: str) -> str:
    """Return the address of an item."""
    year = board.school_year.starts_on.year
    return f"{reverse('selfassessment:item', args=[item_id])}?year={year}"


def _label(part: str) -> str:
    return gettext(words.PARTS[part])


def _count(board: Board, indicator: str) -> IndicatorCount | None:
    every = board.basis.indicators if board.basis else ()
    return next((one for one in every if one.indicator == indicator), None)


def _applies(row: Row) -> bool | None:
    return {"met": False, "not_met": True}.get(row.state)


def _last(row: Row) -> datetime | None:
    moments = [
        row.entry.entered_at if row.entry else None,
        row.computed.computed_at if row.computed else None,
        row.plan.changed_at if row.plan else None,
    ]
    return max((moment for moment in moments if moment is not None), default=None)
