"""Reading rule sets: what loads, what is refused and how, and laying one over another."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from junheng.engine.standard import rulebook
from junheng.engine.standard.rulebook import RULES_DIR, load, load_file, parse
from junheng.engine.standard.rulefile import RuleFileError
from junheng.errors import NotFound, RuleSetError

HOW_TO = Path(__file__).parents[3] / "docs/how-to"

SMALL = """
id = "small"
version = "1"
document = "甲〔2026〕1号"
effective_from = 2026-01-01
name = { zh = "小", en = "Small" }

[[facts]]
id = "books"
name = { zh = "图书册数", en = "Books" }
unit = { zh = "册", en = "books" }

[[indicators]]
id = "X1"
number = "1"
name = { zh = "生均图书册数", en = "Books per pupil" }
short_name = { zh = "图书", en = "Books" }
unit = { zh = "册/生", en = "books per pupil" }
per = 1
terms = { books = 1 }
thresholds = { primary = "4.2", junior = "none" }
source = { document = "甲〔2026〕1号", confirmation = "C", valid_from = 2026-01-01 }

[unit_rule]
met_at_least = 1
floor_share = "0.85"
source = { document = "甲〔2026〕1号", confirmation = "L" }

[dispersion]
method = "each"
limits = { primary = "0.50", junior = "0.45" }
source = { document = "甲〔2026〕1号", confirmation = "C" }
"""

LOCAL = """
id = "local"
version = "7"
based_on = "small@1"
document = "乙〔2026〕2号"
effective_from = 2026-09-01
name = { zh = "地方", en = "Local" }
"""

LOCAL_SOURCE = 'source = { document = "乙〔2026〕2号", confirmation = "L" }'


def refused(text: str, **kwargs: Path) -> list[tuple[str, str]]:
    """Return key and finding of every fault of a refused text."""
    with pytest.raises(RuleFileError) as caught:
        parse(text, name="district.toml", **kwargs)
    return [(fault.key, fault.found.render()) for fault in caught.value.faults]


def shelf(folder: Path, **texts: str) -> Path:
    """Write rule sets `id__version=text` as a folder of rule sets."""
    for name, text in texts.items():
        ruleset_id, version = name.split("__")
        (folder / ruleset_id).mkdir(exist_ok=True)
        (folder / ruleset_id / f"{version.replace('_', '.')}.toml").write_text(text, "utf-8")
    return folder


def test_it_works() -> None:
    rules = parse(SMALL, name="small.toml")
    assert rules.indicator("X1").thresholds == {"primary": Fraction("4.2"), "junior": None}
    assert rules.effective_from == date(2026, 1, 1)
    assert rules.digest == hashlib.sha256(SMALL.encode()).hexdigest()
    assert [row for row, _ in rulebook.unconfirmed_rows(rules)] == ["unit_rule"]
    assert not rulebook.is_confirmed(rules)
    assert rulebook.is_confirmed(parse(SMALL.replace('"L"', '"C"'), name="small.toml"))


def test_shipped_sets_are_listed_and_load() -> None:
    listed = {(ref.id, ref.version) for ref in rulebook.available()}
    assert listed == {(p.parent.name, p.stem) for p in RULES_DIR.glob("*/[0-9]*.toml")}
    assert {"cn-2017-quality", "cn-2012-basic", "example-local"} <= {i for i, _ in listed}
    assert load(rulebook.DEFAULT_RULESET_ID).document == "教督〔2017〕6号"
    assert load("cn-2012-basic", "2026.1") is load("cn-2012-basic", "2026.1")


def test_newest_version_is_the_default_and_old_ones_stay(tmp_path: Path) -> None:
    old, new = (SMALL.replace('version = "1"', f'version = "{v}"') for v in ("2026.9", "2026.10"))
    folder = shelf(tmp_path, small__2026_9=old, small__2026_10=new)
    assert load("small", folder=folder).version == "2026.10"
    assert load("small", "2026.9", folder=folder).version == "2026.9"
    assert [ref.version for ref in rulebook.available(folder)] == ["2026.10", "2026.9"]


@pytest.mark.parametrize(("ruleset_id", "version"), [("cn-2018", None), ("cn-2012-basic", "1999")])
def test_unknown_set_or_version_names_the_known(ruleset_id: str, version: str | None) -> None:
    with pytest.raises(NotFound, match=r"Known: .*20"):
        load(ruleset_id, version)


@pytest.mark.parametrize("escape", ["..", "mappings", "../rules/cn-2012-basic"])
def test_an_id_cannot_leave_the_folder(escape: str) -> None:
    with pytest.raises(NotFound):
        load(escape)


def test_other_folders_beside_the_rule_sets_are_none(tmp_path: Path) -> None:
    folder = shelf(tmp_path, small__1=SMALL, codes__sex="values = []")
    assert [ref.id for ref in rulebook.available(folder)] == ["small"]


def test_folder_and_file_must_agree(tmp_path: Path) -> None:
    folder = shelf(tmp_path, other__1=SMALL)
    with pytest.raises(RuleSetError, match="small@1"):
        load("other", folder=folder)


def test_a_missing_or_broken_file_is_a_rule_set_error(tmp_path: Path) -> None:
    with pytest.raises(RuleSetError, match=r"absent\.toml"):
        load_file(tmp_path / "absent.toml")
    broken = tmp_path / "broken.toml"
    broken.write_bytes("name = '教".encode("gb18030"))
    with pytest.raises(RuleSetError, match="UTF-8"):
        load_file(broken)
    broken.write_text("id = 1\nname =\nversion = 1\n", "utf-8")
    with pytest.raises(RuleSetError, match="line 2"):
        load_file(broken)


def test_a_byte_order_mark_is_accepted(tmp_path: Path) -> None:
    path = tmp_path / "small.toml"
    path.write_text(SMALL, "utf-8-sig")
    assert load_file(path).id == "small"


@pytest.mark.parametrize(
    ("old", "new", "key", "found"),
    [
        (', junior = "none"', "", "indicators[X1].thresholds.junior", "missing"),
        ("primary = ", "primery = ", "indicators[X1].thresholds.primery", "unknown"),
        ('"4.2"', "4.2", "indicators[X1].thresholds.primary", "4.2"),
        ('"4.2"', '"4,2"', "indicators[X1].thresholds.primary", "4,2"),
        ('"4.2"', '"-4.2"', "indicators[X1].thresholds.primary", "-4.2"),
        ("per = 1", "per = 1\nweihgt = 2", "indicators[X1].weihgt", "unknown"),
        ("per = 1", "per = 0", "indicators[X1].per", "0"),
        ("books = 1", "boks = 1", "indicators[X1].terms.boks", "no fact “boks”"),
        ("{ books = 1 }", "{}", "indicators[X1].terms", "no term"),
        ('"C", valid_from', '"X", valid_from', "indicators[X1].source.confirmation", '"X"'),
        (
            "valid_from = 2026-01-01",
            "valid_from = 2026-01-02, valid_to = 2026-01-01",
            "indicators[X1].source.valid_to",
            "before",
        ),
        ("met_at_least = 1", "met_at_least = 2", "unit_rule.met_at_least", "2 of 1"),
        ('"0.85"', '"1.85"', "unit_rule.floor_share", "37/20"),
        ('method = "each"', 'method = "all"', "dispersion.method", '"all"'),
        ('document = "甲〔2026〕1号"\neff', "eff", "document", "missing"),
        ('version = "1"', "version = 1.0", "version", "1.0"),
        ("effective_from = 2026-01-01", 'effective_from = "2026"', "effective_from", "2026"),
        ('id = "books"', 'id = "books; drop"', "facts[books; drop].id", "drop"),
        ('zh = "图书册数", en', "en", "facts[books].name.zh", "missing"),
    ],
)
def test_a_fault_is_named_at_its_key(old: str, new: str, key: str, found: str) -> None:
    assert old in SMALL
    faults = dict(refused(SMALL.replace(old, new)))
    assert found in faults[key]


def test_all_faults_come_at_once_with_file_and_remedy() -> None:
    text = SMALL.replace('"4.2"', "4.2").replace('"0.50"', "0.5").replace('"each"', '"all"')
    with pytest.raises(RuleFileError) as caught:
        parse(text, name="district.toml")
    lines = caught.value.render().splitlines()
    assert len(lines) == 3
    assert all(line.startswith("district.toml: ") for line in lines)
    assert "in quotes" in lines[0]


def test_a_misspelt_key_is_answered_with_the_right_one() -> None:
    with pytest.raises(RuleFileError, match="Did you mean “primary”"):
        parse(SMALL.replace('{ primary = "4.2"', '{ primery = "4.2"'), name="district.toml")


def test_doubled_row_is_refused() -> None:
    row = SMALL[SMALL.index("[[facts]]") : SMALL.index("[[indicators]]")]
    assert ("facts[books]", "This row stands 2 times in the file.") in refused(SMALL + row)


def test_one_header_cannot_name_two_facts() -> None:
    other = """
