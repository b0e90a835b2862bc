"""Addresses of the scan: to the service and back; mounted where the settings name a service."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.socialaccount.providers.openid_connect import views
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe
from requests import RequestException

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@login_not_required
@require_POST
def start(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Lead to the service; back to the door when it does not answer."""
    try:
        response: HttpResponse = views.login(request, provider_id)
    except RequestException:
        messages.error(request, gettext("The scan does not answer now. Please sign in by name."))
        return redirect("sign_in")
    return response


@login_not_required
@require_safe
def back(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Take the service's answer."""
    response: HttpResponse = views.callback(request, provider_id)
    return response
