"""The gallery: every component in all its states, on invented figures of a sample district.

It is the page that screenshots and accessibility tests look at, and where a developer sees what
there is before drawing something new.
"""

from __future__ import annotations

from hashlib import sha256
from types import SimpleNamespace as Item
from typing import TYPE_CHECKING

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import render
from django.utils.translation import get_language, gettext, gettext_lazy
from django.views.decorators.http import require_safe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpRequest, HttpResponse

N_UNITS = 58

# Invented names, Chinese and English; no place of China is meant.
PLACES = (
    ("青禾", "Qinghe"),
    ("白苇", "Baiwei"),
    ("石桥铺", "Shiqiaopu"),
    ("望川", "Wangchuan"),
    ("云栖", "Yunqi"),
    ("河湾", "Hewan"),
    ("松岭", "Songling"),
    ("柳塘", "Liutang"),
    ("新渡", "Xindu"),
    ("明溪", "Mingxi"),
)
KINDS = (
    ("第一小学", "No. 1 Primary School", "primary"),
    ("中心小学", "Central Primary School", "primary"),
    ("实验小学（东校区）", "Experimental Primary School, East Campus", "primary"),
    ("镇九年一贯制学校小学部", "Town Nine-Year School, Primary Part", "primary"),
    ("镇九年一贯制学校初中部", "Town Nine-Year School, Junior Part", "junior"),
    ("初级中学", "Junior Secondary School", "junior"),
)
STATUSES = ("met", "between85", "below85", "missing", "not_applicable")
YEARS = tuple(str(year) for year in range(2016, 2026))


@login_not_required
@require_safe
def gallery(request: HttpRequest) -> HttpResponse:
    """Show every component in all its states."""
    units = sample_units()
    context = {
        "navigation": navigation(),
        "scope": Item(label=district_name(), options=[]),
        "period": Item(label="2025–2026", detail=gettext("as of 2025-09-01"), options=years()),
        "statuses": STATUSES,
        "verdicts": ("pass", "fail", "undetermined", "excluded"),
        "tags": ("C", "C-form", "L", "M", "D"),
        "crumbs": [
            Item(label=gettext("Governance"), url="#"),
            Item(label=gettext("Balance"), url="#"),
        ],
        "reasons": [
            gettext("7 of 56 units fail."),
            gettext("1 of 14 coefficients is beyond its limit."),
        ],
        "cells": sample_cells(),
        "strips": sample_strips(units),
        "empty_strip": empty_strip(),
        "heat_columns": indicators(),
        "heat_rows": sample_heat(units),
        "district": sample_district(),
        "units": units,
        "map_units": [Item(**{**vars(unit), "status": unit.verdict}) for unit in units],
        "series": sample_series(),
        "years": YEARS,
        "gaps": sample_gaps(),
        "columns": sample_columns(),
        "rows": sample_rows(units),
        "pager": Item(text="1–12 / 58", previous_url="", next_url="#"),
        "filters": sample_filters(),
        "diff_columns": [gettext("School"), gettext("Pupils"), gettext("Sports ground (m²)")],
        "diff_rows": sample_diff(units, focus="fault" in request.GET),
        "steps": sample_steps(),
        "todos": sample_todos(),
        "jobs": sample_jobs(),
        "tabs": sample_tabs(),
        "orders": [("school", gettext("School")), ("pupils", gettext("Pupils"))],
        "terms": sample_terms(),
        "work": sample_working(),
        "plain_form": SampleForm(),
        "faulty_form": SampleForm({"reason": ""}, prefix="faulty"),
        "upload_errors": [
            gettext("The file is empty. Save the table once more and choose it again.")
        ],
    }
    return render(request, "gallery/gallery.html", context)


