"""Data quality: suspicious figures, what they do to the verdicts, and what is decided of them.

>>> from junheng.engine import quality
>>> [rule.kind for rule in quality.load("tainan-2014").rules]
['repeated', 'part_of', 'sum']
"""

from junheng.engine.quality.decisions import Decision, apply_decisions
from junheng.engine.quality.findings import Finding, find
from junheng.engine.quality.outcomes import Effect, Outcome
from junheng.engine.quality.raw import RawTexts, of_contract, of_mapping
from junheng.engine.quality.rules import QualityRule, QualityRules, available, load

__all__ = [
    "Decision",
    "Effect",
    "Finding",
    "Outcome",
    "QualityRule",
    "QualityRules",
    "RawTexts",
    "apply_decisions",
    "available",
    "find",
    "load",
    "of_contract",
    "of_mapping",
]
