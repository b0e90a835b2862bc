"""What a preset says of a district, and the levels that all simulated districts share.

Levels are those of an invented district, not the standard's: some lie above what the standard asks,
and `Weakness` plants those that do not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from junheng.engine.simulation.district import Location, SchoolKind
    from junheng.engine.standard.ruleset import Stage

Range = tuple[float, float]
Quality = Literal[
    "rooms_m2", "sports_m2", "equipment_yuan", "media_rooms", "degree", "backbone", "pe_arts"
]


Step = Literal["famous", "leader", "backbone"]
"""Steps of the ladder of titles: famous teacher; teaching master or subject leader; backbone."""


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
class Ties:
    """How many ties between schools a district has: clusters, groups, communities, paired classes.

    `n_members` are the schools in education groups besides the `n_groups` that lead them.
    `paired_classes` holds, for each pair of schools that teach together over the network, how many
    classes they join; `n_interactive` schools have a room for it.
    """

    n_clusters: int = 0
    n_groups: int = 0
    n_members: int = 0
    n_communities: int = 0
    n_interactive: int = 0
    paired_classes: tuple[int, ...] = ()


@dataclass(frozen=True)
class Preset:
    """A district to draw: published totals, their source, and the invented composition.

    `n_campuses` None leaves it to the draw which large schools have two. `n_rotations` are those
    of two school years, the last one included; None takes as many for the staff as Dongsheng has.
    `ladder` holds how many people of the whole district, kindergartens and senior schools included,
    stand on each step of the ladder of titles.
    """

    name: str
    source: str
    pupils: int
    staff: int
    province_code: str
    groups: tuple[Group, ...]
    weaknesses: tuple[Weakness, ...]
    n_campuses: int | None = None
    n_rotations: int | None = None
    ladder: Mapping[Step, int] | None = None
    ties: Ties = Ties()

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
