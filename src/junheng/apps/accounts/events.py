"""What happens at the door, told to whoever listens: the log of sign-ins connects here.

Every signal carries `request` (None from the command line) and `user` (None where no account is
known). Beside them:

- `signed_in`: `method` (`password`, `passkey`, `demo`, `scan`, or `""` when a command opened the
  session), sent once the session is open, after every factor.
- `sign_in_failed`: `username` as it was typed, `reason` (`password`, `locked`, `factor`,
  `scan`).
- `signed_out`: nothing more. Also sent when a session ran out: then `reason` is `idle` or `limit`.
- `factor_changed`: `factor` (`totp`, `webauthn`, `recovery_codes`, `all`), `change` (`added`,
  `removed`, `reset`), `by` (the id of the user who did it).
- `password_changed`: `by`; `is_one_time`: whether the holder has to choose another at once.
- `sessions_revoked`: `by`, `n_sessions`.
"""

from __future__ import annotations

from django.dispatch import Signal

signed_in = Signal()
sign_in_failed = Signal()
signed_out = Signal()
factor_changed = Signal()
password_changed = Signal()
sessions_revoked = Signal()
