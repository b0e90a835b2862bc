"""Signing in by a scan: a service of our own on this machine, the whole way through the browser."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, ClassVar

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SITE = """
import json
from urllib.parse import parse_qs, urlsplit
import django
django.setup()
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from django.test.utils import setup_test_environment
setup_test_environment()
call_command("migrate", verbosity=0)
from junheng.apps.accounts.services import user_create

def scan(state=None):
    client = Client()
    reply = client.post("/sign-in/scan/start", {"next": "/me/posts/"})
    sent = parse_qs(urlsplit(reply.headers["Location"]).query)
    if sent:
        assert sent["code_challenge_method"] == ["S256"], sent
        answer = {"code": "c", "state": state or sent["state"][0]}
        reply = client.get("/sign-in/scan/back", answer)
    return [reply.headers["Location"], client.get("/me/posts/").status_code]

user = user_create(username="wang_h", display_name="x")
told = {"right": scan(), "again": scan(), "forged": scan("forged")}
user.username = "li_p"
user.save()
told["renamed"] = scan()
user.delete()
told["stranger"] = scan()
app = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][0]
app["settings"]["server_url"] = "http://127.0.0.1:9/"
told["silent"] = scan()
print(json.dumps(told))
"""


class Service(BaseHTTPRequestHandler):
    """An OpenID Connect service that always tells the same name."""

    name: ClassVar[str] = "wang_h"

    def do_GET(self) -> None:
        host = f"http://{self.headers['Host']}"
        told = {
            "/.well-known/openid-configuration": {
                "issuer": host,
                "authorization_endpoint": f"{host}/authorize",
                "token_endpoint": f"{host}/token",
                "userinfo_endpoint": f"{host}/userinfo",
                "jwks_uri": f"{host}/keys",
                "token_endpoint_auth_methods_supported": ["client_secret_post"],
            },
            "/userinfo": {"sub": "7", "preferred_username": self.name},
        }
        self._say(told[self.path])

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self._say({"access_token": "t", "token_type": "Bearer"})

    def _say(self, told: object) -> None:
        content = json.dumps(told).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_args: object) -> None:
        """Say nothing."""


@pytest.fixture
def service() -> Iterator[str]:
    """The service's address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Service) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.mark.soak
def test_only_an_account_of_the_name_is_opened(tmp_path: Path, service: str) -> None:
    """In a process of its own: the site mounts the scan when it starts, where it is named."""
    environment = {
        "JUNHENG_MODE": "test",
        "JUNHENG_VAR": str(tmp_path),
        "JUNHENG_DATABASE_URL": f"sqlite:///{tmp_path / 'site.sqlite3'}",
        "JUNHENG_SCAN_SERVER": service,
        "JUNHENG_SCAN_CLIENT": "junheng",
        "JUNHENG_SCAN_SECRET": "secret",
        "DJANGO_SETTINGS_MODULE": "junheng.web.settings",
    }
    done = subprocess.run(
        [sys.executable, "-c", SITE], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.strip().splitlines()[-1])
    inside, refused = ["/me/posts/", 200], ["/sign-in/", 302]
    assert told == {
        "right": inside,
        "again": inside,
        "forged": refused,
        "renamed": refused,
        "stranger": refused,
        "silent": refused,
    }
