"""The gallery holds every component, and works without scripts and inline styles."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

import junheng.web

COTTON = Path(junheng.web.__file__).parent / "templates" / "cotton"


def gallery(language: str = "en") -> str:
    """Return the page in a language."""
    client = Client()
    client.cookies["language"] = language
    response = client.get(reverse("gallery"))
    assert response.status_code == 200
    return response.content.decode()


def used_in(folder: Path) -> set[str]:
    """Return the names of all components used in the templates of a folder."""
    texts = [path.read_text(encoding="utf-8") for path in folder.rglob("*.html")]
    return {name for text in texts for name in re.findall(r"<c-([a-z-]+)", text)} - {"vars", "slot"}


def test_it_works() -> None:
    assert "Gallery of components" in gallery()


def test_every_component_is_in_the_gallery() -> None:
    components = {
        path.stem.replace("_", "-") for path in COTTON.glob("*.html") if path.stem[0] != "_"
    }
    shown = used_in(COTTON.parent / "gallery") | used_in(COTTON)
    assert components - shown == set()


def test_every_component_says_what_it_expects() -> None:
    silent = [
        path.name
        for path in COTTON.glob("*.html")
        if "{% comment %}" not in path.read_text("utf-8")
    ]
    assert silent == []


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_no_inline_style_and_no_inline_script(language: str) -> None:
    html = gallery(language)
    assert re.findall(r"<[^>]*\sstyle=", html) == []
    assert re.findall(r"<script(?![^>]*\ssrc=)", html) == []
    assert re.findall(r"\son[a-z]+=", html) == []


def test_ids_are_unique() -> None:
    ids = re.findall(r'\sid="([^"]+)"', gallery())
    assert sorted(ids) == sorted(set(ids))


def test_languages_do_not_mix() -> None:
    english = re.sub(r"<form.*?</form>", "", gallery("en"), flags=re.DOTALL)
    assert re.findall(r"[\u4e00-\u9fff]+", english) == []
    assert '<html lang="zh-Hans">' in gallery("zh-hans")


def test_all_units_are_drawn() -> None:
    html = gallery()
    marks = re.search(r'<svg class="map-drawing".*?</svg>', html, flags=re.DOTALL)
    assert marks is not None
    assert marks[0].count("data-mark") == 58
