"""How allauth behaves here: no sign-up, no mail, our words, secrets encrypted."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from junheng.apps.accounts import events
from junheng.apps.foundation import encryption

if TYPE_CHECKING:
    from allauth.mfa.models import Authenticator
    from django.contrib.auth.base_user import AbstractBaseUser
    from django.http import HttpRequest

WRONG = _("The user name or the password is not right. Please check both.")
LOCKED = _("Too many tries. Please wait five minutes, then try again.")


class AccountAdapter(DefaultAccountAdapter):
    """Signing in by account name; accounts come from administrators alone."""

    error_messages: ClassVar = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": WRONG,
        "too_many_login_attempts": LOCKED,
        "rate_limited": LOCKED,
        "incorrect_password": _("The password is not right."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody makes an account for themselves."""
        return False

    def add_message(
        self, request: HttpRequest, level: int, *_args: Any, message: Any = None, **_kwargs: Any
    ) -> None:
        """Say a refusal; allauth's templates of good news are left out: our pages say it."""
        if message:
            messages.add_message(request, level, message)

    def send_notification_mail(self, *_args: Any, **_kwargs: Any) -> None:
        """Send nothing: the site knows no mail."""

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count the try; ValidationError when this account or address had too many."""
        refused: ValidationError | None = None
        # One commit for all counters: each would otherwise wait for the disk by itself.
        with transaction.atomic():
            try:
                super().pre_authenticate(request, **credentials)
            except ValidationError as error:
                refused = error
        if refused:
            self._tell_failure(request, credentials, "locked")
            raise refused

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Tell that a try failed."""
        self._tell_failure(request, credentials, "password")

    def authenticate(self, request: HttpRequest, **credentials: Any) -> AbstractBaseUser | None:
        """Return the account of the credentials; a closed one counts as unknown."""
        user: AbstractBaseUser | None = super().authenticate(request, **credentials)
        if user is None or user.is_active:
            return user
        self._tell_failure(request, credentials, "password")
        return None

    def is_reauthentication_required(self, *, app: str, **_kwargs: Any) -> bool:
        """Whether more time went by since this session saw a password or factor than is allowed."""
        user = self.request.user
        records = get_authentication_records(self.request, user)
        last = max((record["at"] for record in records), default=0.0)
        return bool(time.time() - last >= settings.ACCOUNT_REAUTHENTICATION_TIMEOUT)

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """Return the ways to confirm who one is; with a factor, the password alone is none."""
        methods: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        stronger = [one for one in methods if one["id"] != "reauthenticate"]
        by_password = {"id": "reauthenticate", "url": reverse("account_reauthenticate")}
        return stronger or [{**by_password, "description": ""}]

    @staticmethod
    def _tell_failure(request: HttpRequest, credentials: dict[str, Any], reason: str) -> None:
        username = str(credentials.get("username", ""))
        events.sign_in_failed.send(
            AccountAdapter, request=request, user=None, username=username, reason=reason
        )


class FactorAdapter(DefaultMFAAdapter):
    """Secrets of authenticators lie encrypted; whoever needs a factor cannot remove the last."""

    PURPOSE = "accounts.factor"
    error_messages: ClassVar = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("This code is not right, or was used already. Wait for the next one."),
        "cannot_delete_authenticator": _(
            "Your posts ask for a second factor. Add another one before you remove this one."
        ),
    }

    def encrypt(self, text: str) -> str:
        """Return the secret as it is stored."""
        return encryption.encrypt(text, purpose=self.PURPOSE)

    def decrypt(self, encrypted_text: str) -> str:
        """Return the secret as it is used."""
        return encryption.decrypt(encrypted_text, purpose=self.PURPOSE)

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Whether the holder may do without: posts of bureau and administration may not."""
        from junheng.apps.accounts.factors import may_remove

        return may_remove(authenticator)

    def generate_authenticator_name(self, *_args: Any, **_kwargs: Any) -> str:
        """Return the name a passkey gets when its holder gives none."""
        return gettext("Passkey")

    def send_notification_mail(self, *_args: Any, **_kwargs: Any) -> None:
        """Send nothing: the site knows no mail."""