[[facts]]
id = "volumes"
name = { zh = "册数", en = "Volumes" }
unit = { zh = "册", en = "books" }
synonyms = ["图书册数"]
"""
    assert [key for key, _ in refused(SMALL + other)] == ["facts[volumes].synonyms"]


def test_a_computed_item_needs_its_check_and_a_relief_its_row() -> None:
    extra = """
[[items]]
id = "G1"
number = "1"
part = "guarantee"
name = { zh = "项", en = "Item" }
level = "county"
kind = "computed"
source = { document = "甲", confirmation = "L" }

[[reliefs]]
id = "soft"
applies_to = "G9"
text = { zh = "放宽", en = "Softer" }
source = { document = "甲", confirmation = "L" }
"""
    keys = {key for key, _ in refused(SMALL + extra)}
    assert keys == {"items[G1].check", "reliefs[soft].applies_to"}


def test_local_rules_change_what_they_name_and_nothing_else(tmp_path: Path) -> None:
    folder = shelf(tmp_path, small__1=SMALL)
    row = f'[[indicators]]\nid = "X1"\nthresholds = {{ primary = "5" }}\n{LOCAL_SOURCE}\n'
    base, local = load("small", folder=folder), parse(LOCAL + row, name="l.toml", folder=folder)
    assert local.indicator("X1").thresholds == {"primary": Fraction(5), "junior": None}
    assert local.indicator("X1").name == base.indicator("X1").name
    assert local.indicator("X1").source.confirmation == "L"
    assert local.indicator("X1").source.valid_from == date(2026, 9, 1)
    assert local.dispersion.source.valid_from == date(2026, 1, 1)
    assert (local.dispersion, local.facts) == (base.dispersion, base.facts)
    assert (local.id, local.version, local.based_on) == ("local", "7", "small@1")
    assert local.digest == hashlib.sha256((SMALL + LOCAL + row).encode()).hexdigest()


def test_local_rows_can_be_added_and_tables_merged(tmp_path: Path) -> None:
    folder = shelf(tmp_path, small__1=SMALL)
    extra = f"""
