"""Pages of the API: its tokens, for the IT office, and its operations, for everybody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from junheng.apps.accounts.api import Kind, reader_of, require_fresh_factor
from junheng.apps.foundation import clock
from junheng.apps.hub import tokens
from junheng.apps.hub.document import openapi
from junheng.apps.hub.forms import TokenForm
from junheng.apps.hub.policies import bureaus_kept
from junheng.apps.hub.words import dataset_word, kind_word
from junheng.errors import DataError, NotAllowed
from junheng.i18n import say

if TYPE_CHECKING:
    from datetime import date, datetime

    from django.http import HttpRequest, HttpResponse

    from junheng.apps.hub.models import ApiToken


@dataclass(frozen=True)
class TokenShown:
    """One line of the list; `state` is met while the token counts."""

    id: int
    name: str
    account: str
    opens: str
    sends: str
    made_by: str
    made_at: datetime
    last_day: date
    used_at: datetime | None
    state: str
    word: str
    can_revoke: bool


@dataclass(frozen=True)
class OperationShown:
    """One operation: verb and path, what it does, what it takes, what it answers."""

    verb: str
    path: str
    summary: str
    parameters: list[dict[str, Any]]
    answers: list[tuple[str, str]]

    @property
    def path_parts(self) -> list[str]:
        """The path between its slashes, behind which a narrow page may break it."""
        return self.path.strip("/").split("/")


@require_http_methods(["GET", "HEAD", "POST"])
def token_list(request: HttpRequest) -> HttpResponse:
    """List the tokens of the bureau; make one and show its secret, once."""
    reader = reader_of(request)
    kept = bureaus_kept(reader)
    if not kept:
        raise NotAllowed(say("Your posts of today do not keep the tokens of this bureau."))
    form = TokenForm(request.POST or None)
    made = None
    if form.is_valid():
        require_fresh_factor(request)
        try:
            made = tokens.token_make(
                reader, bureau_id=kept[0], now=clock.now(), **form.cleaned_data
            )
        except DataError as error:
            form.add_error(None, error.render(gettext))
        else:
            form = TokenForm()
    today = clock.today()
    context = {
        "form": form,
        "made": made,
        "tokens": [_shown(one, today) for one in tokens.tokens_visible_to(reader)],
        "crumbs": [{"label": gettext("Running the site"), "url": reverse("it:overview")}],
    }
    status = 422 if form.is_bound else 200
    response = render(request, "hub/tokens.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response


def _shown(token: ApiToken, today: date) -> TokenShown:
    counts = token.revoked_at is None and token.last_day >= today
    word = gettext("counts") if counts else gettext("ended")
    return TokenShown(
        id=token.pk,
        name=token.name,
        account=token.account.username,
        opens=gettext(", ").join(kind_word(Kind(kind)) for kind in token.kinds.split()),
        sends=gettext(", ").join(map(dataset_word, token.imports.split())),
        made_by=token.made_by.display_name,
        made_at=token.made_at,
        last_day=token.last_day,
        used_at=token.used_at,
        state="met" if counts else "not_applicable",
        word=gettext("revoked") if token.revoked_at else word,
        can_revoke=counts,
    )


@require_POST
def token_revoke(request: HttpRequest, token_id: int) -> HttpResponse:
    """Take a token away at once."""
    reader = reader_of(request)
    token = tokens.token_visible_to(reader, token_id)
    tokens.token_revoke(reader, token, now=clock.now())
    messages.success(request, gettext("The token was revoked; it opens nothing any more."))
    return redirect("hub:tokens")


@require_safe
def reference(request: HttpRequest) -> HttpResponse:
    """Show every operation of the API, from the document that programs read."""
    reader = reader_of(request)
    document = openapi(get_language() or "zh-hans")
    context = {
        "groups": _groups(document),
        "about": document["info"]["description"],
        "document_url": reverse("api:openapi"),
        "keeps_tokens": bool(bureaus_kept(reader)),
    }
    return render(request, "hub/reference.html", context)


def _groups(document: dict[str, Any]) -> dict[str, list[OperationShown]]:
    found: dict[str, list[OperationShown]] = {}
    for path, verbs in document["paths"].items():
        for verb, told in verbs.items():
            shown = OperationShown(
                verb.upper(),
                path,
                told["summary"],
                told["parameters"],
                [(code, one["description"]) for code, one in told["responses"].items()],
            )
            found.setdefault(told["tags"][0], []).append(shown)
    return found
