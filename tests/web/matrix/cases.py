"""Every address x reader x relation x verb, what each answers, and what the table expects."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from http.cookies import SimpleCookie
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest
from django.db import transaction
from django.template.backends.django import Template
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from tests.web.matrix.objects import FIXED, FIXED_AT, FORM, QUERY, make

from junheng.apps.accounts.address_policy import (
    READERS,
    STRANGER,
    VERBS,
    Outcome,
    Relation,
    address_table,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pytest_django.plugin import DjangoDbBlocker
    from tests.web.matrix.objects import MatrixWorld

SIGN_IN = "/sign-in/?next="
OUTCOMES = {
    401: Outcome.SIGN_IN,
    403: Outcome.REFUSED,
    404: Outcome.HIDDEN,
    405: Outcome.NO_SUCH_VERB,
}


@dataclass(frozen=True)
class Case:
    """One question: a reader asks an address with a verb about an object at a relation."""

    name: str
    parameters: tuple[str, ...]
    reader: str
    relation: Relation
    verb: str

    @property
    def words(self) -> str:
        return f"{self.verb} {self.name} by {self.reader} at {self.relation}"

    @property
    def expected(self) -> Outcome:
        return address_table().expected(self.name, self.verb, self.reader, self.relation)


def addresses() -> dict[str, tuple[str, ...]]:
    """Return the parameters of every address of the site, by its full name."""

    def walk(
        parts: Iterable[URLPattern | URLResolver], space: str, outer: tuple[str, ...]
    ) -> Iterator[tuple[str, tuple[str, ...]]]:
        for part in parts:
            names = (*outer, *part.pattern.converters)
            if isinstance(part, URLResolver):
                inner = f"{space}{part.namespace}:" if part.namespace else space
                yield from walk(part.url_patterns, inner, names)
            else:
                yield f"{space}{part.name}", names

    return dict(walk(get_resolver().url_patterns, "", ()))


def all_cases(world: MatrixWorld) -> list[Case]:
    """Return every case, in an order that mixes them and is always the same.

    An address without a row has none: another test names it. A verb that an address does not know
    is refused before its object is looked for, and is asked at one relation alone.
    """
    table = address_table()
    found = [
        Case(name, parameters, reader, relation, verb)
        for name, parameters in addresses().items()
        if name in table.rules
        for verb in VERBS
        for relation in _relations(world, name, verb)
        for reader in (*READERS, STRANGER)
    ]
    return sorted(found, key=lambda case: sha256(case.words.encode()).digest())


def _relations(world: MatrixWorld, name: str, verb: str) -> tuple[Relation, ...]:
    table = address_table()
    every = world.relations(table.subject_of(name))
    return every if table.knows(name, verb) else every[:1]


class Asking:
    """Asks addresses in the name of readers; whatever a question changes is rolled back."""

    def __init__(self, world: MatrixWorld) -> None:
        self.world = world
        # One client for all: each would load the middleware anew.
        self._client = Client()
        self._cookies: dict[str, SimpleCookie] = {STRANGER: SimpleCookie()}
        for name, user in world.districts.readers.items():
            self._client.force_login(user)
            self._cookies[name] = self._client.cookies
            self._client.cookies = SimpleCookie()

    def reply(self, case: Case, headers: Mapping[str, str] | None = None) -> Any:
        """Return the reply to a case."""
        self._client.cookies = SimpleCookie(self._cookies[case.reader].output(header=""))
        values = self.world.values(
            address_table().subject_of(case.name), case.relation, case.reader
        )
        known = FIXED | FIXED_AT.get(case.name, {}) | values
        url = reverse(case.name, kwargs={name: known[name] for name in case.parameters})
        if QUERY in known:
            url += f"?{urlencode(known[QUERY], doseq=True)}"
        sid = transaction.savepoint()
        try:
            return self._client.generic(
                case.verb,
                url,
                urlencode(known.get(FORM, {})),
                content_type="application/x-www-form-urlencoded",
                headers=headers,
            )
        finally:
            transaction.savepoint_rollback(sid)

    def outcome(self, case: Case) -> str:
        """Return what a case comes to; the fault of a view in words."""
        try:
            reply = self.reply(case)
        except Exception as error:  # what a view lets through is an outcome to be told
            return f"{type(error).__name__}: {error}"
        if reply.status_code == 302 and reply.headers["Location"].startswith(SIGN_IN):
            return Outcome.SIGN_IN
        return OUTCOMES.get(reply.status_code, Outcome.ALLOWED)

    def differences(self, cases: Iterable[Case]) -> list[str]:
        """Return every case that is not answered as the table expects."""
        return [
            f"{case.words}: {found}, expected {case.expected}"
            for case in cases
            if (found := self.outcome(case)) != case.expected
        ]


@contextmanager
def asking_once(blocker: DjangoDbBlocker) -> Iterator[Asking]:
    """Build the world once for the tests of a file, in a transaction around them."""
    with blocker.unblock(), transaction.atomic():
        yield Asking(make())
        transaction.set_rollback(True)


def part_of(cases: list[Case], part: int, n_parts: int) -> list[Case]:
    """Return one of the parts of cases, each short enough for one test."""
    return cases[part::n_parts]


@contextmanager
def no_rendering() -> Iterator[None]:
    """Leave templates and logs out: who may is decided before them, and they take most time."""

    def blank(_template: Template, *_args: object, **_kwargs: object) -> str:
        return ""

    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Template, "render", blank)
        yield
    logging.disable(before)
