"""The documents tell the truth of today: generated pages are current, links lead somewhere."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = [
    *ROOT.glob("*.md"),
    *(ROOT / "docs").rglob("*.md"),
    *(ROOT / "src" / "junheng" / "rules").rglob("*.md"),
]
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")


def test_generated_reference_is_current() -> None:
    done = subprocess.run(
        [sys.executable, "tools/reference.py", "check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    targets = LINK.findall(page.read_text(encoding="utf-8"))
    missing = [target for target in targets if not (page.parent / target).exists()]
    assert missing == []


TRANSLATED = sorted(
    page
    for page in [ROOT / "README.md", *(ROOT / "docs").glob("*/*.md")]
    if page.parent.name in {"how-to", "tutorial", ROOT.name} and not page.name.endswith(".zh.md")
)


@pytest.mark.parametrize("page", TRANSLATED, ids=lambda p: p.name)
def test_page_exists_in_both_languages(page: Path) -> None:
    """Same headings, code blocks and pictures in Chinese and English, in number."""
    chinese = page.with_suffix(".zh.md")
    assert chinese.is_file()
    english_text = page.read_text(encoding="utf-8")
    chinese_text = chinese.read_text(encoding="utf-8")
    for mark in (r"^#+ ", r"^```", r"!\["):
        n_english = len(re.findall(mark, english_text, re.MULTILINE))
        assert len(re.findall(mark, chinese_text, re.MULTILINE)) == n_english, mark
