"""The data dictionary as a page: every dataset, every field, every code list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from junheng.engine.contracts.catalogue import contracts, load

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from junheng.engine.contracts.records import CodeList, Contract, Field, Purpose

MADE_FROM = "<!-- Made from the contracts by `make docs`. Change the contracts, not this page. -->"

_LEVELS = """\
Sensitivity 敏感级别: L1 public 公开; L2 internal 内部; L3 tells of one person 涉及个人;
L4 sensitive, kept encrypted 敏感、加密保存."""


def dictionary_page() -> str:
    """Return docs/reference/datasets.md: datasets, then purposes and codes."""
    catalogue = load()
    parts = [MADE_FROM, "# Datasets 数据字典", _LEVELS]
    parts += ["\n".join(_dataset(contract)) for contract in contracts()]
    parts += ["# Purposes 使用目的", "\n".join(_purposes(catalogue.purposes.values()))]
    parts += ["# Code lists 代码表"]
    parts += ["\n".join(_codes(codes)) for codes in catalogue.code_lists.values()]
    return "\n\n".join(parts) + "\n"


def _dataset(contract: Contract) -> Iterator[str]:
    lists = load().code_lists
    domain = lists["data_domain"].name_of(str(contract.domain), "zh")
    owner = lists["bureau_section"].name_of(contract.owner, "zh")
    yield f"## {contract.id} {contract.name.zh} {contract.name.en}"
    yield ""
    yield f"Version 版本 {contract.version} · Domain 数据域 {contract.domain} {domain}"
    yield f"· Owner 责任科室 {owner} · Key 主键 {', '.join(contract.key)}"
    yield ""
    yield (
        "| Field 字段 | Header 表头 | Kind 类型 | Required 必填 | Codes, range 代码、范围 "
        "| Level 级别 | Purpose 目的 | Used by 用于 | National 国标字段 | Synonyms 同义表头 |"
    )
    yield "|---|---|---|---|---|---|---|---|---|---|"
    for field in contract.fields:
        yield f"| {' | '.join(_row(field))} |"
    for reference in contract.references:
        yield ""
        there = ", ".join(reference.to)
        yield f"{', '.join(reference.fields)} → {reference.dataset} ({there})"


def _row(field: Field) -> tuple[str, ...]:
    return (
        f"`{field.id}`",
        f"{field.header.zh} / {field.header.en}",
        field.kind,
        "yes 是" if field.is_required else "",
        _allowed(field),
        field.sensitivity,
        field.purpose.id,
        ", ".join(field.used_by),
        field.national_code,
        "、".join(field.synonyms),
    )


def _allowed(field: Field) -> str:
    if field.code_list is not None:
        return f"[{field.code_list.id}](#{field.code_list.id})"
    if field.pattern:
        return f"`{field.pattern}`".replace("|", "\\|")
    low, high = ("" if b is None else f"{float(b):.15g}" for b in (field.at_least, field.at_most))
    return f"{low} – {high}" if low or high else ""


def _purposes(purposes: Iterable[Purpose]) -> Iterator[str]:
    yield "| Id | Purpose 目的 | Basis 依据 | Kept 保存期限 | Seen by 可见范围 |"
    yield "|---|---|---|---|---|"
    for purpose in purposes:
        texts = (purpose.name, purpose.basis, purpose.retention, purpose.audience)
        yield f"| {purpose.id} | {' | '.join(f'{t.zh} / {t.en}' for t in texts)} |"


def _codes(codes: CodeList) -> Iterator[str]:
    yield f'## <a id="{codes.id}"></a>{codes.id} {codes.name.zh} {codes.name.en}'
    yield ""
    yield f"Source 来源 {codes.standard} · Confirmation 核对 {codes.confirmation}"
    if codes.note.en:
        yield f"· {codes.note.zh} {codes.note.en}"
    yield ""
    yield "| Code 代码 | 名称 | Name | Synonyms 同义词 |"
    yield "|---|---|---|---|"
    for value in codes.values:
        yield f"| {value.code} | {value.name.zh} | {value.name.en} | {'、'.join(value.synonyms)} |"