class SampleForm(forms.Form):
    """A form of one field, for the states of a field."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("One sentence; it is kept with the change."),
        error_messages={"required": gettext_lazy("Give the reason in one sentence.")},
    )


def pick(zh: str, en: str) -> str:
    """Return a name in the language of the page."""
    return en if (get_language() or "").startswith("en") else zh


def records(fields: str, *rows: tuple[object, ...]) -> list[Item]:
    """Return objects with the named attributes, one for each row of values."""
    names = fields.split()
    return [Item(**dict(zip(names, row, strict=True))) for row in rows]


def district_name() -> str:
    """Return the name of the sample district."""
    return pick("样例区", "Sample District")


def navigation() -> list[Item]:
    """Return a menu with two groups."""
    balance = records(
        "label url icon is_current",
        (gettext("District"), "#", "chart", True),
        (gettext("Schools"), "#", "school", False),
        (gettext("Rule sets"), "#", "rules", False),
    )
    data = records("label url icon is_current", (gettext("Upload"), "#", "upload", False))
    return records(
        "label url children", (gettext("Balance"), "", balance), (gettext("Data"), "", data)
    )


def years() -> list[Item]:
    """Return the choices of a school year."""
    return [
        Item(label=f"{year}–{year + 1}", url="#", is_current=year == 2025) for year in (2025, 2024)
    ]


def wobble(seed: int) -> float:
    """Return a share between 0 and 1 that looks irregular and is always the same for a seed."""
    digest = sha256(str(seed).encode()).digest()
    return int.from_bytes(digest[:4]) / 2**32


def sample_units() -> list[Item]:
    """Return the units of the sample district, sizes skewed as sizes of schools are."""
    return [sample_unit(n) for n in range(N_UNITS)]


def sample_unit(n: int) -> Item:
    """Return unit `n` with its place, size, value of one indicator and status."""
    place, kind = PLACES[n % len(PLACES)], KINDS[n // len(PLACES) % len(KINDS)]
    pupils = int(60 + 2400 * wobble(n + 3) ** 2.2)
    value = round(0.62 + 0.9 * wobble(n * 3 + 1) ** 0.6, 4)
    status = "met" if value >= 0.9 else "between85" if value >= 0.765 else "below85"
    return Item(
        name=pick(f"{place[0]}{kind[0]}", f"{place[1]} {kind[1]}"),
        stage=kind[2],
        pupils=pupils,
        value=value,
        status=status,
        verdict="fail"
        if n % 9 == 4
        else "undetermined"
        if n == 20
        else "excluded"
        if n == 33
        else "pass",
        url=f"#unit-{n}",
        x_m=1500 + 16500 * wobble(n * 5 + 2),
        y_m=1500 + 9500 * wobble(n * 11 + 7),
    )


def indicators() -> list[Item]:
    """Return the seven indicators, short and full name."""
    names = (
        (gettext("Degrees"), gettext("Teachers above the required degree per 100 pupils")),
        (gettext("Backbone"), gettext("Backbone teachers of county level or above per 100 pupils")),
        (gettext("PE and arts"), gettext("Full-time teachers of PE and arts per 100 pupils")),
        (gettext("Rooms"), gettext("Teaching and auxiliary rooms per pupil")),
        (gettext("Sport"), gettext("Sports area per pupil")),
        (gettext("Equipment"), gettext("Value of teaching equipment per pupil")),
        (gettext("Media"), gettext("Networked multimedia classrooms per 100 pupils")),
    )
    return [Item(label=label, title=title) for label, title in names]


def sample_cells() -> list[Item]:
    """Return one indicator in each status."""
    full = [indicator.title for indicator in indicators()]
    per_100, area, yuan = gettext("per 100 pupils"), gettext("m²/pupil"), gettext("yuan/pupil")
    cells = records(
        "label unit value threshold status gap_text decimals",
        (full[0], per_100, 6.1, 4.2, "met", "", 2),
        (full[1], per_100, 1.0, 1.0, "met", "", 2),
        (full[2], per_100, 0.875, 0.9, "between85", gettext("1 teacher short"), 2),
        (full[4], area, 4.61, 7.5, "below85", gettext("3 468 m² short"), 2),
        (full[5], yuan, 5210, 2000, "met", "", 0),
        (full[6], per_100, None, 2.3, "missing", "", 2),
        (full[3], area, 5.12, None, "not_applicable", "", 2),
    )
    for one in cells:
        one.floor = one.threshold and one.threshold * 0.85
        one.url = "#"
    return cells


def sample_strips(units: list[Item]) -> list[Item]:
    """Return a coefficient within its limit, one beyond, one without limit."""
    primary = [unit for unit in units if unit.stage == "primary"]
    junior = [unit for unit in units if unit.stage == "junior"]
    label = indicators()[2].title
    return [
        strip(f"{label}{stage(True)}", primary, 0.367, 0.50, "within"),
        strip(f"{label}{stage(False)}", junior, 0.512, 0.45, "beyond"),
    ]


def stage(is_primary: bool) -> str:
    """Return the stage as it follows the name of an indicator."""
    return gettext(" (primary)") if is_primary else gettext(" (junior secondary)")


def strip(label: str, units: list[Item], cv: float, limit: float, status: str) -> Item:
    """Return one strip; its mean is the mean weighted by pupils, as in the standard."""
    mean = sum(u.value * u.pupils for u in units) / sum(u.pupils for u in units)
    return Item(
        label=label,
        unit=gettext("per 100 pupils"),
        url="#",
        mean=mean,
        threshold=0.9,
        cv=cv,
        limit=limit,
        status=status,
        note="",
        schools=units,
    )


def empty_strip() -> Item:
    """Return a strip on which nothing can be computed."""
    return Item(
        label=indicators()[6].title,
        unit=gettext("per 100 pupils"),
        url="",
        mean=None,
        threshold=2.3,
        cv=None,
        limit=0.5,
        status="not_computable",
        note=gettext("No unit has this figure."),
        schools=[],
    )


def sample_heat(units: list[Item]) -> list[Item]:
    """Return eight units with a status for each indicator."""
    met, between, below = ("met", "1.12"), ("between85", "0.87"), ("below85", "0.71")
    cycle = (met, met, met, between, met, below, met, met, met, ("missing", "–"))
    return [
        Item(
            label=unit.name,
            note="",
            url=unit.url,
            cells=[
                Item(status=status, text=text, url="#")
                for status, text in (cycle[(n * 3 + k * k) % 10] for k in range(7))
            ],
        )
        for n, unit in enumerate(units[:8])
    ]


def sample_district() -> Item:
    """Return an invented district in metres: outline, a river, two roads, four townships."""
    west = [(8800, 11900), (3900, 12800), (700, 9400), (0, 3200), (2600, 700), (7200, 0)]
    east = [(12800, 900), (18200, 600), (20000, 5200), (18900, 9800), (14200, 12600)]
    river = [(0, 6900), (3600, 7400), (7000, 6100), (10200, 6700), (13600, 5300), (19900, 5600)]
    highway = [(1500, 2100), (6400, 4300), (11000, 5200), (15200, 8300), (16900, 10900)]
    north_south = [(8800, 11900), (9400, 7900), (8300, 4100), (7300, 100)]
    centres = ((4600, 9800), (10900, 8800), (5100, 2600), (15500, 3600))
    places = [(pick(*names), x, y) for names, (x, y) in zip(PLACES[:4], centres, strict=True)]
    return Item(
        outline=west + east,
        rivers=[river],
        roads=[highway, north_south],
        places=records("name x_m y_m", *places),
    )


def sample_series() -> list[Item]:
    """Return four coefficients over ten years: falling, rising, with a gap, flat."""
    short = [indicator.label for indicator in indicators()]
    falling = [0.61 - 0.027 * n for n in range(10)]
    rising = [0.41 + 0.014 * n for n in range(10)]
    broken = [0.36, 0.35, None, None, 0.31, 0.33, 0.32, 0.30, 0.29, 0.28]
    flat = [0.22 + 0.02 * wobble(n) for n in range(10)]
    return records(
        "label values status",
        (short[2], falling, "met"),
        (short[4], rising, "below85"),
        (short[3], broken, "met"),
        (short[0], flat, "met"),
    )


def sample_gaps() -> list[Item]:
    """Return what two schools lack."""
    first, second = sample_unit(4).name, sample_unit(13).name
    full = [indicator.title for indicator in indicators()]
    note = gettext("Value 0.88, standard 0.90")
    return records(
        "what where amount note is_cheapest url",
        (full[2], first, gettext("1 teacher"), note, True, "#"),
        (full[4], first, "3 468 m²", "", False, "#"),
        (full[5], second, gettext("126 000 yuan"), "", False, ""),
    )


def sample_columns() -> list[Item]:
    """Return the columns of a table of schools, sorted by pupils."""
    return records(
        "label unit is_number sort_url sorted",
        (gettext("School"), "", False, "#", ""),
        (gettext("Pupils"), "", True, "#", "descending"),
        (indicators()[2].label, gettext("per 100 pupils"), True, "#", ""),
        (gettext("Share of the district"), "", True, "", ""),
        (gettext("Status"), "", False, "", ""),
    )


def sample_rows(units: list[Item]) -> list[Item]:
    """Return the twelve largest units as rows of a table."""
    total = sum(unit.pupils for unit in units)
    largest = sorted(units, key=lambda unit: -unit.pupils)[:12]
    return [Item(url=unit.url, cells=list(row_cells(unit, total))) for unit in largest]


def row_cells(unit: Item, total: int) -> Iterator[Item]:
    """Yield the cells of one unit."""
    columns = sample_columns()
    yield Item(kind="text", value=unit.name, label="", note="", decimals=0)
    figures = (
        ("whole", unit.pupils),
        ("number", unit.value),
        ("percent", unit.pupils / total),
        ("status", unit.status),
    )
    for column, (kind, value) in zip(columns[1:], figures, strict=True):
        yield Item(kind=kind, value=value, label=column.label, note="", decimals=2)


def sample_filters() -> list[Item]:
    """Return the kinds of rows of an upload, with counts."""
    return records(
        "label url is_current n status",
        (gettext("All"), "#", True, 58, ""),
        (gettext("Faults"), "#", False, 1, "below85"),
        (gettext("Changed"), "#", False, 6, ""),
        (gettext("New"), "#", False, 2, ""),
        (gettext("Unchanged"), "#", False, 49, ""),
    )


def sample_diff(units: list[Item], *, focus: bool) -> list[Item]:
    """Return a row at fault (`focus` puts the reader there), a changed, a new, an unchanged one."""
    fault = gettext("Row 7, column “Sports ground”: “1 2oo” is not a number. Write 1200.")
    rows = records(
        "row_no kind_label pupils ground faults",
        (7, gettext("Fault"), ("812", "812"), ("", "1 2oo"), [fault]),
        (9, gettext("Changed"), ("640", "655"), ("5120", "5120"), []),
        (12, gettext("New"), ("", "214"), ("", "2310"), []),
        (13, gettext("Unchanged"), ("1203", "1203"), ("9040", "9040"), []),
    )
    for row in rows:
        name = units[row.row_no].name
        row.cells = records("old new", (name, name), row.pupils, row.ground)
        row.is_first_fault = focus and bool(row.faults)
    return rows


def sample_steps() -> list[Item]:
    """Return the four steps of an upload, the third under way."""
    return records(
        "label note state url",
        (gettext("Get the template"), "", "done", "#"),
        (gettext("Fill it in"), gettext("58 rows"), "done", ""),
        (gettext("Check"), gettext("1 fault"), "now", ""),
        (gettext("Apply"), "", "next", ""),
    )


def sample_todos() -> list[Item]:
    """Return an overdue item and one in time."""
    confirm, correct = gettext("Confirm"), gettext("Open")
    table = gettext("Confirm the table of this school year")
    fault = gettext("Correct one fault in the uploaded table")
    return records(
        "title detail due is_late action url",
        (table, sample_unit(4).name, "2025-10-10", True, confirm, "#"),
        (fault, "", "2025-10-15", False, correct, "#"),
    )


def sample_jobs() -> list[Item]:
    """Return work under way, waiting and done; none of them asks the server."""
    reading = gettext("Reading the table: row 24 of 58")
    return records(
        "share message left is_running poll_url cancel_url",
        (0.42, reading, gettext("about 3 seconds left"), False, "", ""),
        (None, gettext("Waiting for its turn"), "", False, "", ""),
        (1, gettext("Done"), "", False, "", ""),
    )


def sample_tabs() -> list[Item]:
    """Return two tabs."""
    return records(
        "label url is_current n",
        (gettext("Primary"), "#", True, 38),
        (gettext("Junior secondary"), "#", False, 20),
    )


def sample_terms() -> list[Item]:
    """Return what there is to say about a school."""
    return records(
        "term text note",
        (gettext("School"), sample_unit(14).name, ""),
        (gettext("Pupils"), "1 204", gettext("as of 2025-09-01")),
        (gettext("Kind"), gettext("Ordinary school"), ""),
    )


def sample_working() -> Item:
    """Return the working of one figure: the third indicator of a unit with 800 pupils."""
    return Item(
        title=indicators()[2].title,
        subject=sample_unit(4).name,
        status="between85",
        verdict_text=gettext(
            "0.875 is below the standard of 0.9 and not below 85 % of it (0.765)."
        ),
        lines=working_lines(),
        terms=working_terms(),
        result="7/8 = 0.875",
        shown="0.88",
        threshold="0.9",
        steps=[
            gettext("0.875 < 0.9: the standard is not met."),
            gettext("0.875 ≥ 0.85 × 0.9 = 0.765: not below the floor."),
            gettext("Missing to the standard: 0.9 × 800 / 100 − 7 = 0.2, that is 1 teacher."),
        ],
        rule_text=gettext(
            "Full-time teachers of PE and arts (fine arts, music) per 100 pupils: at least 0.9 in "
            "primary and in junior secondary schools."
        ),
        document=pick("教督〔2017〕6号", "Jiaodu [2017] No. 6"),
        clause="",
        tag="C",
        rules="cn-2017-quality 1.0",
        data=gettext("as of 2025-09-01"),
    )


def working_lines() -> list[Item]:
    """Return the formula in words and with its figures."""
    return records(
        "left numerator denominator right",
        ("R3 = 100 ×", gettext("teachers of PE and arts"), gettext("pupils"), ""),
        ("= 100 ×", "7", "800", "= 0.875"),
    )


def working_terms() -> list[Item]:
    """Return the two terms of the formula with their source."""
    persons, table = gettext("persons"), gettext("unit table 2025")
    return records(
        "symbol name value unit source row_no",
        ("T", gettext("Full-time teachers of PE and arts"), "7", persons, table, 9),
        ("P", gettext("Pupils enrolled"), "800", persons, table, 9),
    )
