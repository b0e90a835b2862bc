"""What a change would break between its own rows and the rows that stay as they are.

A file is checked in itself by `reading`. Here its changes meet what is stored: an identity number
that belongs to somebody else, a pupil still enrolled in another school, a unit that goes while
classes name it. Each conflict is a fault of the row that brings it, with the stored row beside it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from junheng.engine.contracts import catalogue
from junheng.engine.contracts.checks import Problem
from junheng.engine.contracts.placing import among, datasets_to_school, has_school, with_schools
from junheng.engine.contracts.records import NoOverlap, OneOwner, OneValue, Unique
from junheng.engine.contracts.rowchecks import STILL
from junheng.engine.store.session import literal
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from junheng.engine.contracts.differences import Comparison
    from junheng.engine.contracts.findings import Findings
    from junheng.engine.contracts.records import Contract, Reference, RowCheck
    from junheng.engine.store.session import Session

ASK_THE_OTHER_SCHOOL = say("Ask that school to change its row, or let the bureau import the file.")


def prepare_stored(
    session: Session,
    contract: Contract,
    loaded: str,
    relations: Mapping[str, str],
    schools: Collection[str] | None,
) -> str:
    """Make the relation `<dataset>_stored` of loaded rows and return its name.

    It has two further columns: `is_here`, whether the row may be changed by an import limited to
    `schools` (None: the whole bureau), and `whose`, the names of the schools of other rows.
    `relations` gives the rows of `datasets_to_school` and of the schools themselves.
    """
    relation = f"{contract.id}_stored"
    if schools is None:
        session.define(relation, f"SELECT *, TRUE AS is_here, NULL::VARCHAR AS whose FROM {loaded}")
        return relation
    placed = with_schools(contract, loaded, relations)
    names = relations.get("schools")
    named = (
        f"(SELECT string_agg(n.school_name, '、') FROM {names} n"
        f" WHERE list_contains(p.of_schools, n.school_id))"
        if names
        else "NULL"
    )
    session.create(
        relation,
        f"SELECT p.* EXCLUDE (of_schools), {among(schools, 'p.of_schools')} AS is_here,"
        f" coalesce({named}, array_to_string(p.of_schools, '、')) AS whose FROM {placed} p",
    )
    return relation


def after(comparison: Comparison, stored: str) -> str:
    """Make the relation `<dataset>_after` of the rows as they would be, and return its name."""
    contract = comparison.contract
    relation = f"{contract.id}_after"
    same = _same_key(contract, "s.{}", "c.old_{}")
    fields = ", ".join(f"s.{f.id}" for f in contract.fields)
    news = ", ".join(f"new_{f.id}" for f in contract.fields)
    comparison.session.define(
        relation,
        f"SELECT {fields} FROM {stored} s ANTI JOIN"
        f" (SELECT * FROM {comparison.relation} WHERE kind <> 'new') c ON {same}"
        f" UNION ALL SELECT {news} FROM {comparison.relation} WHERE kind <> 'removed'",
    )
    return relation


# --- rows of the file against rows that stay ------------------------------------------------------


def find_conflicts(comparison: Comparison, stored: str, findings: Findings) -> None:
    """Note where a new or changed row cannot stand beside a stored row outside the file."""
    _Pairs(comparison, stored, findings).find()


class _Pairs:
    """Pairs of a changed row `c` and another row `o` that stays or is touched because of it."""

    def __init__(self, comparison: Comparison, stored: str, findings: Findings) -> None:
        self.comparison = comparison
        self.contract = comparison.contract
        self.findings = findings
        self.stored = stored
        self.others = f"{self.contract.id}_others"

    def find(self) -> None:
        if not self.comparison.counts["new"] + self.comparison.counts["changed"]:
            return
        self._not_ours()
        if not any(isinstance(c, Unique | OneOwner | OneValue | NoOverlap) for c in self._checks()):
            return
        self._gather_others()
        for check in self._checks():
            self._run(check)

    def _checks(self) -> tuple[RowCheck, ...]:
        return self.contract.checks

    def _not_ours(self) -> None:
        same = _same_key(self.contract, "s.{}", "c.old_{}")
        found = say("The stored row of this key belongs to {other}.")
        self.findings.add_conflict(
            self.contract.key[0],
            Problem(found, ASK_THE_OTHER_SCHOOL),
            f"SELECT c.row_no, c.new_{self.contract.key[0]} AS value, s.whose AS other,"
            f" NULL AS stored, {_listed(self.contract, 'c.new_{}')} AS incoming"
            f" FROM {self.comparison.relation} c JOIN {self.stored} s ON {same}"
            " WHERE c.kind = 'changed' AND c.because = '' AND NOT s.is_here",
        )

    def _gather_others(self) -> None:
        """Make the relation of the rows that no row of the file names, as they would be."""
        contract, session = self.contract, self.comparison.session
        compared = f"{contract.id}_compared"
        fields = ", ".join(f"s.{f.id}" for f in contract.fields)
        news = ", ".join(f"new_{f.id}" for f in contract.fields)
        same = _same_key(contract, "s.{}", "c.old_{}")
        session.create(
            self.others,
            f"SELECT {fields}, s.is_here, s.whose FROM {self.stored} s"
            f" ANTI JOIN {compared} c ON {same} UNION ALL"
            f" SELECT {news}, TRUE, NULL FROM {self.comparison.relation} WHERE because <> ''",
        )

    def _run(self, check: RowCheck) -> None:
        match check:
            case Unique(fields):
                self._unique(fields)
            case OneOwner(field, owner):
                self._one_owner(field, owner)
            case OneValue(owner, fields):
                for field in fields:
                    self._one_value(owner, field)
            case NoOverlap():
                self._no_overlap(check)
            case _:
                pass

    def _unique(self, fields: tuple[str, ...]) -> None:
        found = say("“{value}” ({fields}) is there already: {other}.", fields=self._names(fields))
        remedy = say("Correct it, or change that row in the same file.")
        same = " AND ".join(f"c.new_{f} = o.{f}" for f in fields)
        value = " || ' / ' || ".join(f"c.new_{f}" for f in fields)
        self._add(fields[0], Problem(found, remedy), value, same)

    def _one_owner(self, field: str, owner: str) -> None:
        found = say(
            "“{value}” belongs to another {field} already: {other}.", field=self._names((owner,))
        )
        remedy = say("Compare with the document, and correct whichever row is wrong.")
        same = f"c.new_{field} = o.{field} AND c.new_{owner} <> o.{owner}"
        self._add(field, Problem(found, remedy), f"c.new_{field}", same)

    def _one_value(self, owner: str, field: str) -> None:
        found = say(
            "“{value}” differs from what {other} says of the same {field}.",
            field=self._names((owner,)),
        )
        same = f"c.new_{owner} = o.{owner} AND c.new_{field} <> o.{field}"
        self._add(field, Problem(found, ASK_THE_OTHER_SCHOOL), f"c.new_{field}", same)

    def _no_overlap(self, check: NoOverlap) -> None:
        same = [f"c.new_{f} = o.{f}" for f in check.same]
        for field, values in check.only.items():
            listed = ", ".join(map(literal, values))
            same += [f"c.new_{field} IN ({listed})", f"o.{field} IN ({listed})"]
        still = literal(STILL)
        same += [
            f"c.new_{check.earlier} <= coalesce(o.{check.later}, {still})",
            f"o.{check.earlier} <= coalesce(c.new_{check.later}, {still})",
        ]
        names, value = self._names(check.same), f"c.new_{check.earlier}"
        ours = Problem(
            say(
                "“{value}” lies in the time of {other}, which has the same {fields}.", fields=names
            ),
            say("End the earlier row first, or correct the days."),
        )
        theirs = Problem(
            say("{other} still has a row of the same {fields} for this time.", fields=names),
            say("Ask that school to end its row first, or let the bureau import the file."),
        )
        self._add(check.earlier, ours, value, " AND ".join([*same, "o.is_here"]))
        self._add(check.earlier, theirs, value, " AND ".join([*same, "NOT o.is_here"]))

    def _add(self, field: str, problem: Problem, value: str, on: str) -> None:
        key = " || ' / ' || ".join(f"coalesce(o.{f}, '')" for f in self.contract.key)
        other = f"CASE WHEN o.is_here THEN {key} ELSE coalesce(o.whose, '') END"
        # Several stored rows may stand against one: that of the first key is shown.
        stored = f"CASE WHEN o.is_here THEN {_listed(self.contract, 'o.{}')} END"
        self.findings.add_conflict(
            field,
            problem,
            f"SELECT c.row_no, {value} AS value, min({other}) AS other,"
            f" arg_min_null({stored}, {other}) AS stored,"
            f" any_value({_listed(self.contract, 'c.new_{}')}) AS incoming"
            f" FROM {self.comparison.relation} c JOIN {self.others} o ON {on}"
            f" WHERE c.kind <> 'removed' AND c.because = '' GROUP BY c.row_no, {value}",
        )

    def _names(self, fields: Collection[str]) -> str:
        return "、".join(self.contract.field(field).header.zh for field in fields)


# --- rows of schools that are not the sender's ----------------------------------------------------


def check_place(
    contract: Contract,
    rows: str,
    relations: Mapping[str, str],
    schools: Collection[str],
    findings: Findings,
) -> None:
    """Note rows of a file that belong to other schools than those it may speak for.

    A row whose school cannot be told (its class is unknown) has that fault already.
    """
    field = contract.fields[0].id
    if has_school(contract):
        way = datasets_to_school(contract)
        first = next((r for r in contract.references if r.dataset in way[:1]), None)
        field = first.fields[0] if first else "school_id"
    placed = with_schools(contract, rows, relations)
    findings.add(
        field,
        Problem(
            say("“{value}” belongs to {other}."),
            say("Keep the rows of your own school alone."),
        ),
        f"SELECT row_no, {field} AS value, array_to_string(of_schools, '、') AS other FROM {placed}"
        f" WHERE len(of_schools) > 0 AND NOT {among(schools)}",
    )


# --- rows of other datasets that name what goes ---------------------------------------------------


def referring_to(dataset: str) -> tuple[tuple[Contract, Reference], ...]:
    """Return every contract with the reference by which it names rows of a dataset."""
    return tuple(
        (contract, reference)
        for contract in catalogue.contracts()
        for reference in contract.references
        if reference.dataset == dataset
    )


def may_leave_behind(comparison: Comparison, reference: Reference) -> bool:
    """Whether rows that refer to this dataset could lose what they name."""
    if comparison.counts["removed"]:
        return True
    differs = " OR ".join(f"old_{f} IS DISTINCT FROM new_{f}" for f in reference.to)
    select = f"SELECT 1 FROM {comparison.relation} WHERE kind = 'changed' AND ({differs}) LIMIT 1"
    return bool(comparison.session.rows(select))


def find_left_behind(
    comparison: Comparison,
    remaining: str,
    other: tuple[Contract, Reference],
    others: str,
    findings: Findings,
) -> None:
    """Note removed rows that rows of another dataset name, and changed ones they disagree with.

    `remaining` is the dataset as it would be (`after`), `others` the other one as it would be.
    """
    contract, reference = other
    named, there = reference.fields[0], reference.to[0]
    goes = Problem(
        say("“{value}” would go, but {other} rows of “{dataset}” name it.",
            dataset=contract.name.zh),
        say("Remove or move those rows first, or keep this one."),
    )  # fmt: skip
    findings.add_conflict(
        there,
        goes,
        "SELECT any_value(c.row_no) AS row_no, c.gone AS value, count(*)::VARCHAR AS other,"
        " NULL AS stored, NULL AS incoming FROM"
        f" (SELECT old_{there} AS gone, min(row_no) AS row_no FROM {comparison.relation}"
        f" WHERE kind <> 'new' AND old_{there} NOT IN"
        f" (SELECT {there} FROM {remaining} WHERE {there} IS NOT NULL) GROUP BY gone) c"
        f" JOIN {others} o ON o.{named} = c.gone GROUP BY c.gone",
    )
    for field, to in zip(reference.fields[1:], reference.to[1:], strict=True):
        disagrees = Problem(
            say("“{value}” does not agree with {other} rows of “{dataset}” that name this row.",
                dataset=contract.name.zh),
            say("Change those rows in the same file, or correct this one."),
        )  # fmt: skip
        findings.add_conflict(
            to,
            disagrees,
            f"SELECT c.row_no, c.new_{to} AS value, count(*)::VARCHAR AS other,"
            f" any_value({_listed(comparison.contract, 'c.old_{}')}) AS stored,"
            f" any_value({_listed(comparison.contract, 'c.new_{}')}) AS incoming"
            f" FROM {comparison.relation} c JOIN {others} o ON o.{named} = c.new_{there}"
            f" AND o.{field} <> c.new_{to} WHERE c.kind = 'changed' AND c.because = ''"
            f" AND c.old_{to} IS DISTINCT FROM c.new_{to} GROUP BY c.row_no, c.new_{to}",
        )


def _listed(contract: Contract, column: str) -> str:
    """Return SQL of a list of the values of a row, in the contract's order."""
    return f"[{', '.join(column.format(field.id) for field in contract.fields)}]::VARCHAR[]"


def _same_key(contract: Contract, one: str, other: str) -> str:
    return " AND ".join(
        f"{one.format(f)} IS NOT DISTINCT FROM {other.format(f)}" for f in contract.key
    )
