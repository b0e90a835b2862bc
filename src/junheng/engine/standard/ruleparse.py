"""What stands where in a rule-set file: from the TOML tables to the typed rows of `ruleset`."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Literal, get_args

from junheng.engine.standard.ruleset import (
    STAGES,
    UNIT_KINDS,
    Confirmation,
    DispersionRule,
    Exclusion,
    Fact,
    Indicator,
    Item,
    PersonRule,
    Presentation,
    Relief,
    RuleSet,
    Source,
    SplitRule,
    Stage,
    UnitRule,
    Veto,
)
from junheng.i18n import say

if TYPE_CHECKING:
    from junheng.engine.standard.rulefile import Reader

ROW_KEYS = {
    "facts": "id",
    "indicators": "id",
    "exclusions": "kind",
    "splits": "school_kind",
    "reliefs": "id",
    "items": "id",
    "vetoes": "id",
    "person_level": "id",
}
"""The arrays of a rule-set file, each with the key that names a row."""

SOURCED_ROWS = tuple(key for key in ROW_KEYS if key != "facts")
SOURCED_TABLES = ("unit_rule", "dispersion")

_CONFIRMATIONS: tuple[Confirmation, ...] = get_args(Confirmation)
_SchoolKind = Literal["nine_year", "twelve_year", "complete_middle"]
_SPLIT_STAGES: dict[_SchoolKind, tuple[str, ...]] = {
    "nine_year": ("primary", "junior"),
    "twelve_year": ("primary", "junior", "senior"),
    "complete_middle": ("junior", "senior"),
}
_Part = Literal["guarantee", "quality", "recognition"]
_Level = Literal["county", "school", "class", "teacher"]
_Kind = Literal["computed", "entered", "attested"]
_Method = Literal["each", "mean", "none"]


def ruleset_from(top: Reader, digest: str) -> RuleSet:
    """Return the rule set of a whole file; what is wrong is noted with the reader."""
    rules = RuleSet(
        id=top.text("id"),
        version=top.text("version"),
        name=top.name("name"),
        document=top.text("document"),
        effective_from=top.day("effective_from"),
        facts=tuple(_fact(row) for row in top.rows("facts", "id")),
        indicators=tuple(_indicator(row) for row in top.rows("indicators", "id")),
        unit_rule=_unit_rule(top.inner("unit_rule")),
        dispersion=_dispersion(top.inner("dispersion")),
        exclusions=tuple(_exclusion(row) for row in top.rows("exclusions", "kind")),
        splits=tuple(_split(row) for row in top.rows("splits", "school_kind")),
        reliefs=tuple(_relief(row) for row in top.rows("reliefs", "id")),
        items=tuple(_item(row) for row in top.rows("items", "id")),
        vetoes=tuple(_veto(row) for row in top.rows("vetoes", "id")),
        person_level=tuple(_person_rule(row) for row in top.rows("person_level", "id")),
        presentation=_presentation(top),
        based_on=top.text("based_on", default=""),
        note=top.name_or_none("note"),
        digest=digest,
    )
    top.finish()
    _check_whole(rules, top)
    return rules


def _fact(row: Reader) -> Fact:
    fact = Fact(
        id=row.identifier("id"),
        name=row.name("name"),
        unit=row.name("unit"),
        is_whole=row.flag("whole", default=False),
        synonyms=row.texts("synonyms"),
        is_shared=row.flag("shared", default=False),
    )
    row.finish()
    return fact


def _indicator(row: Reader) -> Indicator:
    terms = row.inner("terms")
    indicator = Indicator(
        id=row.identifier("id"),
        number=row.text("number"),
        name=row.name("name"),
        short_name=row.name("short_name"),
        unit=row.name("unit"),
        per=row.weight("per"),
        terms=tuple((fact, terms.weight(fact)) for fact in terms.names()),
        thresholds=_by_stage(row.inner("thresholds")),
        source=_source(row),
        is_proxy=row.flag("proxy", default=False),
    )
    row.finish()
    if indicator.per < 0:
        row.fault("per", say("Found {value}.", value=indicator.per), say("Write 1 or 100."))
    return indicator


def _by_stage(table: Reader) -> dict[Stage, Fraction | None]:
    """Return one number a stage; a stage without a number must say "none"."""
    values: dict[Stage, Fraction | None] = {s: table.decimal_or_none(s) for s in STAGES}
    table.finish()
    return values


def _source(row: Reader) -> Source:
    table = row.inner("source")
    source = Source(
        document=table.text("document"),
        confirmation=table.choice("confirmation", _CONFIRMATIONS),
        clause=table.text("clause", default=""),
        note=table.name_or_none("note"),
        valid_from=table.day_or_none("valid_from"),
        valid_to=table.day_or_none("valid_to"),
    )
    table.finish()
    if source.valid_from and source.valid_to and source.valid_to < source.valid_from:
        table.fault(
            "valid_to",
            say("{to} lies before {start}.", to=source.valid_to, start=source.valid_from),
            say("Put the two days in order."),
        )
    return source


def _unit_rule(table: Reader) -> UnitRule:
    judges_units = not table.is_none("met_at_least")
    rule = UnitRule(
        met_at_least=table.whole("met_at_least") if judges_units else None,
        floor_share=table.decimal("floor_share") if judges_units else Fraction(0),
        source=_source(table),
    )
    table.finish()
    if rule.floor_share > 1:
        found = say("Found {value}.", value=str(rule.floor_share))
        table.fault("floor_share", found, say("Write a share of the threshold, at most “1”."))
    return rule


def _dispersion(table: Reader) -> DispersionRule:
    methods: tuple[_Method, ...] = ("each", "mean", "none")
    rule = DispersionRule(
        method=table.choice("method", methods),
        limits=_by_stage(table.inner("limits")),
        source=_source(table),
    )
    table.finish()
    return rule


def _exclusion(row: Reader) -> Exclusion:
    exclusion = Exclusion(
        kind=row.choice("kind", UNIT_KINDS),
        pupils_below=row.whole("pupils_below") if row.has("pupils_below") else None,
        reason=row.name("reason"),
        source=_source(row),
    )
    row.finish()
    return exclusion


def _split(row: Reader) -> SplitRule:
    kinds: tuple[_SchoolKind, ...] = ("nine_year", "twelve_year", "complete_middle")
    kind = row.choice("school_kind", kinds)
    weights = row.inner("weights")
    rule = SplitRule(
        school_kind=kind,
        weights={stage: weights.decimal(stage) for stage in _SPLIT_STAGES[kind]},
        source=_source(row),
    )
    weights.finish()
    row.finish()
    return rule


def _relief(row: Reader) -> Relief:
    relief = Relief(
        id=row.text("id"),
        applies_to=row.text("applies_to"),
        text=row.name("text"),
        params=row.params("params"),
        source=_source(row),
    )
    row.finish()
    return relief


def _item(row: Reader) -> Item:
    parts: tuple[_Part, ...] = ("guarantee", "quality", "recognition")
    levels: tuple[_Level, ...] = ("county", "school", "class", "teacher")
    kinds: tuple[_Kind, ...] = ("computed", "entered", "attested")
    item = Item(
        id=row.identifier("id"),
        number=row.text("number"),
        part=row.choice("part", parts),
        name=row.name("name"),
        level=row.choice("level", levels),
        kind=row.choice("kind", kinds),
        source=_source(row),
        check=row.text("check", default=""),
        params=row.params("params"),
    )
    row.finish()
    if item.kind == "computed" and not item.check:
        row.fault("check", say("This key is missing."), say("Name the check that computes it."))
    return item


def _veto(row: Reader) -> Veto:
    veto = Veto(row.identifier("id"), row.text("number"), row.name("name"), _source(row))
    row.finish()
    return veto


def _person_rule(row: Reader) -> PersonRule:
    rule = PersonRule(
        id=row.identifier("id"),
        codes=row.texts("codes"),
        params=row.params("params"),
        source=_source(row),
    )
    row.finish()
    return rule


def _presentation(top: Reader) -> Presentation:
    if not top.has("presentation"):
        return Presentation()
    table = top.inner("presentation")
    presentation = Presentation(
        school_decimals=table.whole("school_decimals"),
        coefficient_decimals=table.whole("coefficient_decimals"),
        ratio_decimals=table.whole("ratio_decimals"),
    )
    table.finish()
    return presentation


def _check_whole(rules: RuleSet, top: Reader) -> None:
    """Note what is wrong between rows: each alone may be right."""
    _check_headers(rules, top)
    _check_terms(rules, top)
    _check_unit_rule(rules, top)
    _check_reliefs(rules, top)


def _check_headers(rules: RuleSet, top: Reader) -> None:
    """Note headers under which a table's column could be either of two facts."""
    owner: dict[str, str] = {}
    for fact in rules.facts:
        for header in {fact.id, fact.name.zh, fact.name.en, *fact.synonyms}:
            other = owner.setdefault(header, fact.id)
            if other != fact.id:
                found = say("Header “{header}” also names {fact}.", header=header, fact=other)
                top.fault(f"facts[{fact.id}].synonyms", found, say("Keep it at one fact."))


