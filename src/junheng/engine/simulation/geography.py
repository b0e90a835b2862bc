"""The invented map, and places on it. Nothing here lies anywhere on earth."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from junheng.engine.simulation.district import DistrictMap, Point, Road, Township
from junheng.engine.simulation.draws import Draw
from junheng.engine.standard.ruleset import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

MIN_DISTANCE_M = 750
MAX_TRIES = 400
BORDER_BEND = 0.09
"""How far a border strays from the straight line, as a share of the line's length."""


def winding(line: Sequence[Point], *, rounds: int, name: str) -> tuple[Point, ...]:
    """Return a line through the same corners that bends between them, as borders and rivers do."""
    draw = Draw(0, "map", name)
    points = tuple(line)
    for _ in range(rounds):
        bent = [points[0]]
        for (ax, ay), (bx, by) in pairwise(points):
            bend = draw.between(-BORDER_BEND, BORDER_BEND)
            middle_x = (ax + bx) / 2 - (by - ay) * bend
            middle_y = (ay + by) / 2 + (bx - ax) * bend
            bent += [(int(middle_x), int(middle_y)), (bx, by)]
        points = tuple(bent)
    return points


CORNERS = (
    (2_400, 11_800),
    (4_900, 17_200),
    (3_800, 22_600),
    (8_700, 27_300),
    (15_600, 26_100),
    (20_900, 28_700),
    (28_300, 27_800),
    (34_700, 28_400),
    (39_200, 23_900),
    (38_100, 17_700),
    (40_300, 11_600),
    (36_900, 6_200),
    (30_400, 4_700),
    (24_800, 1_700),
    (17_200, 3_500),
    (10_800, 1_900),
    (5_600, 5_300),
    (2_400, 11_800),
)
RIVER_BENDS = (
    (8_700, 27_300),
    (11_900, 22_300),
    (16_800, 19_700),
    (21_500, 18_900),
    (25_300, 15_200),
    (27_100, 10_900),
    (31_600, 8_300),
    (36_900, 6_200),
)
MAP = DistrictMap(
    width_m=42_000,
    height_m=30_000,
    outline=winding(CORNERS, rounds=3, name="border")[:-1],
    river_name=Text("溯禾河", "Suhe River"),
    river=winding(RIVER_BENDS, rounds=3, name="river"),
    roads=(
        Road(Text("环城路", "Ring Road"), (
            (20_000, 13_000), (21_200, 17_000), (25_400, 18_300), (29_300, 16_600),
            (29_900, 12_800), (26_500, 10_100), (22_200, 10_400), (20_000, 13_000),
        )),
        Road(Text("东西大道", "East-West Avenue"), (
            (2_900, 13_100), (9_300, 14_600), (16_200, 13_500), (24_800, 14_100),
            (32_400, 14_900), (38_300, 14_300),
        )),
        Road(Text("南北大道", "North-South Avenue"), (
            (24_200, 1_900), (23_400, 7_300), (24_600, 14_000), (25_900, 20_800),
            (28_900, 27_700),
        )),
        Road(Text("岚柘公路", "Lanzhe Highway"), (
            (9_300, 14_600), (10_700, 20_300), (14_900, 24_100), (25_900, 20_800),
        )),
    ),
    townships=(
        Township(Text("澄砚街道", "Chengyan Street Office"), "city", (22_600, 16_400), 2_800),
        Township(Text("霁禾街道", "Jihe Street Office"), "city", (27_300, 17_000), 2_700),
        Township(Text("榆汀街道", "Yuting Street Office"), "city", (22_300, 11_800), 2_700),
        Township(Text("棠屿街道", "Tangyu Street Office"), "city", (27_700, 12_000), 2_700),
        Township(Text("清砚街道", "Qingyan Street Office"), "city", (32_000, 15_300), 2_500),
        Township(Text("岚圃镇", "Lanpu Town"), "town", (9_700, 15_100), 1_600),
        Township(Text("槿川镇", "Jinchuan Town"), "town", (35_800, 12_400), 1_600),
        Township(Text("柘圃镇", "Zhepu Town"), "town", (15_300, 23_400), 1_500),
        Township(Text("荻岫乡", "Dixiu Township"), "rural", (12_900, 6_900), 4_200),
        Township(Text("菱屿乡", "Lingyu Township"), "rural", (33_800, 22_900), 4_000),
    ),
)  # fmt: skip


def place_near(draw: Draw, township: Township, taken: Sequence[Point]) -> Point:
    """Return a place in a township's reach, away from the places taken already.

    In a crowded township the last place tried is taken as it is.
    """
    point = township.centre
    for _ in range(MAX_TRIES):
        east = draw.between(-township.reach_m, township.reach_m)
        north = draw.between(-township.reach_m, township.reach_m)
        if east * east + north * north > township.reach_m * township.reach_m:
            continue
        point = (township.centre[0] + int(east), township.centre[1] + int(north))
        if all(_square_distance(point, other) >= MIN_DISTANCE_M**2 for other in taken):
            break
    return point


def _square_distance(a: Point, b: Point) -> int:
    return (a[0] - b[0]) * (a[0] - b[0]) + (a[1] - b[1]) * (a[1] - b[1])
