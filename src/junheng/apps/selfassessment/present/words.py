"""Words and numbers that the pages of the self-assessment share."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from django.utils.translation import gettext, gettext_noop

from junheng.apps.accounts.api import Role
from junheng.apps.balance.api import decimals
from junheng.apps.foundation.shown import language
from junheng.apps.registry.api import Stage
from junheng.apps.selfassessment.rules import board_rules, department_name

if TYPE_CHECKING:
    from junheng.apps.selfassessment.models import ItemEntry
    from junheng.apps.selfassessment.results import FigureKept
    from junheng.apps.selfassessment.rules import ItemSpec
    from junheng.engine.standard.ruleset import Text
    from junheng.i18n import Message

STATES = {
    "met": gettext_noop("Standard met"),
    "not_met": gettext_noop("Standard not met"),
    "undetermined": gettext_noop("Undetermined"),
    "in_hand": gettext_noop("In hand"),
    "not_begun": gettext_noop("Not begun"),
}
SHAPES = {"in_hand": "between85", "not_begun": "missing"}
PARTS = {
    "resources": gettext_noop("Resource allocation"),
    "guarantee": gettext_noop("Government guarantee"),
    "quality": gettext_noop("Education quality"),
    "recognition": gettext_noop("Social recognition"),
    "vetoes": gettext_noop("Veto items"),
}
KINDS = {
    "computed": gettext_noop("computed"),
    "entered": gettext_noop("entered"),
    "attested": gettext_noop("attested"),
}
ABSENT = "–"
ROMAN = {"1": "I", "2": "II", "3": "III", "4": "IV"}


def of(text: Text) -> str:
    """Return a text of the rules in the language of the page."""
    return text.of(language())


def sentence(message: Message) -> str:
    """Return a message in the language of the page."""
    return message.render(gettext)


def shape(state: str) -> str:
    """Return the status under which a state is drawn."""
    return SHAPES.get(state, state)


def state(code: str) -> str:
    """Return the name of a state."""
    return gettext(STATES[code])


def department(code: str) -> str:
    """Return the name of a department."""
    return department_name(code, language())


def role(code: str) -> str:
    """Return the name of a role."""
    return str(Role(code).label)


def stage(code: str) -> str:
    """Return the name of a stage."""
    return str(Stage(code).label)


def yes_no() -> list[tuple[str, str]]:
    """Return yes and no as choices."""
    return [("yes", gettext("Yes")), ("no", gettext("No"))]


def answers(spec: ItemSpec) -> list[tuple[str, str]]:
    """Return what may be answered to an attested item, as choices."""
    if spec.answer == "yes_no":
        return yes_no()
    return [(grade.id, of(grade.name)) for grade in board_rules().grades]


def level(number: str) -> str:
    """Return the name of a level of the national monitoring."""
    return gettext("level {number}").format(number=ROMAN[number])


def level_label(subject: str) -> str:
    """Return the label of a subject's level."""
    return gettext("{subject}: level").format(subject=subject)


def rate_label(subject: str) -> str:
    """Return the label of a subject's difference rate."""
    return gettext("{subject}: difference rate between schools").format(subject=subject)


def amount(value: Fraction | None, unit: str) -> str:
    """Return a figure with its unit: a share in per cent, or yuan."""
    if value is None:
        return ABSENT
    if unit == "yuan":
        return gettext("{n} yuan").format(n=decimals(value, 0 if value.denominator == 1 else 2))
    return f"{decimals(value * 100, 1)} %"


def figure(found: FigureKept, unit: str) -> str:
    """Return the value of a figure with its unit."""
    return amount(found.value, unit)


def told(entry: ItemEntry, spec: ItemSpec) -> list[tuple[str, str]]:
    """Return what an entry says, as names and values."""
    named = {term.id: of(term.name) for term in spec.terms}
    for subject in spec.subjects:
        named[f"{subject.id}_level"] = level_label(of(subject.name))
        named[f"{subject.id}_rate"] = rate_label(of(subject.name))
    said = dict(answers(spec)) if spec.answer else {}
    known = {"answer": gettext("Answer"), "value": gettext("Figure of the item")}
    both = dict(yes_no()) | said
    return [
        (named.get(key) or known.get(key, key), _value(key, value, both))
        for key, value in entry.data.items()
    ]


def _value(key: str, value: str, said: dict[str, str]) -> str:
    if key.endswith("_level"):
        return level(value)
    if key.endswith("_rate"):
        return decimals(Fraction(value), 3)
    return said.get(value, value)
