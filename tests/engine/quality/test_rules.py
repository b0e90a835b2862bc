"""Quality rules as data: the shipped files, and what is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from junheng.engine import quality, standard
from junheng.engine.quality import rules as quality_rules
from junheng.errors import NotFound, RuleSetError

if TYPE_CHECKING:
    from pathlib import Path

RULE = """
id = "mine"
version = "1"
[[rules]]
id = "a"
kind = "{kind}"
fields = ["*"]
severity = "{severity}"
confidence = "low"
params = {params}
name = {{ zh = "样例", en = "Sample" }}
reason = {{ zh = "样例", en = "Sample" }}
source = {{ document = "本系统约定", confirmation = "D" }}
"""


def written(
    kind: str = "zero",
    severity: str = "error",
    params: str = '{ zero_share = "0.05", least_count = 5 }',
) -> bytes:
    return RULE.format(kind=kind, severity=severity, params=params).encode()


def test_it_works() -> None:
    file = quality_rules.parse(written(), name="mine.toml")
    (rule,) = file.rules
    assert (file.id, rule.kind, rule.severity, rule.only) == ("mine", "zero", "error", "all")
    assert rule.number("zero_share") == 0.05


@pytest.mark.parametrize("name", quality.available())
def test_shipped_rules_say_why_and_whence(name: str) -> None:
    file = quality.load(name)
    assert file.id == name
    assert len({rule.id for rule in file.rules}) == len(file.rules)
    for rule in file.rules:
        assert rule.reason.zh
        assert rule.reason.en
        assert rule.source.document


def test_every_kind_is_used_by_a_shipped_rule() -> None:
    kinds = {rule.kind for name in quality.available() for rule in quality.load(name).rules}
    assert kinds == set(quality_rules.PARAMS)


def test_quality_rules_are_no_rule_sets() -> None:
    assert "quality" not in {ref.id for ref in standard.available()}


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (written(kind="guess"), "rules[a].kind"),
        (written(severity="fatal"), "rules[a].severity"),
        (written(params="{}"), "least_count, zero_share"),
        (written(params='{ zero_share = "many", least_count = 5 }'), "rules[a].params.zero_share"),
        (written(kind="sum", params='{ tolerance = "0" }'), "rules[a].others"),
        (written() + b"colour = 1\n", "colour"),
        (b"id = ", "mine.toml"),
    ],
)
def test_a_faulty_file_is_refused_with_its_place(content: bytes, told: str) -> None:
    with pytest.raises(RuleSetError) as refused:
        quality_rules.parse(content, name="mine.toml")
    assert told in refused.value.render()


def test_a_file_of_ones_own(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_bytes(written())
    assert quality.load(str(path)).digest == quality_rules.parse(written(), name="x").digest


def test_an_unknown_name_is_refused_with_the_known_ones() -> None:
    with pytest.raises(NotFound, match="unit-table"):
        quality.load("nothing")
