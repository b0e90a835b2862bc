"""What goes wrong, in one form: problem details (RFC 9457), in the language asked for.

Every fault names its place and the way out, as the pages and the command line do.
"""

# Pydantic reads annotations at run time, so nothing of this file is imported for types alone.
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404, HttpResponse, JsonResponse
from django.utils.translation import gettext
from ninja import Schema
from ninja.errors import HttpError, ValidationError

from junheng.errors import (
    Conflict,
    DataError,
    Fault,
    JunhengError,
    NotAllowed,
    NotFound,
    RuleSetError,
    TableFaults,
)
from junheng.i18n import Message, say

MEDIA_TYPE = "application/problem+json"
MOST_FAULTS = 200


class TooMany(JunhengError):
    """More requests than are taken within a minute."""

    def __init__(self, message: Message, *, wait_s: int) -> None:
        super().__init__(message)
        self.wait_s = wait_s


class ProblemFault(Schema):
    """One fault at its place: of the request, or of a table that was sent."""

    place: str
    sheet: str
    row: int | None
    column: str
    found: str
    remedy: str


class Problem(Schema):
    """Why a request was not answered."""

    type: str
    title: str
    status: int
    detail: str
    n_faults: int
    faults: list[ProblemFault]


TITLES: Mapping[int, Message] = {
    400: say("The request cannot be read"),
    401: say("Not signed in"),
    403: say("Not allowed"),
    404: say("Not found"),
    405: say("No such verb"),
    409: say("Does not fit the present state"),
    413: say("Too large"),
    422: say("Faults in what was sent"),
    429: say("Too many requests"),
    500: say("A fault of the site"),
}
DETAILS: Mapping[int, Message] = {
    400: say("The request is not of the form that the description of the API asks for."),
    401: say("Sign in on the site, or send a token: Authorization: Bearer <token>."),
    403: say("Your posts of today do not give this right."),
    404: say("There is nothing here, or it is not yours to see."),
    405: say("This address does not answer this verb; the header Allow names those it does."),
    413: say("Send the rows in several parts, or as a file."),
    500: say("The site could not answer. Tell whoever runs it, with the time of the request."),
}
STATUS_OF_ERROR: tuple[tuple[type[JunhengError], int], ...] = (
    (NotFound, 404),
    (NotAllowed, 403),
    (Conflict, 409),
    (DataError, 422),
    (RuleSetError, 422),
)

STATUS_OF_OTHERS: tuple[tuple[type[Exception], int], ...] = (
    (Http404, 404),
    (PermissionDenied, 403),
    (RequestDataTooBig, 413),
)

# What pydantic finds, by the beginning of its name for it: what is said of it, and the way out.
REMEDIES: tuple[tuple[str, Message], ...] = (
    ("missing", say("Send it; it is required.")),
    ("int_", say("Give a whole number.")),
    ("date_", say("Give a day as 2025-09-01.")),
    ("uuid_", say("Give an id as the API told it.")),
    ("bool_", say("Give true or false.")),
    ("greater_than_equal", say("Give {ge} or more.")),
    ("less_than_equal", say("Give {le} or less.")),
    ("string_too_short", say("Give at least {min_length} characters.")),
    ("string_too_long", say("Give at most {max_length} characters.")),
    ("string_", say("Give a text of the form that the description of the API asks for.")),
    ("literal_error", say("Give one of: {expected}.")),
    ("enum", say("Give one of: {expected}.")),
    ("list_", say("Give a list.")),
    ("dict_", say("Give an object.")),
    ("too_long", say("Give at most {max_length}.")),
    ("extra_forbidden", say("Leave it out; it is not known here.")),
)
OTHER_REMEDY = say("Look at the description of this operation.")


def of_error(error: Exception) -> HttpResponse | None:
    """Return the problem that an error of the product or of the framework becomes, else None."""
    if isinstance(error, ValidationError):
        faults = [_request_fault(one) for one in error.errors]
        return problem(422, say("Faults in the request: {n}.", n=len(faults)), faults=faults)
    if isinstance(error, TableFaults):
        listed = [table_fault(one) for one in error.faults[:MOST_FAULTS]]
        detail = say("{n} faults in the table", n=error.n_faults)
        return problem(422, detail, faults=listed, n_faults=error.n_faults)
    if isinstance(error, JunhengError):
        return _of_product(error)
    if isinstance(error, HttpError):
        return problem(error.status_code)
    status = next((code for kind, code in STATUS_OF_OTHERS if isinstance(error, kind)), None)
    return None if status is None else problem(status)


def _of_product(error: JunhengError) -> HttpResponse | None:
    for kind, status in STATUS_OF_ERROR:
        if isinstance(error, kind):
            return problem(status, error.message)
    return None


def too_many(error: TooMany) -> HttpResponse:
    """Return the problem of one request too many, with the seconds until there is room again."""
    made = problem(429, error.message)
    made["Retry-After"] = str(error.wait_s)
    return made


def problem(
    status: int,
    detail: Message | None = None,
    *,
    faults: list[ProblemFault] | None = None,
    n_faults: int | None = None,
) -> HttpResponse:
    """Return a problem as it is sent."""
    found = faults or []
    said = detail or DETAILS.get(status, DETAILS[400])
    title = TITLES.get(status, TITLES[500] if status >= 500 else TITLES[400])
    body = Problem(
        type=f"urn:junheng:problem:{status}",
        title=title.render(gettext),
        status=status,
        detail=said.render(gettext),
        n_faults=len(found) if n_faults is None else n_faults,
        faults=found,
    )
    response = JsonResponse(
        body.model_dump(), status=status, json_dumps_params={"ensure_ascii": False}
    )
    response["Content-Type"] = MEDIA_TYPE
    if status == 401:
        response["WWW-Authenticate"] = 'Bearer realm="Junheng"'
    return response


def table_fault(fault: Fault) -> ProblemFault:
    """Return a fault of a table at its place."""
    return ProblemFault(
        place=fault.source,
        sheet=fault.sheet,
        row=fault.row,
        column=fault.column,
        found=fault.found.render(gettext),
        remedy=fault.remedy.render(gettext),
    )


def _request_fault(told: Mapping[str, Any]) -> ProblemFault:
    kind, context = str(told["type"]), told.get("ctx", {})
    source, *path = told["loc"]
    found = say("is missing.") if kind == "missing" else say("does not fit.")
    return ProblemFault(
        place=str(source),
        sheet="",
        row=None,
        column=" / ".join(map(str, path)),
        found=found.render(gettext),
        remedy=_remedy(kind, context).render(gettext),
    )


def _remedy(kind: str, context: Mapping[str, Any]) -> Message:
    for beginning, remedy in REMEDIES:
        if kind.startswith(beginning):
            return Message(remedy.template, dict(context))
    return OTHER_REMEDY
