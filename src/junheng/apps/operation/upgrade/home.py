"""Where versions are installed side by side, and the link that says which one is in use."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import uuid
import venv
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from junheng.apps.operation.upgrade.fault import UpgradeFault
from junheng.i18n import say

if TYPE_CHECKING:
    from datetime import datetime

    from junheng.apps.operation.upgrade.bundle import Bundle

ENVIRONMENTS = "environments"
CURRENT = "current"


@dataclass(frozen=True)
class Home:
    """The folder that holds all versions of the program."""

    folder: Path

    @property
    def current(self) -> Path:
        """The environment in use; UpgradeFault where the program was not installed this way."""
        link = self.folder / CURRENT
        if not link.is_symlink():
            raise UpgradeFault(
                say(
                    "{folder} holds no version installed from a bundle. Install once with "
                    "install.sh of the bundle.",
                    folder=str(self.folder),
                )
            )
        return link.resolve()

    def install(self, bundle: Bundle, *, now: datetime) -> Path:
        """Install a bundle into an environment of its own, without a network; return its folder."""
        folder = self.folder / ENVIRONMENTS / f"{bundle.version}-{now:%Y%m%dT%H%M%S}"
        if folder.exists():
            raise UpgradeFault(say("{folder} is there already.", folder=str(folder)))
        try:
            venv.EnvBuilder(symlinks=True).create(folder)
            _pip_install(bundle, folder)
        except BaseException:
            self.remove(folder)
            raise
        return folder

    def switch(self, environment: Path) -> None:
        """Make an environment the one in use, in one step that is on the disk when this returns."""
        link = self.folder / f".{CURRENT}.{uuid.uuid4().hex[:8]}"
        link.symlink_to(environment.relative_to(self.folder))
        link.replace(self.folder / CURRENT)
        sync(self.folder)

    def tidy(self, *, keep: set[Path]) -> None:
        """Remove environments that are not kept, as earlier upgrades left them."""
        for folder in (self.folder / ENVIRONMENTS).iterdir():
            if folder.resolve() not in keep:
                self.remove(folder)

    @staticmethod
    def remove(environment: Path) -> None:
        """Remove an environment as far as this account may."""
        shutil.rmtree(environment, ignore_errors=True)


def home_of(prefix: Path) -> Home:
    """Return the home that an environment lies in.

    >>> home_of(Path("/opt/junheng/environments/0.1.0")).folder.as_posix()
    '/opt/junheng'
    """
    return Home(prefix.parent.parent)


def running_home() -> Home:
    """Return the home of the program that runs."""
    return home_of(Path(sys.prefix).resolve())


def sync(folder: Path) -> None:
    """Have the names in a folder on the disk before going on."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _pip_install(bundle: Bundle, folder: Path) -> None:
    """Install what the bundle holds and nothing from elsewhere, every hash checked."""
    arguments = ["install", "--quiet", "--no-index", f"--find-links={bundle.folder / 'wheels'}"]
    arguments += ["--require-hashes", "--only-binary=:all:", "--disable-pip-version-check"]
    requirements = bundle.folder / "requirements.txt"
    done = subprocess.run(  # noqa: S603 - the bundle's own pip, every byte checked before
        [folder / "bin" / "python", bundle.pip / "pip", *arguments, "-r", requirements],
        # Isolated from what the machine tells pip, such as other places to take packages from.
        env={**_without_pip(os.environ), "PIP_CONFIG_FILE": os.devnull},
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode:
        reason = done.stderr.strip()[-500:]
        raise UpgradeFault(say("The bundle cannot be installed: {reason}", reason=reason))


def _without_pip(environment: os._Environ[str]) -> dict[str, str]:
    return {
        name: value
        for name, value in environment.items()
        if not name.startswith(("PIP_", "PYTHON"))
    }
