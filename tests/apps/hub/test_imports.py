"""Imports by the API: sent, checked, looked at, applied and undone as on the pages."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.apps.intake.district import as_csv, make
from tests.prepared import prepared
from tests.world import SINCE

from junheng.apps.accounts.api import Role, post_give, reader_on, user_create
from junheng.apps.accounts.models import User
from junheng.apps.foundation import clock
from junheng.apps.foundation.scoping import everything
from junheng.apps.hub import tokens
from junheng.apps.hub.operations import imports
from junheng.apps.hub.row_files import as_file
from junheng.apps.hub.tokenrules import TokenRules, token_rules
from junheng.apps.intake.api import tells_of_people
from junheng.apps.intake.models import Import, State
from junheng.apps.jobs.api import run_worker
from junheng.engine import contracts
from junheng.engine.contracts.schema import to_json
from junheng.errors import DataError, TableFaults

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.apps.intake.district import District

    from junheng.apps.hub.tokens import Made

API = "/api/v1/"
YEAR = "?first_year=2025"


@pytest.fixture
def district(db: None) -> District:
    return prepared("district with its people", make)


class Program:
    """A program that asks by a token, or in the name of somebody."""

    def __init__(self, client: Client, secret: str = "") -> None:
        self._client = client
        self._headers = {"accept-language": "en"}
        if secret:
            self._headers["authorization"] = f"Bearer {secret}"

    def send(self, dataset: str, rows: list[Any], key: str = "", query: str = YEAR) -> Any:
        """Send rows as JSON."""
        headers = {"idempotency-key": key} if key else {}
        return self.post(f"datasets/{dataset}/imports{query}", {"rows": rows}, headers)

    def post(self, path: str, body: Any = None, headers: Mapping[str, str] | None = None) -> Any:
        content = "" if body is None else json.dumps(body)
        return self._client.post(
            API + path,
            content,
            content_type="application/json",
            headers=self._headers | dict(headers or {}),
        )

    def get(self, path: str) -> Any:
        return self._client.get(API + path, headers=self._headers)


def token(district: District, *, sends: tuple[str, ...] = ("rooms",)) -> Made:
    """Make a token that opens premises and sends some of their datasets."""
    bureau_id = district.world.bureau.pk
    keeper = User.objects.filter(username="keeper").first()
    if keeper is None:
        keeper = user_create(username="keeper", display_name="keeper")
        post_give(user=keeper, role=Role.IT_OFFICER, bureau_id=bureau_id, valid_from=SINCE)
    with everything(reason="test"):
        return tokens.token_make(
            reader_on(keeper, clock.today()),
            bureau_id=bureau_id,
            name="premises system",
            kinds=["premises"],
            imports=sends,
            days=30,
            now=clock.now(),
        )


def room(district: District, **other: str) -> dict[str, Any]:
    """Return the first stored room in the JSON form of its contract, with other values."""
    return dict(to_json(contracts.contract("rooms"), {**district.rows("rooms")[0], **other}))


def test_it_works(district: District) -> None:
    before = district.everything()
    program = Program(Client(), token(district).secret)
    sent = program.send("rooms", [room(district, area_m2="61.5")], key="night-1")
    assert sent.status_code == 202, sent.text
    told = sent.json()
    assert (told["state"], told["n_faults"], told["parts"][0]["n_changed"]) == ("checked", 0, 1)
    # The same again, as after a line that broke, is the same import.
    again = program.send("rooms", [room(district, area_m2="61.5")], key="night-1").json()
    assert again["id"] == told["id"]
    other = program.send("rooms", [room(district, area_m2="62")], key="night-1")
    assert (other.status_code, other.json()["status"]) == (409, 409)
    address = f"imports/{told['id']}"
    (line,) = program.get(f"{address}/changes").json()["changes"]
    assert (line["kind"], line["changed"], line["new"]["area_m2"]) == (
        "changed",
        ["area_m2"],
        "61.5",
    )
    assert district.everything() == before
    assert program.post(f"{address}/undo").status_code == 409
    assert program.post(f"{address}/apply").json()["job"] == "queued"
    run_worker(until_idle=True)
    assert program.get(address).json()["state"] == "applied"
    assert district.rows("rooms")[0]["area_m2"] == "61.5"
    # Applying twice, and sending again what was applied, does nothing more.
    assert program.post(f"{address}/apply").status_code == 202
    assert program.post(f"{address}/discard").status_code == 409
    assert program.post(f"{address}/undo").status_code == 202
    again = program.post(f"{address}/undo")
    assert (again.status_code, again.json()["detail"][:38]) == (
        409,
        "This import is being undone already. W",
    )
    run_worker(until_idle=True)
    listed = program.get("imports").json()
    assert [(one["id"], one["state"]) for one in listed["imports"]] == [(told["id"], "undone")]
    assert district.everything() == before


def test_a_token_sends_what_is_ticked_and_sees_its_own(district: District) -> None:
    theirs = district.send("rooms", [{**district.rows("rooms")[0], "area_m2": "1"}])
    made = token(district)
    program = Program(Client(), made.secret)
    for dataset in ("grounds", "pupils", "none"):
        assert program.send(dataset, [{"x": 1}]).status_code == 404
    assert program.get(f"imports/{theirs.pk}").status_code == 404
    assert program.post(f"imports/{theirs.pk}/apply").status_code == 404
    assert program.get("imports").json() == {"n": 0, "imports": []}
    # What waits in the queue when the token is revoked is not done.
    told = program.send("rooms", [room(district, area_m2="61.5")]).json()
    assert program.post(f"imports/{told['id']}/apply").status_code == 202
    with everything(reason="test"):
        tokens.token_revoke(
            reader_on(made.token.made_by, clock.today()), made.token, now=clock.now()
        )
    run_worker(until_idle=True)
    with everything(reason="test"):
        assert Import.objects.get(pk=told["id"]).state == State.CHECKED
    assert program.get("imports").status_code == 401


def test_a_clerk_is_told_faults_at_their_place(district: District, client: Client) -> None:
    client.force_login(district.clerk)
    program = Program(client)
    own = [r for r in district.rows("rooms") if r["school_id"] == district.school.identifier]
    good = dict(to_json(contracts.contract("rooms"), own[0]))
    told = program.send("rooms", [good, {**good, "area_m2": "many", "colour": 1}]).json()
    assert (told["state"], told["school_id"]) == ("faulty", district.school.identifier)
    faults = program.get(f"imports/{told['id']}/faults").json()["faults"]
    assert all(one["remedy"] for one in faults)
    assert "colour" in json.dumps(faults)
    assert program.post(f"imports/{told['id']}/apply").status_code == 409
    # Mended and sent as a file it takes the place of the first.
    file = SimpleUploadedFile("rooms.csv", as_csv("rooms", [{**own[0], "area_m2": "61.5"}]))
    address = f"{API}datasets/rooms/imports/file{YEAR}"
    mended = client.post(address, {"file": file}).json()
    assert (mended["state"], mended["file_name"]) == ("checked", "rooms.csv")
    assert program.get(f"imports/{told['id']}").json()["state"] == "superseded"
    elsewhere = f"{YEAR}&school_id={district.other.identifier}"
    assert program.send("rooms", [good], query=elsewhere).status_code == 404
    assert program.send("rooms", [good], query="?first_year=2001").status_code == 422
    assert program.send("rooms", []).status_code == 422


def test_people_are_masked_and_the_guard_asks_why(district: District, client: Client) -> None:
    client.force_login(district.world.officer)
    program = Program(client)
    pupil = district.rows("pupils")[0]
    rows = [dict(to_json(contracts.contract("pupils"), {**pupil, "name": "改名"}))]
    told = program.send("pupils", rows).json()
    changes = program.get(f"imports/{told['id']}/changes?limit=1").json()
    assert changes["changes"][0]["new"]["name"] == "改*"
    assert str(pupil["identity_number"]) not in json.dumps(changes)
    kept = [dict(to_json(contracts.contract("rooms"), r)) for r in district.rows("rooms")[10:]]
    told = program.send("rooms", kept, query=f"{YEAR}&is_whole=true").json()
    assert len(told["alarms"]) == 1
    assert program.post(f"imports/{told['id']}/apply").status_code == 409
    reply = program.post(f"imports/{told['id']}/apply", {"why": "two schools merged"})
    assert reply.status_code == 202
    assert program.post(f"imports/{told['id']}/discard").json()["state"] == "discarded"


def test_the_same_that_waits_is_one_and_an_hour_has_its_limit(
    district: District, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.force_login(district.world.officer)
    program = Program(client)
    rules = token_rules()
    few = TokenRules(rules.kinds, rules.imports, 2, rules.most_days, rules.usual_days)
    monkeypatch.setattr(imports, "token_rules", lambda: few)
    first, second = ([room(district, area_m2=area)] for area in ("61.5", "62"))
    ids = {program.send("rooms", first).json()["id"] for _ in range(3)}
    assert len(ids) == 1
    assert program.send("rooms", second).status_code == 202
    refused = program.send("grounds", [{"x": 1}])
    assert refused.status_code == 403
    assert "2 files an hour" in refused.json()["detail"]


def test_no_token_sends_people_or_what_it_does_not_open(district: District) -> None:
    assert not [one for one in token_rules().imports if tells_of_people(contracts.contract(one))]
    for wrong in ("pupils", "classes"):
        with pytest.raises(DataError):
            token(district, sends=(wrong,))


def test_rows_become_the_lines_of_a_table() -> None:
    rows: list[dict[str, Any]] = [{"a": True, "b": 1.5}, {"b": None, "c": '长"句'}]
    assert as_file(rows).decode() == 'a,b,c\n1,1.5,\n,,"长""句"\n'
    for wrong in ("two\nlines", "half \ud800", "\x00"):
        with pytest.raises(TableFaults) as told:
            as_file([{"a": 1}, {"a": wrong}])
        assert (told.value.faults[0].row, told.value.faults[0].column) == (3, "a")
