"""The binder through the client: filing, looking, taking away; what browsers are told."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.handlers.asgi import ASGIRequest
from tests.apps.evidence.documents import JPEG, PDF, PROGRAM, docx
from tests.apps.evidence.filing import filed, post, sent
from tests.loops import run

from junheng.apps.evidence.models import Evidence, EvidenceVersion
from junheng.apps.evidence.services import evidence_withdraw
from junheng.apps.foundation.scoping import everything
from junheng.apps.foundation.streaming import streamed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client
    from tests.world import World

    from junheng.apps.accounts.models import User

pytestmark = pytest.mark.django_db


def signed_in(client: Client, user: User) -> Client:
    client.force_login(user)
    client.cookies["language"] = "en"
    return client


def body(reply: Any) -> bytes:
    return b"".join(reply.streaming_content)


def version_of(evidence: Evidence) -> EvidenceVersion:
    with everything(reason="test"):
        return evidence.versions.get()


def csp(reply: Any) -> dict[str, list[str]]:
    text: str = reply.headers["Content-Security-Policy"]
    return {words[0]: words[1:] for rule in text.split(";") if (words := rule.split())}


def test_it_works(client: Client, world: World) -> None:
    """A clerk finds what is lacking, files two documents of which one is refused, looks at one."""
    page = signed_in(client, world.clerk).get("/evidence/").text
    assert "Nothing has been filed yet for the" in page
    assert "Government guarantee" in page
    assert "Veto items" not in page
    answer = post(client, "R4", {"平面图.pdf": PDF, "坏.pdf": PROGRAM}, note="2025 年测绘")
    assert answer.status_code == 200
    assert "“平面图.pdf” is filed." in answer.text
    assert "“坏.pdf” was not taken: it is a program" in answer.text
    with everything(reason="test"):
        made = Evidence.objects.get()
    assert (made.school, made.item_id) == (world.primary, "R4")
    shown = client.get(f"/evidence/{made.pk}/").text
    assert "2025 年测绘" in shown
    assert "<iframe" in shown
    page = client.get("/evidence/?year=2025").text
    assert "1 files are in" in page


def test_a_script_gets_one_line_a_file(client: Client, world: World) -> None:
    signed_in(client, world.officer)
    files = [SimpleUploadedFile("a.pdf", PDF)]
    answer = client.post(
        "/evidence/items/G1/files?year=2025", {"files": files}, headers={"HX-Request": "true"}
    )
    assert answer.text.count("<li") == 1
    assert "<html" not in answer.text


def test_nothing_sent_is_told(client: Client, world: World) -> None:
    answer = post(signed_in(client, world.officer), "G1", {})
    assert answer.status_code == 422
    assert "Choose at least one file." in answer.text


def test_the_same_file_twice_leads_to_the_first(client: Client, world: World) -> None:
    first = filed(world, item="G1")
    answer = post(signed_in(client, world.officer), "G1", {"b.pdf": PDF})
    assert answer.status_code == 422
    assert "is in the binder for this item already" in answer.text
    assert f"/evidence/{first.pk}/" in answer.text


def test_a_file_goes_out_as_nothing_but_a_file(client: Client, world: World) -> None:
    version = version_of(filed(world, sent("章程.docx", docx("第一条"))))
    reply = signed_in(client, world.officer).get(f"/evidence/versions/{version.pk}/file")
    assert body(reply) == docx("第一条")
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    assert reply.headers["Content-Type"].endswith("wordprocessingml.document")
    assert reply.headers["Cache-Control"] == "private, no-store"
    told = reply.headers["Content-Disposition"]
    assert told.startswith("attachment;")
    assert "章程.docx" in unquote(told)
    assert csp(reply)["default-src"] == ["'none'"]
    assert csp(reply)["sandbox"] == []
    assert csp(reply)["frame-ancestors"] == ["'none'"]


def test_only_pdf_and_pictures_are_shown_by_the_browser(client: Client, world: World) -> None:
    signed_in(client, world.officer)
    picture = version_of(filed(world, sent("a.jpg", JPEG)))
    reply = client.get(f"/evidence/versions/{picture.pk}/inline")
    assert body(reply) == JPEG
    assert reply.headers["Content-Type"] == "image/jpeg"
    assert reply.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert csp(reply)["frame-ancestors"] == ["'self'"]
    assert csp(reply)["default-src"] == ["'none'"]
    words = version_of(filed(world, sent("a.docx", docx("x"))))
    assert client.get(f"/evidence/versions/{words.pk}/inline").status_code == 404


def test_words_of_a_document_are_shown_and_nothing_of_it_runs(client: Client, world: World) -> None:
    text = "&lt;script&gt;alert(1)&lt;/script&gt;"
    made = filed(world, sent("a.docx", docx("第一条", text)))
    page = signed_in(client, world.officer).get(f"/evidence/{made.pk}/").text
    assert "第一条" in page
    assert "<script>alert" not in page


def test_newer_version_and_withdrawing(client: Client, world: World) -> None:
    made = filed(world)
    signed_in(client, world.officer)
    newer = SimpleUploadedFile("b.pdf", PDF + b"\n")
    answer = client.post(f"/evidence/{made.pk}/versions", {"file": newer, "after": "1"})
    assert answer.status_code == 302
    assert client.get(f"/evidence/{made.pk}/?version=1").text.count("<strong>1</strong>") == 1
    client.post(f"/evidence/{made.pk}/withdraw", {"why": "重复"})
    page = client.get(f"/evidence/{made.pk}/").text
    assert "重复" in page
    assert "File a newer version" not in page


def test_search_and_filters(client: Client, world: World) -> None:
    filed(world, sent("布局规划.pdf", note="批复件"), item="G1")
    signed_in(client, world.officer)
    for text in ("布局", "批复", "布局 批复"):
        assert "布局规划.pdf" in client.get("/evidence/", {"text": text}).text
    assert "No file is called so" in client.get("/evidence/", {"text": "无此"}).text
    lacking = client.get("/evidence/", {"state": "gaps"}).text
    assert "/evidence/items/G1/" not in lacking
    assert "/evidence/items/G2/" in lacking
    assert client.get("/evidence/", {"school": world.elsewhere.pk}).status_code == 404


def test_the_binder_as_an_archive(client: Client, world: World) -> None:
    filed(world, sent("同名.pdf"), school=world.primary)
    filed(world, sent("同名.PDF", PDF + b"a"), school=world.primary)
    filed(world, sent("布局规划.pdf"), item="G1")
    gone = filed(world, item="G2")
    with everything(reason="test"):
        evidence_withdraw(evidence=gone, why="x", by=world.officer.pk)
    reply = signed_in(client, world.officer).get("/evidence/binder.zip?year=2025")
    with zipfile.ZipFile(io.BytesIO(body(reply))) as packed:
        assert packed.testzip() is None
        names = packed.namelist()
        assert names[:2] == ["index.html", "index.csv"]
        assert len(names) == 5
        assert names[2].startswith("1 Resource allocation/1 ")
        assert names[3].endswith("(2).PDF")
        assert names[4].startswith("2 Government guarantee/1 ")
        assert packed.read(names[4]) == PDF
        rows = packed.read("index.csv").decode("utf-8-sig").splitlines()
        assert len(rows) == 4
        assert "布局规划.pdf" in packed.read("index.html").decode()


def test_a_school_takes_its_own_away(client: Client, world: World) -> None:
    filed(world, sent("甲.pdf"), school=world.primary)
    filed(world, sent("乙.pdf"), school=world.nine_year)
    reply = signed_in(client, world.head).get("/evidence/binder.zip?year=2025")
    with zipfile.ZipFile(io.BytesIO(body(reply))) as packed:
        names = packed.namelist()
        assert names[2].endswith("甲.pdf")
        assert len(names) == 3


def test_a_stream_is_handed_over_piece_by_piece_under_asgi() -> None:
    made: list[int] = []

    def pieces() -> Iterator[bytes]:
        for number in range(3):
            made.append(number)
            yield b"x"

    async def first() -> list[int]:
        request = ASGIRequest({"type": "http", "method": "GET", "path": "/"}, io.BytesIO())
        reply = streamed(request, pieces(), media_type="text/plain")
        async for _ in reply:
            break
        return made

    assert run(first()) == [0]
