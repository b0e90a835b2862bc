"""Pages of other people's accounts: new ones from a file, sessions ended, factors taken away."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from junheng.apps.accounts import account_selectors as selectors
from junheng.apps.accounts import account_services as services
from junheng.apps.accounts.account_import import Slip, accounts_import
from junheng.apps.accounts.account_table import table_rules
from junheng.apps.accounts.api import reader_of, require_fresh_factor
from junheng.apps.accounts.appointers import roles_appointed_by
from junheng.errors import DataError, NotAllowed, TableFaults
from junheng.i18n import say

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile
    from django.http import HttpRequest, HttpResponse

    from junheng.apps.accounts.reader import Reader

ON_A_PAGE = 50
ENDINGS = (".csv", ".xlsx")


@require_safe
def accounts(request: HttpRequest) -> HttpResponse:
    """List the accounts of the bureau: who has a factor, who is signed in, who never was."""
    people = selectors.accounts_kept_by(reader_of(request), named=request.GET.get("name", ""))
    page = Paginator(people, ON_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "accounts/accounts.html", {"page": page})


@require_POST
@never_cache
def account_act(request: HttpRequest) -> HttpResponse:
    """Sign a person out, take a lost factor away, or give a password for one time."""
    reader = reader_of(request)
    people = selectors.accounts_kept_by(reader)
    named, act = request.POST.get("account", ""), request.POST.get("act", "")
    if not named.isdecimal():
        return redirect("accounts")
    require_fresh_factor(request)
    user = selectors.account_among(people, int(named))
    if act == "password":
        password = services.password_renew(user=user, by=reader.user_id, request=request)
        return _printed(request, [Slip(user.username, user.display_name, "", password)])
    if act == "factor":
        services.factors_reset(user=user, by=reader.user_id, request=request)
        messages.success(request, gettext("Their factors are taken away; they set up new ones."))
    elif act == "sessions":
        services.sessions_end(user=user, by=reader.user_id, request=request)
        messages.success(request, gettext("They are signed out everywhere."))
    return redirect("accounts")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def accounts_add(request: HttpRequest) -> HttpResponse:
    """Make the accounts of a file; the reply is the only place their passwords ever stand."""
    reader = reader_of(request)
    if not roles_appointed_by(reader):
        raise NotAllowed(say("Your posts of today appoint nobody."))
    file = request.FILES.get("file")
    if request.method != "POST" or file is None:
        return _asked(request, reader)
    require_fresh_factor(request)
    try:
        return _printed(request, _made(request, reader, file))
    except TableFaults as error:
        faults = error.render(gettext).splitlines()
    except DataError as error:
        faults = [error.render(gettext)]
    return _asked(request, reader, faults, status=400)


def _made(request: HttpRequest, reader: Reader, file: UploadedFile[bytes]) -> list[Slip]:
    ending = Path(file.name or "").suffix.lower()
    if ending not in ENDINGS:
        raise DataError(say("Only .csv and .xlsx are read."))
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"accounts{ending}"
        path.write_bytes(file.read())
        return accounts_import(path=path, by=reader, request=request)


def _asked(
    request: HttpRequest, reader: Reader, faults: list[str] | None = None, status: int = 200
) -> HttpResponse:
    headers = table_rules().headers.values()
    context = {
        "faults": faults or [],
        "headers": [first for first, *_ in headers],
        "roles": [role.label for role in roles_appointed_by(reader)],
        "at_most": table_rules().at_most,
    }
    return render(request, "accounts/accounts_add.html", context, status=status)


def _printed(request: HttpRequest, slips: list[Slip]) -> HttpResponse:
    return render(request, "accounts/slips.html", {"slips": slips})
