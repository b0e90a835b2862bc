"""Units and shared assets of schools with several stages, and the reliefs for R3 and R5.

Vectors: split note of the basic-balance statistics work, 2015, and hand calculation.
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from junheng.engine.standard import rulebook
from junheng.engine.standard.split import (
    RentedVenue,
    SchoolKind,
    pe_arts_teachers_counted,
    relief_in_force,
    shares,
    split_assets,
    sports_ground_counted,
    unit_stages,
)
from junheng.errors import DataError, RuleSetError

RULES = rulebook.load("cn-2017-quality", "2026.1")
BASIC = rulebook.load("cn-2012-basic", "2026.1")
IN_FORCE = date(2021, 9, 1)
TODAY = date(2026, 9, 1)

COUNTS = st.integers(0, 5000)
SPLIT_KINDS: list[SchoolKind] = ["nine_year", "twelve_year", "complete_middle"]
STAGES_OF = {
    "nine_year": ("primary", "junior"),
    "twelve_year": ("primary", "junior", "senior"),
    "complete_middle": ("junior", "senior"),
}


def test_nine_year_school_splits_its_books() -> None:
    pupils = {"primary": 166, "junior": 210}
    units = split_assets(BASIC, "nine_year", pupils, {"books": Fraction(23226)})
    primary, junior = units["primary"]["books"], units["junior"]["books"]
    assert primary is not None
    assert junior is not None
    assert primary == 23226 * Fraction(166) / 397
    assert float(shares(BASIC, "nine_year", pupils)["primary"]) == pytest.approx(0.418136, abs=5e-7)
    assert float(primary) == pytest.approx(9711.63, abs=0.005)
    assert float(junior) == pytest.approx(13514.37, abs=0.005)
    assert float(primary / 166) == pytest.approx(58.503778, abs=5e-7)
    assert float(junior / 210) == pytest.approx(64.354156, abs=5e-7)


def test_wrong_split_of_a_public_program_is_not_ours() -> None:
    """Giving the primary part everything cancels the split: 139.92 and 110.60 per pupil."""
    units = split_assets(
        BASIC, "nine_year", {"primary": 166, "junior": 210}, {"books": Fraction(23226)}
    )
    primary, junior = units["primary"]["books"], units["junior"]["books"]
    assert primary is not None
    assert junior is not None
    assert round(Fraction(23226, 166), 2) == Fraction("139.92")
    assert round(Fraction(23226, 210), 2) == Fraction("110.60")
    assert primary / 166 < Fraction("139.92") / 2
    assert junior / 210 < Fraction("110.60") * Fraction("0.6")


def test_twelve_year_school_leaves_the_senior_part_its_share() -> None:
    pupils = {"primary": 600, "junior": 500, "senior": 400}
    found = shares(RULES, "twelve_year", pupils)
    assert found["primary"] == Fraction(600, 1678)
    expected = {"primary": 0.357569, "junior": 0.327771, "senior": 0.314660}
    assert {s: round(float(share), 6) for s, share in found.items()} == expected
    assert unit_stages("twelve_year", pupils) == ("primary", "junior")
    units = split_assets(RULES, "twelve_year", pupils, {"media_rooms": Fraction(1678)})
    assert units == {"primary": {"media_rooms": 600}, "junior": {"media_rooms": 550}}


def test_complete_middle_school_is_one_unit() -> None:
    pupils = {"junior": 500, "senior": 700}
    assert round(float(shares(RULES, "complete_middle", pupils)["junior"]), 6) == 0.373134
    assert unit_stages("complete_middle", pupils) == ("junior",)


def test_campus_with_pupils_of_one_stage_takes_everything() -> None:
    pupils = {"primary": 300, "junior": 0}
    units = split_assets(RULES, "nine_year", pupils, {"equipment_yuan": Fraction(10)})
    assert units == {"primary": {"equipment_yuan": 10}}


def test_single_stage_school_is_not_split() -> None:
    units = split_assets(RULES, "junior", {"junior": 9}, {"media_rooms": Fraction(3)})
    assert units == {"junior": {"media_rooms": 3}}


def test_missing_figure_is_missing_in_every_unit() -> None:
    units = split_assets(RULES, "nine_year", {"primary": 1, "junior": 1}, {"media_rooms": None})
    assert units == {"primary": {"media_rooms": None}, "junior": {"media_rooms": None}}


def test_teachers_are_never_split() -> None:
    with pytest.raises(DataError, match="县级以上骨干教师数"):
        split_assets(
            RULES, "nine_year", {"primary": 1, "junior": 1}, {"teachers_backbone": Fraction(4)}
        )


@pytest.mark.parametrize(
    "pupils",
    [{"primary": 0, "junior": 0}, {}, {"primary": -1, "junior": 2}, {"primary": 5, "senior": 2}],
)
def test_impossible_enrolment_is_refused(pupils: dict[str, int]) -> None:
    with pytest.raises(DataError):
        shares(RULES, "nine_year", pupils)


def test_a_stage_the_kind_lacks_may_be_given_as_empty() -> None:
    found = shares(RULES, "nine_year", {"primary": 5, "junior": 0, "senior": 0})
    assert found == {"primary": 1, "junior": 0}


def test_rule_set_without_weights_says_so() -> None:
    text = (rulebook.RULES_DIR / "cn-2012-basic/2026.1.toml").read_text("utf-8")
    start, end = text.index("[[splits]]"), text.index('[[splits]]\nschool_kind = "twelve')
    rules = rulebook.parse(text[:start] + text[end:], name="no-nine.toml")
    with pytest.raises(RuleSetError, match="nine_year"):
        shares(rules, "nine_year", {"primary": 1, "junior": 1})


@given(st.sampled_from(SPLIT_KINDS), st.tuples(COUNTS, COUNTS, COUNTS).filter(any))
def test_shares_sum_to_one(kind: SchoolKind, counts: tuple[int, ...]) -> None:
    pupils = dict(zip(STAGES_OF[kind], counts, strict=False))
    if any(pupils.values()):
        found = shares(RULES, kind, pupils)
        assert sum(found.values()) == 1
        assert all(0 <= share <= 1 for share in found.values())


@given(st.integers(0, 3000), st.integers(1, 3000), st.integers(1, 500))
def test_more_pupils_never_lower_a_share(primary: int, junior: int, more: int) -> None:
    before = shares(RULES, "nine_year", {"primary": primary, "junior": junior})
    after = shares(RULES, "nine_year", {"primary": primary + more, "junior": junior})
    assert after["primary"] > before["primary"]
    assert after["junior"] < before["junior"]


@given(st.integers(1, 900), st.integers(1, 900), st.integers(2, 9))
def test_shares_depend_on_proportions_only(primary: int, junior: int, k: int) -> None:
    pupils = {"primary": primary, "junior": junior}
    scaled = {stage: n * k for stage, n in pupils.items()}
    assert shares(RULES, "nine_year", pupils) == shares(RULES, "nine_year", scaled)


@pytest.mark.parametrize(
    ("pupils", "is_rural", "counted"),
    [(49, True, 1), (50, True, 3), (99, True, 3), (100, True, 1), (80, False, 1)],
)
def test_visiting_teachers_count_in_small_rural_schools(
    pupils: int, is_rural: bool, counted: int
) -> None:
    found = pe_arts_teachers_counted(
        RULES, on=IN_FORCE, is_rural=is_rural, pupils=pupils, full_time=1, visiting=2
    )
    assert found.value == counted
    assert bool(found.relief_id) == (counted == 3)


def test_an_expired_relief_counts_nothing_and_says_so() -> None:
    teachers = pe_arts_teachers_counted(
        RULES, on=TODAY, is_rural=True, pupils=80, full_time=1, visiting=2
    )
    ground = sports_ground_counted(
        RULES,
        on=TODAY,
        is_dense_centre=True,
        ground_area_m2=Fraction(900),
        rebuilt_area_m2=Fraction(100),
    )
    assert teachers.value == 1
    assert ground.value == 900
    assert "2026-09-01" in str(teachers.reason)
    assert teachers.relief_id == ground.relief_id == ""


def test_the_last_day_of_a_relief_is_in_force() -> None:
    assert relief_in_force(RULES, "R5", date(2022, 12, 31)) is not None
    assert relief_in_force(RULES, "R5", date(2023, 1, 1)) is None


def test_rented_and_rebuilt_space_counts_in_a_dense_centre() -> None:
    venues = [
        RentedVenue(Fraction(800), Fraction(10), is_kept_for_school=True, is_way_safe=True),
        RentedVenue(Fraction(500), Fraction(11), is_kept_for_school=True, is_way_safe=True),
        RentedVenue(Fraction(400), Fraction(5), is_kept_for_school=False, is_way_safe=True),
        RentedVenue(Fraction(300), Fraction(5), is_kept_for_school=True, is_way_safe=False),
    ]
    dense, elsewhere = (
        sports_ground_counted(
            RULES,
            on=IN_FORCE,
            is_dense_centre=is_dense,
            ground_area_m2=Fraction(2000),
            rebuilt_area_m2=Fraction("150.5"),
            venues=venues,
        )
        for is_dense in (True, False)
    )
    assert dense.value == Fraction("2950.5")
    assert "950.5" in str(dense.reason)
    assert "3 rented" in str(dense.reason)
    assert dense.relief_id == "R5-dense-centre"
    assert elsewhere.value == 2000
