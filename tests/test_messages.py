"""The message tools find every sentence, keep translations, and list every fault."""

from __future__ import annotations

import gettext
import importlib.util
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from types import ModuleType

TOOL = Path(__file__).parent.parent / "tools" / "messages.py"
PYTHON = """
def greet(n):
    yield say("{n} rows" " read", n=n)
    yield ngettext("%(n)s school", "%(n)s schools", n)
    yield pgettext("verb", "Open")
    yield say(not_a_literal)
"""
TEMPLATE = """
<c-figure title="{% translate 'Title in an attribute' %}" :limit="0.5">
      {% blocktranslate trimmed with n=rows %}
    Hello {{ n }},
    you
  {% endblocktranslate %}
  <p lang="zh-Hans">中文</p> {# 说明 #}
</c-figure>
"""


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("messages_tool", TOOL)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def put(root: Path, path: str, text: str) -> Path:
    target = root / "src/junheng" / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, encoding="utf-8")
    return target


def translate_all(root: Path, area: str, translations: dict[str, str]) -> None:
    fragment = root / f"src/junheng/locale/zh_Hans/{area}.po"
    text = fragment.read_text(encoding="utf-8")
    for source, chinese in translations.items():
        empty = "".join(
            f'msgid "{source}"\n{form} ""'
            for form in ("msgstr", 'msgid_plural "%(n)s schools"\nmsgstr[0]')
            if f'msgid "{source}"\n{form} ""' in text
        )
        assert empty, source
        text = text.replace(empty, empty[:-2] + f'"{chinese}"')
    fragment.write_text(text, encoding="utf-8")


@pytest.fixture
def tree(tmp_path: Path, tool: ModuleType) -> Path:
    """Return a small tree whose sentences are all translated."""
    put(tmp_path, "engine/store/reader.py", PYTHON)
    put(tmp_path, "apps/balance/templates/page.html", TEMPLATE)
    tool.extract(tmp_path)
    translate_all(
        tmp_path,
        "store",
        {"{n} rows read": "已读取 {n} 行", "%(n)s school": "%(n)s 所学校", "Open": "打开"},
    )
    translate_all(
        tmp_path,
        "balance",
        {"Title in an attribute": "属性中的标题", "Hello %(n)s, you": "您好，%(n)s"},
    )
    return tmp_path


def found(tool: ModuleType, root: Path) -> list[tuple[str, str, str]]:
    return [(fault.place, fault.kind, fault.text) for fault in tool.check(root)]


def test_it_works(tool: ModuleType, tree: Path) -> None:
    assert found(tool, tree) == []
    with tool.compile_catalogue(tree).open("rb") as file:
        catalogue = gettext.GNUTranslations(file)
    assert catalogue.gettext("{n} rows read") == "已读取 {n} 行"
    assert catalogue.ngettext("%(n)s school", "%(n)s schools", 1) == "%(n)s 所学校"
    assert catalogue.pgettext("verb", "Open") == "打开"
    assert catalogue.gettext("Open") == "Open"


def test_bytes_are_no_sentences(tool: ModuleType, tree: Path) -> None:
    """`translate` is also a method of texts and bytes."""
    source = """
signs = lines.translate(None, b",-") + lines.translate(rb"one", B'''two
three''').translate(TABLE)
message = say("Read again", signs=signs)
"""
    put(tree, "engine/store/more.py", source)
    assert found(tool, tree) == [("store.po", "missing", "Read again")]


def test_extract_changes_nothing_the_second_time(tool: ModuleType, tree: Path) -> None:
    fragments = sorted((tree / tool.FRAGMENTS).glob("*.po"))
    before = [path.read_bytes() for path in fragments]
    tool.extract(tree)
    assert [path.read_bytes() for path in fragments] == before
    assert len(before) == 2


def test_compiled_bytes_repeat(tool: ModuleType, tree: Path) -> None:
    first = tool.compile_catalogue(tree).read_bytes()
    assert tool.compile_catalogue(tree).read_bytes() == first


def test_a_shared_sentence_lives_in_the_first_area(tool: ModuleType, tree: Path) -> None:
    put(tree, "apps/audit/views.py", '_("Title in an attribute")')
    tool.extract(tree)
    text = {path.stem: path.read_text() for path in (tree / tool.FRAGMENTS).glob("*.po")}
    assert 'msgid "Title in an attribute"\nmsgstr "属性中的标题"' in text["audit"]
    assert '\nmsgid "Title in an attribute"' not in text["balance"]
    assert found(tool, tree) == []


