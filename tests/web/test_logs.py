"""Logs: one JSON object a line, without names or secrets."""

from __future__ import annotations

import io
import json
import logging
import logging.config
from typing import TYPE_CHECKING

import pytest
import structlog

from junheng.web import logs

if TYPE_CHECKING:
    from django.test import Client


@pytest.fixture
def written() -> io.StringIO:
    """Return what is written by a logger of its own, set up as on the site."""
    stream = io.StringIO()
    wanted = logs.configure("INFO")
    handler = logging.StreamHandler(stream)
    formatter = wanted["formatters"]["json"]
    arguments = {key: value for key, value in formatter.items() if key != "()"}
    handler.setFormatter(formatter["()"](**arguments))
    logger = logging.getLogger("tests.logs")
    logger.handlers, logger.propagate = [handler], False
    logger.setLevel("INFO")
    return stream


def test_it_works(written: io.StringIO) -> None:
    structlog.get_logger("tests.logs").info("upload_read", rows=12, phone="13800001234")
    line = json.loads(written.getvalue())
    assert (line["event"], line["rows"], line["level"]) == ("upload_read", 12, "info")
    assert line["phone"] == "[hidden]"
    assert "13800001234" not in written.getvalue()


def test_a_line_of_the_standard_library_has_the_same_form(written: io.StringIO) -> None:
    logging.getLogger("tests.logs").warning("数据库重启")
    line = json.loads(written.getvalue())
    assert (line["event"], line["level"]) == ("数据库重启", "warning")


def test_below_the_level_nothing_is_written(written: io.StringIO) -> None:
    structlog.get_logger("tests.logs").debug("detail")
    assert written.getvalue() == ""


@pytest.mark.django_db
def test_a_request_that_fails_writes_no_name(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    """What a reader typed stands in the query, and the query in no log."""
    client.get("/nowhere/", {"name": "王小明"})
    client.post("/sign-in/", {"username": "王小明", "password": "Not-the-1-password"})
    formatter = logs.configure("INFO")["formatters"]["json"]
    arguments = {key: value for key, value in formatter.items() if key != "()"}
    as_json = formatter["()"](**arguments)
    lines = [as_json.format(record) for record in caplog.records]
    assert any("/nowhere/" in line for line in lines)
    assert not any(word in line for line in lines for word in ("王小明", "%E7%8E%8B", "Not-the"))
