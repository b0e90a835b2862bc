"""Careers of a simulated district's staff: rotations of two years, and the ladder of titles.

Both belong to the people that `draw_persons` gives for the same district and year, and leave those
as they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Literal

from junheng.engine.simulation.draws import Draw, apportion
from junheng.engine.simulation.presets import PRESETS, preset_named

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from junheng.engine.simulation.calibration import Step
    from junheng.engine.simulation.district import District
    from junheng.engine.simulation.persons import PersonTables

RotationForm = Literal["rigid", "flexible"]
"""刚性交流: the staff relation moves; 柔性流动: only the work does."""

LIKE_DONGSHENG = PRESETS["dongsheng"]
STEPS: tuple[Step, ...] = ("famous", "leader", "backbone")
LEVELS = ("nation", "province", "city", "county")
BACKBONE_SHARE = 0.26
OUTWARD_SHARE = 0.75
RIGID_SHARE = 0.3
LEAST_YEARS_BEFORE = 3


@dataclass(frozen=True)
class Rotation:
    """A teacher's time at another school.

    `ended` is None while it lasts. `backbone_level` is the title held when it began, if any.
    """

    staff_id: str
    from_unit_id: str
    to_unit_id: str
    form: RotationForm
    subject_code: str
    starts: date
    ends: date
    ended: date | None
    backbone_level: str | None


@dataclass(frozen=True)
class Ladder:
    """Who stands on which step of the ladder, and how many elsewhere in the district.

    `elsewhere` are kindergartens, the research office and whoever else has no place in the data:
    holders and these together are the district's totals.
    """

    holders: tuple[tuple[str, Step], ...]
    elsewhere: Mapping[Step, int]

    def total(self, step: Step) -> int:
        """Return all holders of a step in the whole district."""
        return sum(held == step for _, held in self.holders) + self.elsewhere[step]


@dataclass(frozen=True)
class _Teacher:
    """A full-time teacher of a compulsory unit, employed on 1 September of the year."""

    staff_id: str
    unit_id: str
    subject_code: str
    since: str
    level: str | None


# --- rotations -----------------------------------------------------------------------------------


def draw_rotations(district: District, tables: PersonTables, year: int) -> tuple[Rotation, ...]:
    """Return the rotations of two school years, the one that starts in `year` included.

    Those of the later year are the lessons that `tables` gives as rotation; those of the earlier
    one have ended. Teachers went from 1 September on, for one year or more.
    """
    preset = preset_named(district.preset)
    usual = LIKE_DONGSHENG.n_rotations or 0
    n = preset.n_rotations or usual * preset.staff // LIKE_DONGSHENG.staff
    teachers = _teachers(tables, year)
    now = tuple(_current(tables, {t.staff_id: t for t in teachers}, district.seed, year))
    away = {rotation.staff_id for rotation in now}
    stayed = [t for t in teachers if t.staff_id not in away]
    past = _past(district, stayed, n - len(now), year - 1)
    return tuple(sorted((*past, *now), key=lambda r: (r.starts, r.staff_id)))


def _teachers(tables: PersonTables, year: int) -> list[_Teacher]:
    staff, taught = tables.datasets["staff"], tables.datasets["teaching"]
    lessons = zip(taught["staff_id"], taught["subject_code"], strict=True)
    subjects: dict[object, object] = {}
    for who, subject in lessons:
        subjects.setdefault(who, subject)
    units = tables.datasets["units"]
    unit_of = {
        (school, stage): unit
        for unit, school, stage in zip(
            units["unit_id"], units["school_id"], units["stage"], strict=True
        )
    }
    day = date(year, 9, 1).isoformat()
    columns = ("staff_id", "school_id", "main_stage", "from_date", "to_date")
    titles = ("backbone_level", "backbone_from", "backbone_to")
    rows = zip(*(staff[name] for name in (*columns, *titles)), strict=True)
    return [
        _Teacher(
            staff_id=str(who),
            unit_id=str(unit_of[school, stage]),
            subject_code=str(subjects[who]),
            since=str(since),
            level=str(level) if level and str(start) <= day <= str(end) else None,
        )
        for who, school, stage, since, left, level, start, end in rows
        if left is None and stage not in {None, "senior"}
    ]


def _current(
    tables: PersonTables, teachers: Mapping[str, _Teacher], seed: int, year: int
) -> Iterator[Rotation]:
    taught = tables.datasets["teaching"]
    rows = zip(taught["staff_id"], taught["unit_id"], taught["form"], strict=True)
    for who, host, form in rows:
        if form == "rotation" and who in teachers:
            yield _rotation(teachers[str(who)], str(host), seed, year)


def _past(
    district: District, teachers: Sequence[_Teacher], n: int, year: int
) -> Iterator[Rotation]:
    """Draw `n` teachers who went in `year` and are back; enough of them hold a backbone title."""
    draw = Draw(district.seed, "rotations", year)
    able = [t for t in teachers if t.since <= date(year - LEAST_YEARS_BEFORE, 9, 1).isoformat()]
    mixed = draw.shuffled(able)
    titled = [t for t in mixed if t.level]
    others = [t for t in mixed if not t.level]
    n_titled = min(len(titled), -int(-BACKBONE_SHARE * n // 1))
    hosts = _Hosts(district)
    for teacher in (*titled[:n_titled], *others[: n - n_titled]):
        host = hosts.draw(teacher.unit_id, draw)
        yield _rotation(teacher, host, district.seed, year, has_ended=True)


class _Hosts:
    """Units to go to: of the same stage at another school, mostly outside the city."""

    def __init__(self, district: District) -> None:
        schools = {school.id: school for school in district.schools}
        self._units = [
            unit
            for unit in district.units
            if unit.kind == "ordinary" and schools[unit.school_id].closed is None
        ]
        self._by_id = {unit.id: unit for unit in district.units}
        self._outside = {s.id for s in district.schools if s.location != "city"}

    def draw(self, unit_id: str, draw: Draw) -> str:
        """Return the unit that receives a teacher of a unit."""
        home = self._by_id[unit_id]
        others = [u for u in self._units if u.stage == home.stage and u.school_id != home.school_id]
        outside = [u for u in others if u.school_id in self._outside]
        # A district whose stage has one school sends its teachers to the other stage.
        choice = others or [u for u in self._units if u.school_id != home.school_id]
        if outside and draw.share() < OUTWARD_SHARE:
            choice = outside
        return choice[draw.whole(0, len(choice) - 1)].id


def _rotation(
    teacher: _Teacher, host: str, seed: int, year: int, *, has_ended: bool = False
) -> Rotation:
    draw = Draw(seed, "rotation", teacher.staff_id, year)
    is_rigid = draw.share() < RIGID_SHARE
    years = 1 if has_ended else draw.whole(1, 3)
    ends = date(year + years, 9, 1) - timedelta(days=1)
    return Rotation(
        staff_id=teacher.staff_id,
        from_unit_id=teacher.unit_id,
        to_unit_id=host,
        form="rigid" if is_rigid else "flexible",
        subject_code=teacher.subject_code,
        starts=date(year, 9, 1),
        ends=ends,
        ended=ends if has_ended else None,
        backbone_level=teacher.level,
    )


# --- ladder --------------------------------------------------------------------------------------


def draw_ladder(district: District, tables: PersonTables, year: int) -> Ladder:
    """Return the steps of everybody with a valid title; higher levels stand on higher steps.

    A district without published totals shares its holders among the steps as Dongsheng does.
    """
    published = preset_named(district.preset).ladder
    shares = published or LIKE_DONGSHENG.ladder or {}
    holders = _holders(district, tables, year)
    parts = apportion(len(holders), [float(shares[step]) for step in STEPS])
    steps = [step for step, part in zip(STEPS, parts, strict=True) for _ in range(part)]
    elsewhere: dict[Step, int] = dict.fromkeys(STEPS, 0)
    if published:
        elsewhere = {s: published[s] - part for s, part in zip(STEPS, parts, strict=True)}
    ranked = sorted(zip(holders, steps, strict=True))
    return Ladder(tuple(ranked), elsewhere)


def _holders(district: District, tables: PersonTables, year: int) -> list[str]:
    """Return the holders of valid titles, those of the highest level first, by lot inside it."""
    day = date(year, 9, 1).isoformat()
    staff = tables.datasets["staff"]
    names = ("staff_id", "to_date", "backbone_level", "backbone_from", "backbone_to")
    rows = list(zip(*(staff[name] for name in names), strict=True))
    valid = [
        (LEVELS.index(str(level)), str(who))
        for who, left, level, start, end in rows
        if left is None and level is not None and str(start) <= day <= str(end)
    ]
    mixed = Draw(district.seed, "ladder", year).shuffled(valid)
    return [who for _, who in sorted(mixed, key=lambda holder: holder[0])]
