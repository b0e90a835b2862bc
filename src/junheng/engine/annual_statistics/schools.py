"""From what schools report to whole schools: stages brought together, points added, checks made."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from junheng.engine.annual_statistics.figures import Faults, added
from junheng.engine.annual_statistics.layout import SCHOOL_STAGES, Layout, SchoolStage
from junheng.engine.annual_statistics.paths import folded
from junheng.engine.annual_statistics.sums import Telling, check_sum
from junheng.engine.standard.ruleset import STAGES
from junheng.engine.standard.words import STAGE_WORDS
from junheng.i18n import N_, say

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from junheng.engine.annual_statistics.layout import Figure
    from junheng.engine.annual_statistics.returns import SchoolReturn
    from junheng.engine.standard.ruleset import Stage
    from junheng.errors import Fault

Amounts = dict[tuple[str, str], Fraction | None]
"""Figures by stage ("" for the whole school) and fact; None is not filled in."""

PUPILS = "pupils"
STAGE_NAMES = {**STAGE_WORDS, "senior": N_("senior secondary")}


@dataclass
class School:
    """A school with its points: pupils by stage, amounts by stage and fact, classes by size.

    `pupils` has the stages that were reported, those with 0 pupils too; `stages` are those of its
    kind.
    """

    id: str
    name: str
    county: str
    kind_code: str
    stages: tuple[SchoolStage, ...]
    pupils: dict[SchoolStage, int]
    amounts: Amounts
    classes: dict[tuple[Stage, int], int]


def united(returns: Iterable[SchoolReturn], faults: Faults) -> list[SchoolReturn]:
    """Bring the rows of a school in the workbooks of several stages together.

    What the whole school owns stands in each of them: it must agree.
    """
    by_key: dict[tuple[str, ...], SchoolReturn] = {}
    for found in returns:
        if found.key not in by_key:
            by_key[found.key] = replace(
                found, cells=dict(found.cells), absent=dict(found.absent), stage=None
            )
        else:
            _unite(by_key[found.key], found, faults)
    return list(by_key.values())


def _unite(school: SchoolReturn, other: SchoolReturn, faults: Faults) -> None:
    if school.kind != other.kind:
        found = say(
            "“{found}” here, but “{first}” in {workbook}.",
            found=other.kind.names[0],
            first=school.kind.names[0],
            workbook=school.place.workbook,
        )
        faults.add(other.place.fault(found, say("Correct the kind of school in one of them.")))
    for figure_id, cell in other.cells.items():
        first = school.cells.get(figure_id)
        if first is None or first.amount is None:
            school.cells[figure_id] = cell
        elif cell.amount is not None and cell.amount != first.amount:
            found = say(
                "“{found}” here, but “{first}” in {workbook}, row {row}.",
                found=cell.text,
                first=first.text,
                workbook=first.place.workbook,
                row=first.place.row,
            )
            remedy = say("The whole school's figure stands in each of its stages: correct one.")
            faults.add(cell.place.fault(found, remedy))
    for figure_id, fault in other.absent.items():
        if figure_id not in school.cells:
            school.absent.setdefault(figure_id, fault)


def check_twice(returns: Iterable[SchoolReturn], layout: Layout, faults: Faults) -> None:
    """Refuse a school that was handed in twice; a row in each stage's workbook is once."""
    seen: dict[tuple[str, ...], list[SchoolReturn]] = defaultdict(list)
    for school in returns:
        others = seen[school.key]
        twice = (o for o in others if None in (o.stage, school.stage) or o.stage == school.stage)
        first = next(twice, None)
        if first is not None:
            faults.add(_twice(school, first, layout.identity["is_counted"][0]))
        others.append(school)


def _twice(school: SchoolReturn, first: SchoolReturn, label: str) -> Fault:
    return school.place.fault(
        say(
            "“{school}” was already handed in: {workbook}, sheet “{sheet}”, row {row}.",
            school=school.name,
            workbook=first.place.workbook,
            sheet=first.place.sheet,
            row=first.place.row or 1,
        ),
        say("Keep one of the two. A point of the school needs {label} = 0.", label=label),
    )


# --- whole schools -------------------------------------------------------------------------------


def whole_schools(
    returns: Sequence[SchoolReturn], layout: Layout, telling: Telling
) -> tuple[list[School], int]:
    """Return the schools with their points added, and how many points there were."""
    homes = _Homes([r for r in returns if r.is_counted])
    points: dict[tuple[str, ...], list[SchoolReturn]] = defaultdict(list)
    for point in (r for r in returns if not r.is_counted):
        home = homes.of(point)
        if home is None:
            _tell_homeless(point, layout, telling)
        else:
            points[home.key].append(point)
    schools = [
        _sum([_measured(r, layout, telling) for r in (school, *points[school.key])])
        for school in homes.schools
    ]
    return schools, sum(map(len, points.values()))


