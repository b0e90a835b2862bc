"""Imports: rows or a file are sent and checked, looked at, applied, undone."""

# Decorated functions are read at run time, so nothing of this file is imported for types alone.
from uuid import UUID

from django.http import HttpRequest
from ninja import File, Router, Status
from ninja.files import UploadedFile

from junheng.apps.accounts.api import Reader, reader_of
from junheng.apps.audit.api import shows
from junheng.apps.hub.framework import operation
from junheng.apps.hub.import_shapes import (
    ChangeLine,
    Changes,
    FaultLine,
    Faults,
    ImportPart,
    Imports,
    ImportWhole,
    Kind,
    RowsSent,
    Why,
)
from junheng.apps.hub.parameters import (
    DatasetId,
    FileYear,
    ImportLimit,
    IsWhole,
    Offset,
    PartId,
    SchoolId,
    SendingKey,
)
from junheng.apps.hub.row_files import as_file
from junheng.apps.hub.tokenrules import token_rules
from junheng.apps.intake import api as intake
from junheng.apps.intake.api import Import, Sent, Where
from junheng.errors import Conflict, NotFound
from junheng.i18n import N_, say

router = Router(tags=[N_("Imports")])

ACCEPTED = 202
Accepted = Status[ImportWhole]


def _may_send(reader: Reader, request: HttpRequest) -> None:
    """Refuse before a body is read that nobody asked for."""
    _where(reader, _in_path(request, "dataset"), "")


def _may_see(reader: Reader, request: HttpRequest) -> None:
    _of(reader, _in_path(request, "import_id"))


def _may_act(reader: Reader, request: HttpRequest) -> None:
    intake.require_apply(reader, _of(reader, _in_path(request, "import_id")))


@operation(
    router,
    "GET",
    "imports",
    name="imports",
    says=N_("List the imports in reach, newest first"),
    shape=Imports,
    refusals=(422,),
)
def imports(request: HttpRequest, *, offset: Offset = 0, limit: ImportLimit = 20) -> Imports:
    reader = reader_of(request)
    found = intake.imports_visible_to(reader)
    window = list(found[offset : offset + limit])
    return Imports(n=found.count(), imports=[_told(reader, one) for one in window])


@operation(
    router,
    "POST",
    "datasets/{dataset}/imports",
    name="import_rows",
    says=N_("Send rows of a dataset as JSON; they are checked and nothing is written yet"),
    shape=ImportWhole,
    status=ACCEPTED,
    refusals=(400, 403, 404, 409, 413, 422),
    check=_may_send,
)
def import_rows(
    request: HttpRequest,
    dataset: DatasetId,
    *,
    sent: RowsSent,
    first_year: FileYear,
    school_id: SchoolId = "",
    is_whole: IsWhole = False,
    key: SendingKey = "",
) -> Accepted:
    reader = reader_of(request)
    where, content = _where(reader, dataset, school_id), as_file(sent.rows)
    file = Sent(where, dataset, first_year, f"{dataset}.csv", content, is_whole)
    return _received(reader, file, key)


@operation(
    router,
    "POST",
    "datasets/{dataset}/imports/file",
    name="import_file",
    says=N_("Send a file of a dataset (.csv, .xlsx, .xls, .parquet); it is checked, no more"),
    shape=ImportWhole,
    status=ACCEPTED,
    refusals=(400, 403, 404, 409, 413, 422),
    check=_may_send,
)
def import_file(
    request: HttpRequest,
    dataset: DatasetId,
    *,
    file: File[UploadedFile],
    first_year: FileYear,
    school_id: SchoolId = "",
    is_whole: IsWhole = False,
    key: SendingKey = "",
) -> Accepted:
    reader = reader_of(request)
    where, name = _where(reader, dataset, school_id), file.name or "file"
    intake.check_size(name=name, n_bytes=file.size or 0)
    return _received(reader, Sent(where, dataset, first_year, name, file.read(), is_whole), key)


@operation(
    router,
    "GET",
    "imports/{uuid:import_id}",
    name="import",
    says=N_("Read where an import stands: state, counts, what the guard found"),
    shape=ImportWhole,
    refusals=(404,),
    check=_may_see,
)
def one(request: HttpRequest, import_id: UUID) -> ImportWhole:
    reader = reader_of(request)
    return _told(reader, _of(reader, import_id))


@operation(
    router,
    "GET",
    "imports/{uuid:import_id}/faults",
    name="import_faults",
    says=N_("Read the faults of a file and its conflicts with stored rows, each with its remedy"),
    shape=Faults,
    refusals=(404, 422),
    check=_may_see,
)
def faults(
    request: HttpRequest, import_id: UUID, *, offset: Offset = 0, limit: ImportLimit = 100
) -> Faults:
    source = _shown(request, import_id)
    found = intake.faults_told(source, limit=limit, offset=offset)
    return Faults(n_faults=source.n_faults, faults=[FaultLine(**vars(one)) for one in found])


