"""Addresses of signing in and of one's own posts."""

from __future__ import annotations

from django.urls import path

from junheng.apps.accounts import views

urlpatterns = [
    path("sign-in/", views.sign_in, name="sign_in"),
    path("sign-out/", views.sign_out, name="sign_out"),
    path("demo/sign-in/<slug:role>", views.demo_sign_in, name="demo_sign_in"),
    path("me/posts/", views.posts, name="posts"),
    path("me/posts/choose", views.post_choose, name="post_choose"),
    path("language/", views.set_language, name="set_language"),
]
