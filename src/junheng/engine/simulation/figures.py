"""From the plan of a school to the figures of its units, year by year.

The last year comes out as planned. Earlier years go back from it: fewer pupils in the city and
more in the villages, fewer people and things, buildings before they were extended. Whole things
belong to a school and are split between its stages by weighted pupils.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from typing import TYPE_CHECKING

from junheng.engine.simulation.calibration import SURPLUS, USUAL, WEAK, Quality, Range
from junheng.engine.simulation.district import UnitYear
from junheng.engine.simulation.draws import Draw
from junheng.engine.simulation.plan import LAST_YEAR, YEARS_TO_FILL, SchoolPlan, UnitPlan
from junheng.engine.standard.rulebook import load
from junheng.engine.standard.split import shares

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from junheng.engine.simulation.district import Location

RULES = ("cn-2017-quality", "2026.1")
"""The rule set whose split weights are used; one version, so that the sample stays as it is."""

HORIZON = 9
"""Years before the last one at which the drawn beginnings of growth lie."""

PUPILS_AT_FIRST: Mapping[Location, Range] = {
    "city": (0.8, 0.98),
    "town": (0.93, 1.12),
    "rural": (1.35, 1.9),
}
OPENING_SHARE = 0.4
PUPILS_NOISE = 0.015
SUPPORT_SHARE: Range = (0.06, 0.10)
MID_TITLE_SHARE: Range = (0.36, 0.56)
COMPUTERS_PER_100: Range = (11.0, 18.0)
BOOKS_PER_PUPIL: Range = (24.0, 38.0)
GYM_M2_PER_PUPIL: Range = (0.3, 0.9)
GYM_SHARE = 0.55
EXTENDED_SHARE = 0.5


@dataclass(frozen=True)
class Stock:
    """What a school owns, all stages together; whole m2, yuan, rooms and pieces."""

    rooms_m2: int
    indoor_sport_m2: int
    ground_m2: int
    equipment_yuan: int
    media_rooms: int
    computers: int
    books: int


@dataclass(frozen=True)
class People:
    """The staff of a unit by what they count for."""

    staff: int
    teachers: int
    above_degree: int
    backbone: int
    pe_arts: int
    mid_title: int


@dataclass(frozen=True)
class Beginnings:
    """What each thing was nine years before the last year, as a share of the last year's."""

    pupils: float
    staff: float
    degree: float
    backbone: float
    pe_arts: float
    equipment: float
    media: float
    computers: float
    books: float
    rooms_before_extension: float
    extension_year: int


def years_of(plan: SchoolPlan, years: tuple[int, ...], seed: int) -> Iterator[UnitYear]:
    """Yield the figures of every unit of a school for the years in which the school exists."""
    stock = _stock(plan, Draw(seed, "stock", plan.school.id))
    begin = _beginnings(plan, Draw(seed, "history", plan.school.id))
    people = {unit.unit.id: _people(plan, unit, seed) for unit in plan.units}
    for year in years:
        if plan.school.exists_in(year):
            pupils = {u.unit.id: _pupils_in(plan, u, begin, year, seed) for u in plan.units}
            things = _split(plan, pupils, _stock_in(plan, stock, begin, year))
            for unit in plan.units:
                key = unit.unit.id
                then = _people_in(people[key], unit, begin, pupils[key], _back(plan, year))
                yield _unit_year(key, year, pupils[key], then, things[key])


def stock_in(plan: SchoolPlan, year: int, seed: int) -> Stock:
    """Return what a school owns as a whole in a year; the figures of its units are parts of it."""
    begin = _beginnings(plan, Draw(seed, "history", plan.school.id))
    return _stock_in(plan, _stock(plan, Draw(seed, "stock", plan.school.id)), begin, year)


def _back(plan: SchoolPlan, year: int) -> int:
    """Years between `year` and the last year of the school."""
    last = LAST_YEAR if plan.school.closed is None else plan.school.closed - 1
    return last - year


def _grown(at_first: float, back: int) -> float:
    """Share of the last year's figure `back` years before it: exactly 1 in the last year."""
    return max(0.1, 1 - (1 - at_first) * back / HORIZON)


def _rounded(number: float) -> int:
    return floor(number + 0.5)


# --- the last year -------------------------------------------------------------------------------


