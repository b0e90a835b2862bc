"""The page of what schools are asked for, in minutes."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from django.utils.translation import gettext

from junheng.apps.catalogue.forms_asked import ASK, PREFILL, REFUSE
from junheng.apps.catalogue.present import words
from junheng.engine import contracts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from junheng.apps.catalogue.burden import AskedTwice, SchoolBurden
    from junheng.apps.catalogue.forms_asked import Column
    from junheng.apps.catalogue.models import Form

MINUTES = 60


@dataclass(frozen=True)
class FormLine:
    """One dataset or form: hours of all schools together, and of one on average."""

    name: str
    url: str
    note: str
    n_schools: int
    hours: float
    mean_minutes: float


@dataclass(frozen=True)
class SchoolLine:
    """One school: hours of this year and of last."""

    name: str
    n_pupils: int
    hours: float
    last_year: float | None
    largest: str


@dataclass(frozen=True)
class TwiceLine:
    """One field that need not be asked."""

    field: str
    dataset: str
    url: str
    taken_from: str
    taken_url: str


@dataclass(frozen=True)
class ColumnLine:
    """What becomes of one column of a new form."""

    label: str
    shape: str
    verdict: str
    url: str


class BurdenShown:
    """Everything the page of the burden shows."""

    def __init__(
        self, burdens: Sequence[SchoolBurden], forms: Sequence[Form], twice: Sequence[AskedTwice]
    ) -> None:
        self.burdens = burdens
        self.forms = {form.name: form for form in forms}
        self._twice = twice

    @property
    def answer(self) -> str:
        """How long the schools sit over it, in one sentence."""
        if not self.burdens:
            return ""
        if self.is_of_one_school:
            return self._answer_of_one
        facts = {
            "hours": round(float(sum(b.minutes for b in self.burdens)) / MINUTES),
            "n": len(self.burdens),
            "mean": f"{_hours(self._mean):.1f}",
            "twice": len(self._twice),
        }
        text = gettext(
            "%(n)d schools sit about %(hours)d hours over what they are asked for this school "
            "year, %(mean)s hours each; %(twice)d fields need not be asked."
        )
        return text % facts

    @property
    def is_of_one_school(self) -> bool:
        """Whether means and sums over schools would say nothing."""
        return len(self.burdens) == 1

    @property
    def _answer_of_one(self) -> str:
        text = gettext(
            "%(school)s sits about %(hours)s hours over what it is asked for this school year; "
            "%(twice)d fields need not be asked."
        )
        return text % {
            "school": self.burdens[0].school.name,
            "hours": f"{_hours(self._mean):.1f}",
            "twice": len(self._twice),
        }

    @property
    def _mean(self) -> Fraction:
        return sum((b.minutes for b in self.burdens), Fraction(0)) / len(self.burdens)

    @property
    def form_lines(self) -> list[FormLine]:
        """Datasets and forms, those that take most first."""
        minutes: dict[tuple[str, bool], list[Fraction]] = defaultdict(list)
        for burden in self.burdens:
            for asked in burden.asked:
                minutes[asked.key, asked.is_form].append(asked.minutes)
        lines = [self._line(key, is_form, found) for (key, is_form), found in minutes.items()]
        return sorted(lines, key=lambda line: -line.hours)

    @property
    def school_lines(self) -> list[SchoolLine]:
        return [
            SchoolLine(
                burden.school.name,
                burden.size.n_pupils,
                _hours(burden.minutes),
                None if burden.last_year is None else _hours(burden.last_year),
                self._name(max(burden.asked, key=lambda a: a.minutes).key),
            )
            for burden in self.burdens
        ]

    @property
    def twice(self) -> list[TwiceLine]:
        return [
            TwiceLine(
                words.of(one.field.header),
                _dataset_name(one.dataset),
                words.dataset_url(one.dataset, one.field.id),
                _dataset_name(one.taken_from),
                words.dataset_url(one.taken_from),
            )
            for one in self._twice
        ]

    def _line(self, key: str, is_form: bool, minutes: Sequence[Fraction]) -> FormLine:
        total = sum(minutes, Fraction(0))
        form = self.forms.get(key) if is_form else None
        note = ""
        if form is not None:
            n_filled = sum(column["how"] == PREFILL for column in form.columns)
            note = gettext("due %(day)s; %(n)d of %(all)d columns are filled in already") % {
                "day": form.due.isoformat(),
                "n": n_filled,
                "all": len(form.columns),
            }
        return FormLine(
            name=self._name(key),
            url="" if is_form else words.dataset_url(key),
            note=note,
            n_schools=len(minutes),
            hours=_hours(total),
            mean_minutes=float(total / len(minutes)),
        )

    def _name(self, key: str) -> str:
        return key if key in self.forms else _dataset_name(key)


def column_lines(columns: Sequence[Column]) -> list[ColumnLine]:
    """Return what becomes of each column of a new form, in words."""
    return [_column_line(column) for column in columns]


def _column_line(column: Column) -> ColumnLine:
    if column.how == ASK:
        return ColumnLine(column.label, "met", gettext("is asked"), "")
    if not column.dataset:
        return ColumnLine(column.label, "below85", gettext("stands twice in this form"), "")
    text = (
        gettext("is collected row by row in “%(dataset)s” already: leave it out")
        if column.how == REFUSE
        else gettext("is filled in from “%(dataset)s”")
    )
    return ColumnLine(
        column.label,
        "below85" if column.how == REFUSE else "between85",
        text % {"dataset": _dataset_name(column.dataset)},
        words.dataset_url(column.dataset, column.field),
    )


def _dataset_name(dataset: str) -> str:
    return words.of(contracts.contract(dataset).name)


def _hours(minutes: Fraction) -> float:
    return float(minutes) / MINUTES
