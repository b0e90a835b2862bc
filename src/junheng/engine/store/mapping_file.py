"""Mapping files: from TOML to a `TableMapping`, and where the shipped ones lie."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import TYPE_CHECKING, cast

from junheng.engine.store.mapping import (
    PARSES,
    STAGES,
    CountyRule,
    FactLabel,
    Label,
    Measure,
    Parse,
    Quantity,
    Stage,
    TableMapping,
    UnitPattern,
)
from junheng.engine.store.sections import Section, read_section
from junheng.errors import NotFound
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Sequence

SHIPPED = Path(__file__).parents[2] / "rules" / "mappings"

_ID = re.compile(r"[a-z][a-z0-9_-]*")
_FACT_ID = re.compile(r"[a-z][a-z0-9_]*")


def shipped_mappings() -> tuple[str, ...]:
    """Return the ids of the mappings that come with the product."""
    return ids_in(SHIPPED)


def ids_in(folder: Path) -> tuple[str, ...]:
    """Return the ids of the mappings in a folder."""
    return tuple(sorted(path.stem for path in folder.glob("*.toml")))


def file_of(name: str, folder: Path) -> Path:
    """Return the file of a mapping in `folder` by its id, or the path that ends in .toml.

    Raises
    ------
    NotFound
        Nothing of that name is in the folder.
    """
    if name.endswith(".toml"):
        return Path(name)
    if name not in ids_in(folder):
        raise NotFound(
            say(
                "There is no mapping “{name}”. Name one of {ids}, or a file ending in .toml.",
                name=name,
                ids=", ".join(ids_in(folder)),
            )
        )
    return folder / f"{name}.toml"


def load_mapping(name: str) -> TableMapping:
    """Return a shipped mapping by its id, or the one in a file whose path ends in .toml.

    Raises
    ------
    NotFound
        Nothing of that name is shipped.
    RuleSetError
        The file is wrong; the message names file, key and fault.
    """
    return read_mapping(file_of(name, SHIPPED))


def read_mapping(path: Path) -> TableMapping:
    """Read one mapping file; `RuleSetError` names file, key and fault."""
    top, data = read_section(path)
    missing = frozenset(top.texts("missing", ()))
    school = top.section("school")
    facts = tuple(map(_fact, top.sections("fact", at_least=1)))
    fact_ids = [fact.id for fact in facts]
    _refuse_doubles(top, "fact", fact_ids)
    measures = tuple(_measure(item, fact_ids) for item in top.sections("measure", at_least=1))
    _refuse_doubles(top, "measure", [measure.id for measure in measures])
    mapping = TableMapping(
        id=_identifier(top, "id", _ID),
        name=_label(top.section("name")),
        document=top.text("document"),
        note=_label(top.section("note")) if "note" in top else None,
        is_per_school=top.flag("is_per_school", default=False),
        id_column=school.text("id"),
        name_column=school.text("name", ""),
        county=_county(top.section("county")),
        keep=dict(map(_kept, top.sections("keep"))),
        units=tuple(_unit(item, fact_ids, missing) for item in top.sections("unit", at_least=1)),
        facts=facts,
        measures=measures,
        digest=hashlib.sha256(data).hexdigest(),
    )
    _refuse_unused(top, mapping, fact_ids)
    school.done()
    top.done()
    return mapping


def _label(section: Section) -> Label:
    label = Label(section.text("zh"), section.text("en"))
    section.done()
    return label


def _identifier(section: Section, key: str, pattern: re.Pattern[str]) -> str:
    value = section.text(key)
    if not pattern.fullmatch(value):
        section.fail(key, say("small letters, digits and signs between them are wanted."))
    return value


def _fact(section: Section) -> FactLabel:
    fact = FactLabel(
        _identifier(section, "id", _FACT_ID),
        _label(section.section("name")),
        _label(section.section("unit")),
        section.flag("is_whole", default=False),
    )
    section.done()
    return fact


def _measure(section: Section, fact_ids: Sequence[str]) -> Measure:
    measure = Measure(
        _identifier(section, "id", _FACT_ID),
        _label(section.section("name")),
        _label(section.section("unit")),
        section.whole("per"),
        tuple(section.whole_map("terms").items()),
        section.text("proxy_for", ""),
    )
    for fact_id, _ in measure.terms:
        if fact_id not in fact_ids:
            section.fail("terms", say("the fact “{fact}” is not declared.", fact=fact_id))
    section.done()
    return measure


def _county(section: Section) -> CountyRule:
    rule = CountyRule(
        whole=section.text("whole"),
        column=section.text("column", ""),
        map=section.text_map("map"),
        blank=section.text("blank", ""),
    )
    section.done()
    return rule


def _kept(section: Section) -> tuple[str, frozenset[str]]:
    rule = section.text("column"), frozenset(section.texts("values"))
    section.done()
    return rule


def _unit(section: Section, fact_ids: Sequence[str], missing: frozenset[str]) -> UnitPattern:
    stage, column, stage_map = _stage(section)
    figures = section.section("facts")
    facts = {}
    for fact_id in figures.left():
        if fact_id not in fact_ids:
            figures.fail(fact_id, say("the fact “{fact}” is not declared.", fact=fact_id))
        facts[fact_id] = _quantity(figures, fact_id, missing)
    pattern = UnitPattern(stage, column, stage_map, _quantity(section, "pupils", missing), facts)
    section.done()
    return pattern


def _stage(section: Section) -> tuple[Stage | None, str, dict[str, Stage]]:
    if section.is_text("stage"):
        return cast("Stage", section.choice("stage", STAGES)), "", {}
    rule = section.section("stage")
    column, texts = rule.text("column"), rule.text_map("map")
    for text, stage in texts.items():
        if stage not in STAGES:
            rule.fail(f"map.{text}", say("“{value}” is no stage.", value=stage))
    rule.done()
    return None, column, cast("dict[str, Stage]", texts)


def _quantity(section: Section, key: str, missing: frozenset[str]) -> Quantity:
    """Read a figure: one column, a list of columns to add, or a table with more to say."""
    if section.is_text(key):
        return Quantity((section.text(key),), missing=missing)
    if section.is_list(key):
        return Quantity(section.texts(key), missing=missing)
    rule = section.section(key)
    quantity = Quantity(
        plus=(rule.text("plus"),) if rule.is_text("plus") else rule.texts("plus"),
        minus=(rule.text("minus"),) if rule.is_text("minus") else rule.texts("minus", ()),
        parse=cast("Parse", rule.choice("parse", PARSES, "strict")),
        factor=rule.decimal("factor", "1"),
        missing=missing | frozenset(rule.texts("missing", ())),
        zero_is_missing=rule.flag("zero_is_missing", default=False),
    )
    rule.done()
    return quantity


def _refuse_doubles(section: Section, key: str, ids: Sequence[str]) -> None:
    for name in ids:
        if ids.count(name) > 1:
            section.fail(key, say("the id “{id}” is given twice.", id=name))


def _refuse_unused(top: Section, mapping: TableMapping, fact_ids: Sequence[str]) -> None:
    supplied = {fact_id for unit in mapping.units for fact_id in unit.facts}
    for fact_id in fact_ids:
        if fact_id not in supplied:
            top.fail("fact", say("no unit supplies the fact “{fact}”.", fact=fact_id))
