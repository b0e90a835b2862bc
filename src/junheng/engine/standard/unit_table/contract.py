"""The contract of the unit table: its columns, the headers they go by, the words known in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from junheng.engine.standard.ruleset import RuleSet

UNITS = "units"
"""The relation that holds who the units are and every fact."""


@dataclass(frozen=True)
class Column:
    """One column of the contract, with the headers under which it is accepted."""

    id: str
    headers: tuple[str, ...]
    is_required: bool


STAGE_WORDS: Mapping[str, str] = {
    "primary": "primary",
    "小学": "primary",
    "小学部": "primary",
    "junior": "junior",
    "初中": "junior",
    "初中部": "junior",
}
KIND_WORDS: Mapping[str, str] = {
    "ordinary": "ordinary",
    "普通": "ordinary",
    "普通学校": "ordinary",
    "teaching_point": "teaching_point",
    "教学点": "teaching_point",
    "special": "special",
    "特殊教育": "special",
    "特殊教育学校": "special",
    "vocational": "vocational",
    "职业": "vocational",
    "职业学校": "vocational",
}

IDENTITY_COLUMNS = (
    Column("unit_id", ("校段编号", "评估单元编号", "校段代码"), True),
    Column("school_id", ("学校标识码", "学校（机构）标识码", "学校代码"), True),
    Column("school_name", ("学校名称", "校名", "学校"), True),
    Column("county_code", ("县区代码", "行政区划代码", "县级行政区划代码", "县区"), False),
    Column("stage", ("学段",), True),
    Column("kind", ("学校类别", "学校类型", "类别"), False),
    Column("pupils", ("在校生数", "在校学生数", "学生数"), True),
)


def columns(ruleset: RuleSet) -> tuple[Column, ...]:
    """Return the contract's columns for a rule set, in order.

    A fact that no indicator of the set uses may be absent.
    """
    used = {fact_id for i in ruleset.indicators for fact_id, _ in i.terms}
    facts = tuple(
        Column(f.id, (f.name.zh, f.name.en, *f.synonyms), f.id in used) for f in ruleset.facts
    )
    return IDENTITY_COLUMNS + facts


def translated(cell: str, words: Mapping[str, str]) -> str:
    """SQL of what a word means; NULL for a word that is not known."""
    cases = " ".join(f"WHEN '{word}' THEN '{meaning}'" for word, meaning in words.items())
    return f"CASE lower({cell}) {cases} END"
