"""The districts that can be drawn: published totals with their source.

How the totals spread over kinds, places and schools is made up; so are totals that nobody
published, which the source says.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from junheng.engine.simulation.calibration import Group, Preset, Ties, Weakness
from junheng.errors import DataError
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Mapping

_DONGSHENG = Preset(
    name="dongsheng",
    source="Dongsheng district, Ordos, 2024-08-30: 50 compulsory schools, 77 332 pupils, "
    "6 230 staff (1:12.4), 152 famous teachers, 521 teaching masters and subject leaders, 1 191 "
    "backbone teachers, interactive rooms in 49 schools, 10 and 12 classes joined with a branch",
    pupils=77_332,
    staff=6_230,
    province_code="15",
    n_rotations=469,
    ladder={"famous": 152, "leader": 521, "backbone": 1_191},
    # Groups and communities as in Yuzhong and Xigong: this district has everything.
    ties=Ties(
        n_clusters=4,
        n_groups=10,
        n_members=33,
        n_communities=7,
        n_interactive=49,
        paired_classes=(10, 12),
    ),
    groups=(
        Group("primary", "city", 18, {"primary": (1_350, 2_400)}, n_new=2),
        Group("primary", "town", 5, {"primary": (980, 1_650)}),
        Group("primary", "rural", 3, {"primary": (170, 330)}, is_scaled=False),
        Group("nine_year", "city", 6, {"primary": (1_150, 1_600), "junior": (750, 980)}, n_new=2),
        Group("nine_year", "town", 2, {"primary": (640, 980), "junior": (420, 640)}),
        Group(
            "nine_year",
            "rural",
            1,
            {"primary": (210, 290), "junior": (130, 180)},
            is_scaled=False,
        ),
        Group("junior", "city", 6, {"junior": (1_500, 2_200)}, n_new=1),
        Group("complete_middle", "city", 2, {"junior": (1_450, 1_950)}, (1_300, 1_900)),
        Group("junior", "town", 2, {"junior": (1_050, 1_500)}),
        Group("junior", "rural", 1, {"junior": (400, 520)}, is_scaled=False),
        Group("teaching_point", "rural", 2, {"primary": (28, 48)}, is_scaled=False),
        Group("teaching_point", "rural", 1, {"primary": (62, 90)}, is_scaled=False),
        Group("special", "city", 1, {"primary": (165, 215)}, is_scaled=False),
    ),
    weaknesses=(
        Weakness("primary", "city", ("sports_m2", "rooms_m2", "media_rooms")),
        Weakness("primary", "city", ("sports_m2", "rooms_m2", "equipment_yuan")),
        Weakness("nine_year", "city", ("sports_m2", "media_rooms")),
        Weakness("primary", "rural", ("pe_arts", "backbone", "media_rooms")),
        Weakness("junior", "rural", ("pe_arts", "backbone", "degree")),
        Weakness("junior", "town", ("media_rooms", "equipment_yuan", "pe_arts")),
        # One indicator a little low is allowed: these schools pass all the same.
        Weakness("primary", "city", ("sports_m2",), 4),
        Weakness("junior", "city", ("rooms_m2",), 2),
    ),
)
_XIGONG = Preset(
    name="xigong",
    source="Xigong district, Luoyang, 2024-01-15: 39 schools, more than 37 000 pupils in clubs, "
    "469 rotations in two years, 6 education groups, 7 urban-rural communities; pupils are "
    "taken as 37 000; not published: staff (at Dongsheng's 1:12.4), members of the groups",
    pupils=37_000,
    staff=2_984,
    province_code="41",
    n_rotations=469,
    ties=Ties(n_groups=6, n_members=18, n_communities=7),
    groups=(
        Group("primary", "city", 20, {"primary": (700, 1_500)}, n_new=2),
        Group("primary", "rural", 3, {"primary": (170, 330)}, is_scaled=False),
        Group("nine_year", "city", 3, {"primary": (600, 950), "junior": (400, 640)}, n_new=1),
        Group("junior", "city", 8, {"junior": (800, 1_500)}),
        Group("complete_middle", "city", 1, {"junior": (900, 1_300)}, (900, 1_300)),
        Group("junior", "rural", 1, {"junior": (280, 420)}, is_scaled=False),
        Group("teaching_point", "rural", 2, {"primary": (28, 90)}, is_scaled=False),
        Group("special", "city", 1, {"primary": (120, 170)}, is_scaled=False),
    ),
    weaknesses=(
        Weakness("primary", "city", ("sports_m2", "rooms_m2", "media_rooms")),
        Weakness("nine_year", "city", ("sports_m2", "media_rooms")),
        Weakness("primary", "rural", ("pe_arts", "backbone", "media_rooms")),
        Weakness("primary", "city", ("sports_m2",), 3),
    ),
)
_WUHUA = Preset(
    name="wuhua",
    source="Wuhua district, Kunming, 2022-11-27: 67 schools on 72 campuses in 4 clusters, 5 "
    "education groups, 11 public middle schools, 7 of them with senior grades; not published: "
    "pupils and staff (at Dongsheng's 1 547 a school and 1:12.4), members of the groups",
    pupils=103_625,
    staff=8_348,
    province_code="53",
    n_campuses=72,
    ties=Ties(n_clusters=4, n_groups=5, n_members=15),
    groups=(
        Group("primary", "city", 38, {"primary": (1_200, 2_300)}, n_new=3),
        Group("primary", "town", 6, {"primary": (800, 1_500)}),
        Group("primary", "rural", 3, {"primary": (170, 330)}, is_scaled=False),
        Group("nine_year", "city", 6, {"primary": (900, 1_500), "junior": (600, 980)}, n_new=1),
        Group("complete_middle", "city", 7, {"junior": (1_800, 2_600)}, (1_000, 1_800)),
        Group("junior", "city", 3, {"junior": (1_800, 2_500)}),
        Group("junior", "town", 1, {"junior": (1_050, 1_500)}),
        Group("teaching_point", "rural", 2, {"primary": (28, 90)}, is_scaled=False),
        Group("special", "city", 1, {"primary": (165, 215)}, is_scaled=False),
    ),
    weaknesses=(
        Weakness("primary", "city", ("sports_m2", "rooms_m2", "media_rooms"), 2),
        Weakness("nine_year", "city", ("sports_m2", "media_rooms")),
        Weakness("primary", "rural", ("pe_arts", "backbone", "media_rooms")),
        Weakness("junior", "town", ("media_rooms", "equipment_yuan", "pe_arts")),
        Weakness("primary", "city", ("sports_m2",), 5),
    ),
)
_YUZHONG = Preset(
    name="yuzhong",
    source="Yuzhong district, Chongqing, 2024-06-21: more than 40 compulsory schools, 10 education "
    "groups with 33 members that cover all, hence 43 and a special school; not published: pupils "
    "and staff (at Dongsheng's 1 547 a school and 1:12.4)",
    pupils=68_052,
    staff=5_482,
    province_code="50",
    ties=Ties(n_groups=10, n_members=33),
    groups=(
        Group("primary", "city", 29, {"primary": (900, 2_300)}, n_new=2),
        Group("nine_year", "city", 4, {"primary": (800, 1_400), "junior": (500, 900)}, n_new=1),
        Group("complete_middle", "city", 6, {"junior": (1_300, 2_100)}, (1_300, 2_200)),
        Group("junior", "city", 4, {"junior": (1_100, 1_900)}),
        Group("special", "city", 1, {"primary": (120, 170)}, is_scaled=False),
    ),
    weaknesses=(
        # A city on a hill: what is short is ground.
        Weakness("primary", "city", ("sports_m2", "rooms_m2"), 3),
        Weakness("complete_middle", "city", ("sports_m2", "rooms_m2")),
        Weakness("primary", "city", ("sports_m2",), 6),
    ),
)
_PINGFANG = Preset(
    name="pingfang",
    source="Pingfang district, Harbin, 2022-09-17: 10 base schools of ice hockey, rotation and "
    "groups without numbers; not published and made up: 20 schools, 16 000 pupils; staff at "
    "Dongsheng's 1:12.4",
    pupils=16_000,
    staff=1_289,
    province_code="23",
    groups=(
        Group("primary", "city", 9, {"primary": (600, 1_400)}, n_new=1),
        Group("primary", "town", 2, {"primary": (300, 700)}),
        Group("primary", "rural", 2, {"primary": (120, 260)}, is_scaled=False),
        Group("nine_year", "city", 1, {"primary": (500, 800), "junior": (350, 560)}),
        Group("complete_middle", "city", 1, {"junior": (700, 1_100)}, (700, 1_100)),
        Group("junior", "city", 3, {"junior": (600, 1_200)}),
        Group("junior", "rural", 1, {"junior": (150, 260)}, is_scaled=False),
        Group("special", "city", 1, {"primary": (80, 120)}, is_scaled=False),
    ),
    weaknesses=(
        Weakness("primary", "city", ("rooms_m2", "media_rooms", "equipment_yuan")),
        Weakness("junior", "rural", ("pe_arts", "backbone", "degree")),
        Weakness("primary", "city", ("sports_m2",), 2),
    ),
)
_VILLAGE = Preset(
    name="village",
    source="made up: the smallest district with a town, a village and both stages, for tests",
    pupils=600,
    staff=58,
    province_code="53",
    ties=Ties(
        n_clusters=1,
        n_groups=1,
        n_members=2,
        n_communities=1,
        n_interactive=3,
        paired_classes=(2,),
    ),
    groups=(
        Group("primary", "town", 1, {"primary": (200, 240)}),
        Group("nine_year", "town", 1, {"primary": (130, 160), "junior": (110, 140)}),
        Group("primary", "rural", 1, {"primary": (80, 100)}, is_scaled=False),
        Group("teaching_point", "rural", 1, {"primary": (28, 40)}, is_scaled=False),
    ),
    weaknesses=(Weakness("nine_year", "town", ("sports_m2", "media_rooms")),),
)
PRESETS: Mapping[str, Preset] = {
    preset.name: preset for preset in (_DONGSHENG, _XIGONG, _WUHUA, _YUZHONG, _PINGFANG, _VILLAGE)
}


def preset_named(name: str) -> Preset:
    """Return a preset; DataError when there is none of that name."""
    if name not in PRESETS:
        raise DataError(
            say(
                "There is no sample district “{name}”. Choose one of: {names}.",
                name=name,
                names=", ".join(PRESETS),
            )
        )
    return PRESETS[name]
