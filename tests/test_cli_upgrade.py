"""`junheng upgrade`: the new state whole or the old state whole, whatever happens in between."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
from datetime import UTC, datetime
from threading import Event
from typing import TYPE_CHECKING

import pytest
from tests.command_line import call
from tests.deploy.bundles import VERSION, make_bundle, schools, state, tiny_site, write_sums
from tests.nursery import CHECKOUT, PATIENCE_S, wait_for

from junheng.apps.operation.upgrade import unfinished
from junheng.apps.operation.upgrade.fault import UpgradeFault
from junheng.apps.operation.upgrade.unfinished import Unfinished
from junheng.apps.operation.upgrade.upgrading import recover, upgrade

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from junheng.apps.operation.upgrade.upgrading import Site

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
UPGRADING = """
import sys, django
django.setup()
from datetime import UTC, datetime
from pathlib import Path
from tests.deploy.bundles import tiny_site
from junheng.apps.operation.upgrade.upgrading import upgrade
print("begun", flush=True)
upgrade(Path(sys.argv[1]), site=tiny_site(Path(sys.argv[2])), now=datetime.now(UTC))
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of a site that is in its old state."""
    folder = tmp_path / "site"
    folder.mkdir()
    tiny_site(folder)
    return folder


def bundle(folder: Path, does: Mapping[str, str] | None = None) -> Path:
    return make_bundle(folder.parent / "bundle", folder, does)


def packed(folder: Path) -> Path:
    path = folder.with_suffix(".tar")
    with tarfile.open(path, "w") as archive:
        archive.add(folder, "junheng-9.9.9")
    return path


def start(made: Path, folder: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", UPGRADING, str(made), str(folder)],
        env=os.environ | {"PYTHONPATH": str(CHECKOUT)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    assert process.stdout.readline() == "begun\n"
    return process


def require_new(folder: Path) -> None:
    found = state(folder)
    assert str(found["current"]).startswith(f"environments/{VERSION}-")
    assert found["schools"] == [("S0", None), ("S1", None), ("S2", None)]
    assert found["files"] == ["of-the-new-version", "upload.csv"]
    assert (found["under way"], found["beside"]) == (False, [])
    assert (folder / "home" / "current" / "bin" / "junheng").is_file()


def test_it_works(folder: Path) -> None:
    done = upgrade(packed(bundle(folder)), site=tiny_site(folder), now=NOW)
    require_new(folder)
    assert (done.after, done.environment.parent.name) == (VERSION, "environments")
    assert (done.backup / "manifest.json").is_file()


@pytest.mark.parametrize(
    ("does", "finding"),
    [
        ({"migrate": "fail"}, "“junheng manage migrate --noinput” of the new version failed"),
        ({"migrate": "lose"}, "Table school has 2 rows after the upgrade, 3 before"),
        ({"verify-audit": "fail"}, "“junheng verify-audit --json” of the new version failed"),
        ({"serve": "fail"}, "does not get ready"),
    ],
    ids=["migration", "rows", "audit", "ready"],
)
def test_a_fault_leaves_everything_as_it_was(
    folder: Path, does: dict[str, str], finding: str
) -> None:
    before = state(folder)
    with pytest.raises(UpgradeFault, match=finding):
        upgrade(bundle(folder, does), site=tiny_site(folder), now=NOW)
    assert state(folder) == before


def damage(made: Path) -> None:
    wheel = next(made.glob("wheels/junheng-*"))
    wheel.write_bytes(wheel.read_bytes()[:-1] + b"?")


def lose(made: Path) -> None:
    next(made.glob("wheels/junheng-*")).unlink()


def add(made: Path) -> None:
    (made / "wheels" / "django-99-py3-none-any.whl").touch()


def lead_out(made: Path) -> None:
    sums = made / "SHA256SUMS"
    sums.write_text(f"{'0' * 64}  ../outside\n{sums.read_text(encoding='utf-8')}")


def be_of_another(made: Path) -> None:
    path = made / "bundle.json"
    path.write_text(path.read_text(encoding="utf-8").replace('"junheng"', '"other"'))
    write_sums(made)


def be_older(made: Path) -> None:
    path = made / "bundle.json"
    path.write_text(path.read_text(encoding="utf-8").replace(VERSION, "0.0.9"))
    write_sums(made)


def be_swapped(made: Path) -> None:
    """Sums that fit a wheel that the locked hashes do not know."""
    damage(made)
    write_sums(made)


@pytest.mark.parametrize(
    ("harm", "finding"),
    [
        (damage, "is not as it was made"),
        (lose, "The bundle lacks wheels/junheng"),
        (add, "does not belong to the bundle"),
        (lead_out, "SHA256SUMS of the bundle cannot be read"),
        (be_of_another, "says something this version does not know"),
        (be_older, "which is older than"),
        (be_swapped, "cannot be installed"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_bundle_that_is_not_right_changes_nothing(
    folder: Path, harm: object, finding: str
) -> None:
    before, made = state(folder), bundle(folder)
    assert callable(harm)
    harm(made)
    with pytest.raises(UpgradeFault, match=finding):
        upgrade(made, site=tiny_site(folder), now=NOW)
    assert state(folder) == before
    assert not (folder / "backups").exists()


def test_an_archive_that_was_cut_off_is_refused(folder: Path) -> None:
    before, path = state(folder), packed(bundle(folder))
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(UpgradeFault, match=r"damaged|lacks"):
        upgrade(path, site=tiny_site(folder), now=NOW)
    assert state(folder) == before


@pytest.mark.parametrize("step", ["migrate", "serve"])
def test_a_kill_before_the_exchange_is_recovered_to_the_old_state(folder: Path, step: str) -> None:
    before = state(folder)
    process = start(bundle(folder, {step: "block"}), folder)
    wait_for_block(folder, process)
    process.kill()
    process.communicate()
    assert schools(folder) != before["schools"]
    (folder / "blocked").unlink()
    with pytest.raises(UpgradeFault, match="broken off"):
        upgrade_after_orphans(folder)
    assert recover(site=tiny_site(folder))
    assert state(folder) == before
    assert not recover(site=tiny_site(folder))


def wait_for_block(folder: Path, process: subprocess.Popen[str]) -> None:
    wait_for(lambda: (folder / "blocked").exists() or process.poll() is not None)
    assert process.poll() is None


def upgrade_after_orphans(folder: Path) -> None:
    """Try to upgrade once what the killed one had started is gone as well."""
    with unfinished.alone(tiny_site(folder).notes, wait_s=PATIENCE_S):
        pass
    upgrade(folder.parent / "bundle", site=tiny_site(folder), now=NOW)


def test_a_kill_after_the_exchange_is_recovered_to_the_new_state(folder: Path) -> None:
    site = tiny_site(folder)
    old = site.home.current
    done = upgrade(bundle(folder), site=site, now=NOW)
    # As a kill between exchange and forgetting leaves it.
    Unfinished(old, done.environment, done.backup).write(site.notes)
    assert recover(site=site)
    require_new(folder)


def test_only_one_at_a_time(folder: Path) -> None:
    site = tiny_site(folder)
    with (
        unfinished.alone(site.notes, wait_s=0),
        pytest.raises(UpgradeFault, match="Another upgrade"),
    ):
        upgrade(bundle(folder), site=site, now=NOW)


def test_what_was_not_installed_from_a_bundle_is_not_upgraded(folder: Path) -> None:
    site: Site = tiny_site(folder)
    (folder / "home" / "current").unlink()
    with pytest.raises(UpgradeFault, match=r"install\.sh"):
        upgrade(bundle(folder), site=site, now=NOW)


@pytest.mark.parametrize("words", [(), ("x.tar", "--recover")])
def test_the_command_wants_a_bundle_or_recovering(words: tuple[str, ...]) -> None:
    refused = call("upgrade", *words, "--lang", "en")
    assert (refused.code, refused.out) == (2, "")
    assert "Name a bundle" in refused.err


@pytest.mark.django_db(transaction=True)
def test_the_command_recovers_nothing_where_nothing_was_broken_off(folder: Path) -> None:
    done = call("upgrade", "--recover", "--home", folder / "home", "--json")
    assert (done.code, done.json) == (0, {"recovered": False}), done.err


@pytest.mark.soak
def test_kills_at_any_moment_leave_one_of_the_two_states(folder: Path) -> None:
    """Killed later and later, until an upgrade that goes well has come to its end.

    The last kill, which no upgrade gets to see, falls after six minutes.
    """
    before, made = state(folder), bundle(folder)
    outcomes = set()
    for n_kill in range(32):
        process = start(made, folder)
        Event().wait(0.1 * 1.3**n_kill)
        process.kill()
        process.communicate()
        with unfinished.alone(tiny_site(folder).notes, wait_s=PATIENCE_S):
            pass
        recover(site=tiny_site(folder))
        is_old = schools(folder) == before["schools"]
        outcomes.add(is_old)
        if not is_old:
            require_new(folder)
            break
        # An environment that was not finished stays until the next upgrade that goes well.
        assert state(folder) | {"environments": []} == before | {"environments": []}
    assert outcomes == {True, False}
