"""Addresses of signing in and of one's own posts."""

from __future__ import annotations

from django.conf import settings
from django.urls import include, path

from junheng.apps.accounts import account_views, own_views, views

urlpatterns = [
    path("sign-in/", views.sign_in, name="sign_in"),
    # The same page under the name by which allauth knows it.
    path("sign-in/", views.sign_in, name="account_login"),
    path("sign-out/", views.sign_out, name="sign_out"),
    path("demo/sign-in/<slug:role>", views.demo_sign_in, name="demo_sign_in"),
    path("me/posts/", views.posts, name="posts"),
    path("me/posts/choose", views.post_choose, name="post_choose"),
    path("language/", views.set_language, name="set_language"),
    path("accounts/", account_views.accounts, name="accounts"),
    path("accounts/act", account_views.account_act, name="account_act"),
    path("accounts/add/", account_views.accounts_add, name="accounts_add"),
    path("me/password/", own_views.password_change, name="password_change"),
    path("me/sessions/", own_views.sessions, name="sessions"),
    path("me/sessions/end", own_views.session_end, name="session_end"),
    path("", include("junheng.apps.accounts.factor_urls")),
]
if settings.SCAN_SERVER:
    from junheng.apps.accounts import scan_views as scan

    urlpatterns += [
        path("sign-in/<slug:provider_id>/start", scan.start, name="openid_connect_login"),
        path("sign-in/<slug:provider_id>/back", scan.back, name="openid_connect_callback"),
    ]