def _check_terms(rules: RuleSet, top: Reader) -> None:
    facts = {fact.id for fact in rules.facts}
    if not rules.indicators:
        top.fault("indicators", say("There is no indicator."), say("Add at least one."))
    for indicator in rules.indicators:
        place = f"indicators[{indicator.id}].terms"
        if not indicator.terms:
            top.fault(place, say("There is no term."), say("Name at least one fact."))
        for fact_id, _ in indicator.terms:
            if fact_id not in facts:
                found = say("There is no fact “{fact}”.", fact=fact_id)
                known = say("Known here: {keys}.", keys=", ".join(sorted(facts)))
                top.fault(f"{place}.{fact_id}", found, known)


def _check_unit_rule(rules: RuleSet, top: Reader) -> None:
    at_least = rules.unit_rule.met_at_least
    if at_least is None:
        return
    if at_least > len(rules.indicators):
        found = say("{n} of {total} can never be met.", n=at_least, total=len(rules.indicators))
        top.fault("unit_rule.met_at_least", found, say("Write at most the number of indicators."))


def _check_reliefs(rules: RuleSet, top: Reader) -> None:
    known = {i.id for i in rules.indicators} | {i.id for i in rules.items}
    for relief in rules.reliefs:
        if relief.applies_to not in known:
            found = say("There is no indicator or item “{row}”.", row=relief.applies_to)
            remedy = say("Name the row that is softened.")
            top.fault(f"reliefs[{relief.id}].applies_to", found, remedy)
