"""How passwords are stored: Argon2id at the cost that the rules of passwords name."""

from __future__ import annotations

from django.contrib.auth import hashers

from junheng.apps.accounts.passwords import password_rules


class Argon2PasswordHasher(hashers.Argon2PasswordHasher):
    """Django's own, which would take eight lanes and 100 MiB for each who signs in."""

    def __init__(self) -> None:
        cost = password_rules().argon2
        self.memory_cost = cost.memory_kib
        self.time_cost = cost.passes
        self.parallelism = cost.lanes
