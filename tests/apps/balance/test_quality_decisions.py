"""Suspicious figures on an upload: found, corrected, accepted, left open, carried over, signed."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest
from python_calamine import CalamineWorkbook
from tests.apps.balance.tables import as_csv, changed, check, many, publish

from junheng.apps.balance.models import AssessedUnit, QualityDecision, Upload
from junheng.apps.balance.services import upload_apply
from junheng.apps.foundation import journal
from junheng.apps.foundation.scoping import everything

if TYPE_CHECKING:
    from django.test import Client
    from tests.apps.balance.tables import Row
    from tests.world import World

    from junheng.apps.accounts.models import User

RIGHT = "2760000"
IN_10_000_YUAN = "276"


def slipped(*, year_end: str = "") -> tuple[Row, ...]:
    """Return twenty units, of which the fourth gives its equipment in 10 000 yuan."""
    rows = list(many(20))
    rows[3] = changed(rows[3], equipment_yuan=IN_10_000_YUAN, school_name=f"粗心小学{year_end}")
    return tuple(rows)


def table(world: World, rows: tuple[Row, ...] | None = None) -> Upload:
    return check(world, as_csv(slipped() if rows is None else rows))


def only(upload: Upload) -> dict[str, Any]:
    (finding,) = upload.findings
    return dict(finding)


def fresh(upload: Upload) -> Upload:
    with everything(reason="test"):
        return Upload.objects.select_related("bureau", "school_year").get(pk=upload.pk)


def cv_of(upload: Upload, world: World) -> float:
    with everything(reason="test"):
        made = upload_apply(upload_id=str(upload.pk), by=world.officer.pk)
        return float(made.dispersions.get(indicator="R6").cv or 0)


@pytest.fixture
def officer(client: Client, world: World) -> Client:
    """The browser of the supervision officer, in English."""
    return signed_in(client, world.officer)


def signed_in(client: Client, user: User) -> Client:
    client.force_login(user)
    client.cookies["language"] = "en"
    return client


def decide(client: Client, upload: Upload, **form: str) -> str:
    key = only(upload)["key"]
    reply = client.post(f"/balance/upload/{upload.pk}/decide", {"key": key, **form}, follow=True)
    assert reply.status_code == 200
    return reply.text


def test_it_works(officer: Client, world: World) -> None:
    upload = table(world)
    finding = only(upload)
    assert (finding["rule_id"], finding["unit_id"]) == ("unit_slip", "U3")
    assert (finding["value"], finding["likely"]) == (IN_10_000_YUAN, RIGHT)
    page = officer.get(f"/balance/upload/{upload.pk}/").text
    for text in ("粗心小学", "Unit or decimal point slipped", "1 open, 0 corrected, 0 accepted"):
        assert text in page
    page = decide(officer, upload, kind="corrected", value="2,760,000", reason="asked the school")
    for text in ("0 open, 1 corrected", "asked the school", "corrected from"):
        assert text in page


def test_a_correction_changes_what_is_measured_and_not_the_file(
    officer: Client, world: World
) -> None:
    upload = table(world)
    before = fresh(upload).content
    counts = (upload.preview or {})["counts"]
    assert (counts["fail"], counts["pass"]) != (0, 20)
    decide(officer, upload, kind="corrected", value=RIGHT)
    after = fresh(upload)
    assert after.content == before
    assert only(after)["value"] == IN_10_000_YUAN
    # Nineteen equal units and one that now is: no spread of equipment is left.
    assert cv_of(after, world) == pytest.approx(0, abs=1e-12)
    with everything(reason="test"):
        assert AssessedUnit.objects.get(unit_id="U3").facts["equipment_yuan"] == RIGHT


def test_the_finding_says_what_hangs_on_it(officer: Client, world: World) -> None:
    """Of 20 units with equal pupils 19 have x and one has almost nothing: CV = 1 / sqrt(19)."""
    upload = table(world)
    now, then = only(upload)["effect"]["coefficients"]["R6"]
    assert now[0] == pytest.approx(19**-0.5, abs=1e-4)
    assert then[0] == pytest.approx(0, abs=1e-12)
    assert "0.23 → 0.00" in officer.get(f"/balance/upload/{upload.pk}/").text


def test_the_working_names_the_correction_and_who_signed_it(officer: Client, world: World) -> None:
    upload = table(world)
    decide(officer, upload, kind="corrected", value=RIGHT, reason="form says yuan")
    with everything(reason="test"):
        made = upload_apply(upload_id=str(upload.pk), by=world.officer.pk)
        unit = AssessedUnit.objects.get(unit_id="U3")
        other = AssessedUnit.objects.get(unit_id="U4")
    for page in (f"units/{unit.pk}/R6/", "coefficients/primary/R6/"):
        text = officer.get(f"/balance/{made.pk}/{page}").text
        assert "Corrected figures" in text
        assert "form says yuan" in text
        assert world.officer.display_name in text
    for page in (f"units/{other.pk}/R6/", f"units/{unit.pk}/R7/", "coefficients/primary/R7/"):
        assert "Corrected figures" not in officer.get(f"/balance/{made.pk}/{page}").text


def test_accepting_needs_a_reason(officer: Client, world: World) -> None:
    upload = table(world)
    page = decide(officer, upload, kind="accepted", reason="   ")
    assert "without a reason it stays open" in page
    assert "1 open" in page
    with everything(reason="test"):
        assert not QualityDecision.objects.exists()
    assert "1 accepted" in decide(officer, upload, kind="accepted", reason="a new school")
    assert only(fresh(upload))["decision"]["kind"] == "accepted"


@pytest.mark.parametrize("value", ["many", "-5", "1e999", "NaN", "9" * 20])
def test_a_correction_is_a_figure(officer: Client, world: World, value: str) -> None:
    upload = table(world)
    assert "is no figure" in decide(officer, upload, kind="corrected", value=value)
    assert only(fresh(upload))["decision"] is None


def test_a_figure_can_be_corrected_to_missing(officer: Client, world: World) -> None:
    upload = table(world)
    decide(officer, upload, kind="corrected", value="")
    cv_of(fresh(upload), world)
    with everything(reason="test"):
        assert AssessedUnit.objects.get(unit_id="U3").facts["equipment_yuan"] is None


def test_a_correction_that_breaks_the_table_is_refused_and_not_kept(
    officer: Client, world: World
) -> None:
    rows = list(many(20))
    rows[3] = changed(rows[3], teaching_area_m2="564000", indoor_sport_area_m2="20")
    upload = table(world, tuple(rows))
    finding = next(f for f in upload.findings if f["field"] == "teaching_area_m2")
    reply = officer.post(
        f"/balance/upload/{upload.pk}/decide",
        {"key": finding["key"], "kind": "corrected", "value": "10"},
        follow=True,
    )
    assert "alert-error" in reply.text
    with everything(reason="test"):
        assert not QualityDecision.objects.exists()
    assert fresh(upload).findings == upload.findings


def test_a_decision_is_signed_and_in_the_journal(officer: Client, world: World) -> None:
    upload = table(world)
    decide(officer, upload, kind="accepted", reason="measured again")
    decide(officer, fresh(upload), kind="open")
    with everything(reason="test"):
        first, second = QualityDecision.objects.order_by("pk")
    assert first.decided_by_id == second.decided_by_id == world.officer.pk
    assert first.ended_at is not None
    assert second.kind == "open"
    assert second.ended_at is None
    assert [entry.why for entry in journal.history(first)] == ["decided", "decided again"]
    assert only(fresh(upload))["decision"] is None


def test_a_decision_is_carried_over_while_the_same_finding_appears(
    officer: Client, world: World
) -> None:
    decide(officer, table(world), kind="corrected", value=RIGHT, reason="asked")
    again = table(world, slipped(year_end="（改名）"))
    assert only(again)["decision"]["value"] == RIGHT
    rows = list(slipped())
    rows[3] = changed(rows[3], equipment_yuan="275")
    assert only(table(world, tuple(rows)))["decision"] is None
    rows[3] = many(20)[3]
    assert table(world, tuple(rows)).findings == []


def test_another_year_decides_for_itself(officer: Client, world: World) -> None:
    decide(officer, table(world), kind="accepted", reason="asked")
    assert only(check(world, as_csv(slipped()), year=2024))["decision"] is None


def test_last_year_is_looked_at_too(world: World) -> None:
    publish(world, many(20), year=2024)
    rows = list(many(20))
    rows[5] = changed(rows[5], pupils="400")
    found = {(f["unit_id"], f["rule_id"]) for f in table(world, tuple(rows)).findings}
    assert ("U5", "pupils_since_last_year") in found


def test_open_findings_are_said_on_the_district_page(officer: Client, world: World) -> None:
    made = publish(world, slipped())
    assert "1 finding open" in officer.get(f"/balance/{made.pk}/").text
    page = officer.get("/data/quality/", follow=True)
    assert page.redirect_chain[-1][0] == f"/balance/{made.pk}/findings/"
    assert "粗心小学" in page.text
    key = made.findings[0]["key"]
    form = {"key": key, "kind": "corrected", "value": RIGHT}
    accept = f"/balance/{made.pk}/findings/accept"
    assert "stays as it is" in officer.post(accept, form, follow=True).text
    form = {"key": key, "kind": "accepted", "reason": "asked the school"}
    assert "0 open, 0 corrected, 1 accepted" in officer.post(accept, form, follow=True).text
    assert "finding open" not in officer.get(f"/balance/{made.pk}/").text


@pytest.mark.parametrize(
    ("query", "n"),
    [
        ("", 1), ("state=open", 1), ("state=accepted", 0), ("severity=error", 1),
        ("severity=warning", 0), ("stage=junior", 0), ("text=粗心", 1), ("text=other", 0),
        ("state=nonsense&page=x", 1),
    ],
)  # fmt: skip
def test_filters_choose_the_findings(officer: Client, world: World, query: str, n: int) -> None:
    made = publish(world, slipped())
    page = officer.get(f"/balance/{made.pk}/findings/?{query}").text
    assert page.count('<article class="finding"') == n


def test_findings_can_be_taken_along(officer: Client, world: World) -> None:
    upload = table(world)
    decide(officer, upload, kind="corrected", value=RIGHT, reason="asked the school")
    with everything(reason="test"):
        made = upload_apply(upload_id=str(upload.pk), by=world.officer.pk)
    content = officer.get(f"/balance/{made.pk}/findings/workbook").content
    (sheet,) = CalamineWorkbook.from_filelike(io.BytesIO(content)).sheet_names
    rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name(sheet).to_python()
    assert len(rows) == 2
    assert {"U3", IN_10_000_YUAN, RIGHT, "asked the school", "Corrected"} <= set(rows[1])


def test_only_the_office_decides(client: Client, world: World) -> None:
    upload = table(world)
    made = publish(world, slipped())
    form = {"key": only(upload)["key"], "kind": "accepted", "reason": "no right to"}
    expected = {world.director: (403, 200), world.head: (404, 404), world.clerk: (404, 404)}
    expected |= {world.outsider: (404, 404), world.administrator: (404, 404)}
    for person, (on_decide, on_page) in expected.items():
        signed_in(client, person)
        assert client.post(f"/balance/upload/{upload.pk}/decide", form).status_code == on_decide
        accept = client.post(f"/balance/{made.pk}/findings/accept", form)
        assert accept.status_code == on_decide
        assert client.get(f"/balance/{made.pk}/findings/").status_code == on_page
        assert client.get(f"/balance/{made.pk}/findings/workbook").status_code == on_page
    with everything(reason="test"):
        assert not QualityDecision.objects.exists()
    assert signed_in(client, world.head).get("/data/quality/").status_code == 403
    page = signed_in(client, world.outsider).get("/data/quality/").text
    assert "No table has been applied yet" in page


def test_nothing_is_decided_once_the_table_is_applied(officer: Client, world: World) -> None:
    upload = table(world)
    cv_of(upload, world)
    page = decide(officer, upload, kind="corrected", value=RIGHT)
    assert "not yet applied" in page
    with everything(reason="test"):
        assert not QualityDecision.objects.exists()


def test_an_unknown_finding_is_not_found(officer: Client, world: World) -> None:
    upload = table(world)
    form = {"key": "0" * 16, "kind": "accepted", "reason": "x"}
    assert officer.post(f"/balance/upload/{upload.pk}/decide", form).status_code == 404
