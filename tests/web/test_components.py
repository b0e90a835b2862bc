"""Components say what they must in words, not in colour alone."""

from __future__ import annotations

import re
from types import SimpleNamespace as Item
from typing import TYPE_CHECKING

import pytest
from django.template import engines
from django.utils import translation
from django_cotton.compiler_regex import CottonCompiler

from junheng.web.templatetags.sources import MARKS
from junheng.web.templatetags.statuses import LOOKS

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


def draw(source: str, **context: object) -> str:
    """Return the HTML of a piece of template, white space folded."""
    html = engines["django"].from_string(CottonCompiler().process(source)).render(context)
    return re.sub(r"\s+", " ", html)


@pytest.mark.parametrize("status", LOOKS)
def test_every_status_has_a_shape_and_a_word(status: str) -> None:
    html = draw('<c-status :value="status" />', status=status)
    assert "<svg" in html
    assert str(LOOKS[status].word) in html


def test_statuses_of_a_figure_differ_in_shape() -> None:
    shapes = [LOOKS[s].shape for s in ("met", "between85", "below85", "missing", "not_applicable")]
    assert len(set(shapes)) == len(shapes)


def test_an_unknown_status_is_a_fault() -> None:
    with pytest.raises(KeyError):
        draw('<c-status value="green" />')


def test_a_verdict_gives_reasons_and_what_it_rests_on() -> None:
    html = draw(
        '<c-verdict value="fail" title="A" :reasons="reasons" rules="R 1" source="2025" />',
        reasons=["7 fail."],
    )
    for part in ("Standard not met", "7 fail.", "R 1", "2025"):
        assert part in html


def cell(**changed: object) -> Item:
    """Return an indicator just below its threshold."""
    fields = {
        "label": "PE",
        "unit": "per 100",
        "value": 0.875,
        "threshold": 0.9,
        "floor": 0.765,
        "status": "between85",
        "gap_text": "1 teacher short",
        "url": "/working",
    }
    return Item(**{**fields, **changed})


def test_an_indicator_shows_value_standard_gap_and_leads_to_its_working() -> None:
    html = draw('<c-indicator-cell :cell="cell" />', cell=cell())
    for part in ("0.88", "0.90", "1 teacher short", 'href="/working"', "at least 85 %"):
        assert part in html
    assert html.count("bar-fill") == 1


def test_a_missing_indicator_draws_no_bar() -> None:
    html = draw('<c-indicator-cell :cell="cell" />', cell=cell(value=None, status="missing"))
    assert "Data missing" in html
    assert "bar-fill" not in html


def test_a_name_cannot_smuggle_markup() -> None:
    html = draw('<c-indicator-cell :cell="cell" />', cell=cell(label="<b>x</b>"))
    assert "<b>x</b>" not in html
    assert "&lt;b&gt;x" in html


def strip(**changed: object) -> Item:
    """Return a strip with two schools."""
    schools = [
        Item(name="A", value=0.8, pupils=300, url="/a", status="between85"),
        Item(name="B", value=None, pupils=200, url="/b", status="missing"),
    ]
    fields = {
        "label": "PE",
        "unit": "per 100",
        "url": "/cv",
        "mean": 0.8,
        "threshold": 0.9,
        "cv": 0.36749,
        "limit": 0.5,
        "status": "within",
        "note": "",
        "schools": schools,
    }
    return Item(**{**fields, **changed})


def test_a_strip_names_its_dots_and_has_a_twin_with_every_school() -> None:
    html = draw('<c-dispersion-strip :strip="strip" />', strip=strip())
    assert html.count("data-mark") == 1
    assert 'aria-label="A 0.80 per 100, 300 pupils, Not met (at least 85 %)"' in html
    assert html.count('<th scope="row">') == 2
    assert "0.367" in html
    assert "≤ 0.50" in html


def test_names_of_schools_cannot_smuggle_markup_into_a_strip() -> None:
    one = Item(name='"><i>', value=0.8, pupils=3, url='/a"b', status="met")
    html = draw('<c-dispersion-strip :strip="strip" />', strip=strip(schools=[one], unit="<u>"))
    assert "<i>" not in html
    assert "<u>" not in html
    assert 'href="/a&quot;b"' in html


def test_a_coefficient_beyond_its_limit_says_so() -> None:
    html = draw('<c-dispersion-strip :strip="strip" />', strip=strip(cv=0.612, status="beyond"))
    assert "&gt; 0.50" in html
    assert 'aria-label="Beyond the limit"' in html


def test_a_strip_may_leave_out_its_twin() -> None:
    assert "<table" not in draw('<c-dispersion-strip :strip="s" :twin="False" />', s=strip())


def test_a_heat_table_speaks_its_shapes() -> None:
    row = Item(label="A", note="", url="/a", cells=[Item(status="below85", text="4.61", url="/w")])
    html = draw(
        '<c-heat-table caption="c" head="h" :columns="columns" :rows="rows" />',
        columns=[Item(label="R5", title="Sport")],
        rows=[row],
    )
    assert 'aria-label="Not met (below 85 %)"' in html
    assert 'href="/w"' in html


def test_work_under_way_asks_again_and_finished_work_does_not() -> None:
    job = Item(share=0.4, message="m", left="", is_running=True, poll_url="/p", cancel_url="/stop")
    html = draw('<c-progress :job="job" />', job=job)
    assert 'hx-get="/p"' in html
    assert 'action="/stop"' in html
    job.is_running = False
    assert "hx-get" not in draw('<c-progress :job="job" />', job=job)


def test_work_of_unknown_length_claims_no_share() -> None:
    job = Item(share=None, message="m", left="", is_running=False, poll_url="", cancel_url="")
    assert "value=" not in draw('<c-progress :job="job" />', job=job)


def test_a_file_field_ties_its_faults_to_itself() -> None:
    html = draw('<c-file-drop id="f" :errors="errors" />', errors=["Empty."])
    assert 'aria-describedby="f-error-1"' in html
    assert 'id="f-error-1">Empty.' in html


@pytest.mark.parametrize("tag", MARKS)
def test_every_tag_of_confirmation_has_words_and_an_explanation(tag: str) -> None:
    html = draw('<c-confirmation-mark :tag="tag" id="x" />', tag=tag)
    assert str(MARKS[tag].word) in html
    assert str(MARKS[tag].text) in html
    assert ("mark-confirmed" in html) == (tag == "C")


def test_sorting_is_by_link_and_announced() -> None:
    column = Item(
        label="Pupils", unit="persons", is_number=True, sort_url="?s=p", sorted="ascending"
    )
    html = draw('<c-data-table caption="c" :columns="columns" :rows="[]" />', columns=[column])
    assert 'aria-sort="ascending"' in html
    assert 'href="?s=p"' in html


def test_a_changed_value_shows_old_and_new() -> None:
    row = Item(
        row_no=9,
        kind_label="Changed",
        cells=[Item(old="640", new="655"), Item(old="5", new="5")],
        faults=[],
        is_first_fault=False,
    )
    html = draw(
        '<c-diff-table caption="c" :columns="columns" :rows="rows" />',
        columns=["a", "b"],
        rows=[row],
    )
    assert "<del>640</del> <ins>655</ins>" in html
    assert html.count("<del>") == 1