[dispersion]
limits = {{ junior = "0.40" }}
{LOCAL_SOURCE}

[[vetoes]]
id = "V1"
number = "1"
name = {{ zh = "否决", en = "Veto" }}
{LOCAL_SOURCE}
"""
    local = parse(LOCAL + extra, name="l.toml", folder=folder)
    assert local.dispersion.limits == {"primary": Fraction("0.5"), "junior": Fraction("0.4")}
    assert local.dispersion.method == "each"
    assert [veto.id for veto in local.vetoes] == ["V1"]


def test_a_local_row_without_its_own_source_is_refused(tmp_path: Path) -> None:
    folder = shelf(tmp_path, small__1=SMALL)
    row = '[[indicators]]\nid = "X1"\nthresholds = { primary = "5" }\n'
    assert [key for key, _ in refused(LOCAL + row, folder=folder)] == ["indicators[X1]"]


def test_the_head_of_a_file_is_not_inherited(tmp_path: Path) -> None:
    folder = shelf(tmp_path, small__1=SMALL)
    headless = LOCAL.replace('document = "乙〔2026〕2号"\n', "")
    assert refused(headless, folder=folder) == [("document", "This key is missing.")]


@pytest.mark.parametrize("base", ["small", "small@2", "big@1", "../small@1"])
def test_unknown_base_names_the_known(tmp_path: Path, base: str) -> None:
    folder = shelf(tmp_path, small__1=SMALL)
    [(key, found)] = refused(LOCAL.replace("small@1", base), folder=folder)
    assert key == "based_on"
    assert "known: small@1" in found


def test_circular_base_is_refused(tmp_path: Path) -> None:
    one = LOCAL.replace('id = "local"', 'id = "one"').replace("small@1", "two@7")
    two = LOCAL.replace('id = "local"', 'id = "two"').replace("small@1", "one@7")
    folder = shelf(tmp_path, one__7=one, two__7=two)
    with pytest.raises(RuleFileError, match="leads back"):
        load("one", folder=folder)


def test_loading_needs_no_heavy_library() -> None:
    program = (
        "import sys\n"
        "from junheng.engine.standard import rulebook, items\n"
        "rulebook.load(rulebook.DEFAULT_RULESET_ID)\n"
        "print(sorted({'numpy', 'duckdb', 'django', 'pyarrow'} & set(sys.modules)))\n"
    )
    found = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, env=os.environ
    )
    assert found.stdout.strip() == "[]"


@pytest.mark.parametrize("page", ["local-rules.md", "local-rules.zh.md"])
def test_the_examples_of_the_how_to_load(page: str) -> None:
    text = (HOW_TO / page).read_text("utf-8")
    examples = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    assert len(examples) == 2
    local = parse("\n".join(examples), name=page)
    assert local.indicator("R7").thresholds == {
        "primary": Fraction("2.5"),
        "junior": Fraction("2.4"),
    }
    relief = next(relief for relief in local.reliefs if relief.id == "G3-built-2016")
    assert relief.source.holds_on(date(2026, 11, 1))
    assert relief.params["music_area_m2"] == 73
