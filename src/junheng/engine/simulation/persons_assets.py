"""Rooms, grounds, equipment and money of a simulated school, adding up to what it owns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from junheng.engine.simulation.draws import Draw, apportion

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from junheng.engine.simulation.figures import Stock
    from junheng.engine.simulation.persons_classes import Columns, SchoolClass
    from junheng.engine.simulation.plan import SchoolPlan

ROOM_COLUMNS = (
    "room_id",
    "school_id",
    "campus_id",
    "room_kind",
    "area_m2",
    "is_multimedia",
    "is_networked",
)
GROUND_COLUMNS = (
    "ground_id",
    "school_id",
    "campus_id",
    "ground_kind",
    "area_m2",
    "contract_end",
    "walk_minutes",
)
EQUIPMENT_COLUMNS = ("school_id", "asset_kind", "amount", "acquired_year")
FUNDING_COLUMNS = ("school_id", "year", "kind", "amount_yuan")

FURTHER_KINDS = (
    "lab",
    "subject_room",
    "library",
    "computer",
    "activity",
    "subject_room",
    "counselling",
    "lab",
    "language",
    "activity",
)
CLASSROOM_M2, FURTHER_M2 = 66, 92
MUSIC_M2, ART_M2 = (96, 110), (90, 100)
SMALL_SPECIAL_M2 = 68
LARGE_SPECIAL_ROOMS_SHARE = 0.8
CLASSES_PER_SPECIAL_ROOM = 12
GROUNDS_M2 = 9_000
YEARS_OF_EQUIPMENT = 6
FUNDING_BASE_YUAN = {"primary": 720, "junior": 940}
SPECIAL_YUAN = 8_600


def add_rooms(
    rooms: Columns, plan: SchoolPlan, stock: Stock, classes: Sequence[SchoolClass], seed: int
) -> None:
    """Add the rooms of a school: those for teaching sum to its area, to a hundredth of a m2."""
    draw = Draw(seed, "rooms", plan.school.id)
    kinds, hundredths = _teaching_rooms(stock, len(classes), draw)
    campuses = sorted({c.campus_id for c in classes})
    for ix, (kind, area) in enumerate(zip(kinds, hundredths, strict=True)):
        has_media = ix < stock.media_rooms
        # Some of the others have one of the two, and do not count.
        has_network = has_media or draw.share() < 0.4
        campus = campuses[ix % len(campuses)]
        _add(rooms, ROOM_COLUMNS, plan, "R", (campus, kind, area / 100, has_media, has_network))
    if stock.indoor_sport_m2:
        hall = (campuses[0], "indoor_sport", float(stock.indoor_sport_m2), False, True)
        _add(rooms, ROOM_COLUMNS, plan, "R", hall)
    for kind, area_m2 in _other_rooms(plan):
        _add(rooms, ROOM_COLUMNS, plan, "R", (campuses[0], kind, area_m2, False, True))


def _teaching_rooms(stock: Stock, n_classes: int, draw: Draw) -> tuple[list[str], list[int]]:
    """Return kinds and areas (in hundredths of a m2); media rooms come first among them."""
    n_special = -(-n_classes // CLASSES_PER_SPECIAL_ROOM)
    is_large = draw.share() < LARGE_SPECIAL_ROOMS_SHARE
    special = [
        (kind, draw.whole(*large) if is_large else SMALL_SPECIAL_M2)
        for kind, large in (("music", MUSIC_M2), ("art", ART_M2))
        for _ in range(n_special)
    ]
    special_m2 = sum(area for _, area in special)
    if 3 * special_m2 > stock.rooms_m2:
        special, special_m2 = [], 0
    left_m2 = stock.rooms_m2 - special_m2
    n_further = max(
        (left_m2 - n_classes * CLASSROOM_M2) // FURTHER_M2,
        stock.media_rooms - n_classes - len(special),
        1,
    )
    kinds = ["classroom"] * n_classes
    kinds += [FURTHER_KINDS[ix % len(FURTHER_KINDS)] for ix in range(n_further)]
    weights = [CLASSROOM_M2 if kind == "classroom" else FURTHER_M2 for kind in kinds]
    jittered = [weight * draw.between(0.94, 1.06) for weight in weights]
    areas = apportion(100 * left_m2, jittered)
    return kinds + [kind for kind, _ in special], areas + [100 * area for _, area in special]


def _other_rooms(plan: SchoolPlan) -> Iterator[tuple[str, float]]:
    yield "office", 20.0 + plan.pupils // 4
    if plan.pupils > 200:
        yield "canteen", 60.0 + plan.pupils // 2
    if plan.school.is_boarding:
        yield "dormitory", 200.0 + plan.pupils


def add_grounds(grounds: Columns, plan: SchoolPlan, stock: Stock, campus_id: str) -> None:
    """Add sports grounds of the school's whole area; a school without any has one of 0 m2."""
    n = 1 + stock.ground_m2 // GROUNDS_M2
    for area in apportion(stock.ground_m2, [2.0] + [1.0] * (n - 1)):
        row = (campus_id, "outdoor", float(area), None, None)
        _add(grounds, GROUND_COLUMNS, plan, "G", row)


def _add(
    columns: Columns,
    names: Sequence[str],
    plan: SchoolPlan,
    letter: str,
    row: tuple[str, str, float, object, object],
) -> None:
    """Add a row behind its number and school; flags become 0 and 1."""
    number = f"{letter}{len(columns[names[0]]) + 1:06d}"
    whole = (number, plan.school.id, *(int(v) if isinstance(v, bool) else v for v in row))
    for name, value in zip(names, whole, strict=True):
        columns[name].append(value)


def add_equipment(equipment: Columns, plan: SchoolPlan, stock: Stock, year: int, seed: int) -> None:
    """Add equipment, computers and books by the year in which they were acquired."""
    draw = Draw(seed, "equipment", plan.school.id)
    for kind, total in (
        ("teaching_equipment", stock.equipment_yuan),
        ("computers", stock.computers),
        ("books", stock.books),
    ):
        parts = apportion(total, [draw.between(0.5, 1.5) for _ in range(YEARS_OF_EQUIPMENT)])
        for back, amount in enumerate(parts):
            row = (plan.school.id, kind, amount, year - back)
            for name, value in zip(EQUIPMENT_COLUMNS, row, strict=True):
                equipment[name].append(value)


def add_funding(funding: Columns, plan: SchoolPlan, year: int, seed: int) -> None:
    """Add last year's public funding and what of it went into training."""
    draw = Draw(seed, "funding", plan.school.id)
    if plan.school.kind == "special":
        budget = plan.pupils * SPECIAL_YUAN
    else:
        budget = sum(max(u.pupils, 100) * FUNDING_BASE_YUAN[u.unit.stage] for u in plan.units)
    for kind, amount in (
        ("public_funding_budget", budget),
        ("public_funding_account", int(budget * draw.between(0.94, 1.0))),
        ("training_spend", int(budget * draw.between(0.05, 0.08)) + 1),
    ):
        row = (plan.school.id, year - 1, kind, amount)
        for name, value in zip(FUNDING_COLUMNS, row, strict=True):
            funding[name].append(value)