def test_a_sentence_that_comes_back_has_its_translation(tool: ModuleType, tree: Path) -> None:
    source = put(tree, "engine/store/reader.py", "")
    tool.extract(tree)
    fragment = tree / tool.FRAGMENTS / "store.po"
    assert '#~ msgstr "已读取 {n} 行"' in fragment.read_text()
    source.write_text(PYTHON, encoding="utf-8")
    tool.extract(tree)
    assert found(tool, tree) == []


def test_prune_forgets_what_is_not_used(tool: ModuleType, tree: Path) -> None:
    put(tree, "engine/store/reader.py", "")
    tool.extract(tree, prune=True)
    assert "已读取" not in (tree / tool.FRAGMENTS / "store.po").read_text()


def test_naming_areas_leaves_the_others_alone(tool: ModuleType, tree: Path) -> None:
    put(tree, "engine/store/reader.py", 'say("New here")')
    put(tree, "apps/balance/views.py", '_("New there")')
    tool.extract(tree, ["store"])
    assert found(tool, tree) == [
        ("balance.po", "missing", "New there"),
        ("store.po", "empty translation", "New here"),
    ]


def test_a_missing_sentence_is_found(tool: ModuleType, tree: Path) -> None:
    put(tree, "engine/store/more.py", 'raise DataError(say("No such file"))')
    assert found(tool, tree) == [("store.po", "missing", "No such file")]


def test_an_unused_sentence_is_found(tool: ModuleType, tree: Path) -> None:
    put(tree, "apps/balance/templates/page.html", "{% translate 'Title in an attribute' %}")
    assert found(tool, tree) == [("balance.po", "obsolete", "Hello %(n)s, you")]


def test_two_translations_of_one_sentence_are_found(tool: ModuleType, tree: Path) -> None:
    fragment = tree / tool.FRAGMENTS / "balance.po"
    again = '\nmsgctxt "verb"\nmsgid "Open"\nmsgstr "开放"\n'
    fragment.write_text(fragment.read_text() + again, encoding="utf-8")
    assert found(tool, tree) == [("balance.po, store.po", "translated differently", "Open")]


@pytest.mark.parametrize("wrong", ["已读取 {m} 行", "已读取行", "已读取 {n 行", "{n} {n} {extra}"])
def test_placeholders_that_differ_are_found(tool: ModuleType, tree: Path, wrong: str) -> None:
    fragment = tree / tool.FRAGMENTS / "store.po"
    fragment.write_text(fragment.read_text().replace("已读取 {n} 行", wrong), encoding="utf-8")
    assert found(tool, tree) == [("store.po", "placeholders differ", "{n} rows read")]


def test_a_chinese_source_sentence_is_found(tool: ModuleType, tree: Path) -> None:
    put(tree, "engine/store/more.py", 'say("缺少文件")')
    assert ("engine/store/more.py", "source is not English", "缺少文件") in found(tool, tree)


def test_chinese_outside_a_translation_tag_is_found(tool: ModuleType, tree: Path) -> None:
    page = put(tree, "apps/balance/templates/page.html", TEMPLATE + "<b>达标</b>\n")
    line = page.read_text(encoding="utf-8").splitlines().index("<b>达标</b>") + 1
    assert found(tool, tree) == [
        (
            f"apps/balance/templates/page.html:{line}",
            "Chinese outside a translation tag",
            "<b>达标</b>",
        )
    ]


@pytest.mark.parametrize(
    ("path", "area"),
    [
        ("errors.py", "errors"),
        ("i18n.py", "i18n"),
        ("cli.py", "cli"),
        ("commands/assess.py", "cli"),
        ("engine/standard/items.py", "rules"),
        ("engine/standard/between_school.py", "rules"),
        ("engine/toml_file.py", "rules"),
        ("engine/standard/assess.py", "standard"),
        ("engine/store/tables.py", "store"),
        ("engine/simulation/plan.py", "simulation"),
        ("apps/registry/models.py", "registry"),
        ("apps/balance/templates/balance/page.html", "balance"),
        ("web/templates/base.html", "web"),
    ],
)
def test_each_file_has_its_area(tool: ModuleType, path: str, area: str) -> None:
    assert tool.area_of(Path(path)) == area


def test_check_ends_with_1_when_there_is_a_fault(
    tool: ModuleType, tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put(tree, "engine/store/more.py", 'say("No such file")')
    assert tool.main(["check", "--root", str(tree)]) == 1
    assert capsys.readouterr().out == "store.po: missing: No such file\n"
    assert tool.main(["extract", "--root", str(tree)]) == 0
    assert tool.main(["compile", "--root", str(tree)]) == 0
