"""Registration with Django."""

from __future__ import annotations

from django.apps import AppConfig


class BalanceConfig(AppConfig):
    name = "junheng.apps.balance"
    label = "balance"

    def ready(self) -> None:
        from junheng.apps.balance.desk import desk
        from junheng.apps.balance.policies import register_policies
        from junheng.apps.workspace.api import register

        register_policies()
        register("balance", desk)
