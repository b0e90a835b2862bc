"""What a simulated district is calibrated to: counts, sizes and levels, with their source.

The totals are published figures of real districts; how they spread over kinds, places and schools
is made up. Levels are those of an invented district, not the standard's: some lie above what the
standard asks, and `Weakness` plants those that do not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from junheng.errors import DataError
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from junheng.engine.simulation.district import Location, SchoolKind
    from junheng.engine.standard.ruleset import Stage

Range = tuple[float, float]
Quality = Literal[
    "rooms_m2", "sports_m2", "equipment_yuan", "media_rooms", "degree", "backbone", "pe_arts"
]


@dataclass(frozen=True)
class Group:
    """Schools of one kind in one sort of place, with the range of their pupils a stage.

    `n_new` of them were founded within the last ten years. `is_scaled` says that their pupils are
    scaled to the district's total; the sizes of small schools are kept as drawn.
    """

    kind: SchoolKind
    location: Location
    n_schools: int
    pupils: Mapping[Stage, Range]
    senior_pupils: Range = (0, 0)
    n_new: int = 0
    is_scaled: bool = True


@dataclass(frozen=True)
class Weakness:
    """The `n_schools` largest schools of a group not weak yet lie low in some qualities."""

    kind: SchoolKind
    location: Location
    short_of: tuple[Quality, ...]
    n_schools: int = 1


@dataclass(frozen=True)
class Preset:
    """A district to draw: published totals, their source, and the invented composition."""

    name: str
    source: str
    pupils: int
    staff: int
    province_code: str
    groups: tuple[Group, ...]
    weaknesses: tuple[Weakness, ...]

    @property
    def n_schools(self) -> int:
        """Schools in the last year."""
        return sum(group.n_schools for group in self.groups)


# Per pupil (m2, yuan) or per 100 pupils (rooms, people). "degree" is the share of full-time
# teachers above the required degree in a usual school, and people per 100 pupils in a weak one.
USUAL: Mapping[Stage, Mapping[Quality, Range]] = {
    "primary": {
        "rooms_m2": (4.6, 8.2),
        "sports_m2": (7.6, 14.5),
        "equipment_yuan": (2_050, 4_700),
        "media_rooms": (2.36, 4.4),
        "degree": (0.84, 0.98),
        "backbone": (1.02, 2.6),
        "pe_arts": (0.92, 1.75),
    },
    "junior": {
        "rooms_m2": (5.9, 10.2),
        "sports_m2": (10.3, 18.5),
        "equipment_yuan": (2_560, 5_900),
        "media_rooms": (2.45, 4.6),
        "degree": (0.82, 0.96),
        "backbone": (1.02, 2.6),
        "pe_arts": (0.92, 1.75),
    },
}
WEAK: Mapping[Stage, Mapping[Quality, Range]] = {
    "primary": {
        "rooms_m2": (3.95, 4.35),
        "sports_m2": (6.5, 7.2),
        "equipment_yuan": (1_720, 1_950),
        "media_rooms": (2.0, 2.12),
        "degree": (3.6, 4.1),
        "backbone": (0.6, 0.8),
        "pe_arts": (0.55, 0.75),
    },
    "junior": {
        "rooms_m2": (5.0, 5.6),
        "sports_m2": (8.8, 9.8),
        "equipment_yuan": (2_150, 2_430),
        "media_rooms": (2.1, 2.25),
        "degree": (4.55, 5.15),
        "backbone": (0.6, 0.8),
        "pe_arts": (0.55, 0.75),
    },
}
# Small schools have more of everything a pupil.
SURPLUS: Mapping[Location, Range] = {"city": (1.0, 1.0), "town": (1.05, 1.25), "rural": (1.3, 1.8)}
STAFF_PER_100: Mapping[Stage, float] = {"primary": 7.5, "junior": 8.9}
STAFF_SURPLUS: Mapping[Location, float] = {"city": 1.0, "town": 1.08, "rural": 1.5}
STAFF_PER_100_SPECIAL = 26.0

_DONGSHENG = Preset(
    name="dongsheng",
    source="Dongsheng district, Ordos, 2024-08-30: 50 compulsory schools, 77 332 pupils, "
    "6 230 staff (1:12.4)",
    pupils=77_332,
    staff=6_230,
    province_code="15",
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
    source="Xigong district, Luoyang, 2024-01-15: 39 schools, more than 37 000 pupils in clubs; "
    "pupils are taken as 37 000, and staff, not published, at Dongsheng's 1:12.4",
    pupils=37_000,
    staff=2_984,
    province_code="41",
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
PRESETS: Mapping[str, Preset] = {preset.name: preset for preset in (_DONGSHENG, _XIGONG)}


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
