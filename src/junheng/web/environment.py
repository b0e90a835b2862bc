"""Reading the environment: each variable by its kind, with a message that names it and the way out.

A value may also come from a file named by the variable with `_FILE` at its end.
"""

from __future__ import annotations

import base64
import binascii
import os
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from junheng.errors import JunhengError
from junheng.i18n import Message, say


class SettingError(JunhengError, ImproperlyConfigured):
    """A variable of the environment is missing or wrong; the message names it and the way out."""


class Environment:
    """The variables of the process, and what became known of those that were read."""

    def __init__(self) -> None:
        self.known: dict[str, tuple[str, str]] = {}
        """Each variable that was read: whether it was given (set, file, default), and its value
        where its kind (number, choice, yes or no) can hold no secret."""

    def text(self, name: str, default: str | None = None) -> str:
        """Return a variable, the content of the file named by `<name>_FILE`, or the default."""
        path = os.environ.get(f"{name}_FILE")
        self.known[name] = ("set" if name in os.environ else "file" if path else "default", "")
        if path and name not in os.environ:
            return _read_secret(f"{name}_FILE", Path(path))
        value = os.environ.get(name, default)
        if value is None:
            raise SettingError(say("{name} is not set; see docs/reference/settings.md.", name=name))
        return value

    def choice(self, name: str, choices: tuple[str, ...], default: str) -> str:
        """Return a variable that must be one of `choices`."""
        value = self.text(name, default)
        if value not in choices:
            raise _wrong(name, value, say("one of {choices}", choices=", ".join(choices)))
        self._note(name, value)
        return value

    def flag(self, name: str, default: bool) -> bool:
        """Return a variable that says yes (1, true, yes, on) or no (0, false, no, off)."""
        value = self.text(name, "1" if default else "0").lower()
        self._note(name, value)
        if value in {"1", "true", "yes", "on"}:
            return True
        if value in {"0", "false", "no", "off", ""}:
            return False
        raise _wrong(name, value, say("yes or no (1 or 0)"))

    def number(self, name: str, default: int, *, at_least: int = 0) -> int:
        """Return a variable that is a whole number not below `at_least`."""
        value = self.text(name, str(default))
        if not value.isdecimal() or int(value) < at_least:
            raise _wrong(name, value, say("a whole number of at least {least}", least=at_least))
        self._note(name, value)
        return int(value)

    def items(self, name: str, default: str | None = None) -> list[str]:
        """Return a variable that lists values parted by commas."""
        return [part.strip() for part in self.text(name, default).split(",") if part.strip()]

    def networks(self, name: str, default: str) -> list[IPv4Network | IPv6Network]:
        """Return a variable that lists addresses or networks (10.0.0.0/8), parted by commas."""
        try:
            return [ip_network(part) for part in self.items(name, default)]
        except ValueError as error:
            expected = say("addresses or networks, parted by commas")
            raise _wrong(name, self.text(name, default), expected) from error

    def key_ring(self, name: str, default: str | None = None) -> dict[str, bytes]:
        """Return keys written as `id:base64,id:base64`, 32 bytes each; the first is in use."""
        ring = dict(_parse_key(name, entry) for entry in self.items(name, default))
        if not ring:
            raise SettingError(
                say("{name} holds no key; see docs/reference/settings.md.", name=name)
            )
        return ring

    def database(self, name: str, default: str, *, is_durable: bool) -> dict[str, Any]:
        """Return Django's form of `sqlite:///path` or `postgresql://user@host[,host]/name?a=b`.

        `is_durable`: on SQLite an acknowledged write survives a power cut.
        """
        url = urlsplit(self.text(name, default))
        if url.scheme == "sqlite":
            return _sqlite(Path(unquote(url.path.removeprefix("/"))), is_durable=is_durable)
        if url.scheme in {"postgresql", "postgres"}:
            return self._postgresql(
                name, url.netloc, unquote(url.path.removeprefix("/")), url.query
            )
        raise SettingError(
            say(
                "{name} begins with “{found}”; expected sqlite:///path or postgresql://...",
                name=name,
                found=url.scheme,
            )
        )

    def _note(self, name: str, value: str) -> None:
        """Keep the value of a variable whose kind can hold no secret."""
        self.known[name] = (self.known[name][0], value)

    def _postgresql(self, name: str, netloc: str, database: str, query: str) -> dict[str, Any]:
        credentials, _, hosts = netloc.rpartition("@")
        user, _, password = credentials.partition(":")
        places = [
            place.rpartition(":") if ":" in place else (place, "", "") for place in hosts.split(",")
        ]
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": database,
            "USER": unquote(user),
            "PASSWORD": unquote(password) or self.text("JUNHENG_DATABASE_PASSWORD", ""),
            "HOST": ",".join(unquote(host) for host, _, _ in places),
            "PORT": ",".join(port for _, _, port in places).strip(","),
            "CONN_MAX_AGE": 60,
            "CONN_HEALTH_CHECKS": True,
            "OPTIONS": dict(parse_qsl(query)),
        }


def _wrong(name: str, value: str, expected: Message) -> SettingError:
    message = say(
        "{name} is “{value}”; expected {expected}.", name=name, value=value, expected=expected
    )
    return SettingError(message)


def _read_secret(name: str, path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except OSError as error:
        reason = error.strerror or ""
        message = say(
            "{name} names {path}, which cannot be read: {reason}.",
            name=name,
            path=path,
            reason=reason,
        )
        raise SettingError(message) from error


def _parse_key(name: str, entry: str) -> tuple[str, bytes]:
    key_id, _, encoded = entry.partition(":")
    try:
        key = base64.b64decode(encoded, validate=True)
    except binascii.Error:
        key = b""
    if not key_id.isalnum() or len(key) != 32:
        # The entry itself is a secret and stays out of the message.
        expected = say("{name} must hold keys as id:base64 of 32 bytes each.", name=name)
        raise SettingError(expected)
    return key_id, key


def _sqlite(path: Path, *, is_durable: bool) -> dict[str, Any]:
    path.parent.mkdir(parents=True, exist_ok=True)
    # FULL: an acknowledged write survives a power cut. The walls of the journal are triggers, which
    # INSERT OR REPLACE would pass by without recursive_triggers.
    pragmas = (
        "PRAGMA journal_mode=WAL",
        f"PRAGMA synchronous={'FULL' if is_durable else 'OFF'}",
        "PRAGMA foreign_keys=ON",
        "PRAGMA recursive_triggers=ON",
    )
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "; ".join(pragmas),
        },
        # A file also for tests: workers and threads then see one database, as on a real site.
        "TEST": {"NAME": path.with_name(f"test_{path.name}")},
    }
