"""A user's browser as far as a server sees it: one connection a page, cookies, forms."""

from __future__ import annotations

import re
import secrets
import time
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urlsplit

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
PATIENCE_S = 60.0
REDIRECTS = frozenset({301, 302, 303})


@dataclass(frozen=True)
class Answer:
    """What came back, after redirects: status, address, body, and how long it took in all."""

    status: int
    path: str
    content: bytes
    took_s: float

    @property
    def text(self) -> str:
        """The body as text."""
        return self.content.decode(errors="replace")


@dataclass
class Browser:
    """One user, at an address of this machine's own net. Not to be shared between threads."""

    port: int
    address: str = "127.0.0.1"
    cookies: dict[str, str] = field(default_factory=dict)
    token: str = ""

    def __post_init__(self) -> None:
        self._connection = HTTPConnection(
            "127.0.0.1", self.port, timeout=PATIENCE_S, source_address=(self.address, 0)
        )

    def get(self, path: str) -> Answer:
        """Ask for a page; the time counts until its last byte, redirects included."""
        return self._ask("GET", path)

    def post(
        self, path: str, values: dict[str, str], file: tuple[str, bytes] | None = None
    ) -> Answer:
        """Send the form of the page that was asked for last, with a file if one is given."""
        values = {"csrfmiddlewaretoken": self.token, **values}
        if file is None:
            kind = "application/x-www-form-urlencoded"
            return self._ask("POST", path, urlencode(values).encode(), kind)
        mark = secrets.token_hex(16)
        body = _multipart(values, file, mark)
        return self._ask("POST", path, body, f"multipart/form-data; boundary={mark}")

    def _ask(self, method: str, path: str, body: bytes | None = None, kind: str = "") -> Answer:
        # A server closes what is idle for some seconds; while somebody reads, that is the rule.
        self._connection.close()
        begun = time.perf_counter()
        try:
            status, where, content = self._follow(method, path, body, kind)
        except (OSError, HTTPException) as error:
            self._connection.close()
            status, where, content = 0, path, repr(error).encode()
        answer = Answer(status, where, content, time.perf_counter() - begun)
        found = TOKEN.search(answer.text)
        self.token = found[1] if found else self.token
        return answer

    def _follow(
        self, method: str, path: str, body: bytes | None, kind: str
    ) -> tuple[int, str, bytes]:
        for _ in range(5):
            headers = {"Cookie": "; ".join(f"{n}={v}" for n, v in self.cookies.items())}
            if body is not None:
                headers["Content-Type"] = kind
            self._connection.request(method, path, body, headers)
            answer = self._connection.getresponse()
            content = answer.read()
            for line in answer.headers.get_all("Set-Cookie", ()):
                self.cookies |= {name: m.value for name, m in SimpleCookie(line).items()}
            if answer.status not in REDIRECTS:
                return answer.status, path, content
            url = urlsplit(answer.headers["Location"])
            path = f"{url.path}?{url.query}" if url.query else url.path
            method, body = "GET", None
        message = "too many redirects"
        raise HTTPException(message)


def _multipart(values: dict[str, str], file: tuple[str, bytes], mark: str) -> bytes:
    parts = [
        f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in values.items()
    ]
    name, content = file
    head = f'Content-Disposition: form-data; name="file"; filename="{name}"'
    parts.append(f"--{mark}\r\n{head}\r\n\r\n".encode() + content + b"\r\n")
    return b"".join(parts) + f"--{mark}--\r\n".encode()
