"""What stands around every answer of the API: its language, its form, and no page among them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils import translation
from django.utils.cache import patch_vary_headers

from junheng.apps.foundation import clock
from junheng.apps.hub import problems, tokens
from junheng.apps.hub.throttling import require_room
from junheng.i18n import say

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

    GetResponse = Callable[[HttpRequest], HttpResponse]

PREFIX = "/api/"
HELD = "api_token"


def is_api(request: HttpRequest) -> bool:
    """Whether a request asks the API and not a page."""
    return request.path_info.startswith(PREFIX)


def answers_as_api(get_response: GetResponse) -> GetResponse:
    """Answer the API in the language asked for, and whatever is refused as a problem.

    Unlike the pages, programs say by Accept-Language whom they read for.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if not is_api(request):
            return get_response(request)
        language = translation.get_language_from_request(request)
        translation.activate(language)
        response = as_problem(_answered(request, get_response))
        response["Content-Language"] = language
        response["Cache-Control"] = "no-store"
        patch_vary_headers(response, ["Accept-Language", "Authorization", "Cookie"])
        return response

    return middleware


def token_known(get_response: GetResponse) -> GetResponse:
    """Let a program in by its token, in place of the session that a person has."""

    def middleware(request: HttpRequest) -> HttpResponse:
        sent = request.headers.get("Authorization")
        if sent is None or not is_api(request):
            return get_response(request)
        kind, _, secret = sent.partition(" ")
        token = tokens.token_used(secret.strip(), now=clock.now()) if kind == "Bearer" else None
        if token is None:
            return problems.problem(401, say("The token is not known, has ended or was revoked."))
        request.user = token.account
        vars(request)[HELD] = token
        return get_response(request)

    return middleware


def requests_counted(get_response: GetResponse) -> GetResponse:
    """Answer no more requests to the API within a minute than one person or program may send."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if not is_api(request):
            return get_response(request)
        try:
            require_room(request)
        except problems.TooMany as error:
            return problems.too_many(error)
        return get_response(request)

    return middleware


def _answered(request: HttpRequest, get_response: GetResponse) -> HttpResponse:
    """Answer HEAD as GET; the server leaves the body out."""
    verb = request.method
    if verb == "HEAD":
        request.method = "GET"
    try:
        return get_response(request)
    finally:
        request.method = verb


def as_problem(response: HttpResponse) -> HttpResponse:
    """Return a page that stands in the way (sign in, show a factor, a fault) as a problem."""
    if response.status_code < 300 or response["Content-Type"] == problems.MEDIA_TYPE:
        return response
    if response.status_code < 400:
        return _in_the_way(response)
    made = problems.problem(response.status_code)
    if "Allow" in response:
        made["Allow"] = response["Allow"]
    return made


def _in_the_way(response: HttpResponse) -> HttpResponse:
    if response.headers.get("Location", "").startswith(reverse("sign_in")):
        return problems.problem(401)
    return problems.problem(
        403, say("Open the site first: a new password or your second factor is due there.")
    )


class Problems:
    """Turn errors of operations into problems, after the audit log has noted them."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        return problems.of_error(error) if is_api(request) else None