class _Homes:
    """Finds the school of a point: the one it names, or the one whose number or name it bears."""

    def __init__(self, schools: Sequence[SchoolReturn]) -> None:
        self.schools = schools
        self._by_name: dict[tuple[str, str], list[SchoolReturn]] = defaultdict(list)
        for school in schools:
            for name in {school.id, folded(school.name)} - {""}:
                self._by_name[school.county, name].append(school)

    def of(self, point: SchoolReturn) -> SchoolReturn | None:
        named = [point.parent] if point.parent else [point.id, point.name]
        for name in filter(None, named):
            found = self._by_name.get((point.county, folded(name)), [])
            if len(found) == 1:
                return found[0]
        return None


def _tell_homeless(point: SchoolReturn, layout: Layout, telling: Telling) -> None:
    label = layout.identity["parent"][0]
    if point.parent:
        found = say("there is no single counted school “{parent}”.", parent=point.parent)
    else:
        found = say("it is not counted as a school, and no school is named that it belongs to.")
    remedy = say("Write name or number of its school under {label}.", label=label)
    telling.add(point.place.fault(found, remedy))


def _measured(report: SchoolReturn, layout: Layout, telling: Telling) -> School:
    """Return one return as a school of its own, with what it lacks told."""
    pupils = {s: n for s in SCHOOL_STAGES if (n := _pupils(report, s, layout, telling)) is not None}
    asked = [s for s in STAGES if pupils.get(s) or (s in pupils and s in report.kind.stages)]
    amounts: Amounts = {}
    for stage in asked:
        amounts |= _amounts(report, stage, layout, telling, has_pupils=bool(pupils[stage]))
    if asked:
        amounts |= _amounts(report, "", layout, telling, has_pupils=any(pupils.values()))
    for total in layout.sums:
        if layout.figures[total.whole].stage in asked:
            check_sum(report, total, layout, telling)
    return School(
        id=report.id,
        name=report.name,
        county=report.county,
        kind_code=report.kind.code,
        stages=report.kind.stages,
        pupils=pupils,
        amounts=amounts,
        classes=dict(report.classes),
    )


def _pupils(
    report: SchoolReturn, stage: SchoolStage, layout: Layout, telling: Telling
) -> int | None:
    """Pupils of a stage; None where neither the kind of school nor the file has the stage."""
    (figure,) = (f for f in layout.figures_of(stage) if f.fact == PUPILS)
    cell = report.cells.get(figure.id)
    is_expected = stage in report.kind.stages and report.kind.stages != ("senior",)
    if cell is None:
        if is_expected:
            telling.add(report.absent.get(figure.id) or _in_no_workbook(report, stage))
        return None
    # A text that is no number has been told where it was read.
    if cell.amount is None and is_expected and (cell.is_dash or not cell.text):
        telling.add(
            cell.place.fault(
                say("the number of pupils is not filled in."),
                say("Write the number of pupils as a whole number, 0 when there are none."),
            )
        )
    return None if cell.amount is None else int(cell.amount)


def _in_no_workbook(report: SchoolReturn, stage: SchoolStage) -> Fault:
    return report.place.fault(
        say(
            "as {kind} it also has pupils of the stage “{stage}”, but it is in no table of that "
            "stage.",
            kind=report.kind.names[0],
            stage=say(STAGE_NAMES[stage]),
        ),
        say("Add the workbook of that stage: what the school owns is split by all its pupils."),
    )


def _amounts(
    report: SchoolReturn, stage: str, layout: Layout, telling: Telling, *, has_pupils: bool
) -> Amounts:
    """Sums of the figures of a stage, by fact; what is not in the tables is told."""
    by_fact: dict[str, list[Figure]] = defaultdict(list)
    for figure in layout.figures_of(stage):
        if figure.fact not in ("", PUPILS):
            by_fact[figure.fact].append(figure)
        # Special and vocational schools are outside the seven indicators and report otherwise.
        if figure.id in report.absent and not figure.is_optional and report.kind.stages:
            telling.add(report.absent[figure.id])
    amounts: Amounts = {}
    for fact, figures in by_fact.items():
        amounts[stage, fact], odd = added(figures, report.cells)
        for cell in odd if has_pupils else ():
            telling.add(
                cell.place.fault(
                    say("a dash says that this does not apply, but the school has pupils."),
                    say("Write the figure, 0 when there is none."),
                )
            )
    return amounts


def _sum(parts: Sequence[School]) -> School:
    """Add the points of a school to it; what one of them has not filled in is missing."""
    school = parts[0]
    for point in parts[1:]:
        for stage, n in point.pupils.items():
            school.pupils[stage] = school.pupils.get(stage, 0) + n
        for key, amount in point.amounts.items():
            before = school.amounts.get(key, Fraction(0))
            school.amounts[key] = None if amount is None or before is None else before + amount
        for band, n_classes in point.classes.items():
            school.classes[band] = school.classes.get(band, 0) + n_classes
    return school
