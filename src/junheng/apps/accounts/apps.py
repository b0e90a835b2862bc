"""Registration with Django."""

from __future__ import annotations

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "junheng.apps.accounts"
    label = "accounts"
