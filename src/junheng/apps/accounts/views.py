"""Pages: sign in, sign out, one's own posts, the language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth import views as auth_views
from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.i18n import set_language as django_set_language

from junheng.apps.accounts import selectors, services
from junheng.apps.accounts.api import reader_of
from junheng.apps.accounts.demo import demo_roles
from junheng.apps.accounts.door import DEMO_MARK
from junheng.apps.accounts.forms import SignInForm
from junheng.apps.accounts.middleware import ACTING_IN
from junheng.apps.accounts.models import User
from junheng.apps.foundation import clock

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@method_decorator(login_not_required, name="dispatch")
class SignIn(auth_views.LoginView):
    """User name and password; in demo mode also one click for each role."""

    template_name = "accounts/sign_in.html"
    form_class = SignInForm
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        scan_name = settings.SCAN_NAME if settings.SCAN_SERVER else ""
        roles = demo_roles(clock.today())
        return super().get_context_data(demo_roles=roles, scan_name=scan_name, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        user = form.get_user()
        attempt = Login(user=user, redirect_url=self.get_success_url())
        response: HttpResponse = perform_password_login(
            self.request, {"username": user.username}, attempt
        )
        _remember_language(response, user)
        return response


sign_in = require_http_methods(["GET", "HEAD", "POST"])(SignIn.as_view())
sign_out = require_POST(auth_views.LogoutView.as_view())


@login_not_required
@require_POST
def demo_sign_in(request: HttpRequest, role: str) -> HttpResponse:
    """Sign in as the demo's person of a role; outside demo mode there is no such address."""
    people = selectors.demo_people(clock.today()) if settings.IS_DEMO else {}
    user = next((user for held, user in people.items() if held == role), None)
    if user is None:
        raise Http404
    request.session[DEMO_MARK] = True
    login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return redirect(_next_of(request) or "home")


@require_safe
def posts(request: HttpRequest) -> HttpResponse:
    """Show the reader's posts of today, and which of them is in force."""
    reader = reader_of(request)
    user = User.objects.get(pk=reader.user_id)
    everything = selectors.reader_on(user, clock.today())
    return render(request, "accounts/posts.html", {"user": user, "held": everything.posts})


@require_POST
def post_choose(request: HttpRequest) -> HttpResponse:
    """Act in one post from now on, or in all of them when none is named."""
    chosen = request.POST.get("post", "")
    user = User.objects.get(pk=reader_of(request).user_id)
    held = {str(post.pk): post.pk for post in selectors.posts_on(user, clock.today())}
    if chosen and chosen not in held:
        raise Http404
    request.session[ACTING_IN] = held.get(chosen)
    return redirect("home")


@login_not_required
@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Switch the language of the site, and keep it with the person who is signed in."""
    response = django_set_language(request)
    language = request.POST.get("language", "")
    if isinstance(request.user, User) and language in dict(settings.LANGUAGES):
        services.user_set_language(user=request.user, language=language)
    return response


def _next_of(request: HttpRequest) -> str:
    """Return where the form asks to go on, as long as that is on this site."""
    target = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()})
    return target if is_ours else ""


def _remember_language(response: HttpResponse, user: User) -> None:
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        user.language,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        samesite="Lax",
    )
