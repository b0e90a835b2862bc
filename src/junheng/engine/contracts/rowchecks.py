"""Checks between the fields and rows of one dataset, as SQL over its canonical relation.

Days are ISO texts, so that they compare as texts. A blank, or a cell that is refused already,
agrees with everything: no fault is told twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from junheng.engine.contracts import identifiers
from junheng.engine.contracts.cells import plain_identity_sql
from junheng.engine.contracts.checks import Problem
from junheng.engine.contracts.records import (
    Age,
    Differs,
    IdentityAgrees,
    NoOverlap,
    OneOwner,
    OneValue,
    Order,
    RequiredWhen,
    TouchesYear,
    Unique,
)
from junheng.engine.store.session import literal
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from junheng.engine.contracts.cells import Context
    from junheng.engine.contracts.findings import Findings
    from junheng.engine.contracts.records import Contract, RowCheck

IDENTITY_CARD = "1"
MALE, FEMALE = "1", "2"
STILL = "9999-12-31"


def check_rows(relation: str, contract: Contract, context: Context, findings: Findings) -> None:
    """Find what is wrong between fields and rows; the key of the contract is unique."""
    checking = _Checking(relation, contract, context, findings)
    checking.unique(contract.key)
    if context.county_code and "county_code" in {field.id for field in contract.fields}:
        checking.own_county()
    for check in contract.checks:
        checking.run(check)


class _Checking:
    def __init__(
        self, relation: str, contract: Contract, context: Context, findings: Findings
    ) -> None:
        self.relation = relation
        self.contract = contract
        self.context = context
        self.findings = findings

    def run(self, check: RowCheck) -> None:
        match check:
            case Order():
                self.order(check)
            case TouchesYear():
                self.touches_year(check)
            case Age():
                self.age(check)
            case RequiredWhen():
                self.required_when(check)
            case Differs():
                self.differs(check)
            case Unique():
                self.unique(check.fields)
            case IdentityAgrees():
                self.identity_agrees(check)
            case OneOwner():
                self.one_owner(check)
            case OneValue():
                self.one_value(check)
            case NoOverlap():
                self.no_overlap(check)

    def add(self, field_id: str, problem: Problem, where: str, other: str = "NULL") -> None:
        select = f"SELECT row_no, {field_id} AS value, {other} AS other FROM {self.relation}"
        self.findings.add(field_id, problem, f"{select} WHERE {where}")

    # one row

    def order(self, check: Order) -> None:
        found = say("“{value}” lies before “{other}” in {field}.", field=self.name(check.earlier))
        problem = Problem(found, say("Exchange or correct the two days."))
        self.add(check.later, problem, f"{check.later} < {check.earlier}", check.earlier)

    def touches_year(self, check: TouchesYear) -> None:
        remedy = say("Correct the day, or leave the row to the year it belongs to.")
        context = self.context
        after = say("“{value}” lies after the school year ({day}).", day=context.last_day)
        self.add(check.earlier, Problem(after, remedy), f"{check.earlier} > '{context.last_day}'")
        if check.later:
            before = say(
                "“{value}” lies long before the school year ({day}).", day=context.first_day
            )
            where = f"{check.later} < '{context.first_day_before}'"
            self.add(check.later, Problem(before, remedy), where)

    def age(self, check: Age) -> None:
        year = self.context.school_year
        youngest = f"{year - check.at_least}-09-01"
        oldest = f"{year - check.at_most - 1}-09-01"
        found = say(
            "Born on {value} means an age that is not between {low} and {high} on {day}.",
            low=check.at_least,
            high=check.at_most,
            day=self.context.first_day,
        )
        where = f"{check.field} > '{youngest}' OR {check.field} <= '{oldest}'"
        self.add(check.field, Problem(found, say("Check the birth date.")), where)

    def required_when(self, check: RequiredWhen) -> None:
        found = say("is blank, which {field} does not allow here.", field=self.names(check.when))
        refused = f"row_no NOT IN ({self.findings.faulty_field(check.field)})"
        where = f"{check.field} IS NULL AND {_has(check.when)} AND {refused}"
        self.add(check.field, Problem(found, say("Fill in the cell.")), where)

    def differs(self, check: Differs) -> None:
        found = say("“{value}” is the same as {field}.", field=self.name(check.other))
        problem = Problem(found, say("Enter the other one, or leave the cell blank."))
        self.add(check.field, problem, f"{check.field} = {check.other}")

    def own_county(self) -> None:
        code = self.context.county_code
        found = say("“{value}” is another county, this bureau is {code}.", code=code)
        problem = Problem(found, say("Use the file of this bureau."))
        self.add("county_code", problem, f"county_code <> '{code}'")

    def identity_agrees(self, check: IdentityAgrees) -> None:
        number = check.field
        kind = check.kind_field
        is_card = f"({kind} IS NULL OR {kind} = '{IDENTITY_CARD}')" if kind else "TRUE"
        is_right = plain_identity_sql(number, self.context)
        if kind:
            self.cards(number, f"{is_card} AND {number} IS NOT NULL AND NOT ({is_right})")
        is_told = f"{is_card} AND {is_right}"
        birth = f"substr({number}, 7, 4) || '-' || substr({number}, 11, 2)"
        birth += f" || '-' || substr({number}, 13, 2)"
        remedy = say("Correct whichever of the two is wrong.")
        found = say("“{value}” differs from the identity number, which says {other}.")
        where = f"{is_told} AND {check.birth_date} <> {birth}"
        self.add(check.birth_date, Problem(found, remedy), where, birth)
        says_male = f"unicode(substr({number}, 17, 1)) % 2 = 1"  # the sign of an odd digit is odd
        found = say("The row says male, the identity number female.")
        where = f"{is_told} AND {check.sex} = '{MALE}' AND NOT {says_male}"
        self.add(check.sex, Problem(found, remedy), where)
        found = say("The row says female, the identity number male.")
        where = f"{is_told} AND {check.sex} = '{FEMALE}' AND {says_male}"
        self.add(check.sex, Problem(found, remedy), where)

    def cards(self, field_id: str, where: str) -> None:
        """Say of each wrong card number what is wrong with it."""
        session = self.findings.session
        rows = session.rows(f"SELECT DISTINCT {field_id} FROM {self.relation} WHERE {where}")
        for (text,) in rows:
            answer = identifiers.identity_number(str(text), is_simulated=self.context.is_simulated)
            if isinstance(answer, Problem):
                self.add(field_id, answer, f"{where} AND {field_id} = {literal(str(text))}")

    # between rows

    def unique(self, fields: tuple[str, ...]) -> None:
        """Each row after the first with the same values is a fault."""
        named = ", ".join(fields)
        filled = " AND ".join(f"{field} IS NOT NULL" for field in fields)
        value = " || ' / ' || ".join(fields)
        found = say(
            "“{value}” ({fields}) stands in row {other} already.", fields=self.names(fields)
        )
        self.findings.add(
            fields[0],
            Problem(found, say("Keep one of the two rows.")),
            f"SELECT row_no, {value} AS value, first::VARCHAR AS other FROM (SELECT *,"
            f" min(row_no) OVER (PARTITION BY {named}) AS first FROM {self.relation}"
            f" WHERE {filled}) WHERE row_no > first",
        )

    def one_owner(self, check: OneOwner) -> None:
        value, owner = check.field, check.owner
        found = say("The same value stands in row {other} with another {field}.",
                    field=self.name(owner))  # fmt: skip
        self.findings.add(
            value,
            Problem(found, say("Correct it, or give both rows the number of one person.")),
            f"SELECT r.row_no, r.{value} AS value, first::VARCHAR AS other FROM {self.relation} r"
            f" JOIN (SELECT {value}, min(row_no) AS first, arg_min({owner}, row_no) AS owner"
            f" FROM {self.relation} WHERE {value} IS NOT NULL AND {owner} IS NOT NULL"
            f" GROUP BY {value} HAVING min({owner}) <> max({owner})) g USING ({value})"
            f" WHERE r.{owner} <> g.owner",
        )

    def one_value(self, check: OneValue) -> None:
        owner = check.owner
        for value in check.fields:
            found = say("“{value}” differs from row {other} of the same {field}.",
                        field=self.name(owner))  # fmt: skip
            self.findings.add(
                value,
                Problem(found, say("One person has one value: correct the wrong row.")),
                f"SELECT r.row_no, r.{value} AS value, first::VARCHAR AS other"
                f" FROM {self.relation} r"
                f" JOIN (SELECT {owner}, min(row_no) AS first, arg_min({value}, row_no) AS one"
                f" FROM {self.relation} WHERE {value} IS NOT NULL AND {owner} IS NOT NULL"
                f" GROUP BY {owner} HAVING min({value}) <> max({value})) g USING ({owner})"
                f" WHERE r.{value} <> g.one",
            )

    def no_overlap(self, check: NoOverlap) -> None:
        """A row begins while an earlier one of the same person still lasts."""
        same = ", ".join(check.same)
        filled = " AND ".join(f"{field} IS NOT NULL" for field in (*check.same, check.earlier))
        only = f" AND {_has(check.only)}" if check.only else ""
        lasts = f"coalesce({check.later}, '{STILL}')"
        before = (
            f"OVER (PARTITION BY {same} ORDER BY {check.earlier}, row_no"
            " ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)"
        )
        found = say("“{value}” lies in the time of row {other}, which has the same {fields}.",
                    fields=self.names(check.same))  # fmt: skip
        self.findings.add(
            check.earlier,
            Problem(found, say("End the earlier row first, or correct the days.")),
            f"SELECT row_no, {check.earlier} AS value, prior::VARCHAR AS other FROM (SELECT row_no,"
            f" {check.earlier}, max({lasts}) {before} AS until,"
            f" arg_max(row_no, {lasts}) {before} AS prior FROM {self.relation}"
            f" WHERE {filled}{only}) WHERE {check.earlier} <= until",
        )

    # words

    def name(self, field_id: str) -> str:
        return self.contract.field(field_id).header.zh

    def names(self, fields: tuple[str, ...] | Mapping[str, object]) -> str:
        return "、".join(self.name(field_id) for field_id in fields)


def _has(values: Mapping[str, tuple[str, ...]]) -> str:
    """Return an SQL condition: every field has one of the values named."""
    return " AND ".join(
        f"{field_id} IN ({', '.join(map(literal, allowed))})"
        for field_id, allowed in values.items()
    )
