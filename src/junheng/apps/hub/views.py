"""The description of the API, for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import JsonResponse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from junheng.apps.accounts.api import reader_of
from junheng.apps.hub.document import openapi as document

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_safe
def openapi(request: HttpRequest) -> HttpResponse:
    """Send the OpenAPI document in the language asked for."""
    reader_of(request)
    made = document(get_language() or "zh-hans")
    return JsonResponse(made, json_dumps_params={"ensure_ascii": False})
