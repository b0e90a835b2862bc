"""Addresses of the second factor, under the names by which allauth knows its own pages.

Nothing else of allauth is mounted: there is no sign-up, no mail, no reset of passwords by mail.
"""

from __future__ import annotations

from django.urls import path

from junheng.apps.accounts import factor_views as views

urlpatterns = [
    path("sign-in/factor/", views.authenticate, name="mfa_authenticate"),
    path("sign-in/passkey/", views.passkey_sign_in, name="mfa_login_webauthn"),
    path("me/factor/", views.index, name="mfa_index"),
    path("me/factor/again/", views.again_by_code, name="mfa_reauthenticate"),
    path("me/factor/again/passkey/", views.again_by_passkey, name="mfa_reauthenticate_webauthn"),
    path("me/factor/again/password/", views.again_by_password, name="account_reauthenticate"),
    path("me/factor/app/", views.authenticator_add, name="mfa_activate_totp"),
    path("me/factor/app/remove/", views.authenticator_remove, name="mfa_deactivate_totp"),
    path("me/factor/passkey/", views.passkey_add, name="mfa_add_webauthn"),
    path("me/factor/passkey/<int:pk>/remove/", views.passkey_remove, name="mfa_remove_webauthn"),
    path("me/factor/codes/", views.recovery_codes, name="mfa_view_recovery_codes"),
    path("me/factor/codes/make/", views.recovery_codes_make, name="mfa_generate_recovery_codes"),
]
