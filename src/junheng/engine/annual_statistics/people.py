"""What the tables would say of a person-level folder: the figures of each school, to be written.

Who is a full-time teacher and in which stage, what counts as PE and arts, which rooms are for
teaching is told by the rule set, as in `standard.person_level`. What the tables cannot tell
(reliefs, campuses of one stage, persons shared between stages) is found by comparing with the
measurement itself: `differences` names the units.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, cast

from junheng.engine.annual_statistics.differences import differences
from junheng.engine.annual_statistics.figures import Cell, Place
from junheng.engine.annual_statistics.layout import Layout, SchoolStage, load_layout
from junheng.engine.annual_statistics.returns import SchoolReturn
from junheng.engine.standard.person_level import measure_persons
from junheng.engine.standard.person_level.roll import in_force
from junheng.engine.standard.person_level.rules import person_rules
from junheng.errors import DataError
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from pathlib import Path as FilePath

    from junheng.engine.annual_statistics.layout import Figure
    from junheng.engine.standard.person_level.rules import PersonRules
    from junheng.engine.standard.ruleset import RuleSet
    from junheng.engine.store.session import Session

EQUIPMENT_KIND = "teaching_equipment"

GRADES = "一二三四五六"
FIRST_JUNIOR_GRADE, FIRST_SENIOR_GRADE = 7, 10
SOURCE = Place("", "")

Row = tuple[object, ...]


@dataclass(frozen=True)
class SchoolFigures:
    """The figures of a district's schools, and the units that the tables tell otherwise.

    `differences` has unit id and indicator wherever the tables lead to another amount than people
    do.
    """

    layout: Layout
    schools: tuple[SchoolReturn, ...]
    differences: tuple[tuple[str, str], ...]


def school_figures(
    session: Session,
    folder: FilePath,
    ruleset: RuleSet,
    *,
    statistics_date: date,
    layout: str | None = None,
) -> SchoolFigures:
    """Return the figures of each school of a person-level folder.

    Parameters
    ----------
    session
        Takes the relations of the measurement.
    folder
        One Parquet file a dataset, see docs/reference/person-level.md.
    statistics_date
        Day on which pupils and staff count.
    layout
        Id or file of the layout that will be written; None: the present one.

    Raises
    ------
    DataError, TableFaults
        The folder cannot be measured, or holds a kind of school that the layout does not know.
    """
    chosen = load_layout(layout) if layout else load_layout()
    measure_persons(session, folder, ruleset, statistics_date=statistics_date)
    schools = _Drawing(session, person_rules(ruleset), chosen, statistics_date).schools()
    found = differences(session, schools, chosen, ruleset)
    return SchoolFigures(chosen, tuple(schools.values()), found)


class _Drawing:
    """Fills the cells of each school from the relations of the measurement, query by query."""

    def __init__(
        self, session: Session, rules: PersonRules, layout: Layout, statistics_date: date
    ) -> None:
        self._session = session
        self._rules = rules
        self._layout = layout
        self._day = statistics_date

    def schools(self) -> dict[str, SchoolReturn]:
        schools = {school.id: school for school in map(self._school, self._identities())}
        stages = self._stages()
        for school_id, stage in stages:
            self._open_stage(schools[school_id], stage)
        self._count_pupils(schools)
        self._count_classes(schools)
        self._count_teachers(schools)
        self._add_assets(schools)
        return schools

    def _identities(self) -> list[Row]:
        return self._session.rows(
            "SELECT school_id, school_name, county_code, kind_code, is_counted, "
            "parent_school_id FROM person_schools ORDER BY school_id"
        )

    def _school(self, row: Row) -> SchoolReturn:
        school_id, name, county, code, is_counted, parent = row
        kind = self._layout.kind_of_code(str(code))
        if kind is None:
            raise DataError(
                say(
                    "School {school} is of kind {code}, which layout {layout} does not name. Add "
                    "it there under [[kinds]].",
                    school=school_id,
                    code=code,
                    layout=self._layout.id,
                )
            )
        return SchoolReturn(
            id=str(school_id),
            name=str(name),
            county=str(county or ""),
            kind=kind,
            is_counted=is_counted != 0,
            parent=str(parent or ""),
            place=SOURCE,
        )

    def _stages(self) -> list[tuple[str, SchoolStage]]:
        rows = self._session.rows(
            "SELECT DISTINCT school_id, stage FROM person_units "
            "WHERE stage IN ('primary', 'junior', 'senior') ORDER BY 1, 2"
        )
        return [(str(school), _stage(stage)) for school, stage in rows]

    def _open_stage(self, school: SchoolReturn, stage: SchoolStage) -> None:
        """Write 0 wherever people will be counted: nobody is there until one is found."""
        for figure in self._layout.figures_of(stage):
            school.cells[figure.id] = _cell(Fraction(0))
        if stage != "senior":
            school.classes |= {(stage, band.lowest): 0 for band in self._layout.bands}

    # pupils and classes

    def _class_sizes(self) -> str:
        return (
            "SELECT u.school_id AS school_id, u.stage AS stage, c.class_id AS class_id, "
            "c.grade AS grade, COUNT(*) AS pupils FROM person_pupils p "
            "JOIN person_classes c ON c.class_id = p.class_id "
            "JOIN person_units u ON u.unit_id = c.unit_id "
            f"WHERE {in_force(self._day, 'p')} GROUP BY ALL"
        )

    def _count_pupils(self, schools: Mapping[str, SchoolReturn]) -> None:
        rows = self._session.rows(
            f"SELECT school_id, stage, grade, SUM(pupils) FROM ({self._class_sizes()}) "
            "GROUP BY ALL ORDER BY ALL"
        )
        for school_id, stage, grade, pupils in rows:
            school = schools[str(school_id)]
            figures = self._layout.figures_of(str(stage))
            for figure in (f for f in figures if f.fact == "pupils"):
                _add(school, figure, _whole(pupils))
                self._detail_grade(school, figure, grade, _whole(pupils))

    def _detail_grade(
        self, school: SchoolReturn, figure: Figure, grade: object, pupils: int
    ) -> None:
        if grade is None:
            return
        first = {"junior": FIRST_JUNIOR_GRADE, "senior": FIRST_SENIOR_GRADE}.get(figure.stage, 1)
        number = _whole(grade) - first
        if 0 <= number < len(GRADES):
            row, column = figure.cells[0]
            key = (figure.table, row, (column[0], f"{GRADES[number]}年级"))
            school.details[key] = school.details.get(key, 0) + pupils

    def _count_classes(self, schools: Mapping[str, SchoolReturn]) -> None:
        rows = self._session.rows(
            f"SELECT school_id, stage, pupils, COUNT(*) FROM ({self._class_sizes()}) "
            "WHERE stage IN ('primary', 'junior') GROUP BY ALL ORDER BY ALL"
        )
        for school_id, stage, pupils, n in rows:
            lowest = max(b.lowest for b in self._layout.bands if b.lowest <= _whole(pupils))
            classes = schools[str(school_id)].classes
            classes["primary" if stage == "primary" else "junior", lowest] += _whole(n)

    # teachers

    def _teachers(self) -> str:
        """SQL: full-time teachers with school and stage: the main one, or the school's only one."""
        only = (
            "SELECT school_id, MIN(stage) AS stage FROM person_units GROUP BY 1 HAVING COUNT(*) = 1"
        )
        at = f"DATE '{self._day.isoformat()}'"
        return (
            "SELECT t.staff_id AS staff_id, t.school_id AS school_id, "
            "COALESCE(o.stage, t.main_stage) AS stage, t.education_code AS education_code, "
            f"t.backbone_level IN {self._rules.listed('backbone')} "
            f"AND COALESCE(t.backbone_from <= {at}, TRUE) "
            f"AND COALESCE(t.backbone_to >= {at}, TRUE) AS is_backbone "
            f"FROM person_staff t LEFT JOIN ({only}) o ON o.school_id = t.school_id "
            f"WHERE {in_force(self._day, 't')} "
            f"AND t.category_code IN {self._rules.listed('full_time')}"
        )

    def _subjects(self) -> str:
        """SQL: the PE or arts subject of each person who counts as such: that of most periods."""
        return (
            "SELECT l.staff_id AS staff_id, "
            "arg_max(l.subject_code, (COALESCE(l.periods, 0), l.subject_code)) AS subject_code "
            "FROM person_teaching l JOIN person_pe_arts e ON e.staff_id = l.staff_id "
            f"WHERE {in_force(self._day, 'l')} "
            f"AND l.subject_code IN {self._rules.listed('pe_arts_subjects')} GROUP BY 1"
        )

    def _count_teachers(self, schools: Mapping[str, SchoolReturn]) -> None:
        rows = self._session.rows(
            "SELECT t.school_id, t.stage, t.education_code, s.subject_code, "
            "COALESCE(t.is_backbone, FALSE), COUNT(*) "
            f"FROM ({self._teachers()}) t LEFT JOIN ({self._subjects()}) s "
            "ON s.staff_id = t.staff_id GROUP BY ALL ORDER BY ALL"
        )
        for school_id, stage, education, subject, is_backbone, n in rows:
            school = schools[str(school_id)]
            for figure in self._layout.figures_of(str(stage)):
                counts = (
                    str(education) in figure.education
                    or str(subject) in figure.subjects
                    or (figure.fact == "teachers_backbone" and bool(is_backbone))
                    or figure.id in self._totals
                )
                if counts and figure.id in school.cells:
                    _add(school, figure, _whole(n))

    @property
    def _totals(self) -> frozenset[str]:
        return frozenset(total.whole for total in self._layout.sums)

    # rooms, grounds, equipment

    def _add_assets(self, schools: Mapping[str, SchoolReturn]) -> None:
        for fact, select in self._assets().items():
            figures = [f for f in self._layout.figures_of("") if f.fact == fact]
            for school_id, amount in self._session.rows(select):
                for figure in figures:
                    value = None if amount is None else Fraction(str(amount))
                    schools[str(school_id)].cells[figure.id] = _cell(value)
        for school in schools.values():
            for figure in self._layout.figures_of(""):
                school.cells.setdefault(figure.id, _cell(None))

    def _assets(self) -> dict[str, str]:
        """SQL of school and amount by fact; NULL where a part of it is not known."""
        listed = self._rules.listed
        teaching, indoor = listed("teaching_rooms"), listed("indoor_sport_rooms")
        media = f"r.room_kind IN {teaching} AND r.is_multimedia = 1 AND r.is_networked = 1"
        area = "r.area_m2"
        return {
            "teaching_area_m2": _summed("rooms", f"r.room_kind IN {teaching}", area),
            "indoor_sport_area_m2": _summed("rooms", f"r.room_kind IN {indoor}", area),
            "media_rooms": _summed("rooms", media, "1"),
            "sports_ground_area_m2": _summed(
                "grounds", f"r.ground_kind IN {listed('grounds')}", area
            ),
            "equipment_yuan": (
                "SELECT school_id, CASE WHEN COUNT(*) = COUNT(amount) THEN SUM(amount) END "
                f"FROM person_equipment WHERE asset_kind = '{EQUIPMENT_KIND}' GROUP BY school_id"
            ),
        }


def _summed(dataset: str, condition: str, amount: str) -> str:
    """SQL of a sum by school: 0 without a row of the kind, NULL with a blank one."""
    return (
        f"SELECT r.school_id, CASE WHEN COUNT(CASE WHEN {condition} AND {amount} IS NULL THEN 1 "
        f"END) = 0 THEN SUM(CASE WHEN {condition} THEN {amount} ELSE 0 END) END "
        f"FROM person_{dataset} r GROUP BY r.school_id"
    )


def _cell(amount: Fraction | None) -> Cell:
    return Cell(SOURCE, "", amount)


def _add(school: SchoolReturn, figure: Figure, n: int) -> None:
    before = school.cells[figure.id].amount or Fraction(0)
    school.cells[figure.id] = _cell(before + n)


def _whole(value: object) -> int:
    return int(str(value))


def _stage(value: object) -> SchoolStage:
    return cast("SchoolStage", str(value))
