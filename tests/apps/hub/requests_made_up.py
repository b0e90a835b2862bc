"""Requests that schemathesis makes up from the OpenAPI document, asked of the site in process."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import schemathesis
from django.core.wsgi import get_wsgi_application
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from junheng.apps.hub.document import openapi

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from schemathesis import APIOperation, Case
    from schemathesis.schemas import BaseSchema

    from junheng.apps.accounts.models import User

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
CSRF = "c" * 32


class Asked:
    """Asks every operation in the name of somebody, and counts what is answered.

    `known`: values of the addresses that name something. What a request changes is rolled back.
    """

    def __init__(self, carried: Carried, known: Mapping[str, Any]) -> None:
        self.app = get_wsgi_application()
        document = openapi("en")
        # Who asks is told below; made-up tokens would turn most requests away at the door.
        document.pop("security")
        self.schema: BaseSchema = schemathesis.openapi.from_dict(document)
        self.carried = carried
        self.known = known
        self.statuses: dict[str, set[int]] = {}

    def operations(self) -> Iterator[APIOperation[Any, Any, Any, Any]]:
        """Yield the operations of the document."""
        for found in self.schema.get_all_operations():
            assert isinstance(found, Ok), found
            yield found.ok()

    def ask_all(self, *, n_examples: int) -> None:
        """Ask every operation so many times; an assertion of schemathesis says what is wrong.

        The same requests each time: whether a change passes must not hang on chance.
        """
        for operation in self.operations():
            self._ask(operation, n_examples=n_examples)

    def _ask(self, operation: APIOperation[Any, Any, Any, Any], *, n_examples: int) -> None:
        names = {part.name for part in operation.path_parameters}
        fitting = {name: value for name, value in self.known.items() if name in names}
        asked = {part.name for part in operation.query if part.is_required}
        query = {name: value for name, value in self.known.items() if name in asked}
        kinds = [
            operation.as_strategy(generation_mode=GenerationMode.POSITIVE),
            operation.as_strategy(path_parameters=fitting or None, query=query or None),
        ]
        if names or list(operation.query) or list(operation.body):
            kinds.append(operation.as_strategy(generation_mode=GenerationMode.NEGATIVE))

        @settings(
            max_examples=n_examples,
            derandomize=True,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=st.one_of(kinds))
        def ask(case: Case[Any]) -> None:
            self._answer(operation.label, case)

        ask()

    def _answer(self, label: str, case: Case[Any]) -> None:
        sid = transaction.savepoint()
        try:
            response = case.call(
                app=self.app, headers=self.carried.headers, cookies=self.carried.cookies
            )
        finally:
            transaction.savepoint_rollback(sid)
        self.statuses.setdefault(label, set()).add(response.status_code)
        case.validate_response(response, checks=CHECKS)


@dataclass(frozen=True)
class Carried:
    """What every request carries to say who asks."""

    headers: dict[str, str]
    cookies: dict[str, str]


def session_of(user: User) -> Carried:
    """Return what a browser carries in which somebody is signed in."""
    client = Client()
    client.force_login(user)
    cookies = {"sessionid": client.cookies["sessionid"].value, "csrftoken": CSRF}
    return Carried({"X-CSRFToken": CSRF}, cookies)
