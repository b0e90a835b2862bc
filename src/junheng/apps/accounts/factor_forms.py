"""What shows a second factor: a code, good once; a passkey's answer, however it was forged."""

from __future__ import annotations

import struct
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from cryptography.exceptions import InvalidSignature
from django.core.cache import cache

if TYPE_CHECKING:
    from collections.abc import Iterator

# What taking a forged answer of a passkey apart may end in.
NONSENSE = (
    AttributeError,
    IndexError,
    InvalidSignature,
    KeyError,
    TypeError,
    ValueError,
    struct.error,
)

# A code is good for its own half minute and the two beside it.
CODE_KNOWN_FOR_S = 120


class CodeForm(AuthenticateForm):
    """The code asked for while signing in; one that was used is refused while it is good."""

    def clean_code(self) -> str:
        """Return the code; ValidationError when it is wrong, or was used already."""
        code: str = super().clean_code()
        key = f"code-used:{self.user.pk}:{normalize_user_code(code)}"
        is_passing = self.authenticator.type == Authenticator.Type.TOTP
        # allauth itself forgets a used code after half a minute.
        if is_passing and not cache.add(key, 1, CODE_KNOWN_FOR_S):
            raise get_adapter().validation_error("incorrect_code")
        return code


class CodeAgainForm(CodeForm, ReauthenticateForm):
    """The code asked for before something that matters."""


@contextmanager
def nonsense_refused() -> Iterator[None]:
    """Turn whatever a forged answer breaks into the refusal of a wrong code."""
    try:
        yield
    except NONSENSE as error:
        raise get_adapter().validation_error("incorrect_code") from error


class PasskeyForm(AuthenticateWebAuthnForm):
    """The passkey asked for after the password."""

    def clean_credential(self) -> Authenticator:
        """Return the passkey that answered; ValidationError when none of theirs did."""
        with nonsense_refused():
            return super().clean_credential()


class PasskeySignInForm(LoginWebAuthnForm):
    """The passkey in place of name and password."""

    def clean_credential(self) -> Authenticator:
        """Return the passkey that answered, of an open account; ValidationError for any other."""
        with nonsense_refused():
            found: Authenticator = super().clean_credential()
        if not found.user.is_active:
            raise get_adapter().validation_error("incorrect_code")
        return found


class PasskeyAgainForm(ReauthenticateWebAuthnForm):
    """The passkey asked for before something that matters."""

    def clean_credential(self) -> Authenticator:
        """Return the passkey that answered; ValidationError when none of theirs did."""
        with nonsense_refused():
            return super().clean_credential()


class PasskeyAddForm(AddWebAuthnForm):
    """A new passkey."""

    def clean(self) -> dict[str, Any]:
        """Return the new passkey; ValidationError when the answer is not one to our question."""
        with nonsense_refused():
            cleaned: dict[str, Any] = super().clean()
        return cleaned
