"""Rule sets: what is measured, against which thresholds, by which document."""

# Decorated functions are read at run time, so nothing of this file is imported for types alone.
from fractions import Fraction

from django.http import HttpRequest
from ninja import Router

from junheng.apps.balance.api import ruleset_of
from junheng.apps.foundation.shown import language
from junheng.apps.hub import shapes
from junheng.apps.hub.framework import operation
from junheng.apps.hub.parameters import RuleSetId, RuleSetVersion
from junheng.engine import standard
from junheng.engine.standard.ruleset import Indicator, Item, RuleSet, Source, Veto
from junheng.i18n import N_

router = Router(tags=[N_("Rule sets")])


@operation(
    router,
    "GET",
    "rulesets",
    name="rulesets",
    says=N_("List the rule sets"),
    shape=shapes.RuleSets,
)
def rulesets(request: HttpRequest) -> shapes.RuleSets:
    lines = [
        shapes.RuleSetLine(
            id=ref.id, version=ref.version, name=ref.name.of(language()), document=ref.document
        )
        for ref in standard.available()
    ]
    return shapes.RuleSets(rulesets=lines)


@operation(
    router,
    "GET",
    "rulesets/{ruleset_id}/{version}",
    name="ruleset",
    says=N_("Read a rule set with the source of every row"),
    shape=shapes.RuleSetWhole,
    refusals=(404, 422),
)
def ruleset(
    request: HttpRequest, ruleset_id: RuleSetId, version: RuleSetVersion
) -> shapes.RuleSetWhole:
    return _whole(ruleset_of(ruleset_id, version))


def _whole(rules: RuleSet) -> shapes.RuleSetWhole:
    return shapes.RuleSetWhole(
        id=rules.id,
        version=rules.version,
        name=rules.name.of(language()),
        document=rules.document,
        digest=rules.digest,
        floor_share=float(rules.unit_rule.floor_share),
        limits={s: _number(limit) for s, limit in rules.dispersion.limits.items()},
        indicators=[_indicator(one) for one in rules.indicators],
        items=[_item(one) for one in rules.items],
        vetoes=[_item(one) for one in rules.vetoes],
    )


def _indicator(one: Indicator) -> shapes.IndicatorRule:
    return shapes.IndicatorRule(
        id=one.id,
        number=one.number,
        name=one.name.of(language()),
        unit=one.unit.of(language()),
        per=one.per,
        thresholds={s: _number(limit) for s, limit in one.thresholds.items()},
        source=_source(one.source),
    )


def _item(one: Item | Veto) -> shapes.ItemRule:
    return shapes.ItemRule(
        id=one.id, number=one.number, name=one.name.of(language()), source=_source(one.source)
    )


def _source(one: Source) -> shapes.Source:
    return shapes.Source(document=one.document, clause=one.clause, confirmation=one.confirmation)


def _number(value: Fraction | None) -> float | None:
    return None if value is None else float(value)
