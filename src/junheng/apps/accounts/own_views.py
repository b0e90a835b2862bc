"""Pages of one's own account: the password, the open sessions."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.views import PasswordChangeView
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from junheng.apps.accounts import account_services as services
from junheng.apps.accounts.api import reader_of
from junheng.apps.accounts.forms import PasswordForm
from junheng.apps.accounts.models import SignedInSession, User
from junheng.apps.foundation import clock

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


class PasswordChange(PasswordChangeView):
    """The old password and a new one; every other session ends."""

    form_class = PasswordForm
    template_name = "accounts/password.html"
    success_url = reverse_lazy("home")

    def form_valid(self, form: Any) -> HttpResponse:
        """Keep the new password and go on in this session alone."""
        user: User = form.user
        services.password_set(
            user=user,
            password=form.cleaned_data["new_password1"],
            by=user.pk,
            is_one_time=False,
            request=self.request,
        )
        update_session_auth_hash(self.request, user)
        self.request.session.save()
        keep = self.request.session.session_key
        services.sessions_end(user=user, by=user.pk, request=self.request, keep=keep)
        messages.success(self.request, gettext("Your password is changed."))
        return redirect(self.success_url)


password_change = require_http_methods(["GET", "HEAD", "POST"])(
    sensitive_post_parameters()(PasswordChange.as_view())
)


@require_safe
def sessions(request: HttpRequest) -> HttpResponse:
    """List where one is signed in, the present session first."""
    idle = timedelta(minutes=settings.IDLE_MINUTES)
    rows = SignedInSession.objects.filter(
        user_id=reader_of(request).user_id, seen_at__gte=clock.now() - idle
    )
    key = request.session.session_key
    listed = sorted(rows.order_by("-seen_at"), key=lambda row: row.session_key != key)
    entries = [(_name_of(row), row, row.session_key == key) for row in listed]
    return render(request, "accounts/sessions.html", {"entries": entries})


@require_POST
def session_end(request: HttpRequest) -> HttpResponse:
    """End one of one's own sessions, or all the others when none is named."""
    user = User.objects.get(pk=reader_of(request).user_id)
    named = request.POST.get("session", "")
    if not named:
        keep = request.session.session_key
        services.sessions_end(user=user, by=user.pk, request=request, keep=keep)
        return redirect("sessions")
    rows = SignedInSession.objects.filter(user=user)
    row = next((row for row in rows if _name_of(row) == named), None)
    if row is None:
        raise Http404
    services.session_end(row=row, by=user.pk, request=request)
    return redirect("sessions")


def _name_of(row: SignedInSession) -> str:
    """Return a name for a session that does not open it."""
    return salted_hmac("accounts.session", row.session_key).hexdigest()[:20]
