"""The menu shows what the posts of today allow, and where one is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from junheng.web.navigation import navigation

if TYPE_CHECKING:
    from tests.world import World


@pytest.mark.parametrize(
    ("person", "urls"),
    [
        (
            "director",
            [
                "/",
                "/work/",
                "/balance/",
                "/balance/board/",
                "/reports/",
                "/intake/",
                "/centre/",
                "/evidence/",
                "/survey/",
                "/data/",
                "/rules/",
                "/it/people/",
                "/me/posts/",
            ],
        ),
        (
            "officer",
            [
                "/",
                "/work/",
                "/balance/",
                "/balance/board/",
                "/balance/upload/",
                "/reports/",
                "/intake/",
                "/centre/",
                "/evidence/",
                "/survey/",
                "/data/",
                "/rules/",
                "/me/posts/",
            ],
        ),
        (
            "clerk",
            [
                "/",
                "/balance/board/my-school/",
                "/balance/my-school/",
                "/reports/",
                "/intake/",
                "/centre/",
                "/evidence/",
                "/survey/",
                "/privacy/consents/",
                "/data/",
                "/rules/",
                "/it/people/",
                "/me/posts/",
            ],
        ),
        ("administrator", ["/", "/data/", "/rules/", "/it/", "/me/posts/"]),
    ],
)
def test_everyone_finds_their_own_pages(world: World, person: str, urls: list[str]) -> None:
    reader = world.reader(getattr(world, person))
    assert [entry.url for entry in navigation(reader, "/")] == urls


@pytest.mark.parametrize(
    ("person", "path", "current"),
    [
        ("officer", "/", "/"),
        ("officer", "/balance/7/", "/work/"),
        ("officer", "/balance/7/schools/3/", "/work/"),
        ("officer", "/balance/", "/balance/"),
        ("officer", "/balance/upload/", "/balance/upload/"),
        ("officer", "/rules/cn-2017-quality/2026.1/", "/rules/"),
        ("head", "/balance/7/schools/3/", "/balance/my-school/"),
        ("officer", "/intake/new/pupils/", "/intake/"),
        ("head", "/jobs/", None),
    ],
)
def test_one_entry_says_where_one_is(
    world: World, person: str, path: str, current: str | None
) -> None:
    entries = navigation(world.reader(getattr(world, person)), path)
    assert [entry.url for entry in entries if entry.is_current] == ([current] if current else [])
