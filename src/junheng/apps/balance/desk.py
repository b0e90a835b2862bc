"""What assessments put on the first page: tables that wait, suspicious figures, the result."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext, ngettext

from junheng.apps.balance import policies as rights
from junheng.apps.balance import quality, selectors
from junheng.apps.balance.findings import n_open
from junheng.apps.balance.mappings import is_mapping
from junheng.apps.balance.models import Assessment, State, Upload, UploadState
from junheng.apps.balance.present import words
from junheng.apps.foundation import policies
from junheng.apps.workspace.api import Share, Tile, Todo

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from junheng.apps.accounts.api import Reader

WAITING = (UploadState.CHECKED, UploadState.FAULTY)
LISTED = 5


def desk(reader: Reader, today: date) -> Share:
    """Return what waits for whoever gives tables, and the result that the reader may see."""
    if reader.scope.bureaus:
        latest = selectors.latest_visible_to(reader)
        uploads = list(_uploads(reader)) if rights.upload_bureaus(reader) else []
        return Share(
            [*uploads, *_decisions(reader, latest)], list(_of_bureau(latest)) if latest else []
        )
    return Share(tiles=list(_of_school(reader)))


def _uploads(reader: Reader) -> Iterator[Todo]:
    rows = policies.visible(reader, Upload.objects.filter(state__in=WAITING))
    names = rows.order_by("-created_at").values_list("pk", "file_name", "n_faults")
    for key, name, n_faults in names[:LISTED]:
        title = gettext("The table “%(file)s” has faults") if n_faults else gettext(
            "The table “%(file)s” is checked and waits"
        )  # fmt: skip
        yield Todo(
            title % {"file": name},
            reverse("balance:upload_show", args=[key]),
            gettext("Correct it") if n_faults else gettext("Look and apply"),
        )


def _decisions(reader: Reader, latest: Assessment | None) -> Iterator[Todo]:
    """Yield what the supervision office decides about the table that counts."""
    if not rights.upload_bureaus(reader):
        return
    if latest is None:
        yield Todo(
            gettext("There is no unit table yet"),
            reverse("balance:upload"),
            gettext("Begin with the template"),
        )
        return
    found = n_open(quality.findings_now(latest))
    if found:
        text = ngettext(
            "%(n)d figure looks wrong and is not decided",
            "%(n)d figures look wrong and are not decided",
            found,
        )
        yield Todo(
            text % {"n": found},
            f"{reverse('balance:findings', args=[latest.pk])}?state=open",
            gettext("Decide"),
            detail=str(latest.school_year),
        )


def _of_bureau(latest: Assessment) -> Iterator[Tile]:
    yield Tile(
        gettext("Stage units that pass"),
        str(latest.n_pass),
        of=str(latest.n_in_scope),
        note=str(latest.school_year),
        status=words.shown_status(latest.verdict),
        url=reverse("balance:district", args=[latest.pk]),
    )


def _of_school(reader: Reader) -> Iterator[Tile]:
    """Yield the verdict of each stage of the reader's first school, of the newest judged table."""
    for school_id in sorted(reader.scope.schools)[:1]:
        history = selectors.school_history_visible_to(reader, school_id)
        newest = [one for one in history if _counts(one.assessment)]
        for unit in newest:
            if unit.assessment_id == newest[0].assessment_id:
                met = sum(cell["status"] == "met" for cell in unit.cells.values())
                yield Tile(
                    words.stage_word(unit.stage),
                    str(met),
                    of=str(len(unit.cells)),
                    note=str(unit.assessment.school_year),
                    status=words.shown_status(unit.verdict),
                    url=words.school_url(unit),
                )


def _counts(assessment: Assessment) -> bool:
    return assessment.state == State.PUBLISHED and not is_mapping(assessment.ruleset.ruleset_id)
