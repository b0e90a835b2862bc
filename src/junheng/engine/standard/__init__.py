"""The national standard, computed: rule sets, unit tables, cells, verdicts, dispersion, workings.

>>> from junheng.engine import standard
>>> standard.load("cn-2017-quality").indicator("R1").thresholds["primary"]
Fraction(21, 5)
"""

from junheng.engine.standard.assess import Assessment, assess
from junheng.engine.standard.rulebook import DEFAULT_RULESET_ID, available, load, load_file
from junheng.engine.standard.ruleset import RuleSet
from junheng.engine.standard.unit_table import UnitTable, read

__all__ = [
    "DEFAULT_RULESET_ID",
    "Assessment",
    "RuleSet",
    "UnitTable",
    "assess",
    "available",
    "load",
    "load_file",
    "read",
]
