"""`junheng rules`: what decides, where it comes from, what is not yet confirmed."""

from __future__ import annotations

import pytest
from tests.command_line import call

from junheng.engine import standard


def test_the_list() -> None:
    outcome = call("rules")
    assert outcome.code == 0
    for ref in standard.available():
        assert f"{ref.id}@{ref.version}" in outcome.out


def test_the_list_as_json() -> None:
    found = call("rules", "--json").json["rulesets"]
    assert {"cn-2017-quality", "cn-2012-basic", "example-local"} <= {r["id"] for r in found}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_one_rule_set(language: str) -> None:
    rules = standard.load("cn-2017-quality")
    outcome = call("--lang", language, "rules", "cn-2017-quality")
    assert outcome.code == 0
    shown = "".join(outcome.out.split())
    for indicator in rules.indicators:
        assert "".join(indicator.name.of(language).split()) in shown or indicator.id in shown
    assert "教督〔2017〕6号" in outcome.out


def test_what_is_not_confirmed_is_said() -> None:
    rules = standard.load("cn-2017-quality")
    unconfirmed = [row for row, source in rules.all_sources if not source.is_confirmed]
    outcome = call("--lang", "en", "rules", "cn-2017-quality")
    assert f"{len(unconfirmed)} rows not yet confirmed" in outcome.out


def test_one_rule_set_as_json() -> None:
    found = call("rules", "cn-2017-quality", "--json").json
    assert [i["id"] for i in found["indicators"]] == [f"R{n}" for n in range(1, 8)]
    assert found["indicators"][0]["thresholds"] == {"primary": 4.2, "junior": 5.3}
    assert len(found["digest"]) == 64


def test_the_sql_text() -> None:
    outcome = call("rules", "cn-2017-quality", "--sql")
    assert outcome.code == 0
    assert outcome.out.count("\n-- ") + outcome.out.startswith("-- ") == 7


@pytest.mark.parametrize("name", ["cn-1999", "cn-2017-quality@0", "absent.toml"])
def test_an_unknown_rule_set(name: str) -> None:
    outcome = call("--lang", "en", "rules", name)
    assert (outcome.code, outcome.out) == (2, "")
    assert name.partition("@")[0] in outcome.err
