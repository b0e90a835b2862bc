"""Checks that compare a figure with its peers: codes, slips, zeros, outliers."""

from __future__ import annotations

from math import log
from typing import TYPE_CHECKING

from junheng.engine.quality.inspection import Figure, Hit, Inspection
from junheng.engine.quality.peers import PEER_KINDS
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Iterator
    from fractions import Fraction

    from junheng.engine.quality.peers import Peers
    from junheng.engine.quality.rules import QualityRule
    from junheng.engine.standard.ruleset import Fact
    from junheng.i18n import Message

LEAST_SPREAD = 0.15
"""Spread used where a rule names none: figures within 1.6 times of the middle are never odd."""


def code_values(look: Inspection, rule: QualityRule) -> Iterator[Hit]:
    """Find codes taken for numbers: a known code, or one value at several units, far from peers."""
    for fact in look.facts_of(rule):
        scaled = [int(code) * 10 ** look.decimals(fact.id) for code in rule.words("codes")]
        far = f"ABS(d) >= {log(rule.number('factor'))!r} AND ABS(v - e) >= {rule.number('apart')!r}"
        figures = look.far(fact.id, far)
        times: dict[Fraction, int] = {}
        for figure in figures:
            times[figure.value] = times.get(figure.value, 0) + 1
        codes = {look.exact(fact.id, code) for code in scaled}
        for figure in figures:
            n = times[figure.value]
            if figure.value in codes or n >= rule.number("times"):
                found = say(
                    "This figure stands at {n} units and far from all others: probably a code.",
                    n=n,
                )
                yield _hit(look, rule, fact, figure, found)


def slips(look: Inspection, rule: QualityRule) -> Iterator[Hit]:
    """Find figures far from their peers that a factor brings back among them."""
    least = rule.number("least_spread")
    factors = [int(word) for word in rule.words("factors")]
    for fact in look.facts_of(rule):
        spread = look.spread_sql(fact.id, least)
        for figure in look.far(fact.id, f"ABS(d) > {rule.number('limit')!r} * ({spread})"):
            line = look.peers[fact.id, figure.stage]
            reach = min(rule.number("limit") * max(line.spread, least), log(rule.number("within")))
            likely = explained(figure, line, factors, reach, is_whole=fact.is_whole)
            if likely is not None:
                yield _hit(look, rule, fact, figure, _slip(figure.value, likely), likely=likely)


def explained(
    figure: Figure, line: Peers, factors: list[int], reach: float, *, is_whole: bool
) -> Fraction | None:
    """Return the value that a factor makes usual, None when there is none.

    Counts are only ever written too large, and stay whole. Of several factors the one that comes
    nearest to the middle.
    """
    candidates = []
    for factor in factors:
        for value in (figure.value * factor, figure.value / factor):
            if is_whole and (value > figure.value or value.denominator != 1):
                continue
            distance = abs(line.distance(float(value), figure.pupils))
            if distance <= reach:
                candidates.append((distance, value))
    return min(candidates)[1] if candidates else None


def _slip(value: Fraction, likely: Fraction) -> Message:
    if likely > value:
        return say("{times} times too small for its peers.", times=likely / value)
    return say("{times} times too large for its peers.", times=value / likely)


def zeros(look: Inspection, rule: QualityRule) -> Iterator[Hit]:
    """Find zeros where nearly all peers have some, and a unit of this size should have many."""
    for fact in look.facts_of(rule):
        for stage in look.stages_compared(fact.id):
            line = look.peers[fact.id, stage]
            if line.zero_share > rule.number("zero_share"):
                continue
            where = f"{fact.id} = 0 AND pupils > 0 AND stage = '{stage}' AND {PEER_KINDS}"
            for figure in look.figures(fact.id, where):
                enough = rule.number("least_count") if fact.is_whole else 0.0
                if line.expected(figure.pupils) >= enough:
                    found = say("Zero, while nearly all units of the stage have some.")
                    yield _hit(look, rule, fact, figure, found)


def outliers(look: Inspection, rule: QualityRule) -> Iterator[Hit]:
    """Find figures far from their peers that nothing explains."""
    least = rule.number("least_spread")
    for fact in look.facts_of(rule):
        apart = f"ABS(v - e) >= {rule.number('apart')!r}" if fact.is_whole else "TRUE"
        where = (
            f"ABS(d) > {rule.number('limit')!r} * ({look.spread_sql(fact.id, least)}) "
            f"AND ABS(d) >= {log(rule.number('factor'))!r} AND {apart}"
        )
        for figure in look.far(fact.id, where):
            found = say("Far from what units of this size have.")
            yield _hit(look, rule, fact, figure, found)


def _hit(
    look: Inspection,
    rule: QualityRule,
    fact: Fact,
    figure: Figure,
    found: Message,
    *,
    likely: Fraction | None = None,
) -> Hit:
    least = rule.number("least_spread") if "least_spread" in rule.params else LEAST_SPREAD
    expected = look.usual(fact.id, figure, least)
    return Hit(rule, figure.unit_ix, fact.id, figure.value, found, (), expected, likely)
