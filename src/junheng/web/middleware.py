"""What wraps every request of the site: the demo's fence, the language, the pages of errors."""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpResponseForbidden
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext

from junheng.errors import Conflict, DataError, JunhengError, NotAllowed, NotFound

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

    GetResponse = Callable[[HttpRequest], HttpResponse]

STATUS_OF_ERROR: tuple[tuple[type[JunhengError], int], ...] = (
    (NotFound, 404),
    (NotAllowed, 403),
    (Conflict, 409),
    (DataError, 400),
)


def demo_answers_this_machine_only(get_response: GetResponse) -> GetResponse:
    """Refuse every request from elsewhere in demo mode, where signing in needs no password."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if settings.IS_DEMO and not _comes_from_here(request):
            return HttpResponseForbidden("The demo answers the machine it runs on only.")
        return get_response(request)

    return middleware


def _comes_from_here(request: HttpRequest) -> bool:
    # A proxy would make everyone look like this machine, so a forwarded request does not count.
    if "HTTP_X_FORWARDED_FOR" in request.META or "HTTP_FORWARDED" in request.META:
        return False
    try:
        return ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


def chosen_language(get_response: GetResponse) -> GetResponse:
    """Answer in the language the reader chose, else in Chinese.

    What the browser prefers does not count: the product is Chinese first, and an English system on
    a bureau's computer says nothing about its reader.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        language = chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        translation.activate(language)
        request.LANGUAGE_CODE = language
        response = get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response

    return middleware


class ErrorPages:
    """Turn the product's own errors into pages; anything else is a fault of ours and stays one."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        for kind, status in STATUS_OF_ERROR:
            if isinstance(error, kind):
                context = {"status": status, "message": error.render(gettext)}
                return render(request, f"{status}.html", context, status=status)
        return None
