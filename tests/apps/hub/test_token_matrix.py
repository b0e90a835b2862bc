"""Every operation x every kind of token: what each opens follows from what is ticked on it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.test import Client
from django.urls import reverse
from tests.prepared import prepared
from tests.web.matrix.cases import addresses
from tests.web.matrix.two_districts import FIRST_YEAR, FROM, build, published

from junheng.apps.accounts.api import Role, post_give, reader_on, user_create
from junheng.apps.balance.models import AssessedUnit
from junheng.apps.foundation import clock
from junheng.apps.foundation.scoping import everything
from junheng.apps.hub import tokens
from junheng.apps.hub.models import ApiToken
from junheng.apps.intake.models import Import, ImportPart, State
from junheng.apps.registry.api import school_year_ensure

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from tests.web.matrix.two_districts import TwoDistricts

    from junheng.apps.registry.models import Bureau

HERE = ("figures", "premises", "sender")
ENDED = ("revoked", "expired", "unknown")
ABROAD = "other district"
EVERY = frozenset({*HERE, ABROAD})
TICKED: Mapping[str, tuple[list[str], list[str]]] = {
    "figures": (["figures"], []),
    "premises": (["premises"], []),
    "sender": (["premises"], ["rooms"]),
    "revoked": (["figures"], []),
    "expired": (["figures"], []),
    ABROAD: (["figures", "premises"], ["rooms"]),
}
FIGURES, SENDERS, NOBODY = frozenset({"figures"}), frozenset({"sender", ABROAD}), frozenset[str]()
OPENS: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(("openapi", "datasets", "dataset", "rulesets", "ruleset"), EVERY),
    **dict.fromkeys(("freshness", "assessments", "imports"), EVERY),
    "rows": SENDERS | {"premises"},
    **dict.fromkeys(("assessment", "units", "dispersion"), FIGURES),
    **dict.fromkeys(("cell_working", "dispersion_working"), FIGURES),
    **dict.fromkeys(("import_rows", "import_file"), SENDERS),
    # What a person of the bureau sent is no token's.
    **dict.fromkeys(("import", "import_faults", "import_changes"), NOBODY),
    **dict.fromkeys(("import_apply", "import_undo", "import_discard"), NOBODY),
}
"""Which tokens are let in, for rooms and for an assessment and an import of the own district."""


REFUSALS = {401: "unknown", 404: "nothing", 403: "refused", 405: "no such verb"}


@pytest.fixture
def districts(db: None) -> TwoDistricts:
    return prepared("two districts of the api", build)


def test_every_operation_by_every_token(districts: TwoDistricts) -> None:
    names = {name.partition(":")[2]: parts for name, parts in addresses().items() if "api:" in name}
    assert set(OPENS) == set(names)
    values, secrets = _values(districts), _secrets(districts)
    wrong = []
    for name, parts in names.items():
        url = reverse(f"api:{name}", kwargs={part: values[part] for part in parts})
        for holder, secret in secrets.items():
            status = _status(url, name, secret)
            found = {401: "unknown", 404: "nothing", 403: "refused", 405: "verb"}.get(
                status, "let in"
            )
            expected = "unknown" if holder in ENDED else "nothing"
            if holder in OPENS[name]:
                expected = "let in"
            if found != expected:
                wrong.append(f"{name} by {holder}: {found} ({status}), expected {expected}")
    assert wrong == []


def _status(url: str, name: str, secret: str) -> int:
    client = Client(headers={"authorization": f"Bearer {secret}"})
    if name.startswith("import_") and name not in ("import_faults", "import_changes"):
        # Without rows: whoever is let in is told what is missing.
        return client.post(f"{url}?first_year={FIRST_YEAR}").status_code
    return client.get(url).status_code


def _secrets(districts: TwoDistricts) -> dict[str, str]:
    made = {name: _token(name, districts) for name in TICKED}
    with everything(reason="test"):
        ApiToken.objects.filter(name="expired").update(last_day=clock.today() - timedelta(days=1))
        token = made["revoked"].token
        tokens.token_revoke(reader_on(token.made_by, clock.today()), token, now=clock.now())
    return {name: one.secret for name, one in made.items()} | {"unknown": "junheng_unknown"}


def _token(name: str, districts: TwoDistricts) -> tokens.Made:
    bureau: Bureau = districts.neighbour if name == ABROAD else districts.bureau
    keeper = user_create(username=f"keeper of {name}".replace(" ", "_"), display_name="keeper")
    post_give(user=keeper, role=Role.IT_OFFICER, bureau_id=bureau.pk, valid_from=FROM)
    kinds, imports = TICKED[name]
    with everything(reason="test"):
        return tokens.token_make(
            reader_on(keeper, clock.today()),
            bureau_id=bureau.pk,
            name=name,
            kinds=kinds,
            imports=imports,
            days=3,
            now=clock.now(),
        )


def _values(districts: TwoDistricts) -> Mapping[str, Any]:
    officer = districts.readers["supervision_officer"]
    assessment = published(districts.bureau, officer)
    with everything(reason="test"):
        unit = AssessedUnit.objects.filter(assessment=assessment).first()
        assert unit is not None
        source = Import.objects.create(
            bureau=districts.bureau,
            school_year=school_year_ensure(first_year=FIRST_YEAR),
            sent_by=officer,
            file_name="rooms.csv",
            file_sha256="0" * 64,
            n_bytes=1,
            state=State.CHECKED,
        )
        ImportPart.objects.create(source=source, position=0, dataset="rooms")
    return {
        "dataset": "rooms",
        "assessment_id": assessment.pk,
        "unit_key": unit.pk,
        "indicator": "R4",
        "stage": "primary",
        "ruleset_id": "cn-2017-quality",
        "version": "2026.1",
        "import_id": source.pk,
    }
