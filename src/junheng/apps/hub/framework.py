"""The frame of the operations: how one is declared, and what is asked before it runs."""

# Decorated functions are read at run time, so nothing of this file is imported for types alone.
from collections.abc import Callable, Sequence
from types import MappingProxyType
from typing import Any, NoReturn, TypeVar

from django.http import HttpRequest
from ninja import NinjaAPI, Router
from ninja.renderers import JSONRenderer
from ninja.utils import check_csrf

from junheng.apps.accounts.api import Reader, reader_of
from junheng.apps.hub.problems import Problem
from junheng.errors import NotAllowed
from junheng.i18n import say

VERSION = "1.0"
Declared = TypeVar("Declared", bound=Callable[..., Any])
Check = Callable[[Reader, HttpRequest], None]


class PlainJson(JSONRenderer):
    """JSON with Chinese as it is written, and without numbers that JSON does not know."""

    json_dumps_params = MappingProxyType({"ensure_ascii": False, "allow_nan": False})


class Api(NinjaAPI):
    """The framework without pages, root and error replies of its own.

    Errors go up to the middleware as those of views do, so that refusals are on record.
    """

    def on_exception(self, request: HttpRequest, exc: Any) -> NoReturn:
        raise exc


def make_api() -> Api:
    """Return an API without operations."""
    return Api(
        title="Junheng",
        version=VERSION,
        openapi_url=None,
        docs_url=None,
        urls_namespace="api",
        auth=signed_in,
        renderer=PlainJson(),
    )


def signed_in(request: HttpRequest) -> Reader:
    """Let a session in, with its token against forged requests, or a program by its token."""
    reader = reader_of(request)
    if getattr(request, "api_token", None) is None and check_csrf(request) is not None:
        raise NotAllowed(
            say("The header X-CSRFToken is missing or wrong. A program sends a token instead.")
        )
    return reader


def checked_by(check: Check) -> Callable[[HttpRequest], Reader]:
    """Let in as `signed_in` does, and ask `check` before anything that was sent is read."""

    def let_in(request: HttpRequest) -> Reader:
        reader = signed_in(request)
        check(reader, request)
        return reader

    return let_in


def operation(
    router: Router,
    verb: str,
    path: str,
    *,
    name: str,
    says: str,
    shape: Any,
    refusals: Sequence[int] = (),
    status: int = 200,
    check: Check | None = None,
    **further: Any,
) -> Callable[[Declared], Declared]:
    """Declare an operation: verb, path, name of its address, what it does, what it answers.

    `refusals`: the statuses of problems besides 401 and 429, which every operation knows.
    """
    problems = frozenset({401, 429, *refusals})
    if check is not None:
        further["auth"] = checked_by(check)
    declare: Callable[[Declared], Declared] = router.api_operation(
        [verb],
        path,
        url_name=name,
        operation_id=f"{verb.lower()}_{name}",
        summary=says,
        description=" ",
        response={status: shape, problems: Problem},
        **further,
    )
    return declare
