"""Ties between the schools of a simulated district: who learns from and teaches with whom.

Clusters divide all schools by place. Groups have a school that leads and members in three types;
communities join a town school with rural ones; paired schools teach classes together over the
network. A school may stand in several kinds of ties at once, as real ones do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from junheng.engine.simulation.draws import Draw, apportion
from junheng.engine.simulation.names import DISTRICT, NUMERALS
from junheng.engine.simulation.plan import LAST_YEAR, SchoolPlan, draw_plan
from junheng.engine.simulation.presets import preset_named
from junheng.engine.standard.ruleset import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from junheng.engine.simulation.district import District

TieKind = Literal["cluster", "group", "community"]
MemberType = Literal["lead", "integrated", "deep", "guided", "member"]
"""Of a group: lead; 一体化管理型, 深度合作型, 指导帮扶型. Of the others: lead and member."""

GROUP_TYPES: tuple[MemberType, ...] = ("integrated", "deep", "guided")
GROUPS_SINCE = (2018, LAST_YEAR - 1)
MEMBERS_JOIN_WITHIN = 2
MOST_RURAL_IN_COMMUNITY = 2


@dataclass(frozen=True)
class Member:
    """A school in a tie, from 1 September of the year `since` on."""

    school_id: str
    type: MemberType
    since: int


@dataclass(frozen=True)
class Tie:
    """A cluster, group or community; its lead is the first member."""

    id: str
    kind: TieKind
    name: Text
    since: int
    members: tuple[Member, ...]


@dataclass(frozen=True)
class PairedClasses:
    """Two schools whose classes have live lessons together: `n_classes` of each."""

    lead_school_id: str
    remote_school_id: str
    n_classes: int


@dataclass(frozen=True)
class SchoolTies:
    """All ties of a district in its last year.

    `interactive_school_ids` are the schools with a room for live lessons with another school.
    """

    ties: tuple[Tie, ...]
    pairs: tuple[PairedClasses, ...]
    interactive_school_ids: tuple[str, ...]

    def of_kind(self, kind: TieKind) -> tuple[Tie, ...]:
        """Return the ties of one kind."""
        return tuple(tie for tie in self.ties if tie.kind == kind)


def draw_ties(district: District) -> SchoolTies:
    """Draw the ties of a district's schools; the same district always has the same.

    How many there are is told by the district's preset.
    """
    plans = draw_plan(preset_named(district.preset), district.seed)
    return _Tying(district, [p for p in plans if p.school.closed is None]).ties()


class _Tying:
    """Draws one kind of tie after the other, each from a stream of its own."""

    def __init__(self, district: District, plans: list[SchoolPlan]) -> None:
        self._counts = preset_named(district.preset).ties
        self._seed = district.seed
        self._plans = plans
        self._largest = sorted(plans, key=lambda plan: (-plan.pupils, plan.school.id))
        # Where there is no city, the town leads.
        places = ("city",) if any(p.school.location == "city" for p in plans) else ("town",)
        able = [p for p in self._largest if p.school.kind != "special"]
        self._central = [p for p in able if p.school.location in places]
        self._outer = [p for p in able if p.school.location not in (*places, "city")]

    def ties(self) -> SchoolTies:
        return SchoolTies(
            ties=(*self._clusters(), *self._groups(), *self._communities()),
            pairs=tuple(self._pairs()),
            interactive_school_ids=tuple(
                p.school.id for p in self._largest[: self._counts.n_interactive]
            ),
        )

    def _clusters(self) -> Iterator[Tie]:
        if not self._counts.n_clusters:
            return
        for ix, part in enumerate(_areas(self._plans, self._counts.n_clusters)):
            lead = min(part, key=lambda plan: (-plan.pupils, plan.school.id))
            since = max(GROUPS_SINCE[0], lead.school.founded)
            others = [_member(p, "member", max(since, p.school.founded)) for p in part if p != lead]
            yield Tie(
                id=f"C{ix + 1:02d}",
                kind="cluster",
                name=Text(f"{DISTRICT.zh}第{NUMERALS[ix]}学区", f"Cluster {ix + 1}, {DISTRICT.en}"),
                since=since,
                members=(_member(lead, "lead", since), *others),
            )

    def _groups(self) -> Iterator[Tie]:
        n, leads = self._counts.n_groups, self._central[: self._counts.n_groups]
        draw = Draw(self._seed, "groups")
        able = [p for p in (*self._central, *self._outer) if p not in leads]
        # Teaching points join a group last, with whom there is still a place.
        able.sort(key=lambda plan: plan.school.kind == "teaching_point")
        chosen = draw.shuffled(able[: self._counts.n_members])
        types = draw.shuffled([GROUP_TYPES[i % len(GROUP_TYPES)] for i in range(len(chosen))])
        sizes = apportion(len(chosen), [1.0] * n) if n else []
        start = 0
        for ix, (lead, size) in enumerate(zip(leads, sizes, strict=True)):
            since = max(draw.whole(*GROUPS_SINCE), lead.school.founded)
            part = list(zip(chosen, types, strict=True))[start : start + size]
            start += size
            joined = [
                _member(p, kind, max(_joins(since, draw), p.school.founded)) for p, kind in part
            ]
            name = lead.school.name
            yield Tie(
                id=f"G{ix + 1:02d}",
                kind="group",
                name=Text(f"{name.zh}教育集团", f"Education Group of {name.en}"),
                since=since,
                members=(_member(lead, "lead", since), *joined),
            )

    def _communities(self) -> Iterator[Tie]:
        """Every community has rural schools; where there are few, one stands in two communities."""
        draw = Draw(self._seed, "communities")
        outer = draw.shuffled(self._outer)
        n = self._counts.n_communities
        size = min(MOST_RURAL_IN_COMMUNITY, max(1, len(outer) // n)) if n else 0
        for ix, lead in enumerate(self._central[:n]):
            since = max(draw.whole(*GROUPS_SINCE), lead.school.founded)
            part = [outer[(ix * size + step) % len(outer)] for step in range(size)]
            yield Tie(
                id=f"R{ix + 1:02d}",
                kind="community",
                name=Text(
                    f"{DISTRICT.zh}第{NUMERALS[ix]}城乡学校发展共同体",
                    f"Urban-Rural School Community {ix + 1}, {DISTRICT.en}",
                ),
                since=since,
                members=(
                    _member(lead, "lead", since),
                    *(_member(p, "member", max(since, p.school.founded)) for p in part),
                ),
            )

    def _pairs(self) -> Iterator[PairedClasses]:
        """Large primary schools in the centre teach with the largest ones farther out."""
        leads = [p for p in self._central if p.school.kind == "primary"]
        remotes = [p for p in self._outer if p.school.kind == "primary"]
        pairs = zip(leads, remotes, self._counts.paired_classes, strict=False)
        for lead, remote, n_classes in pairs:
            yield PairedClasses(lead.school.id, remote.school.id, n_classes)


def _joins(since: int, draw: Draw) -> int:
    """Return the year in which a member joins: with the group or soon after, and not after now."""
    return min(LAST_YEAR, since + draw.whole(0, MEMBERS_JOIN_WITHIN))


def _member(plan: SchoolPlan, kind: MemberType, since: int) -> Member:
    return Member(plan.school.id, kind, since)


def _areas(
    plans: Sequence[SchoolPlan], n: int, *, is_by_east: bool = True
) -> list[list[SchoolPlan]]:
    """Divide schools into `n` areas of about as many each, cutting east-west and north-south."""
    if n == 1:
        return [list(plans)]

    def place(plan: SchoolPlan) -> tuple[int, str]:
        return (plan.school.x_m if is_by_east else plan.school.y_m), plan.school.id

    ordered = sorted(plans, key=place)
    n_first = n // 2
    cut = len(ordered) * n_first // n
    first = _areas(ordered[:cut], n_first, is_by_east=not is_by_east)
    return first + _areas(ordered[cut:], n - n_first, is_by_east=not is_by_east)
