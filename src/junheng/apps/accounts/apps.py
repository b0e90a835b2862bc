"""Registration with Django."""

from __future__ import annotations

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "junheng.apps.accounts"
    label = "accounts"

    def ready(self) -> None:
        """Listen at the door; say who may see and end posts."""
        from junheng.apps.accounts import door
        from junheng.apps.accounts.post_policies import register_policies

        register_policies()

        door.listen()
