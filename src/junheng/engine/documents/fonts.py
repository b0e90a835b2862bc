"""Fonts from folders that are named; what the system has besides is never used."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from junheng.engine.documents.faults import FontMissing
from junheng.i18n import say

if TYPE_CHECKING:
    from pathlib import Path

    from typst import Fonts


@lru_cache(maxsize=4)
def open_fonts(folders: tuple[Path, ...], families: frozenset[str]) -> Fonts:
    """Return the fonts of the folders, read once; all `families` are among them.

    Raises
    ------
    FontMissing
        A family is in none of the folders.
    """
    # 80 MB of library that most commands do not need.
    from typst import Fonts

    fonts = Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[folder for folder in folders if folder.is_dir()],
    )
    missing = sorted(families - set(fonts.families()))
    if missing:
        raise FontMissing(
            say(
                "The font {families} is in none of the folders {folders}. Install the package "
                "fonts-noto-cjk, or name the folder with the fonts in JUNHENG_FONTS.",
                families=", ".join(missing),
                folders=", ".join(str(folder) for folder in folders),
            )
        )
    return fonts
