"""The offline bundle: made twice the same, complete, and installed and upgraded without network."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from junheng.apps.operation.upgrade.bundle import opened

if TYPE_CHECKING:
    from types import ModuleType

ROOT = Path(__file__).parents[2]
METADATA = "Metadata-Version: 2.4\nName: Some_Part\nVersion: 1.2\n"


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("release_tool", ROOT / "tools" / "release.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def wheel(folder: Path, machine: str, licence: str = "License-Expression: MIT\n") -> Path:
    path = folder / f"some_part-1.2-cp311-cp311-manylinux_2_28_{machine}.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("some_part-1.2.dist-info/METADATA", METADATA + licence)
        archive.writestr("some_part-1.2.dist-info/licenses/LICENSE", "Anyone may.")
        archive.writestr("some_part/LICENSE", "of a file within, which stays there")
    return path


def test_wheels_of_two_machines_are_one_part(tool: ModuleType, tmp_path: Path) -> None:
    names = {f"wheels/{wheel(tmp_path, machine).name}" for machine in ("x86_64", "aarch64")}
    (part,) = tool.python_parts(tmp_path)
    assert (part.name, part.version, part.licence) == ("some-part", "1.2", "MIT")
    assert part.hashes.keys() == names
    assert part.texts == {"LICENSE": b"Anyone may."}


def test_a_licence_comes_from_the_classifier_where_there_is_no_expression(
    tool: ModuleType, tmp_path: Path
) -> None:
    path = wheel(tmp_path, "x86_64", "Classifier: License :: OSI Approved :: MIT License\n")
    part = tool.read_wheel(path)
    assert (part.licence, part.is_expression) == ("MIT License", False)


def test_a_part_without_a_licence_is_refused(tool: ModuleType, tmp_path: Path) -> None:
    with pytest.raises(tool.ReleaseFault, match="names no licence"):
        tool.read_wheel(wheel(tmp_path, "x86_64", ""))


def test_front_end_parts_are_what_is_shipped_and_not_what_builds_it(tool: ModuleType) -> None:
    parts = {part.name: part for part in tool.npm_parts(ROOT / "frontend")}
    assert "vite" not in parts
    assert "OFL" in parts["@fontsource-variable/noto-sans-sc"].licence
    assert parts["htmx.org"].texts


def test_fonts_of_papers_come_along_or_the_bundle_is_not_made(
    tool: ModuleType, tmp_path: Path
) -> None:
    with pytest.raises(tool.ReleaseFault, match="fonts-noto-cjk"):
        tool.collect_fonts(tmp_path / "fonts", tmp_path)
    assert float(tool.font_version(tool.FONTS_DIR / tool.FONTS[0])) >= 2


def test_the_bill_of_materials_names_every_file(tool: ModuleType, tmp_path: Path) -> None:
    own = wheel(tmp_path, "x86_64")
    parts = list(tool.python_parts(tmp_path))
    made = [tool.sbom(parts, own, "0.2.0", 1_700_000_000) for _ in range(2)]
    assert made[0] == made[1]
    (listed,) = made[0]["components"]
    assert listed["purl"] == "pkg:pypi/some-part@1.2"
    assert listed["externalReferences"][0]["url"] == f"wheels/{own.name}"
    assert made[0]["metadata"]["timestamp"] == "2023-11-14T22:13:20+00:00"


def test_an_archive_depends_on_its_content_alone(tool: ModuleType, tmp_path: Path) -> None:
    sums = []
    for moment in (1, 2):
        folder = tmp_path / str(moment) / "junheng-0.2.0"
        folder.mkdir(parents=True)
        (folder / "b").write_text("b", encoding="ascii")
        os.utime(folder / "b", (moment, moment))
        sums.append(tool.sha256(tool.pack(folder, 1_700_000_000)))
    assert sums[0] == sums[1]


@pytest.mark.soak
@pytest.mark.skipif(
    shutil.which("unshare") is None or os.geteuid() != 0,
    reason="to take the network away needs root",
)
def test_made_twice_the_same_installed_and_upgraded_without_network(
    tool: ModuleType, tmp_path: Path
) -> None:
    try:
        first = tool.release(tmp_path / "first")
    except tool.ReleaseFault as fault:
        pytest.skip(f"no bundle can be made here: {fault}")
    folder = first.parent / first.name.removesuffix("-offline.tar")
    again = tool.release(tmp_path / "again", wheels=folder / "wheels")
    assert tool.sha256(again) == tool.sha256(first)
    require_no_traces(folder)
    with opened(first) as bundle:
        version = bundle.version
    home = tmp_path / "home"
    offline("sh", folder / "install.sh", home)
    junheng = home / "bin" / "junheng"
    offline(junheng, "manage", "migrate", "--noinput", var=tmp_path)
    before = (home / "current").resolve()
    done = offline(junheng, "upgrade", first, "--json", var=tmp_path)
    assert json.loads(done)["after"] == version
    assert (home / "current").resolve() != before
    assert version in offline(junheng, "--version", var=tmp_path)


def require_no_traces(folder: Path) -> None:
    """No folder of this machine, no address to fetch packages from."""
    for name in ("requirements.txt", "sbom.cdx.json", "bundle.json", "SHA256SUMS", "install.sh"):
        text = (folder / name).read_text(encoding="utf-8")
        assert str(ROOT) not in text
        assert "://" not in text, name


def offline(*command: str | Path, var: Path | None = None) -> str:
    """Run a command where there is no network, not even this machine's own addresses but one."""
    # What tests set for themselves, Django's permission for browser tests among it, is no site's.
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("JUNHENG", "DJANGO"))
    }
    base_python = str(Path(sys.base_prefix) / "bin" / "python3.11")
    settings = {"PYTHON": base_python, "JUNHENG_MODE": "demo", "JUNHENG_VAR": str(var)}
    # The upgrade asks its trial server over the loopback, which is down in a new namespace.
    up = ["unshare", "--net", "sh", "-c", 'ip link set lo up && exec "$@"', "sh"]
    done = subprocess.run(
        [*up, *map(str, command)],
        env=inherited | settings,
        cwd=var,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
