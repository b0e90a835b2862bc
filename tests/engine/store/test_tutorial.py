"""The tutorial on foreign tables, followed word for word on the command line."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]
PAGES = [ROOT / "docs" / "tutorial" / f"foreign-table{language}.md" for language in ("", ".zh")]
BLOCK = re.compile(r"```toml\n(.*?)```", re.DOTALL)
ROW = re.compile(r"\| Porto do Meio .*\| ([\d ]+\.\d\d) \| (\d\.\d{3}) \| (\d+) \|")


def assess(folder: Path, mapping: str) -> dict[str, Any]:
    (folder / "my-mapping.toml").write_text(mapping, encoding="utf-8")
    command = "import sys; from junheng.cli import main; sys.exit(main())"
    options = ["assess", "schools.csv", "--mapping", "my-mapping.toml", "--json"]
    done = subprocess.run(
        [sys.executable, "-c", command, *options],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def shown(result: dict[str, Any], measure: str) -> tuple[str, str, str]:
    """Mean, coefficient and units of the primary schools of one town, as the page prints them."""
    (row,) = [
        row
        for row in result["dispersion"]
        if (row["county_code"], row["stage"], row["indicator"])
        == ("Porto do Meio", "primary", measure)
    ]
    return f"{row['mean']:,.2f}".replace(",", " "), f"{row['cv']:.3f}", str(row["n_units"])


@pytest.mark.parametrize("page", PAGES, ids=["en", "zh"])
def test_the_steps_give_what_the_page_says(page: Path, tmp_path: Path) -> None:
    text = page.read_text(encoding="utf-8")
    maker = ROOT / "docs" / "tutorial" / "make_foreign_schools.py"
    subprocess.run([sys.executable, str(maker), "schools.csv"], cwd=tmp_path, check=True)
    naive, missing, keep = BLOCK.findall(text)
    teachers, wrong, right = ROW.findall(text)

    first = assess(tmp_path, naive)
    assert shown(first, "teachers_per_100") == teachers
    assert shown(first, "projectors_per_100") == wrong

    above, line, below = naive.partition("document = ")
    head, end, rest = below.partition("\n")
    informed = above + line + head + end + missing + rest
    assert shown(assess(tmp_path, informed), "projectors_per_100") == right
    assert shown(assess(tmp_path, informed + keep), "projectors_per_100") == right


def test_both_languages_use_the_same_files() -> None:
    english, chinese = (BLOCK.findall(page.read_text("utf-8")) for page in PAGES)
    assert english == chinese
