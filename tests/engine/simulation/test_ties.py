"""Ties between schools: as many as published, and between schools that are there."""

from __future__ import annotations

from collections import Counter
from functools import cache
from typing import TYPE_CHECKING

import pytest

from junheng.engine.simulation import PRESETS, SchoolTies, draw_district, draw_ties

if TYPE_CHECKING:
    from junheng.engine.simulation.district import District

LAST = 2025


@cache
def district(preset: str = "dongsheng", seed: int = 2025) -> District:
    return draw_district(preset, seed=seed, years=1)


@cache
def ties(preset: str = "dongsheng", seed: int = 2025) -> SchoolTies:
    return draw_ties(district(preset, seed))


def n_members(found: SchoolTies) -> int:
    """Schools in groups besides those that lead."""
    return sum(len(group.members) - 1 for group in found.of_kind("group"))


@pytest.mark.parametrize("seed", [1, 2, 2025])
def test_the_district_that_has_everything(seed: int) -> None:
    """4 clusters, 10 groups with 33 members, 7 communities, 49 rooms, 10 and 12 joined classes."""
    found = ties(seed=seed)
    kinds = Counter(tie.kind for tie in found.ties)
    assert kinds == {"cluster": 4, "group": 10, "community": 7}
    assert n_members(found) == 33
    assert len(set(found.interactive_school_ids)) == 49
    assert [pair.n_classes for pair in found.pairs] == [10, 12]
    types = Counter(m.type for group in found.of_kind("group") for m in group.members)
    assert types == {"lead": 10, "integrated": 11, "deep": 11, "guided": 11}


def test_published_numbers_of_the_other_districts() -> None:
    """Wuhua 4 clusters, 5 groups; Yuzhong 10 groups, 33 members; Xigong 6 groups, 7 communities."""
    wuhua, yuzhong, xigong = ties("wuhua"), ties("yuzhong"), ties("xigong")
    assert (len(wuhua.of_kind("cluster")), len(wuhua.of_kind("group"))) == (4, 5)
    assert (len(yuzhong.of_kind("group")), n_members(yuzhong)) == (10, 33)
    assert (len(xigong.of_kind("group")), len(xigong.of_kind("community"))) == (6, 7)


def test_groups_cover_every_school_of_yuzhong() -> None:
    """全覆盖; no group takes the special school."""
    inside = {m.school_id for group in ties("yuzhong").of_kind("group") for m in group.members}
    schools = district("yuzhong").schools_in(LAST)
    assert {s.kind for s in schools if s.id not in inside} == {"special"}


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("seed", [3, 2025])
def test_ties_are_between_schools_that_are_there(preset: str, seed: int) -> None:
    schools = {s.id: s for s in district(preset, seed).schools_in(LAST)}
    found = ties(preset, seed)
    assert len({tie.id for tie in found.ties}) == len(found.ties)
    assert len({tie.name.zh for tie in found.ties}) == len(found.ties)
    for tie in found.ties:
        ids = [member.school_id for member in tie.members]
        assert len(ids) == len(set(ids)) >= 2
        assert [m.type for m in tie.members].count("lead") == 1
        assert tie.members[0].type == "lead"
        for member in tie.members:
            assert max(tie.since, schools[member.school_id].founded) <= member.since <= LAST
    for pair in found.pairs:
        assert pair.lead_school_id != pair.remote_school_id
        assert {pair.lead_school_id, pair.remote_school_id} <= set(schools)


@pytest.mark.parametrize("preset", ["dongsheng", "wuhua", "village"])
def test_clusters_divide_all_schools(preset: str) -> None:
    inside = [m.school_id for c in ties(preset).of_kind("cluster") for m in c.members]
    assert sorted(inside) == sorted(s.id for s in district(preset).schools_in(LAST))


@pytest.mark.parametrize("preset", ["dongsheng", "xigong"])
def test_communities_join_the_city_with_the_country(preset: str) -> None:
    location = {s.id: s.location for s in district(preset).schools}
    for community in ties(preset).of_kind("community"):
        lead, *others = [location[m.school_id] for m in community.members]
        assert lead == "city"
        assert others
        assert "city" not in others


def test_a_school_is_in_one_group_at_most() -> None:
    inside = Counter(m.school_id for group in ties().of_kind("group") for m in group.members)
    assert set(inside.values()) == {1}


def test_ties_repeat_and_depend_on_the_seed() -> None:
    assert draw_ties(district()) == ties()
    assert ties(seed=1) != ties(seed=2)
