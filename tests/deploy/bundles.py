"""Tiny bundles and a tiny site: everything an upgrade touches, without the product's weight.

The program of such a bundle speaks like `junheng` and does what the test wants at each step.
"""

from __future__ import annotations

import base64
import hashlib
import json
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pip

from junheng.apps.operation.backup.manifest import files_below, sha256
from junheng.apps.operation.backup.place import Place
from junheng.apps.operation.backup.sqlite import SqliteStore
from junheng.apps.operation.upgrade.home import Home
from junheng.apps.operation.upgrade.upgrading import Site

if TYPE_CHECKING:
    from collections.abc import Mapping

VERSION = "9.9.9"
N_ROWS = 3
PROGRAM = """#!python
import http.server, json, pathlib, sqlite3, sys, time

SITE, DOES = pathlib.Path({site!r}), json.loads({does!r})
COMMAND = next(word for word in sys.argv[1:] if word != "manage")

def act():
    does = DOES.get(COMMAND, "well")
    if does == "block":
        (SITE / "blocked").touch()
        time.sleep(600)
    sys.exit({{"well": 0, "fail": 1}}.get(does, 0))

def migrate():
    with sqlite3.connect(SITE / "site.sqlite3") as database:
        database.execute("ALTER TABLE school ADD COLUMN place TEXT")
        if DOES.get("migrate") == "lose":
            database.execute("DELETE FROM school WHERE rowid = 1")
    (SITE / "files" / "of-the-new-version").touch()

class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        is_well = DOES.get("serve", "well") == "well" and self.headers["Host"] == "tiny.example.cn"
        self.send_response(200 if is_well else 503)
        self.end_headers()
        self.wfile.write(b"worker: failed")
    def log_message(self, *_):
        pass

if "--help" in sys.argv:
    sys.exit(0)
if COMMAND == "migrate":
    migrate()
if COMMAND == "serve" and DOES.get("serve") != "block":
    if DOES.get("serve") == "fail":
        sys.exit("no port")
    http.server.HTTPServer(("127.0.0.1", int(sys.argv[-1])), Answer).serve_forever()
act()
"""


def tiny_site(folder: Path) -> Site:
    """Return a site of one table and one file in a folder, with a version in use."""
    database = folder / "site.sqlite3"
    home = Home(folder / "home")
    if not database.exists():
        _lay_out(folder, database, home)
    return Site(
        home=home,
        place=Place(SqliteStore(database), folder / "files"),
        keys={},
        notes=folder / "notes",
        backups=folder / "backups",
        host="tiny.example.cn",
        count=lambda: {"school": len(schools(folder))},
    )


def _lay_out(folder: Path, database: Path, home: Home) -> None:
    with closing(sqlite3.connect(database)) as opened, opened:
        opened.execute("CREATE TABLE school (name TEXT)")
        opened.executemany("INSERT INTO school VALUES (?)", [(f"S{n}",) for n in range(N_ROWS)])
    (folder / "files").mkdir()
    (folder / "files" / "upload.csv").write_text("a,b\n", encoding="ascii")
    old = home.folder / "environments" / "0.0.1"
    old.mkdir(parents=True)
    home.switch(old)


def schools(folder: Path) -> list[tuple[str, ...]]:
    with closing(sqlite3.connect(folder / "site.sqlite3")) as database:
        return database.execute("SELECT * FROM school ORDER BY 1").fetchall()


def state(folder: Path) -> dict[str, object]:
    """Return everything that has to be whole: values, files, the version in use, its traces."""
    return {
        "schools": schools(folder),
        "files": sorted(path.name for path in (folder / "files").iterdir()),
        "current": (folder / "home" / "current").readlink().as_posix(),
        "environments": sorted(p.name for p in (folder / "home" / "environments").iterdir()),
        "under way": (folder / "notes" / "upgrade.json").exists(),
        "beside": sorted(path.name for path in folder.glob(".*")),
    }


def make_bundle(folder: Path, site: Path, does: Mapping[str, str] | None = None) -> Path:
    """Write a bundle whose program does what `does` says at a step: well, fail, block, lose."""
    wheels = folder / "wheels"
    wheels.mkdir(parents=True)
    program = PROGRAM.format(site=str(site), does=json.dumps(dict(does or {})))
    wheel = _write_wheel(wheels, program)
    _pack_pip(wheels / "pip-0-py3-none-any.whl")
    requirement = f"junheng=={VERSION} --hash=sha256:{sha256(wheel)}\n"
    (folder / "requirements.txt").write_text(requirement, encoding="ascii")
    told = {"format": 1, "name": "junheng", "version": VERSION, "may_lose_rows": []}
    (folder / "bundle.json").write_text(json.dumps(told), encoding="ascii")
    write_sums(folder)
    return folder


def write_sums(folder: Path) -> None:
    names = sorted(files_below(folder) - {"SHA256SUMS"})
    lines = [f"{sha256(folder / name)}  {name}\n" for name in names]
    (folder / "SHA256SUMS").write_text("".join(lines), encoding="utf-8")


def _write_wheel(folder: Path, program: str) -> Path:
    info = f"junheng-{VERSION}.dist-info"
    files = {
        f"junheng-{VERSION}.data/scripts/junheng": program,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: junheng\nVersion: {VERSION}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{name},{_hash(text)},{len(text)}\n" for name, text in files.items())
    path = folder / f"junheng-{VERSION}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        for name, text in (files | {f"{info}/RECORD": f"{record}{info}/RECORD,,\n"}).items():
            entry = zipfile.ZipInfo(name)
            # What lies in scripts has to be executable to become so.
            entry.external_attr = 0o100755 << 16
            wheel.writestr(entry, text)
    return path


def _hash(text: str) -> str:
    digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest())
    return f"sha256={digest.decode().rstrip('=')}"


def _pack_pip(path: Path) -> None:
    """Pack the pip of this environment as a wheel holds it, compiled so that it starts at once."""
    package = Path(pip.__file__).parent
    with zipfile.ZipFile(path, "w") as wheel:
        for source in sorted(package.rglob("*")):
            if source.is_file() and "__pycache__" not in source.parts:
                wheel.write(source, source.relative_to(package.parent))
