"""The reference of the API: its OpenAPI document, and the same for people to read."""

from __future__ import annotations

import json
import os
from typing import Any

HEAD = {
    "en": """# The API

[中文](api.zh.md)

What pages show, for other programs, under `/api/v1/`: by the same rights, masked and recorded in \
the same way. It reads, and takes \
imports that are checked, applied and undone as on the pages ([how](../how-to/import-by-api.md)). \
The description for programs is [openapi.json](openapi.json); the site sends it \
at `/api/v1/openapi.json` to whoever is signed in.

- **Who asks.** A session of the site (a request that changes something carries `X-CSRFToken`), or \
a token: `Authorization: Bearer junheng_…`. The IT office makes tokens under Running the site, \
each for one connected system, the kinds of data it opens, the datasets it may send and a number \
of days; it is shown once, kept as a hash and can be revoked at any time. No token reaches people \
([rules/access/api.toml](../../src/junheng/rules/access/api.toml)).
- **Language.** `Accept-Language: zh` or `en`; without it Chinese.
- **Refusals** are `application/problem+json`: `status`, `title`, `detail`, and `faults` with \
place, row, column, what was found and the way out.
- **Rows of people** need a purpose, are masked as on pages, and count together with every other \
export of the day: beyond `JUNHENG_EXPORT_ROWS_ALONE` a second person approves a workbook instead.
- **What is not yours** answers 404, as if it were not there.
- **How many.** `JUNHENG_API_PER_MINUTE` requests a minute, refused ones
too; then 429 with `Retry-After`.

Figures have the names of [assess-json.md](assess-json.md).
""",
    "zh": """# 接口

[English](api.md)

`/api/v1/` 供其他系统使用：内容与网页一致，权限、脱敏和留痕也一致。除读取外还可报送导入，\
检查、写入和撤销与网页相同（[做法](../how-to/import-by-api.zh.md)）。程序可读的说明是 \
[openapi.json](openapi.json)，登录后也可从 `/api/v1/openapi.json` 获取。

- **调用身份**：网站会话（提交更改的请求须带 `X-CSRFToken`），或令牌：\
`Authorization: Bearer junheng_…`。令牌由信息化科在“系统运行”下制作，每个对接系统一个，\
限定数据种类、可报送的数据集和有效天数；只显示一次，以哈希保存，可随时收回。令牌不涉及个人数据\
（[rules/access/api.toml](../../src/junheng/rules/access/api.toml)）。
- **语言**：`Accept-Language: zh` 或 `en`；不填为中文。
- **拒绝和错误**为 `application/problem+json`：`status`、`title`、`detail`，以及 `faults` \
中的位置、行、列、问题和处理办法。
- **个人数据**须写明用途，与网页一样脱敏，并与当日其他导出合并计数：超过 \
`JUNHENG_EXPORT_ROWS_ALONE` 行须经第二人批准，改以工作簿导出。
- **无权查看的内容**一律返回 404，与不存在相同。
- **频率**：每分钟 `JUNHENG_API_PER_MINUTE` 次，被拒绝的请求也计入；超出返回 429 和 `Retry-After`。

指标数据的名称见 [assess-json.zh.md](assess-json.zh.md)。
""",
}
COLUMNS = {
    "en": "| Operation | What it does | Parameters | Answers |\n|---|---|---|---|\n",
    "zh": "| 接口 | 用途 | 参数 | 应答 |\n|---|---|---|---|\n",
}
DJANGO_LANGUAGE = {"en": "en", "zh": "zh-hans"}


def api_pages(generated: str) -> dict[str, str]:
    """Return the document and its two readable pages by file name."""
    # In this order: the framework reads the settings when it is imported.
    os.environ.setdefault("JUNHENG_MODE", "test")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "junheng.web.settings")
    import django

    django.setup()
    from junheng.apps.hub.document import openapi

    english = openapi(DJANGO_LANGUAGE["en"])
    return {
        "openapi.json": json.dumps(english, ensure_ascii=False, indent=1) + "\n",
        "api.md": generated + _page(english, "en"),
        "api.zh.md": generated + _page(openapi(DJANGO_LANGUAGE["zh"]), "zh"),
    }


def _page(document: dict[str, Any], language: str) -> str:
    parts, tag = [HEAD[language]], ""
    for path, verbs in document["paths"].items():
        for verb, told in verbs.items():
            if told["tags"][0] != tag:
                tag = told["tags"][0]
                parts.append(f"\n## {tag}\n\n{COLUMNS[language]}")
            parts.append(_row(path, verb, told, language))
    return "".join(parts)


def _row(path: str, verb: str, told: dict[str, Any], language: str) -> str:
    gap = "" if language == "zh" else " "
    parameters = "<br>".join(
        f"`{one['name']}`{gap and ': '}{'：' if not gap else ''}{one.get('description', '')}"
        for one in told["parameters"]
    )
    return (
        f"| `{verb.upper()} {path}` | {told['summary']} | {parameters} "
        f"| {', '.join(told['responses'])} |\n"
    )
