"""Encrypted text and its blind index: unreadable in the store, found by its value, rotatable."""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from django.core.exceptions import FieldError
from django.core.management import call_command
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from junheng.apps.accounts.models import User
from junheng.apps.foundation.encryption import (
    CannotDecrypt,
    blind_index,
    decrypt,
    encrypt,
    normalise,
    reencrypt,
)

if TYPE_CHECKING:
    from pytest_django.fixtures import Settings

PHONE = "138 0000 1234"


@pytest.fixture
def user(db: None) -> User:
    return User.objects.create_user("someone", display_name="someone", phone=PHONE)


def stored(user: User) -> tuple[str, str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT phone, phone_index FROM accounts_user WHERE id = %s", [user.pk])
        phone, index = cursor.fetchone()
    return phone, index


def test_it_works(user: User) -> None:
    assert User.objects.get(pk=user.pk).phone == PHONE
    assert "13800001234" not in "".join(stored(user)).replace(" ", "")


def test_the_row_is_found_by_the_value_however_it_is_written(user: User) -> None:
    field = User._meta.get_field("phone_index")
    assert User.objects.get(phone_index=field.of("１３８-0000-1234")) == user
    assert not User.objects.filter(phone_index=field.of("13800001235")).exists()


def test_the_index_is_an_hmac_bound_to_its_field(user: User) -> None:
    expected = hmac.new(
        settings.INDEX_KEY, b"accounts.User.phone:13800001234", hashlib.sha256
    ).hexdigest()
    assert stored(user)[1] == expected
    assert blind_index(PHONE, purpose="registry.Guardian.phone") != expected


def test_a_blank_value_stays_blank_and_has_no_index(db: None) -> None:
    user = User.objects.create_user("nobody", display_name="nobody")
    assert stored(user) == ("", "")


def test_equal_values_look_different(user: User) -> None:
    other = User.objects.create_user("other", display_name="other", phone=PHONE)
    assert stored(user)[0] != stored(other)[0]


def test_looking_up_the_encrypted_field_is_refused(user: User) -> None:
    with pytest.raises(FieldError, match="blind index"):
        User.objects.filter(phone=PHONE).exists()


def test_a_value_of_another_field_does_not_open() -> None:
    sealed = encrypt("text", purpose="accounts.User.phone")
    with pytest.raises(CannotDecrypt, match="altered"):
        decrypt(sealed, purpose="accounts.User.address")


def test_a_field_binds_its_values_to_itself(user: User) -> None:
    assert decrypt(stored(user)[0], purpose="accounts.User.phone") == PHONE


@pytest.mark.parametrize("at", [5, 30, -3])
def test_an_altered_value_does_not_open(at: int) -> None:
    sealed = list(encrypt("text", purpose="p"))
    sealed[at] = "A" if sealed[at] != "A" else "B"
    with pytest.raises(CannotDecrypt):
        decrypt("".join(sealed), purpose="p")


def test_a_value_without_its_key_does_not_open() -> None:
    sealed = encrypt("text", purpose="p", keys={"gone": bytes(32)})
    with pytest.raises(CannotDecrypt, match="No key “gone”"):
        decrypt(sealed, purpose="p")


def test_a_new_key_takes_over(user: User, settings: Settings) -> None:
    old_ring = dict(settings.FIELD_KEYS)
    settings.FIELD_KEYS = {"new": bytes(range(32, 64)), **old_ring}
    assert User.objects.get(pk=user.pk).phone == PHONE
    assert reencrypt(User, "phone", batch=1) == 1
    settings.FIELD_KEYS = {"new": bytes(range(32, 64))}
    assert stored(user)[0].startswith("new:")
    assert User.objects.get(pk=user.pk).phone == PHONE
    assert reencrypt(User, "phone") == 0


@given(st.text())
def test_any_text_comes_back(text: str) -> None:
    assert decrypt(encrypt(text, purpose="p"), purpose="p") == text


@given(st.text())
def test_normal_form_is_stable(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


def test_the_command_reaches_every_encrypted_field(
    user: User, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.FIELD_KEYS = {"new": bytes(range(32, 64)), **settings.FIELD_KEYS}
    call_command("reencrypt")
    lines = capsys.readouterr().out.splitlines()
    assert "accounts.User.phone: 1" in lines
    assert "jobs.Job.arguments: 0" in lines
    assert stored(user)[0].startswith("new:")