@operation(
    router,
    "GET",
    "imports/{uuid:import_id}/changes",
    name="import_changes",
    says=N_("Read what an import would change, row by row; people masked"),
    shape=Changes,
    refusals=(404, 422),
    check=_may_see,
)
def changes(
    request: HttpRequest,
    import_id: UUID,
    *,
    dataset: PartId = "",
    kind: Kind | None = None,
    offset: Offset = 0,
    limit: ImportLimit = 100,
) -> Changes:
    source = _shown(request, import_id)
    part = intake.part_of(source, dataset) if dataset else source.parts.first()
    if part is None:
        return Changes(n=0, changes=[])
    found, n_all = intake.changes_told(source, part, kind=kind, limit=limit, offset=offset)
    return Changes(n=n_all, changes=[ChangeLine(**vars(one)) for one in found])


@operation(
    router,
    "POST",
    "imports/{uuid:import_id}/apply",
    name="import_apply",
    says=N_("Apply a checked import, as a job; asking twice applies it once"),
    shape=ImportWhole,
    status=ACCEPTED,
    refusals=(400, 403, 404, 409, 422),
    check=_may_act,
)
def apply(request: HttpRequest, import_id: UUID, *, told: Why | None = None) -> Accepted:
    reader = reader_of(request)
    source = _of(reader, import_id)
    if source.state != intake.State.APPLIED:
        if source.state != intake.State.CHECKED:
            raise Conflict(say("Only a file that was checked without faults can be applied."))
        why = told.why.strip() if told else ""
        if source.alarms and not source.confirmed_why and not why:
            raise Conflict(
                say("The guard stopped it: read “alarms”, and send “why” if it is meant.")
            )
        intake.apply_later(reader, source, why=why)
    return Status(ACCEPTED, _told(reader, source))


@operation(
    router,
    "POST",
    "imports/{uuid:import_id}/undo",
    name="import_undo",
    says=N_("Take an applied import back, as a job; refused where later changes stand in the way"),
    shape=ImportWhole,
    status=ACCEPTED,
    refusals=(403, 404, 409),
    check=_may_act,
)
def undo(request: HttpRequest, import_id: UUID) -> Accepted:
    reader = reader_of(request)
    source = _of(reader, import_id)
    if source.state != intake.State.UNDONE:
        if source.state != intake.State.APPLIED:
            raise Conflict(say("Only an import that was applied can be undone."))
        if intake.obstacles_of(source):
            raise Conflict(
                say("Later changes of the same rows stand in the way; the page names them.")
            )
        intake.undo_later(reader, source)
    return Status(ACCEPTED, _told(reader, source))


@operation(
    router,
    "POST",
    "imports/{uuid:import_id}/discard",
    name="import_discard",
    says=N_("Drop an import that waits"),
    shape=ImportWhole,
    status=ACCEPTED,
    refusals=(403, 404, 409),
    check=_may_act,
)
def discard(request: HttpRequest, import_id: UUID) -> Accepted:
    reader = reader_of(request)
    source = _of(reader, import_id)
    if not source.is_open:
        raise Conflict(say("This file is no longer waiting."))
    intake.import_discard(source=source)
    return Status(ACCEPTED, _told(reader, source))


def _where(reader: Reader, dataset: str, school_id: str) -> Where:
    """Return the place whose rows are sent; NotFound where the reader imports nothing of it."""
    for where in intake.places_of(reader):
        is_asked = not school_id or (where.school and where.school.identifier == school_id)
        if is_asked and dataset in where.allowed:
            return where
    raise NotFound(say("There is nothing to import here, or it is not yours to import."))


def _received(reader: Reader, sent: Sent, key: str) -> Accepted:
    most = token_rules().imports_an_hour
    try:
        source = intake.receive_once(reader, sent, key=key, most_an_hour=most)
    except intake.OtherFile as error:
        raise Conflict(error.message) from error
    return Status(ACCEPTED, _told(reader, _of(reader, source.pk)))


def _of(reader: Reader, import_id: UUID | str) -> Import:
    return intake.import_visible_to(reader, import_id)


def _shown(request: HttpRequest, import_id: UUID) -> Import:
    """Return an import whose rows go out, and put on record which."""
    source = _of(reader_of(request), import_id)
    for part in source.parts.all():
        shows(f"dataset:{part.dataset}", n_rows=part.n_rows, keys=[str(source.pk)])
    return source


def _in_path(request: HttpRequest, name: str) -> str:
    match = request.resolver_match
    return str(match.kwargs[name]) if match else ""


def _told(reader: Reader, source: Import) -> ImportWhole:
    return ImportWhole(
        id=source.pk,
        county_code=source.bureau.code,
        school_id=source.school.identifier if source.school else None,
        first_year=source.school_year.starts_on.year,
        file_name=source.file_name,
        file_sha256=source.file_sha256,
        is_whole=source.is_whole,
        state=source.state,
        job=intake.job_state(reader, source),
        n_faults=source.n_faults,
        alarms=intake.alarms_told(source),
        parts=[ImportPart.from_orm(part) for part in source.parts.all()],
        sent_at=source.sent_at,
        applied_at=source.applied_at,
        undone_at=source.undone_at,
    )
