"""Header and row paths: what people write in merged headers, compared without its accidents."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Path = tuple[str, ...]
"""Texts from the outermost header (or section) to the innermost, each by `folded`."""

SEPARATOR = "/"

_BLANKS = re.compile(r"\s+")


def folded(text: str) -> str:
    """Return a text without blanks and line breaks, full-width brackets and digits made plain.

    >>> folded(" 教学仪器设备资产值\\n（万元） ")
    '教学仪器设备资产值(万元)'
    """
    return _BLANKS.sub("", unicodedata.normalize("NFKC", text))


def path_of(texts: Iterable[str]) -> Path:
    """Return the path of texts from outside to inside; blanks and repetitions fall out.

    >>> path_of(["专任教师", "专任教师", "", "合 计"])
    ('专任教师', '合计')
    """
    steps: list[str] = []
    for text in map(folded, texts):
        if text and text not in steps[-1:]:
            steps.append(text)
    return tuple(steps)


def parsed(text: str) -> Path:
    """Return the path that a layout writes with slashes.

    >>> parsed("艺术 / 计")
    ('艺术', '计')
    """
    return path_of(text.split(SEPARATOR))


def shown(path: Path) -> str:
    """Return a path as people read it.

    >>> shown(("艺术", "计"))
    '艺术 / 计'
    """
    return f" {SEPARATOR} ".join(path)


def fits(wanted: Path, found: Path) -> bool:
    """Whether the innermost steps of a path found are the wanted ones; further ones may enclose.

    A step left out between two would let 专任教师 / 计 fit 专任教师 / #按授课课程分 / 艺术 / 计.

    >>> fits(("艺术", "计"), ("专任教师", "#按授课课程分", "艺术", "计"))
    True
    >>> fits(("专任教师", "计"), ("专任教师", "#按授课课程分", "艺术", "计"))
    False
    """
    return bool(wanted) and found[-len(wanted) :] == wanted


def matching(wanted: Path, paths: Mapping[int, Path]) -> list[int]:
    """Return the positions that a wanted path fits; those it equals whole come alone."""
    equal = [position for position, path in paths.items() if path == wanted]
    return equal or [position for position, path in paths.items() if fits(wanted, path)]
