"""The OpenAPI document of the API, in the language of whoever reads."""

from __future__ import annotations

from typing import Any

from django.utils import translation
from django.utils.translation import gettext

from junheng.apps.hub import problems
from junheng.apps.hub.operations.all import api
from junheng.i18n import N_

PREFIX = "/api/v1/"
VERBS = ("get", "post", "put", "patch", "delete")
TOLD = ("summary", "description")
ABOUT = N_(
    "What the pages of Junheng show, for programs: by the same rights, masked and recorded in the "
    "same way. Rows of people are read for a purpose."
)

Document = dict[str, Any]


def openapi(language: str) -> Document:
    """Return the document; `language` is zh-hans or en."""
    with translation.override(language):
        made: Document = dict(api.get_openapi_schema(path_prefix=PREFIX))
        made.pop("servers", None)
        made["info"]["description"] = ABOUT
        made["components"]["securitySchemes"] = {
            "token": {"type": "http", "scheme": "bearer"},
            "session": {"type": "apiKey", "in": "cookie", "name": "sessionid"},
        }
        made["security"] = [{"token": []}, {"session": []}]
        for path in made["paths"].values():
            for verb, told in path.items():
                if verb in VERBS:
                    _complete(told)
        plain: Document = _plain(made)
        return plain


def _complete(told: Document) -> None:
    """Name the problems by their form, and what they mean by the words of the product."""
    responses = {str(status): one for status, one in told["responses"].items()}
    for status, one in responses.items():
        code = int(status)
        if code >= 400:
            one["content"] = {problems.MEDIA_TYPE: one["content"]["application/json"]}
            one["description"] = problems.TITLES[code].template
    told["responses"] = dict(sorted(responses.items()))
    if not told.get("description", "").strip():
        told.pop("description", None)


def _plain(value: Any, key: str = "") -> Any:
    """Return a copy with sentences translated and without the titles that a library made up."""
    if isinstance(value, dict):
        return {
            name: _plain(one, name)
            for name, one in value.items()
            if not (name == "title" and isinstance(one, str) and "version" not in value)
        }
    if isinstance(value, list | tuple):
        return [gettext(one) if key == "tags" else _plain(one) for one in value]
    return gettext(value) if key in TOLD and isinstance(value, str) else value
