"""Signing in by a scan in the bureau's messenger, through its OpenID Connect service.

Off unless the settings name such a service. The service says who somebody is, never what they may:
an account of the same name has to be there, and its posts decide.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.contrib import messages
from django.shortcuts import redirect
from django.utils.translation import gettext

from junheng.apps.accounts import events
from junheng.apps.accounts.models import User

if TYPE_CHECKING:
    from allauth.socialaccount.models import SocialLogin
    from django.http import HttpRequest

# The claim that carries the account's name.
NAME_CLAIM = "preferred_username"


class ScanAdapter(DefaultSocialAccountAdapter):
    """Lets in whoever has an account here under the name that the service tells."""

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Tie the login to the account of the name; back to the door when there is none open."""
        name = _name_in(sociallogin.account.extra_data)
        user = User.objects.filter(username=name, is_active=True).first()
        if user is None or (sociallogin.is_existing and sociallogin.user != user):
            self._refuse(request, name)
        if not sociallogin.is_existing:
            sociallogin.connect(request, user)

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Nobody gets an account by scanning."""
        return False

    def on_authentication_error(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> None:
        """Lead back to the door: the service was silent, or was forged."""
        self._refuse(request, "")

    @staticmethod
    def _refuse(request: HttpRequest, name: str) -> None:
        events.sign_in_failed.send(
            ScanAdapter, request=request, user=None, username=name, reason="scan"
        )
        messages.error(request, gettext("The scan opened no account here. Please sign in by name."))
        raise ImmediateHttpResponse(redirect("sign_in"))


def _name_in(told: dict[str, Any]) -> str:
    """Return the name the service tells, from its answer or the token it signed."""
    parts = (told.get("userinfo"), told.get("id_token"), told)
    names = (part.get(NAME_CLAIM) for part in parts if isinstance(part, dict))
    return next((str(name) for name in names if name), "")
