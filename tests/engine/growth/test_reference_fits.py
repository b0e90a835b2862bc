"""Every fit of the public teaching data, against lme4 1.1-31 (R 4.2.2).

The values are those of the data's own README: criterion exact to 1e-5, fixed effects with standard
errors, variances as far as lme4's stopping rule carries them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest
from tests.public_data import SHARED_DATA

from junheng.engine.growth import fit, model_of
from junheng.engine.store.session import Session
from junheng.engine.store.tables import open_table

if TYPE_CHECKING:
    from junheng.engine.growth import Fit
    from junheng.engine.growth.model import Method

FOLDER = SHARED_DATA / "valueadded"
pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason=f"the public data are not at {FOLDER}")


@dataclass(frozen=True)
class Reference:
    """One row of the README: the model in its words, and what lme4 found."""

    file: str
    outcome: str
    covariates: tuple[str, ...]
    groups: str
    criterion: float
    fixed: dict[str, float]
    variances: dict[str, tuple[float, ...]]
    residual: float
    slopes: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    method: Method = "reml"
    effects: dict[tuple[str, str, str], float] = field(default_factory=dict)


EXAM = "mlmRev_Exam.csv.gz"
CHEM = "mlmRev_Chem97.csv.gz"
SCHOOLS = ("1", "2", "3", "4")
ONE = "(Intercept)"

REFERENCES = {
    "Exam-RI REML": Reference(
        EXAM, "normexam", ("standLRT",), "school", 9368.765287,
        {ONE: 0.0023228, "standLRT": 0.5633069}, {"school": (0.0938390,)}, 0.5658653,
        effects={
            ("school", level, ONE): value
            for level, value in zip(
                SCHOOLS, (0.374355712, 0.503036602, 0.504939254, 0.018223379), strict=True
            )
        },
    ),
    "Exam-RI ML": Reference(
        EXAM, "normexam", ("standLRT",), "school", 9357.243201,
        {ONE: 0.0023908, "standLRT": 0.5633712}, {"school": (0.0921293,)}, 0.5657310, method="ml",
    ),
    "Exam-RS REML": Reference(
        EXAM, "normexam", ("standLRT",), "school", 9327.600345,
        {ONE: -0.0116493, "standLRT": 0.5565347},
        {"school": (0.0921180, 0.0183415, 0.0149670)}, 0.5536414,
        slopes=("school:standLRT",),
        effects={
            ("school", "1", ONE): 0.375383819, ("school", "1", "standLRT"): 0.125697850,
            ("school", "4", ONE): 0.034775274, ("school", "4", "standLRT"): 0.128874470,
        },
    ),
    "Exam-RS ML": Reference(
        EXAM, "normexam", ("standLRT",), "school", 9316.870965,
        {ONE: -0.0115052, "standLRT": 0.5567301},
        {"school": (0.0904434, 0.0180403, 0.0145375)}, 0.5536571,
        slopes=("school:standLRT",), method="ml",
    ),
    "Chem97 REML": Reference(
        CHEM, "score", ("gcsecnt",), "lea/school", 141696.988149,
        {ONE: 5.6354543, "gcsecnt": 2.4725569},
        {"school": (1.16619,), "lea": (0.014766,)}, 5.154203,
        effects={
            ("lea", "1", ONE): 0.0166851, ("lea", "3", ONE): -0.0179899,
            ("school", "1", ONE): 0.249537, ("school", "4", ONE): 1.685341,
        },
    ),
    "Chem97 ML": Reference(
        CHEM, "score", ("gcsecnt",), "lea/school", 141685.560214,
        {ONE: 5.6350128, "gcsecnt": 2.4725531},
        {"school": (1.16616,), "lea": (0.013595,)}, 5.154073, method="ml",
    ),
    "Chem97-cov ML": Reference(
        CHEM, "score", ("gcsecnt", "gender", "age"), "lea/school", 140779.625151,
        {ONE: 5.2075227, "gcsecnt": 2.6448059, "genderM": 0.7479565, "age": -0.0379332},
        {"school": (1.0912301, -0.2127014, 0.1710292), "lea": (0.0031589,)}, 4.9378449,
        slopes=("school:gcsecnt",), method="ml",
    ),
    "egsingle REML": Reference(
        "mlmRev_egsingle.csv.gz", "math", ("year*size", "female"), "schoolid/childid",
        16784.780500,
        {
            ONE: -0.5980120, "year": 0.7916720, "size": -0.000273812,
            "femaleMale": -0.0046525, "year:size": -6.06693e-5,
        },
        {"childid": (0.6693656,), "schoolid": (0.1793912,)}, 0.3465003,
    ),
    "egsingle growth REML": Reference(
        "mlmRev_egsingle.csv.gz", "math", ("year",), "schoolid/childid", 16336.739402,
        {ONE: -0.7791596, "year": 0.7631243},
        {
            "childid": (0.6404711, 0.0467862, 0.0112576),
            "schoolid": (0.1685706, 0.0173415, 0.0112637),
        },
        0.3014333, slopes=("schoolid:year", "childid:year"),
    ),
    "Hsb82 REML": Reference(
        "mlmRev_Hsb82.csv.gz", "mAch", ("meanses*cses", "sector*cses"), "school", 46503.662869,
        {
            ONE: 13.3545103, "meanses": 5.3328723, "cses": 1.3023632, "sectorPublic": -1.2265797,
            "meanses:cses": 1.0392509, "sectorPublic:cses": 1.6426820,
        },
        {"school": (2.3795838, 0.1919005, 0.1010439)}, 36.7212290,
        slopes=("school:cses",), references=("sector=Catholic",),
        effects={("school", "1224", ONE): -0.0717862, ("school", "1308", ONE): 0.0310856},
    ),
}  # fmt: skip
CROSSED = {
    "InstEval REML": Reference(
        "lme4_InstEval.csv.gz", "y", (), "s+d+dept:service", 237658.578334,
        {ONE: 3.2552519}, {"s": (0.105417,), "d": (0.262630,), "dept:service": (0.012550,)},
        1.384951,
        effects={
            ("s", "1", ONE): 0.147933256, ("s", "2", ONE): -0.046422716,
            ("d", "1", ONE): 0.41904398, ("d", "6", ONE): -0.47226774,
        },
    ),
    "star REML": Reference(
        "mlmRev_star.csv.gz", "math", ("gr", "cltype", "ses", "sx"), "id+tch+sch", 233819.355556,
        {
            ONE: 477.7463195, "gr1": 44.8154542, "gr2": 91.5028770, "gr3": 127.2508593,
            "cltypereg+A": 1.0282708, "cltypesmall": 7.7518990, "sesN": 11.1934999,
            "sxM": -2.7816203,
        },
        {"id": (959.58726,), "tch": (298.45909,), "sch": (152.01961,)}, 405.30300,
        references=("gr=K", "cltype=reg", "ses=F", "sx=F"),
    ),
}  # fmt: skip


def fitted(one: Reference) -> Fit:
    model = model_of(
        one.outcome,
        one.covariates,
        one.groups,
        slopes=one.slopes,
        references=one.references,
        method=one.method,
    )
    with Session() as session:
        return fit(open_table(session, FOLDER / one.file), model)


def assert_agrees(one: Reference) -> None:
    found = fitted(one)
    assert found.criterion <= one.criterion + 1e-5
    assert found.criterion == pytest.approx(one.criterion, rel=0, abs=1e-4)
    assert {fixed.name for fixed in found.fixed} == set(one.fixed)
    for fixed in found.fixed:
        bound = max(1e-5, 1e-3 * fixed.se)
        assert fixed.estimate == pytest.approx(one.fixed[fixed.name], rel=0, abs=bound), fixed
    for variance in found.variances:
        lower = [value for ix, row in enumerate(variance.cov) for value in row[: ix + 1]]
        # The slope of Hsb82 is where lme4 stops soonest, on flat ground.
        assert lower == pytest.approx(one.variances[variance.group], rel=2e-3)
    assert found.residual == pytest.approx(one.residual, rel=1e-5)
    effects = {(e.group, e.level, e.term): e.estimate for e in found.effects}
    for key, value in one.effects.items():
        assert effects[key] == pytest.approx(value, rel=2e-3, abs=1e-4), key
    assert not found.is_singular


@pytest.mark.parametrize("name", REFERENCES)
def test_nested_fits(name: str) -> None:
    assert_agrees(REFERENCES[name])


@pytest.mark.soak
@pytest.mark.parametrize("name", CROSSED)
def test_crossed_fits(name: str) -> None:
    assert_agrees(CROSSED[name])


def test_what_is_missing_is_told() -> None:
    one = CROSSED["star REML"]
    model = model_of(one.outcome, one.covariates, "sch", references=one.references)
    with Session() as session:
        found = fit(open_table(session, FOLDER / one.file), model)
    assert found.n + found.n_dropped == 26_796
    # 24,007 rows have a teacher, too, whom this model does not ask for.
    assert found.n >= 24_007
