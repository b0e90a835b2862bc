"""Pages of the second factor: allauth's views with our templates, and where one finds them all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.account.internal.flows.login import record_authentication
from allauth.account.views import ReauthenticateView
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.base.views import IndexView as FactorsView
from allauth.mfa.base.views import ReauthenticateView as FactorAgainView
from allauth.mfa.recovery_codes.views import GenerateRecoveryCodesView, ViewRecoveryCodesView
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from allauth.mfa.webauthn.views import (
    AddWebAuthnView,
    LoginWebAuthnView,
    ReauthenticateWebAuthnView,
    RemoveWebAuthnView,
)
from django.urls import reverse_lazy
from django.views.decorators.http import require_http_methods, require_safe

from junheng.apps.accounts import factors
from junheng.apps.accounts.api import reader_of

if TYPE_CHECKING:
    from django.http import HttpResponse


class Index(FactorsView):
    """What the person has set up, and what their posts ask for."""

    template_name = "accounts/factors.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return the factors and whether one is due."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        reader = reader_of(self.request)
        context["is_asked"] = factors.needs_factor(reader.roles)
        context["is_due"] = factors.must_show(self.request, reader)
        context["has_factor"] = bool(set(context["authenticators"]) - {"recovery_codes"})
        return context


class AuthenticatorAdd(ActivateTOTPView):
    """Set up an authenticator, which shows it: nobody is asked for it again right after."""

    template_name = "accounts/authenticator_add.html"

    def form_valid(self, form: Any) -> HttpResponse:
        """Keep it, and that it was shown."""
        record_authentication(self.request, self.request.user, method="mfa")
        response: HttpResponse = super().form_valid(form)
        return response


class PasskeyAdd(AddWebAuthnView):
    """Add a passkey, which shows it."""

    template_name = "accounts/passkey_add.html"

    def form_valid(self, form: Any) -> HttpResponse:
        """Keep it, and that it was shown."""
        record_authentication(self.request, self.request.user, method="mfa")
        response: HttpResponse = super().form_valid(form)
        return response


class PasskeyRemove(RemoveWebAuthnView):
    """Remove a passkey, unless it is the last factor of somebody who needs one."""

    template_name = "accounts/passkey_remove.html"
    success_url = reverse_lazy("mfa_index")

    def form_valid(self, form: Any) -> HttpResponse:
        """Remove it, or say why not."""
        adapter = get_adapter()
        if not adapter.can_delete_authenticator(self.object):
            form.add_error(None, adapter.validation_error("cannot_delete_authenticator"))
        respond = super().form_valid if form.is_valid() else self.form_invalid
        response: HttpResponse = respond(form)
        return response


_asked = require_http_methods(["GET", "HEAD", "POST"])

index = require_safe(Index.as_view())
authenticate = _asked(AuthenticateView.as_view(template_name="accounts/factor_sign_in.html"))
passkey_sign_in = _asked(LoginWebAuthnView.as_view())
again_by_password = _asked(ReauthenticateView.as_view(template_name="accounts/again_password.html"))
again_by_code = _asked(FactorAgainView.as_view(template_name="accounts/again_code.html"))
again_by_passkey = _asked(
    ReauthenticateWebAuthnView.as_view(template_name="accounts/again_passkey.html")
)
authenticator_add = _asked(AuthenticatorAdd.as_view())
authenticator_remove = _asked(
    DeactivateTOTPView.as_view(template_name="accounts/authenticator_remove.html")
)
passkey_add = _asked(PasskeyAdd.as_view())
passkey_remove = _asked(PasskeyRemove.as_view())
recovery_codes = require_safe(
    ViewRecoveryCodesView.as_view(template_name="accounts/recovery_codes.html")
)
recovery_codes_make = _asked(
    GenerateRecoveryCodesView.as_view(template_name="accounts/recovery_codes_make.html")
)
