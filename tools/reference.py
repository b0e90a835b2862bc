"""Rebuild the reference pages that follow from code and data: commands, datasets, rule sets.

python tools/reference.py          write docs/reference/commands.md and rule-sets.md
python tools/reference.py check    fail when a page is not what the code says
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from junheng import cli
from junheng.engine import standard
from junheng.engine.contracts.dictionary import dictionary_page
from junheng.i18n import translator

if TYPE_CHECKING:
    from junheng.engine.standard.ruleset import Indicator, Item, Veto

ROOT = Path(__file__).parents[1]
REFERENCE = ROOT / "docs" / "reference"
GENERATED = "<!-- Made by `make docs` from the code. Change the code, not this page. -->\n"


def main() -> int:
    """Write the pages, or compare them."""
    # Help texts wrap at the width of the terminal: the page must not depend on it.
    os.environ["COLUMNS"] = "100"
    pages = {
        "commands.md": commands_page(),
        "datasets.md": dictionary_page(),
        "rule-sets.md": rule_sets_page(),
    }
    if sys.argv[1:] == ["check"]:
        stale = [name for name, text in pages.items() if _read(REFERENCE / name) != text]
        for name in stale:
            print(f"docs/reference/{name} is not what the code says: run make docs")
        return 1 if stale else 0
    for name, text in pages.items():
        (REFERENCE / name).write_text(text, encoding="utf-8")
    return 0


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def commands_page() -> str:
    """Every command with its help, Chinese and English."""
    parts = [GENERATED, "# Commands 命令\n"]
    english, chinese = (_commands(language) for language in ("en", "zh"))
    for name, parser in english.items():
        parts.append(f"\n## junheng {name}\n\n{chinese[name].description}\n")
        parts.append(f"\n```text\n{parser.format_help().strip()}\n```\n")
        parts.append(f"\n```text\n{chinese[name].format_help().strip()}\n```\n")
    return "".join(parts)


def _commands(language: str) -> dict[str, argparse.ArgumentParser]:
    parser = cli.build_parser(translator(language))
    (commands,) = (a for a in parser._actions if isinstance(a, argparse._SubParsersAction))
    return dict(commands.choices)


def rule_sets_page() -> str:
    """Every row of every shipped rule set with its source."""
    parts = [GENERATED, "# Rule sets 规则集\n"]
    for ref in standard.available():
        rules = standard.load(ref.id, ref.version)
        parts.append(f"\n## {rules.id}@{rules.version}\n\n{rules.name.zh} · {rules.document}\n\n")
        parts.append(f"{rules.name.en}\n\n")
        parts.append("| No. | 指标 / item | Item | Source | Confirmed |\n|---|---|---|---|---|\n")
        rows: list[Indicator | Item | Veto] = [*rules.indicators, *rules.items, *rules.vetoes]
        for row in rows:
            source = f"{row.source.document} {row.source.clause}".strip()
            parts.append(
                f"| {row.id} | {row.name.zh} | {row.name.en} | {source} "
                f"| {row.source.confirmation} |\n"
            )
    return "".join(parts)


if __name__ == "__main__":
    sys.exit(main())
