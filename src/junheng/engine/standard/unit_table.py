"""The unit table: one row per stage unit, checked as a whole and read without rounding.

The contract is in docs/reference/unit-table.md. Every fault of the table is found in one pass and
reported with row, column, finding and remedy. What passes becomes the relation `units` (who) and
`terms` (how much, in whole numbers: numerator and denominator of every indicator's sum of facts).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from junheng.engine.standard import definition, rulebook
from junheng.engine.standard.ruleset import STAGES, UNIT_KINDS, Fact, RuleSet
from junheng.engine.store.numbers import parse_decimal
from junheng.errors import Fault, TableFaults
from junheng.i18n import N_, Message, Renderable, say

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from fractions import Fraction

    from junheng.engine.store.session import Session
    from junheng.engine.store.tables import SourceTable

UNITS = "units"

MAX_FAULTS_LISTED = 200

# Twelve digits before the point and eighteen after it keep every product below 10**38, the room of
# the widest whole number that DuckDB and Spark share. No school has a figure near either end.
MAX_WHOLE_DIGITS = 12
MAX_DECIMALS = 18
ROUNDED_IDENTIFIER = r"[0-9](\.[0-9]+)?[Ee]\+[0-9]{2}"
PLAIN_NUMBER = rf"[0-9]{{1,{MAX_WHOLE_DIGITS}}}(\.[0-9]{{0,{MAX_DECIMALS}}})?"

BIGINT_MAX = 2**63 - 1
BIGINT_DIGITS = 18
WIDEST_DECIMAL = 38
EXACT_IN_DOUBLE = 2**53


@dataclass(frozen=True)
class Column:
    """One column of the contract, with the headers under which it is accepted."""

    id: str
    headers: tuple[str, ...]
    is_required: bool


STAGE_WORDS: Mapping[str, str] = {
    "primary": "primary",
    "小学": "primary",
    "小学部": "primary",
    "junior": "junior",
    "初中": "junior",
    "初中部": "junior",
}
KIND_WORDS: Mapping[str, str] = {
    "ordinary": "ordinary",
    "普通": "ordinary",
    "普通学校": "ordinary",
    "teaching_point": "teaching_point",
    "教学点": "teaching_point",
    "special": "special",
    "特殊教育": "special",
    "特殊教育学校": "special",
    "vocational": "vocational",
    "职业": "vocational",
    "职业学校": "vocational",
}

IDENTITY_COLUMNS = (
    Column("unit_id", ("校段编号", "评估单元编号", "校段代码"), True),
    Column("school_id", ("学校标识码", "学校（机构）标识码", "学校代码"), True),
    Column("school_name", ("学校名称", "校名", "学校"), True),
    Column("county_code", ("县区代码", "行政区划代码", "县级行政区划代码", "县区"), False),
    Column("stage", ("学段",), True),
    Column("kind", ("学校类别", "学校类型", "类别"), False),
    Column("pupils", ("在校生数", "在校学生数", "学生数"), True),
)


@dataclass(frozen=True)
class UnitTable:
    """A checked table, held by the session as relations `units`, `facts` and `terms`.

    `integer` is the SQL type in which every product of the definition has room. `decimals` tells,
    for each fact, how many decimals the table writes: `facts` holds the value times 10**decimals.
    """

    session: Session
    ruleset: RuleSet
    n_units: int
    integer: str
    decimals: Mapping[str, int]
    is_exact_in_double: bool
    warnings: tuple[Renderable, ...] = ()
    ignored_columns: tuple[str, ...] = ()


def columns(ruleset: RuleSet) -> tuple[Column, ...]:
    """Return the contract's columns for a rule set, in order.

    A fact that no indicator of the set uses may be absent.
    """
    used = {fact_id for i in ruleset.indicators for fact_id, _ in i.terms}
    facts = tuple(
        Column(f.id, (f.name.zh, f.name.en, *f.synonyms), f.id in used) for f in ruleset.facts
    )
    return IDENTITY_COLUMNS + facts


def read(
    table: SourceTable,
    ruleset: RuleSet,
    *,
    ignore_unknown: bool = False,
    is_mapped: bool = False,
    notes: tuple[Renderable, ...] = (),
) -> UnitTable:
    """Check `table` against the contract and load it.

    Parameters
    ----------
    table
        The file as it arrived, all text.
    ruleset
        Decides which facts are needed.
    ignore_unknown
        Report unknown columns and go on, instead of refusing the table.
    is_mapped
        The table was made by a mapping of foreign data: a county is any text, not six digits.
    notes
        What is to be said with the results about how the table came to be.

    Raises
    ------
    TableFaults
        Everything wrong with the table, at most `MAX_FAULTS_LISTED` of it listed.
    """
    found = _match_headers(table, ruleset, ignore_unknown=ignore_unknown)
    reading = _Reading(table, ruleset, found.columns, warnings=list(notes))
    reading.check_texts(is_mapped=is_mapped)
    reading.check_numbers()
    reading.stop_on_faults()
    reading.load()
    reading.check_relations()
    reading.stop_on_faults()
    return reading.finish(found.ignored)


# --- headers -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Headers:
    columns: Mapping[str, int]
    ignored: tuple[str, ...]


def _match_headers(table: SourceTable, ruleset: RuleSet, *, ignore_unknown: bool) -> _Headers:
    contract = columns(ruleset)
    by_name = {_key(name): c.id for c in contract for name in (c.id, *c.headers)}
    found: dict[str, int] = {}
    unknown: list[str] = []
    faults: list[Fault] = []
    for ix, header in enumerate(table.headers):
        column_id = by_name.get(_key(header))
        if column_id is None:
            if _key(header) not in _facts_of_shipped_rule_sets():
                unknown.append(header)
        elif column_id in found:
            faults.append(_doubled(table, header, table.headers[found[column_id]]))
        else:
            found[column_id] = ix
    faults += [_missing(table, c) for c in contract if c.is_required and c.id not in found]
    if not ignore_unknown:
        faults += [_unknown(table, header) for header in unknown]
    if faults:
        raise TableFaults(faults)
    return _Headers(found, tuple(unknown))


def _facts_of_shipped_rule_sets() -> frozenset[str]:
    """Headers that another rule set needs: known here, and not used."""
    rule_sets = (rulebook.load(ref.id, ref.version) for ref in rulebook.available())
    return frozenset(
        _key(name)
        for rules in rule_sets
        for fact in rules.facts
        for name in (fact.id, fact.name.zh, fact.name.en, *fact.synonyms)
    )


def _key(header: str) -> str:
    """Fold what people vary without meaning anything: case, spaces, full-width brackets."""
    folded = header.casefold().replace("（", "(").replace("）", ")")
    return "".join(folded.split())


def _doubled(table: SourceTable, header: str, first: str) -> Fault:
    return Fault(
        say("means the same as column “{first}”.", first=first),
        say("Keep one of the two columns."),
        source=table.name,
        sheet=table.sheet,
        column=header,
    )


def _missing(table: SourceTable, column: Column) -> Fault:
    accepted = [column.id, *column.headers]
    return Fault(
        say("the column is missing."),
        say("Add a column with one of these headers: {headers}.", headers=", ".join(accepted)),
        source=table.name,
        sheet=table.sheet,
        column=column.id,
    )


def _unknown(table: SourceTable, header: str) -> Fault:
    return Fault(
        say("is not a column of the unit table."),
        say("Correct the header, remove the column, or ignore such columns (--ignore-unknown)."),
        source=table.name,
        sheet=table.sheet,
        column=header,
    )


# --- cells ---------------------------------------------------------------------------------------

NUMBER_WANTED = say("Write a number with digits and at most one decimal point, without unit.")
COUNT_WANTED = say("Write the number of pupils as a whole number, 0 when there are none.")


@dataclass
class _Reading:
    """One pass over the table: finds faults, then loads. `columns`: column id to position."""

    table: SourceTable
    ruleset: RuleSet
    columns: Mapping[str, int]
    faults: list[Fault] = field(default_factory=list)
    n_faults: int = 0
    decimals: dict[str, int] = field(default_factory=dict)
    largest: dict[str, int] = field(default_factory=dict)
    patched: dict[str, dict[str, str]] = field(default_factory=dict)
    warnings: list[Renderable] = field(default_factory=list)

    @property
    def session(self) -> Session:
        return self.table.session

    @property
    def facts(self) -> tuple[Fact, ...]:
        return tuple(f for f in self.ruleset.facts if f.id in self.columns)

    def cell(self, column_id: str) -> str:
        """SQL name of a column's text; NULL where the table has no such column."""
        return f"c{self.columns[column_id]}" if column_id in self.columns else "NULL"

    # faults

    def add(
        self, column_id: str, rows: Iterable[tuple[object, ...]], found: str, remedy: Message
    ) -> None:
        """Record a fault for each (row, text); the text becomes `{found}` of the template."""
        for row_no, text in rows:
            self.n_faults += 1
            if len(self.faults) < MAX_FAULTS_LISTED:
                self.faults.append(self._fault(column_id, row_no, say(found, found=text), remedy))

    def _fault(self, column_id: str, row_no: object, found: Message, remedy: Message) -> Fault:
        return Fault(
            found,
            remedy,
            source=self.table.name,
            sheet=self.table.sheet,
            row=int(str(row_no)),
            column=self.table.headers[self.columns[column_id]],
        )

    def stop_on_faults(self) -> None:
        if self.faults:
            self.faults.sort(key=lambda fault: (fault.row or 0, fault.column))
            raise TableFaults(self.faults, self.n_faults)

    # texts

    def check_texts(self, *, is_mapped: bool) -> None:
        self._check_unit_ids()
        for column_id in ("unit_id", "school_id"):
            self._check_rounded_identifiers(column_id)
        self._check_words("stage", STAGE_WORDS, STAGES, may_be_blank=False)
        self._check_words("kind", KIND_WORDS, UNIT_KINDS, may_be_blank=True)
        if not is_mapped:
            self._check_counties()

    def _check_unit_ids(self) -> None:
        cell, rows = self.cell("unit_id"), self.table.relation
        self.add(
            "unit_id",
            self.session.rows(f"SELECT row_no, '' FROM {rows} WHERE {cell} IS NULL"),
            N_("is blank."),
            say("Give every stage unit its own number."),
        )
        doubled = self.session.rows(
            f"SELECT row_no, {cell} FROM {rows} WHERE {cell} IN "
            f"(SELECT {cell} FROM {rows} GROUP BY {cell} HAVING COUNT(*) > 1) "
            f"ORDER BY {cell}, row_no"
        )
        self.add(
            "unit_id",
            doubled,
            N_("“{found}” stands in more than one row."),
            say("A unit is one stage of one school: keep one row for each."),
        )

    def _check_rounded_identifiers(self, column_id: str) -> None:
        """A spreadsheet turns a long number into 1.2E+17: its last digits are lost."""
        cell = self.cell(column_id)
        rounded = self.session.rows(
            f"SELECT row_no, {cell} FROM {self.table.relation} "
            f"WHERE regexp_full_match({cell}, '{ROUNDED_IDENTIFIER}') ORDER BY row_no"
        )
        self.add(
            column_id,
            rounded,
            N_("“{found}” is a long number that a spreadsheet has rounded."),
            say("Set the cells of the column to text and enter the whole number again."),
        )

    def _check_words(
        self,
        column_id: str,
        words: Mapping[str, str],
        meaning: tuple[str, ...],
        *,
        may_be_blank: bool,
    ) -> None:
        cell = self.cell(column_id)
        known = ", ".join(f"'{word}'" for word in words)
        blank = "" if may_be_blank else f" OR {cell} IS NULL"
        wrong = self.session.rows(
            f"SELECT row_no, COALESCE({cell}, '') FROM {self.table.relation} "
            f"WHERE lower({cell}) NOT IN ({known}){blank} ORDER BY row_no"
        )
        chinese = [word for word in words if not word.isascii()]
        self.add(
            column_id,
            wrong,
            N_("“{found}” is not one of the words known here."),
            say("Write one of: {words}.", words=", ".join([*meaning, *chinese])),
        )

    def _check_counties(self) -> None:
        cell = self.cell("county_code")
        wrong = self.session.rows(
            f"SELECT row_no, {cell} FROM {self.table.relation} "
            f"WHERE NOT regexp_full_match({cell}, '[0-9]{{6}}') ORDER BY row_no"
        )
        self.add(
            "county_code",
            wrong,
            N_("“{found}” is not a county code."),
            say("Write the six digits of the county (GB/T 2260), or leave it blank."),
        )

    # numbers

    def check_numbers(self) -> None:
        """Find out in one scan how many decimals each column writes and which are not all plain."""
        ids = ["pupils", *(f.id for f in self.facts)]
        asked = ", ".join(f"{_odd_sql(self.cell(c))}, {_decimals_sql(self.cell(c))}" for c in ids)
        answers = self.session.rows(f"SELECT {asked} FROM {self.table.relation}")[0]
        for ix, column_id in enumerate(ids):
            n_odd, decimals = answers[2 * ix], answers[2 * ix + 1]
            self.patched[column_id] = self._read_odd_numbers(column_id) if n_odd else {}
            patched = [len(text.partition(".")[2]) for text in self.patched[column_id].values()]
            self.decimals[column_id] = min(max(int(str(decimals or 0)), *patched, 0), MAX_DECIMALS)
        self._check_pupils()

    def _check_pupils(self) -> None:
        cell = self.cell("pupils")
        blank = self.session.rows(
            f"SELECT row_no, '' FROM {self.table.relation} WHERE {cell} IS NULL ORDER BY row_no"
        )
        self.add("pupils", blank, N_("is blank."), COUNT_WANTED)
        if self.decimals["pupils"]:
            broken = self.session.rows(
                f"SELECT row_no, {cell} FROM {self.table.relation} "
                f"WHERE {self._exact('pupils')} <> trunc({self._exact('pupils')}) ORDER BY row_no"
            )
            self.add("pupils", broken, N_("“{found}” is not a whole number."), COUNT_WANTED)

    def _read_odd_numbers(self, column_id: str) -> dict[str, str]:
        """Read numbers in another form (full-width, signed, exponent); report the rest."""
        cell = self.cell(column_id)
        remedy = COUNT_WANTED if column_id == "pupils" else NUMBER_WANTED
        odd = self.session.rows(
            f"SELECT row_no, {cell} FROM {self.table.relation} "
            f"WHERE NOT regexp_full_match({cell}, '{PLAIN_NUMBER}') ORDER BY row_no"
        )
        plain: dict[str, str] = {}
        for row_no, raw in odd:
            text = str(raw)
            value = parse_decimal(text)
            if value is None:
                self.add(column_id, [(row_no, text)], N_("“{found}” is not a number."), remedy)
            elif value < 0:
                found = N_("{found} is negative.")
                self.add(column_id, [(row_no, text)], found, say("Enter the figure as 0 or more."))
            else:
                written = _plain_decimal(value)
                if written is None:
                    found = N_("“{found}” has more digits than any school's figure.")
                    self.add(column_id, [(row_no, text)], found, remedy)
                else:
                    plain[text] = written
        return plain

    def _text(self, column_id: str) -> str:
        """SQL of a column's number as plain decimal text."""
        cell, patched = self.cell(column_id), self.patched[column_id]
        if not patched:
            return cell
        cases = " ".join(f"WHEN {_quoted(old)} THEN {_quoted(new)}" for old, new in patched.items())
        return f"CASE {cell} {cases} ELSE {cell} END"

    def _exact(self, column_id: str) -> str:
        decimals = self.decimals[column_id]
        width = MAX_WHOLE_DIGITS + decimals
        return f"TRY_CAST({self._text(column_id)} AS DECIMAL({width},{decimals}))"

    # loading

    def load(self) -> None:
        """Make the relation `units`: who, pupils, and every fact as value x 10**decimals."""
        stage = _translated(self.cell("stage"), STAGE_WORDS)
        kind = _translated(self.cell("kind"), KIND_WORDS)
        columns = [
            # The source keeps the order of the file, and so does a window without an order.
            "CAST(ROW_NUMBER() OVER () - 1 AS BIGINT) AS unit_ix",
            "row_no",
            f"{self.cell('unit_id')} AS unit_id",
            f"{self.cell('school_id')} AS school_id",
            f"{self.cell('school_name')} AS school_name",
            f"COALESCE({self.cell('county_code')}, '') AS county",
            f"{stage} AS stage",
            f"COALESCE({kind}, 'ordinary') AS kind",
            f"CAST({self._exact('pupils')} AS BIGINT) AS pupils",
            *(f"{self._scaled(f)} AS {f.id}" for f in self.facts),
        ]
        self.session.create(UNITS, f"SELECT {', '.join(columns)} FROM {self.table.relation}")
        maxima = ", ".join(f"MAX({f.id})" for f in self.facts)
        largest = self.session.rows(f"SELECT {maxima} FROM {UNITS}")[0]
        self.largest = {f.id: int(str(m or 0)) for f, m in zip(self.facts, largest, strict=True)}

    def _scaled(self, fact: Fact) -> str:
        """SQL of value x 10**decimals, a whole number, without leaving 38 digits on the way."""
        k, exact = self.decimals[fact.id], self._exact(fact.id)
        whole_type = "BIGINT" if MAX_WHOLE_DIGITS + k <= BIGINT_DIGITS else "DECIMAL(38,0)"
        # DuckDB keeps a product of two 18-digit decimals at 18 digits, those of its fraction too.
        if MAX_WHOLE_DIGITS + 2 * k <= BIGINT_DIGITS:
            return f"CAST({exact} * {10**k} AS {whole_type})"
        if MAX_WHOLE_DIGITS + 2 * k <= WIDEST_DECIMAL:
            return f"CAST(CAST({exact} AS DECIMAL(38,{k})) * {10**k} AS {whole_type})"
        rest = f"CAST({exact} - trunc({exact}) AS DECIMAL(38,{k}))"
        whole = f"CAST(trunc({exact}) AS DECIMAL(38,0))"
        return f"{whole} * {10**k} + CAST({rest} * {10**k} AS DECIMAL(38,0))"

    def check_relations(self) -> None:
        self._check_indoor_area()
        self._warn_of_no_pupils()

    def _check_indoor_area(self) -> None:
        """The statistics count indoor sport rooms inside the teaching area."""
        inner, outer = "indoor_sport_area_m2", "teaching_area_m2"
        if inner not in self.columns or outer not in self.columns:
            return
        factors = {
            f: 10 ** (max(self.decimals[inner], self.decimals[outer]) - self.decimals[f])
            for f in (inner, outer)
        }
        wrong = self.session.rows(
            f"SELECT u.row_no, s.{self.cell(inner)}, s.{self.cell(outer)} FROM {UNITS} u "
            f"JOIN {self.table.relation} s ON s.row_no = u.row_no "
            f"WHERE CAST(u.{inner} AS DECIMAL(38,0)) * {factors[inner]} "
            f"> CAST(u.{outer} AS DECIMAL(38,0)) * {factors[outer]} ORDER BY u.row_no"
        )
        for row_no, indoor, teaching in wrong:
            remedy = say(
                "Indoor sport rooms lie inside the teaching area ({teaching}): correct one.",
                teaching=teaching,
            )
            found = N_("{found} m2 is more than the teaching area that contains it.")
            self.add(inner, [(row_no, indoor)], found, remedy)

    def _warn_of_no_pupils(self) -> None:
        rows = self.session.rows(
            f"SELECT row_no, unit_id FROM {UNITS} WHERE pupils = 0 ORDER BY unit_ix"
        )
        for row_no, unit_id in rows:
            self.warnings.append(
                say(
                    "{source}, row {row}: unit {unit} has no pupils; its figures count as missing.",
                    source=self.table.name,
                    row=row_no,
                    unit=unit_id,
                )
            )

    # terms

    def finish(self, ignored: tuple[str, ...]) -> UnitTable:
        n_units, most_pupils = self.session.rows(f"SELECT COUNT(*), MAX(pupils) FROM {UNITS}")[0]
        bound = self._largest_product(int(str(n_units)), int(str(most_pupils)))
        integer = "BIGINT" if bound[0] <= BIGINT_MAX else "DECIMAL(38,0)"
        self._load_terms(integer)
        if ignored:
            self.warnings.append(
                say(
                    "{source}: ignored unknown columns: {headers}.",
                    source=self.table.name,
                    headers=", ".join(ignored),
                )
            )
        return UnitTable(
            session=self.session,
            ruleset=self.ruleset,
            n_units=int(str(n_units)),
            integer=integer,
            decimals={f.id: self.decimals[f.id] for f in self.facts},
            is_exact_in_double=bound[1] < EXACT_IN_DOUBLE,
            warnings=tuple(self.warnings),
            ignored_columns=ignored,
        )

    def _scale(self, terms: tuple[tuple[str, int], ...]) -> int:
        return max(self.decimals.get(fact_id, 0) for fact_id, _ in terms)

    def _largest_product(self, n_units: int, most_pupils: int) -> tuple[int, int]:
        """Bounds on any whole number in the definition, and on those that become doubles."""
        bound = in_double = 1
        floor = self.ruleset.unit_rule.floor_share
        for i in self.ruleset.indicators:
            scale = self._scale(i.terms)
            numerator = sum(
                abs(w) * self.largest.get(f, 0) * 10 ** (scale - self.decimals.get(f, 0))
                for f, w in i.terms
            )
            td = definition.threshold_denominator(i)
            tn = max([definition.threshold_numerator(i, s) or 1 for s in STAGES])
            sides = numerator * i.per * td + tn * 10**scale * most_pupils + 10**scale * i.per * td
            in_double = max(in_double, sides)
            bound = max(
                bound,
                sides * floor.denominator,
                numerator * i.per * n_units,
                10**scale * most_pupils * n_units,
            )
        return bound, in_double

    def _load_terms(self, integer: str) -> None:
        selected = []
        for i in self.ruleset.indicators:
            scale = self._scale(i.terms)
            parts = [
                f"CAST({fact_id} AS {integer}) * {weight * 10 ** (scale - self.decimals[fact_id])}"
                if fact_id in self.columns
                else "NULL"
                for fact_id, weight in i.terms
            ]
            selected += [
                f"CAST({' + '.join(parts)} AS {integer}) AS num_{i.id}",
                f"CAST({10**scale} AS {integer}) AS den_{i.id}",
            ]
        self.session.define(
            definition.TERMS,
            f"SELECT unit_ix, county, stage, kind, pupils, {', '.join(selected)} FROM {UNITS}",
        )


def _odd_sql(cell: str) -> str:
    return f"COUNT(*) FILTER (WHERE NOT regexp_full_match({cell}, '{PLAIN_NUMBER}'))"


def _decimals_sql(cell: str) -> str:
    """Most decimals written in a column (what is no number is reported before it matters)."""
    return f"MAX(CASE WHEN contains({cell}, '.') THEN length({cell}) - strpos({cell}, '.') END)"


def _plain_decimal(value: Fraction) -> str | None:
    """Write a non-negative decimal without exponent; None when it needs too many digits."""
    for decimals in range(MAX_DECIMALS + 1):
        scaled = value * 10**decimals
        if scaled.denominator == 1:
            digits = f"{scaled.numerator:0{decimals + 1}d}"
            whole, rest = digits[: len(digits) - decimals], digits[len(digits) - decimals :]
            text = f"{whole}.{rest}" if rest else whole
            return text if len(whole) <= MAX_WHOLE_DIGITS else None
    return None


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _translated(cell: str, words: Mapping[str, str]) -> str:
    cases = " ".join(f"WHEN '{word}' THEN '{meaning}'" for word, meaning in words.items())
    return f"CASE lower({cell}) {cases} END"