def _stock(plan: SchoolPlan, draw: Draw) -> Stock:
    pupils = plan.pupils + plan.senior_pupils
    media = _asset(plan, "media_rooms", draw) / 100
    gym = draw.between(*GYM_M2_PER_PUPIL) if draw.share() < GYM_SHARE else 0.0
    indoor = _rounded(gym * pupils) if plan.school.location != "rural" else 0
    return Stock(
        rooms_m2=_rounded(_asset(plan, "rooms_m2", draw)),
        indoor_sport_m2=indoor,
        ground_m2=_rounded(_asset(plan, "sports_m2", draw)) - indoor,
        equipment_yuan=_rounded(_asset(plan, "equipment_yuan", draw) / 100) * 100,
        media_rooms=floor(media) if "media_rooms" in plan.short_of else ceil(media),
        computers=ceil(draw.between(*COMPUTERS_PER_100) * pupils / 100),
        books=_rounded(draw.between(*BOOKS_PER_PUPIL) * pupils),
    )


def _asset(plan: SchoolPlan, quality: Quality, draw: Draw) -> float:
    """Draw how much of a shared asset a school has.

    The level is that of the highest stage, whose pupils need most; a weak school has the level of
    a weak school of its lowest stage, which leaves the higher one short, too.
    """
    is_short = quality in plan.short_of
    unit = plan.units[0 if is_short else -1]
    level = _level(unit, quality, draw, is_short=is_short)
    surplus = 1.0 if is_short else draw.between(*SURPLUS[plan.school.location])
    share = _shares(plan, {u.unit.id: u.pupils for u in plan.units})[unit.unit.stage]
    return level * surplus * unit.pupils / float(share)


def _level(unit: UnitPlan, quality: Quality, draw: Draw, *, is_short: bool) -> float:
    """Draw a level; usual ones crowd just above what is asked, and a few schools have far more."""
    if is_short:
        return draw.between(*WEAK[unit.unit.stage][quality])
    return draw.skewed(*USUAL[unit.unit.stage][quality])


def _shares(plan: SchoolPlan, pupils: Mapping[str, int]) -> dict[str, Fraction]:
    """Return each stage's share of the assets, given the pupils of each unit."""
    by_stage: dict[str, int] = {u.unit.stage: pupils[u.unit.id] for u in plan.units}
    if plan.school.kind == "nine_year":
        return shares(load(*RULES), "nine_year", by_stage)
    if plan.school.kind == "complete_middle":
        by_stage["senior"] = plan.senior_pupils
        return shares(load(*RULES), "complete_middle", by_stage)
    return {stage: Fraction(1) for stage in by_stage}


def _people(plan: SchoolPlan, unit: UnitPlan, seed: int) -> People:
    draw = Draw(seed, "people", unit.unit.id)
    teachers = _teachers(unit.staff, draw)
    degree = ceil(draw.between(*USUAL[unit.unit.stage]["degree"]) * teachers)
    if "degree" in plan.short_of:
        degree = _per_100(plan, unit, "degree", draw)
    return People(
        staff=unit.staff,
        teachers=teachers,
        above_degree=min(teachers, degree),
        backbone=min(teachers, _per_100(plan, unit, "backbone", draw)),
        pe_arts=min(teachers, _per_100(plan, unit, "pe_arts", draw)),
        mid_title=int(draw.between(*MID_TITLE_SHARE) * teachers),
    )


def _teachers(staff: int, draw: Draw) -> int:
    """Return the full-time teachers among the staff; the rest administer, support and work."""
    return staff - int(draw.between(*SUPPORT_SHARE) * staff)


def _per_100(plan: SchoolPlan, unit: UnitPlan, quality: Quality, draw: Draw) -> int:
    is_short = quality in plan.short_of
    people = _level(unit, quality, draw, is_short=is_short) * unit.pupils / 100
    return floor(people) if is_short else ceil(people)


# --- the years before ----------------------------------------------------------------------------


def _beginnings(plan: SchoolPlan, draw: Draw) -> Beginnings:
    is_extended = draw.share() < EXTENDED_SHARE and plan.school.location != "rural"
    return Beginnings(
        pupils=draw.between(*PUPILS_AT_FIRST[plan.school.location]),
        staff=draw.between(0.88, 0.95),
        degree=draw.between(0.72, 0.86),
        backbone=draw.between(0.6, 0.85),
        pe_arts=draw.between(0.65, 0.95),
        equipment=draw.between(0.55, 0.8),
        media=draw.between(0.55, 0.8),
        computers=draw.between(0.5, 0.7),
        books=draw.between(0.75, 0.9),
        rooms_before_extension=draw.between(0.74, 0.92) if is_extended else 1.0,
        extension_year=draw.whole(LAST_YEAR - 7, LAST_YEAR - 1),
    )


