"""Rebuild the reference pages that follow from code and data: commands, datasets, rules, roles,
the API.

python tools/reference.py          write the pages into docs/reference
python tools/reference.py check    fail when a page is not what the code says
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from junheng import cli
from junheng.apps.accounts.rolebook import Kind, Place, rolebook
from junheng.apps.it.setting_rules import setting_book
from junheng.engine import standard
from junheng.engine.contracts.dictionary import dictionary_page
from junheng.i18n import translator

if TYPE_CHECKING:
    from junheng.apps.accounts.rolebook import RoleRule
    from junheng.engine.standard.ruleset import Indicator, Item, Veto

ROOT = Path(__file__).parents[1]
REFERENCE = ROOT / "docs" / "reference"
GENERATED = "<!-- Made by `make docs` from the code. Change the code, not this page. -->\n"


def main() -> int:
    """Write the pages, or compare them."""
    # Help texts wrap at the width of the terminal: the page must not depend on it.
    os.environ["COLUMNS"] = "100"
    # Run as a file, only the folder of the tools is on the path.
    sys.path.insert(0, str(ROOT))
    from tools.reference_api import api_pages

    pages = {
        "commands.md": commands_page(),
        "datasets.md": dictionary_page(),
        "rule-sets.md": rule_sets_page(),
        "roles.md": roles_page("en"),
        "roles.zh.md": roles_page("zh"),
        "settings.md": settings_page("en"),
        "settings.zh.md": settings_page("zh"),
        **api_pages(GENERATED),
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


ROLES_HEAD = {
    "en": """# Roles

[中文](roles.zh.md)

Whoever signs in holds dated posts: a role at a place, from a day to a day. Rights follow from the \
posts of the day; a post that ended yesterday gives none, and a revoked one none from that moment \
on. A person with several posts has the rights of all of them, or of the one chosen to act in.

System, security and audit administrator reach no data of schools and are never one person on one \
day, which the database holds. How people are appointed: \
[Appoint people](../how-to/posts.md).

| Role | What for | Held at | Reaches | Second factor | Appointed by |
|---|---|---|---|---|---|
""",
    "zh": """# 角色

[English](roles.md)

登录人员持有带起止日期的任职身份：某一角色在某一单位任职，从某日至某日。权限以当日有效的任职为准；\
已到期的任职不再享有权限，被收回的任职即刻失效。一人有多项任职的，享有全部任职的权限，也可选择只以其中一项办理。

系统管理员、安全管理员、审计管理员同一日不得由同一人担任，且均不接触学校数据；数据库拒绝\
由同一人兼任。任命办法见[任命人员](../how-to/posts.zh.md)。

| 角色 | 用途 | 任职单位 | 可接触的数据 | 第二重验证 | 任命人 |
|---|---|---|---|---|---|
""",
}
ROLE_WORDS = {
    Place.BUREAU: {"en": "bureau", "zh": "教育局"},
    Place.GROUP: {"en": "group of schools", "zh": "集团（学区）"},
    Place.SCHOOL: {"en": "school", "zh": "学校"},
    Place.GRADE: {"en": "grade", "zh": "年级"},
    Place.CLASS: {"en": "class", "zh": "班级"},
    Place.SUBJECT: {"en": "subject in a class", "zh": "班级学科"},
    Place.PUPIL: {"en": "pupil", "zh": "学生"},
    Kind.DIRECTORY: {"en": "organisations and classes", "zh": "机构与班级"},
    Kind.PUPILS: {"en": "pupils", "zh": "学生"},
    Kind.STAFF: {"en": "staff", "zh": "教职工"},
    Kind.PREMISES: {"en": "premises", "zh": "校舍与装备"},
    Kind.FINANCES: {"en": "finances", "zh": "经费"},
    Kind.FIGURES: {"en": "figures", "zh": "汇总数据"},
}
SHORT_WORDS = {
    "yes": {"en": "yes", "zh": "是"},
    "no": {"en": "no", "zh": "否"},
    "all": {"en": "all kinds", "zh": "全部"},
    "none": {"en": "none", "zh": "无"},
    "command": {"en": "command line", "zh": "命令行"},
}


def roles_page(language: str) -> str:
    """Every role: what it is for, where it is held, what it reaches, who appoints."""
    rows = [_role_row(rule, language) for rule in rolebook().values()]
    return GENERATED + ROLES_HEAD[language] + "".join(rows)


def _role_row(rule: RoleRule, language: str) -> str:
    comma = "、" if language == "zh" else ", "
    reaches = [ROLE_WORDS[kind][language] for kind in Kind if kind in rule.reaches]
    appointers = [
        other.name.of(language) for other in rolebook().values() if other.id in rule.appointed_by
    ]
    cells = (
        f"{rule.name.of(language)} `{rule.id}`",
        rule.tells.of(language),
        comma.join(ROLE_WORDS[place][language] for place in rule.places),
        SHORT_WORDS["all"][language]
        if rule.reaches_all_data
        else comma.join(reaches) or SHORT_WORDS["none"][language],
        SHORT_WORDS["yes" if rule.needs_second_factor else "no"][language],
        comma.join(appointers) or SHORT_WORDS["command"][language],
    )
    return f"| {' | '.join(cells)} |\n"


SETTINGS_HEAD = {
    "en": """# Settings

[中文](settings.zh.md)

The site reads its settings from the environment, once, when it starts. A secret may also lie in a
file: set the variable with `_FILE` at its end to the path, for example
`JUNHENG_SECRET_KEY_FILE=/run/secrets/junheng_key`. A missing or wrong value stops the start with a
message that names the variable. The page “Settings” of the IT section shows what was read.
""",
    "zh": """# 设置

[English](settings.md)

站点启动时从环境变量读取设置，只读一次。密钥也可放在文件中：在变量名后加 `_FILE` 并给出路径，例如
`JUNHENG_SECRET_KEY_FILE=/run/secrets/junheng_key`。缺少或有误时停止启动，并指明变量。信息化科的“设置”页面显示实际读到的内容。
""",
}
SETTINGS_COLUMNS = {
    "en": "| Variable | Default | Meaning |",
    "zh": "| 变量 | 默认值 | 含义 |",
}


def settings_page(language: str) -> str:
    """Every variable of the environment, by group."""
    book = setting_book()
    parts = [GENERATED, SETTINGS_HEAD[language]]
    for group in book.groups:
        parts.append(
            f"\n## {group.name.of(language)}\n\n{SETTINGS_COLUMNS[language]}\n|---|---|---|\n"
        )
        parts += [
            f"| `{one.id}` | {one.default.of(language)} | {one.purpose.of(language)} |\n"
            for one in book.settings.values()
            if one.group == group.id
        ]
        if group.note:
            parts.append(f"\n{group.note.of(language)}\n")
    return "".join(parts)


if __name__ == "__main__":
    sys.exit(main())
