"""Suspicious figures as people read them: what, why, what hangs on it, what was decided."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import floor, log10
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext, gettext_noop, pgettext_lazy

from junheng.apps.balance.findings import state_of
from junheng.apps.balance.present import words
from junheng.apps.balance.stored import message_from_json
from junheng.apps.foundation.shown import Link, Pager, language, pager
from junheng.engine.standard.words import STATUS_WORDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from junheng.engine.standard import RuleSet

STATES = {
    "open": gettext_noop("To be decided"),
    "corrected": gettext_noop("Corrected"),
    "accepted": gettext_noop("Accepted"),
}
SEVERITIES = {
    "error": pgettext_lazy("finding", "Probably wrong"),
    "warning": pgettext_lazy("finding", "Unusual"),
}
SHAPES = {"error": "below85", "warning": "between85"}
DONE_SHAPE = "met"
A_PAGE = 20
USUAL_DIGITS = 3


@dataclass(frozen=True)
class FindingShown:
    """One suspicious figure. `effects` say what a correction would change, one sentence each."""

    key: str
    severity: str
    shape: str
    rule: str
    reason: str
    found: str
    after: str
    school: str
    stage: str
    row_no: int
    field: str
    value: str
    usual: str
    likely: str
    likely_plain: str
    effects: tuple[str, ...]
    state: str
    state_word: str
    decision: DecisionShown | None
    is_correctable: bool


@dataclass(frozen=True)
class DecisionShown:
    """What was decided of a figure, by whom and when."""

    kind: str
    text: str
    reason: str
    by: str
    at: datetime | None


@dataclass(frozen=True)
class FindingFilter:
    """Which findings are listed."""

    state: str = ""
    severity: str = ""
    stage: str = ""
    text: str = ""
    page: int = 1

    @classmethod
    def chosen(cls, query: Mapping[str, str]) -> FindingFilter:
        """Return the filter that an address asks for; what is not understood is left out."""
        page = query.get("page", "1")
        return cls(
            state=query.get("state", "") if query.get("state") in STATES else "",
            severity=query.get("severity", "") if query.get("severity") in SEVERITIES else "",
            stage=query.get("stage", "") if query.get("stage") in words.STAGE_WORDS else "",
            text=query.get("text", "")[:60],
            page=max(int(page), 1) if page.isdecimal() else 1,
        )

    def url(self, **changed: str | int) -> str:
        """Return the address of the same list with something changed."""
        asked = {"state": self.state, "severity": self.severity, "stage": self.stage}
        asked |= {"text": self.text}
        wanted = {k: v for k, v in {**asked, **changed}.items() if v not in ("", 1)}
        return f"?{urlencode(wanted)}#findings"

    def takes(self, finding: Mapping[str, Any], *, but_state: bool = False) -> bool:
        """Whether a finding is in the list; `but_state` looks at everything else."""
        return (
            (but_state or self.state in ("", state_of(finding)))
            and self.severity in ("", finding["severity"])
            and self.stage in ("", finding["stage"])
            and self.text.casefold() in f"{finding['school_name']} {finding['unit_id']}".casefold()
        )


class FindingsShown:
    """A list of findings with its filters; `findings` as stored."""

    def __init__(
        self, findings: Sequence[Mapping[str, Any]], rules: RuleSet, chosen: FindingFilter
    ) -> None:
        self.findings = findings
        self.rules = rules
        self.filter = chosen

    @property
    def n(self) -> int:
        return len(self.findings)

    @cached_property
    def n_by_state(self) -> Mapping[str, int]:
        return Counter(state_of(f) for f in self.findings)

    @property
    def answer(self) -> str:
        """How many figures look wrong and what was decided of them, in one sentence."""
        if not self.findings:
            return gettext("No figure looks suspicious.")
        facts = {key: self.n_by_state[key] for key in STATES} | {"n": self.n}
        text = gettext(
            "%(n)d figures look suspicious: %(open)d open, %(corrected)d corrected, "
            "%(accepted)d accepted."
        )
        return text % facts

    @property
    def chips(self) -> list[Link]:
        """Filters by state, with the counts under the other filters."""
        rest = [f for f in self.findings if self.filter.takes(f, but_state=True)]
        counts = Counter(state_of(f) for f in rest)
        every = Link(gettext("All"), self.filter.url(state=""), not self.filter.state, len(rest))
        return [
            every,
            *(
                Link(
                    gettext(label),
                    self.filter.url(state=key),
                    self.filter.state == key,
                    counts[key],
                )
                for key, label in STATES.items()
            ),
        ]

    @property
    def severity_options(self) -> list[tuple[str, str]]:
        every = gettext("All kinds")
        return [("", every), *((key, str(label)) for key, label in SEVERITIES.items())]

    @property
    def stage_options(self) -> list[tuple[str, str]]:
        stages = [(stage, words.stage_word(stage)) for stage in words.STAGE_WORDS]
        return [("", gettext("All stages")), *stages]

    @cached_property
    def _wanted(self) -> list[Mapping[str, Any]]:
        return [f for f in self.findings if self.filter.takes(f)]

    @property
    def rows(self) -> list[FindingShown]:
        first = (self.filter.page - 1) * A_PAGE
        return [shown(f, self.rules) for f in self._wanted[first : first + A_PAGE]]

    @property
    def pager(self) -> Pager | None:
        return pager(
            self.filter.page,
            A_PAGE,
            len(self._wanted),
            lambda page: self.filter.url(page=page),
        )


def shown(finding: Mapping[str, Any], rules: RuleSet) -> FindingShown:
    """Return a stored finding in the language of the page."""
    spoken = language()
    state = state_of(finding)
    return FindingShown(
        key=finding["key"],
        severity=str(SEVERITIES[finding["severity"]]),
        shape=SHAPES[finding["severity"]] if state == "open" else DONE_SHAPE,
        rule=finding["rule"][spoken],
        reason=finding["reason"][spoken],
        found=message_from_json(finding["found"]).render(gettext),
        after=_after(finding),
        school=finding["school_name"] or finding["unit_id"],
        stage=words.stage_word(finding["stage"]),
        row_no=finding["row_no"],
        field=field_name(finding["field"], rules),
        value=_figure(finding["value"]),
        usual=_usual(finding["expected"]),
        likely="" if finding["likely"] is None else _figure(finding["likely"]),
        likely_plain=finding["likely"] or "",
        effects=tuple(_effects(finding["effect"], rules)),
        state=state,
        state_word=gettext(STATES[state]),
        decision=decision_shown(finding["decision"]),
        is_correctable=finding["is_correctable"],
    )


def decision_shown(decision: Mapping[str, Any] | None) -> DecisionShown | None:
    """Return a stored decision in the language of the page."""
    if decision is None:
        return None
    if decision["kind"] == "corrected":
        text = gettext("corrected from %(was)s to %(value)s") % {
            "was": _figure(decision["was"]),
            "value": _figure(decision["value"]),
        }
    else:
        text = gettext("accepted as it is: %(was)s") % {"was": _figure(decision["was"])}
    return DecisionShown(
        decision["kind"],
        text,
        decision["reason"],
        decision["by_name"],
        parse_datetime(decision["at"]),
    )


def field_name(field: str, rules: RuleSet) -> str:
    """Return the name of a fact; a column outside the unit table keeps its header."""
    names = {fact.id: fact.name.of(language()) for fact in rules.facts}
    return names.get(field, gettext("Pupils") if field == "pupils" else field)


def _after(finding: Mapping[str, Any]) -> str:
    if finding["after"] is None:
        return ""
    text = gettext("The corrected figure is unusual, too: %(found)s")
    return text % {"found": message_from_json(finding["after"]).render(gettext)}


def _figure(text: str | None) -> str:
    return gettext("missing") if text is None else words.grouped(text)


def _usual(expected: Sequence[float] | None) -> str:
    """Write the usual range to three digits: more would pretend to be exact."""
    if expected is None:
        return ""
    return " – ".join(words.grouped(_to_digits(bound)) for bound in expected)


def _to_digits(bound: float) -> str:
    if bound <= 0:
        return "0"
    places = USUAL_DIGITS - 1 - floor(log10(bound))
    return f"{round(bound, places):.{max(places, 0)}f}"


def _effects(effect: Mapping[str, Any] | None, rules: RuleSet) -> Iterator[str]:
    if effect is None:
        return
    yield from _verdict(gettext("Verdict of the district: %(now)s → %(then)s"), effect["county"])
    yield from _verdict(gettext("Verdict of the unit: %(now)s → %(then)s"), effect["unit"])
    names = {i.id: words.indicator_name(i) for i in rules.indicators}
    for indicator, (now, then) in effect["coefficients"].items():
        if now[0] != then[0]:
            yield gettext("Coefficient of variation, %(name)s: %(now)s → %(then)s") % {
                "name": names.get(indicator, gettext("mean of all indicators")),
                "now": _coefficient(now[0], then[0]),
                "then": _coefficient(then[0], now[0]),
            }
    for indicator, (now, then) in effect["cells"].items():
        if now[1] != then[1]:
            yield gettext("%(name)s of the unit: %(now)s → %(then)s") % {
                "name": names[indicator],
                "now": gettext(STATUS_WORDS[now[1]]),
                "then": gettext(STATUS_WORDS[then[1]]),
            }


def _verdict(template: str, pair: Sequence[str]) -> Iterator[str]:
    now, then = pair
    if now != then:
        yield template % {"now": gettext(STATUS_WORDS[now]), "then": gettext(STATUS_WORDS[then])}


def _coefficient(value: float | None, beside: float | None) -> str:
    """Write a coefficient with two decimals, with four where two would look the same."""
    if value is None:
        return "–"
    is_close = beside is not None and words.figure(value, 2) == words.figure(beside, 2)
    return words.figure(Fraction(repr(value)), 4 if is_close else 2)