def _pupils_in(plan: SchoolPlan, unit: UnitPlan, begin: Beginnings, year: int, seed: int) -> int:
    back = _back(plan, year)
    if back == 0:
        return unit.pupils
    noise = 1 + Draw(seed, "pupils", unit.unit.id, year).between(-PUPILS_NOISE, PUPILS_NOISE)
    if plan.school.founded > LAST_YEAR - HORIZON:
        return _rounded(unit.pupils * _filled(year - plan.school.founded) * noise)
    moved_in = plan.moved_in if year < plan.moved_in_year else 0
    return _rounded((unit.pupils - moved_in) * _grown(begin.pupils, back) * noise)


def _filled(years_open: int) -> float:
    """Share of its pupils that a new school has after some years."""
    return min(1.0, OPENING_SHARE + (1 - OPENING_SHARE) * years_open / YEARS_TO_FILL)


def _people_in(people: People, unit: UnitPlan, begin: Beginnings, pupils: int, back: int) -> People:
    size = pupils / unit.pupils * _grown(begin.staff, back)
    staff = max(2, _rounded(people.staff * size))
    support = int((people.staff - people.teachers) * size)
    teachers = min(staff, max(1, staff - support))
    share = teachers / people.teachers

    def then(number: int, at_first: float) -> int:
        return min(teachers, int(number * share * _grown(at_first, back)))

    return People(
        staff=staff,
        teachers=teachers,
        above_degree=then(people.above_degree, begin.degree),
        backbone=then(people.backbone, begin.backbone),
        pe_arts=then(people.pe_arts, begin.pe_arts),
        mid_title=then(people.mid_title, begin.staff),
    )


def _stock_in(plan: SchoolPlan, stock: Stock, begin: Beginnings, year: int) -> Stock:
    back = _back(plan, year)
    is_extended = year >= begin.extension_year
    built = 1.0 if is_extended or back == 0 else begin.rooms_before_extension
    return Stock(
        rooms_m2=_rounded(stock.rooms_m2 * built),
        indoor_sport_m2=stock.indoor_sport_m2 if built == 1.0 else 0,
        ground_m2=stock.ground_m2,
        equipment_yuan=_rounded(stock.equipment_yuan * _grown(begin.equipment, back)),
        media_rooms=int(stock.media_rooms * _grown(begin.media, back)),
        computers=int(stock.computers * _grown(begin.computers, back)),
        books=int(stock.books * _grown(begin.books, back)),
    )


# --- from the school to its units ----------------------------------------------------------------


@dataclass(frozen=True)
class Things:
    """A unit's part of the school's stock."""

    teaching_area_m2: Decimal
    indoor_sport_area_m2: Decimal
    sports_ground_area_m2: Decimal
    equipment_yuan: Decimal
    media_rooms: Decimal
    computers: Decimal
    books: Decimal


def _split(plan: SchoolPlan, pupils: Mapping[str, int], stock: Stock) -> dict[str, Things]:
    share = _shares(plan, pupils)
    stage_shares = [share[unit.unit.stage] for unit in plan.units]
    totals = (
        stock.rooms_m2 + stock.indoor_sport_m2,
        stock.indoor_sport_m2,
        stock.ground_m2,
        stock.equipment_yuan,
        stock.media_rooms,
        stock.computers,
        stock.books,
    )
    parts = [parts_of(total, stage_shares) for total in totals]
    return {
        unit.unit.id: Things(*(part[ix] for part in parts)) for ix, unit in enumerate(plan.units)
    }


def parts_of(total: int, stage_shares: Sequence[Fraction]) -> list[Decimal]:
    """Take shares of a whole in hundredths; when the shares sum to 1, the parts sum to the whole.

    >>> a, b = Fraction(166), Fraction(231)
    >>> [str(part) for part in parts_of(23_226, [a / (a + b), b / (a + b)])]
    ['9711.63', '13514.37']
    """
    parts = []
    before = 0
    taken = Fraction(0)
    for share in stage_shares:
        taken += share
        hundredths = floor(100 * total * taken + Fraction(1, 2))
        parts.append(Decimal(hundredths - before).scaleb(-2))
        before = hundredths
    return parts


def _unit_year(key: str, year: int, pupils: int, people: People, things: Things) -> UnitYear:
    return UnitYear(
        unit_id=key,
        year=year,
        pupils=pupils,
        staff=people.staff,
        teachers=people.teachers,
        teachers_above_degree=people.above_degree,
        teachers_backbone=people.backbone,
        teachers_pe_arts=people.pe_arts,
        teachers_mid_title=people.mid_title,
        teaching_area_m2=things.teaching_area_m2,
        indoor_sport_area_m2=things.indoor_sport_area_m2,
        sports_ground_area_m2=things.sports_ground_area_m2,
        equipment_yuan=things.equipment_yuan,
        media_rooms=things.media_rooms,
        computers=things.computers,
        books=things.books,
    )
