"""What schools are asked for, in minutes: by dataset, by form, by school."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING

from junheng.apps.balance.api import pupils_by_school
from junheng.apps.catalogue import burdenrules
from junheng.apps.catalogue.classes import limits, sizes_visible_to
from junheng.apps.catalogue.forms_asked import ASK, forms_of
from junheng.apps.registry.api import School, schools_visible_to
from junheng.engine import contracts, standard

if TYPE_CHECKING:
    from collections.abc import Sequence

    from junheng.apps.accounts.api import Reader
    from junheng.apps.catalogue.burdenrules import BurdenRules
    from junheng.apps.catalogue.models import Form
    from junheng.engine.contracts import Contract, Field

PUPILS_OF_A_CLASS = 40
"""Where only pupils are known, classes are reckoned of this size."""


@dataclass(frozen=True)
class Size:
    """What decides how much a school has to fill in."""

    n_pupils: int
    n_classes: int


@dataclass(frozen=True)
class AskedTwice:
    """A field that is asked although another dataset tells it already."""

    dataset: str
    field: Field
    taken_from: str


@dataclass(frozen=True)
class Asked:
    """One dataset or form that a school fills in, and the minutes it takes."""

    key: str
    is_form: bool
    minutes: Fraction


@dataclass(frozen=True)
class SchoolBurden:
    """What one school is asked for in a school year; `last_year` None where it is not known."""

    school: School
    size: Size
    asked: tuple[Asked, ...]
    last_year: Fraction | None

    @property
    def minutes(self) -> Fraction:
        """All minutes of the school year."""
        return sum((one.minutes for one in self.asked), Fraction(0))


def burdens_visible_to(reader: Reader, bureau_id: int, first_year: int) -> list[SchoolBurden]:
    """Return what each school in reach is asked for, those with most first.

    Constant number of queries. Schools whose pupils nobody knows yet are left out.
    """
    rules = burdenrules.load()
    now, before = (_sizes(reader, bureau_id, year) for year in (first_year, first_year - 1))
    forms = {year: forms_of(bureau_id, year) for year in (first_year, first_year - 1)}
    found = []
    for school in schools_visible_to(reader).filter(bureau=bureau_id):
        size, earlier = now.get(school.pk), before.get(school.pk)
        if size is None:
            continue
        asked = asked_of(school.kind, size, forms[first_year], rules)
        then = earlier and asked_of(school.kind, earlier, forms[first_year - 1], rules)
        last_year = sum((one.minutes for one in then), Fraction(0)) if then else None
        found.append(SchoolBurden(school, size, asked, last_year))
    return sorted(found, key=lambda burden: -burden.minutes)


def asked_of(kind: str, size: Size, forms: Sequence[Form], rules: BurdenRules) -> tuple[Asked, ...]:
    """Return what a school of a kind and size is asked for, datasets first."""
    datasets = [
        Asked(e.dataset, False, dataset_minutes(contracts.contract(e.dataset), e, size, rules))
        for e in rules.datasets
    ]
    own = [
        Asked(form.name, True, form_minutes(form, rules))
        for form in forms
        if not form.school_kinds or kind in form.school_kinds
    ]
    return (*datasets, *own)


def dataset_minutes(
    contract: Contract, expected: burdenrules.Expected, size: Size, rules: BurdenRules
) -> Fraction:
    """Return the minutes for a dataset: every field of the rows filled in, and the file."""
    rows = expected.rows_filled(n_classes=size.n_classes, n_pupils=size.n_pupils)
    row_s = rules.row_s + sum(rules.cell_s[field.kind] for field in contract.fields)
    return (rows * row_s + rules.file_s) / 60


def form_minutes(form: Form, rules: BurdenRules) -> Fraction:
    """Return the minutes for a form; what is filled in already is only looked over."""
    row_s = rules.row_s + sum(
        rules.cell_s[column["kind"]] if column["how"] == ASK else rules.looked_over_s
        for column in form.columns
    )
    return Fraction(form.rows * row_s + rules.file_s, 60)


def asked_twice(rules: BurdenRules) -> list[AskedTwice]:
    """Return the fields that the datasets ask although another one tells them."""
    return [
        AskedTwice(dataset, contracts.contract(dataset).field(field), source)
        for (dataset, field), source in rules.taken.items()
    ]


def _sizes(reader: Reader, bureau_id: int, first_year: int) -> dict[int, Size]:
    """Return the sizes of schools: from their classes, else from the unit table."""
    largest = limits(standard.load(standard.DEFAULT_RULESET_ID))
    classes = sizes_visible_to(reader, bureau_id, first_year, date(first_year, 9, 1), largest)
    by_school: dict[int, list[int]] = defaultdict(list)
    for one in classes:
        by_school[one.school_id].append(one.n_pupils)
    found = {
        school: Size(n, -(-n // PUPILS_OF_A_CLASS))
        for school, n in pupils_by_school(bureau_id, first_year).items()
    }
    return found | {school: Size(sum(sizes), len(sizes)) for school, sizes in by_school.items()}
