"""Reading a layout from TOML, laid over the one it is based on."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from hashlib import sha256
from itertools import product
from pathlib import Path as FilePath
from typing import TYPE_CHECKING

from junheng.engine.annual_statistics.layout import (
    IDENTITY_FIELDS,
    SCHOOL_STAGES,
    WORD_LISTS,
    Band,
    Figure,
    Kind,
    Layout,
    SchoolStage,
    Sum,
    Table,
)
from junheng.engine.annual_statistics.paths import folded, parsed
from junheng.engine.standard.ruleset import STAGES, Text
from junheng.engine.store.sections import Section
from junheng.engine.toml_file import checked_table
from junheng.errors import NotFound
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from junheng.engine.standard.ruleset import Stage

_ROWS_BY = {"tables": "id", "figures": "id", "kinds": "code", "class_tables": "stage"}
"""Lists whose rows replace those of the same name below; other lists and tables do so whole."""

_DASHES = ("nothing", "contradiction")


@cache
def read_layout(name: str, folder: FilePath) -> Layout:
    """Return the layout of an id in `folder`, or of a file ending in .toml."""
    path = FilePath(name) if name.endswith(".toml") else folder / f"{name}.toml"
    values, content = _laid(path, folder)
    return _layout(Section(path.name, values), sha256(content).hexdigest())


def _laid(path: FilePath, folder: FilePath) -> tuple[dict[str, object], bytes]:
    """Return what a file says over its base, and the bytes of both."""
    values, content = _parsed(path, folder)
    base_id = values.pop("based_on", None)
    if base_id is None:
        return values, content
    base, base_content = _parsed(folder / f"{base_id}.toml", folder)
    for key, value in values.items():
        base[key] = _over(base.get(key), value, _ROWS_BY.get(key))
    return base, base_content + content


def _parsed(path: FilePath, folder: FilePath) -> tuple[dict[str, object], bytes]:
    if not path.is_file():
        known = ", ".join(file.stem for file in sorted(folder.glob("*.toml")))
        raise NotFound(
            say(
                "There is no layout {layout}. Name a file ending in .toml, or one of: {known}.",
                layout=str(path.stem),
                known=known,
            )
        )
    content = path.read_bytes()
    return checked_table(content, path.name), content


def _over(below: object, above: object, row_key: str | None) -> object:
    if row_key is None or not isinstance(below, list) or not isinstance(above, list):
        return above
    rows = {row.get(row_key): row for row in below}
    rows |= {row.get(row_key): row for row in above if isinstance(row, dict)}
    return list(rows.values())


def _layout(top: Section, digest: str) -> Layout:
    identity, words, stages = (top.section(key) for key in ("identity", "words", "stages"))
    note = top.section("note") if "note" in top else None
    tables = {table.id: table for table in map(_table, top.sections("tables", at_least=1))}
    layout = Layout(
        id=top.text("id"),
        name=_text(top.section("name")),
        document=top.text("document"),
        note=None if note is None else _text(note),
        is_confirmed=top.flag("is_layout_confirmed", default=False),
        told_by=top.texts("told_by", ()),
        identity_table=identity.text("table"),
        identity={field: _folded(identity.texts(field)) for field in IDENTITY_FIELDS},
        words={name: _folded(words.texts(name)) for name in WORD_LISTS},
        kinds=tuple(map(_kind, top.sections("kinds", at_least=1))),
        stage_words={stage: _folded(stages.texts(stage)) for stage in SCHOOL_STAGES},
        tables=tables,
        figures=_figures(top, tables),
        sums=tuple(Sum(s.text("whole"), s.texts("parts")) for s in top.sections("sums")),
        class_tables={
            _counted_stage(s): _known(s, "table", tables) for s in top.sections("class_tables")
        },
        bands=tuple(map(_band, top.sections("class_bands"))),
        digest=digest,
    )
    top.choice("confirmation", ("C", "C-form", "C-sys", "C-tab", "L", "M", "D"))
    for section in (top, identity, words, stages):
        section.done()
    _check_sums(top, layout)
    return layout


def _text(section: Section) -> Text:
    text = Text(section.text("zh"), section.text("en"))
    section.done()
    return text


def _folded(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(map(folded, texts))


def _counted_stage(section: Section) -> Stage:
    return "primary" if section.choice("stage", STAGES) == "primary" else "junior"


def _stages(section: Section, key: str) -> tuple[SchoolStage, ...]:
    named = section.texts(key)
    found = tuple(stage for stage in SCHOOL_STAGES if stage in named)
    if len(found) < len(named):
        section.fail(key, say("known stages are {stages}.", stages=", ".join(SCHOOL_STAGES)))
    return found


def _table(section: Section) -> Table:
    table = Table(
        id=section.text("id"),
        also=section.texts("also", ()),
        title=section.text("title"),
        sections=_folded(section.texts("sections", ())),
        rows=tuple(map(parsed, section.texts("rows"))),
        columns=tuple(map(parsed, section.texts("columns"))),
    )
    section.flag("is_title_confirmed", default=False)
    section.done()
    return table


def _kind(section: Section) -> Kind:
    kind = Kind(
        code=section.text("code"),
        names=_folded(section.texts("names")),
        stages=_stages(section, "stages"),
    )
    section.done()
    return kind


def _band(section: Section) -> Band:
    lowest = section.whole("lowest")
    highest = section.whole("highest") if "highest" in section else None
    band = Band(lowest, highest, _folded(section.texts("names")))
    section.done()
    return band


def _figures(top: Section, tables: Mapping[str, Table]) -> dict[str, Figure]:
    found = [_figure(section, tables) for section in top.sections("figures", at_least=1)]
    return {figure.id: figure for figure in found}


def _figure(section: Section, tables: Mapping[str, Table]) -> Figure:
    stage = section.choice("stage", ("", *SCHOOL_STAGES), "")
    if section.is_list("cells"):
        pairs = [(cell.text("row"), cell.text("column")) for cell in section.sections("cells")]
    else:
        pairs = list(product(section.texts("rows"), section.texts("columns")))
    figure = Figure(
        id=section.text("id"),
        fact=section.text("fact", ""),
        stage=next((known for known in SCHOOL_STAGES if known == stage), ""),
        table=_known(section, "table", tables),
        cells=tuple((parsed(row), parsed(column)) for row, column in pairs),
        headers=tuple(map(parsed, section.texts("headers"))),
        factor=Fraction(section.decimal("factor", "1")),
        is_whole=section.flag("is_whole", default=False),
        is_optional=section.flag("is_optional", default=False),
        is_nothing_when_dashed=section.choice("dash", _DASHES, "contradiction") == "nothing",
        education=section.texts("education", ()),
        subjects=section.texts("subjects", ()),
    )
    section.done()
    return figure


def _known(section: Section, key: str, tables: Mapping[str, Table]) -> str:
    table_id = section.text(key)
    if table_id not in tables:
        section.fail(key, say("there is no [[tables]] of id {table}.", table=table_id))
    return table_id


def _check_sums(top: Section, layout: Layout) -> None:
    for named in (figure for s in layout.sums for figure in (s.whole, *s.parts)):
        if named not in layout.figures:
            top.fail("sums", say("there is no [[figures]] of id {figure}.", figure=named))
