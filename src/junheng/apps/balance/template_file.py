"""The empty unit table to fill in: the contract's columns of a rule set under Chinese headers.

Notes appear in a spreadsheet as one enters a column, and stages and kinds are chosen from a list;
the sheet itself holds the header row and nothing else, so that it reads back as it is.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import xlsxwriter

from junheng.engine.standard.unit_table import columns
from junheng.i18n import Message, say

if TYPE_CHECKING:
    from collections.abc import Callable

    from junheng.engine.standard import RuleSet
    from junheng.engine.standard.unit_table import Column

CHOICES = {
    "stage": ["小学", "初中"],
    "kind": ["普通学校", "教学点", "特殊教育学校", "职业学校"],
}
TEXTS = frozenset({"unit_id", "school_id", "school_name", "county_code"})
LAST_ROW = 2_000
TITLE_LIMIT = 32
MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def template(ruleset: RuleSet, kind: str, translate: Callable[[str], str]) -> bytes:
    """Return the empty unit table of a rule set as `csv` or `xlsx`."""
    return _workbook(ruleset, translate) if kind == "xlsx" else _csv(ruleset)


def notes(ruleset: RuleSet) -> dict[str, Message]:
    """Return for each column what to enter there."""
    found = {
        "unit_id": say("One row for each stage of each school; every number once."),
        "school_id": say("The same for all stages of one school."),
        "school_name": say("Official name of the school."),
        "county_code": say("Six digits; may be left blank."),
        "stage": say("Choose from the list. A nine-year school has two rows."),
        "kind": say("Choose from the list; blank is an ordinary school."),
        "pupils": say("Pupils of this stage on the statistics date, a whole number, never blank."),
    }
    for fact in ruleset.facts:
        unit = fact.unit.zh
        found[fact.id] = say("In {unit}. Leave blank what is not known: blank is not 0.", unit=unit)
    return found


def _csv(ruleset: RuleSet) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerow(column.headers[0] for column in columns(ruleset))
    # The mark tells spreadsheets that the text is UTF-8.
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def _workbook(ruleset: RuleSet, translate: Callable[[str], str]) -> bytes:
    content = io.BytesIO()
    hints = notes(ruleset)
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        sheet = book.add_worksheet("校段表")
        sheet.freeze_panes(1, 0)
        look = {"bold": True, "bg_color": "#E9F1F9", "bottom": 1, "text_wrap": True}
        head, plain_text = book.add_format(look), book.add_format({"num_format": "@"})
        for at, column in enumerate(columns(ruleset)):
            sheet.set_column(at, at, 18, plain_text if column.id in TEXTS else None)
            sheet.write_string(0, at, column.headers[0], head)
            hint = hints[column.id].render(translate)
            sheet.data_validation(1, at, LAST_ROW, at, _validation(column, hint))
    return content.getvalue()


def _validation(column: Column, hint: str) -> dict[str, object]:
    shown: dict[str, object] = {
        "input_title": column.headers[0][:TITLE_LIMIT],
        "input_message": hint,
    }
    choices = CHOICES.get(column.id)
    if choices is None:
        return {"validate": "any", **shown}
    return {"validate": "list", "source": choices, **shown}
