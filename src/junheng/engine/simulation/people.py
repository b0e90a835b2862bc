"""Invented people in bulk: names, birth dates, and identity numbers that cannot exist.

Draws are pieces of SHAKE-256 streams, many at once, and made into whole numbers with + - * // and
%: they repeat byte for byte on every machine and with every version of NumPy.
"""

from __future__ import annotations

import hashlib
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Flags = NDArray[np.bool_]

HOME_AREA = 990_101
"""No place in the country has an area code that begins with 99."""
FURTHEST_AREAS = 400
"""Invented areas 99 0201 and up, from which migrant families come."""

SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁"
    "任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常"
)
GIVEN = (
    "砚禾蔚芷沅棠榆杉屿泊墨汀荻岫疏桐照云菱桢槿澜柘霭朔茗筠苇梓岑葭樨璟槐芦汐椿萤竺若思言清远知行景明书文安宁"
    "嘉乐子涵欣怡佳晨宇轩博雅静婉昕玥晗煜辰皓泽霖沐依诺可心语桑柏松竹"
)
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_DIGITS = "10X98765432"
"""GB 11643: check digit by the weighted sum of the first 17 digits, modulo 11."""

MILLION = 1_000_000


class Lots:
    """Named streams of many draws at once: each depends on seed, name and subject alone."""

    def __init__(self, seed: int, *name: str | int) -> None:
        self._name = "/".join(str(part) for part in (seed, *name))

    def whole(self, subject: str, n: int, low: int, high: int) -> Ints:
        """Return `n` whole numbers from `low` to `high`, both included."""
        digest = hashlib.shake_256(f"{self._name}#{subject}".encode()).digest(8 * n)
        drawn = np.frombuffer(digest, dtype="<u8") >> np.uint64(2)
        return low + drawn.astype(np.int64) % (high - low + 1)

    def happens(self, subject: str, n: int, per_million: int | Ints) -> Flags:
        """Return `n` flags, each set with a chance of so many in a million."""
        return self.whole(subject, n, 0, MILLION - 1) < per_million

    def order(self, subject: str, n: int) -> Ints:
        """Return the positions 0 to n - 1 in a drawn order."""
        return np.argsort(self.whole(subject, n, 0, 2**60), kind="stable")

    def chosen(self, subject: str, n: int, n_chosen: int) -> Flags:
        """Return `n` flags of which `n_chosen` are set, by lot."""
        flags = np.zeros(n, dtype=np.bool_)
        flags[self.order(subject, n)[:n_chosen]] = True
        return flags


def names(lots: Lots, n: int) -> list[str]:
    """Return invented names: a usual surname and one or two given characters."""
    surname = lots.whole("surname", n, 0, len(SURNAMES) - 1).tolist()
    first = lots.whole("given", n, 0, len(GIVEN) - 1).tolist()
    # One position more than there are characters stands for no second character.
    second = lots.whole("second", n, 0, len(GIVEN) + len(GIVEN) // 4).tolist()
    tail = [*GIVEN, *("" for _ in range(len(GIVEN) // 4 + 1))]
    return [
        SURNAMES[s] + GIVEN[g] + tail[t] for s, g, t in zip(surname, first, second, strict=True)
    ]


def days_from(start: date) -> int:
    """Return a day as its number in the proleptic calendar, for sums over arrays."""
    return start.toordinal()


def dates(ordinals: Ints) -> list[str]:
    """Return days as ISO text; each different day is written once."""
    return [_iso(ordinal) for ordinal in ordinals.tolist()]


@cache
def _iso(ordinal: int) -> str:
    return date.fromordinal(ordinal).isoformat()


@cache
def _digits(ordinal: int) -> int:
    day = date.fromordinal(ordinal)
    return day.year * 10_000 + day.month * 100 + day.day


def birth_days(lots: Lots, years_old_on_1_september: Ints, year: int) -> Ints:
    """Return birth days so that people have these ages in whole years on 31 August of `year`.

    The youngest of an age were born on 31 August, the oldest on 1 September.
    """
    offset = lots.whole("birth", len(years_old_on_1_september), 0, 364)
    last = {
        age: days_from(date(year - age, 8, 31))
        for age in np.unique(years_old_on_1_september).tolist()
    }
    ends = np.array([last[age] for age in years_old_on_1_september.tolist()], dtype=np.int64)
    return ends - offset


def identity_numbers(areas: Ints, births: Ints, is_male: Flags) -> list[str]:
    """Return valid identity numbers, none of them twice: area, birth date, sequence, check digit.

    `births` are day ordinals. At most 499 people of one area, birth date and sex can be told apart.
    """
    digits = np.array([_digits(ordinal) for ordinal in births.tolist()], dtype=np.int64)
    places = (areas * 100_000_000 + digits) * 2 + is_male
    sequence = 2 * _rank(places) + np.where(is_male, 1, 2)
    first_17 = (areas * 100_000_000 + digits) * 1_000 + sequence
    weighted = np.zeros(len(first_17), dtype=np.int64)
    rest = first_17.copy()
    for weight in reversed(WEIGHTS):
        weighted += rest % 10 * weight
        rest //= 10
    check = (weighted % 11).tolist()
    return [f"{n}{CHECK_DIGITS[c]}" for n, c in zip(first_17.tolist(), check, strict=True)]


def _rank(keys: Ints) -> Ints:
    """Return for each key how many equal keys stand before it."""
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    positions = np.arange(len(keys), dtype=np.int64)
    starts = np.where(np.concatenate([[True], ordered[1:] != ordered[:-1]]), positions, 0)
    rank = np.empty(len(keys), dtype=np.int64)
    rank[order] = positions - np.maximum.accumulate(starts)
    return rank


def pick(words: Sequence[str | None], positions: Ints) -> list[str | None]:
    """Return the words at some positions."""
    return [words[position] for position in positions.tolist()]


def flags(values: Flags) -> list[int]:
    """Return flags as 0 and 1."""
    return [int(value) for value in values.tolist()]


def a_day_before(day: date) -> date:
    """Return the day before."""
    return day - timedelta(days=1)
