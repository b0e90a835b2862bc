"""Forms of the door: name and password, another password."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.core.exceptions import ValidationError
from django.utils.translation import gettext


class SignInForm(AuthenticationForm):
    """Name and password, counted against guessing; every refusal of the two reads the same."""

    def clean(self) -> dict[str, Any]:
        """Set the user of the credentials; ValidationError when they open nothing."""
        name, password = self.cleaned_data.get("username"), self.cleaned_data.get("password")
        if not name or not password:
            return self.cleaned_data
        adapter = get_adapter(self.request)
        self.user_cache = adapter.authenticate(self.request, username=name, password=password)
        if self.user_cache is None:
            raise adapter.validation_error("username_password_mismatch")
        return self.cleaned_data


class PasswordForm(PasswordChangeForm):
    """The old password, counted against guessing, and a new one twice."""

    def clean_old_password(self) -> str:
        """Return the old password; ValidationError when it is wrong or was tried too often."""
        password: str = self.cleaned_data["old_password"]
        adapter = get_adapter()
        if not adapter.reauthenticate(self.user, password):
            raise adapter.validation_error("incorrect_password")
        return password

    def clean_new_password1(self) -> str:
        """Return the new password; ValidationError when it is the old one."""
        password: str = self.cleaned_data["new_password1"]
        if self.user.check_password(password):
            raise ValidationError(gettext("The new password has to differ from the old one."))
        return password
