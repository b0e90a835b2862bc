"""Write the offline bundle: everything a site needs that has Python, and nothing else.

    python tools/release.py                  into dist/, packages by pip, every hash checked
    python tools/release.py --wheels DIR     packages of others from a folder; no network
    python tools/release.py --fonts DIR      fonts of papers from a folder, Debian's by default

What we make ourselves comes from the commit that is checked out, dated by it: two runs give the
same bytes. `junheng upgrade` and `install.sh` in the bundle read what is written here.
"""

from __future__ import annotations

import argparse
import email
import hashlib
import json
import os
import shutil
import struct
import subprocess
import sys
import tarfile
import tempfile
import tomllib
import uuid
import zipfile
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ROOT = Path(__file__).resolve().parent.parent
DIST = Path("src/junheng/web/static/dist")
MACHINES = ("x86_64", "aarch64")
# glibc 2.28 and older: what the systems of the last years bring.
PLATFORMS = ("manylinux_2_28", "manylinux_2_17", "manylinux2014")
PYTHON_VERSION = "3.11"
LICENCE_NAMES = ("licen", "copying", "notice", "authors")
DOCS = ("deploy", "backup", "upgrade")
# What papers are set in (rules/documents/layouts.toml); the folder is that of fonts-noto-cjk.
FONTS_DIR = Path("/usr/share/fonts/opentype/noto")
FONTS = ("NotoSansCJK-Regular.ttc", "NotoSerifCJK-Regular.ttc", "NotoSerifCJK-Bold.ttc")
FONTS_LICENCE = Path("/usr/share/doc/fonts-noto-cjk/copyright")


class ReleaseFault(Exception):
    """The bundle cannot be made; the message says why."""


@dataclass(frozen=True)
class Part:
    """A package of others within the bundle: its licence, files with SHA-256, licence texts."""

    kind: str
    name: str
    version: str
    licence: str
    is_expression: bool
    hashes: Mapping[str, str]
    texts: Mapping[str, bytes] = field(repr=False)

    @property
    def purl(self) -> str:
        """The address of the package in the form of package-url."""
        return f"pkg:{self.kind}/{self.name.replace('@', '%40')}@{self.version}"


def main() -> int:
    """Make the bundle; 0 done, 1 it could not be made."""
    parser = argparse.ArgumentParser(description="Write the offline bundle.")
    parser.add_argument("--out", type=Path, default=ROOT / "dist", help="folder to write into")
    parser.add_argument("--wheels", type=Path, help="take the packages of others from here")
    parser.add_argument("--fonts", type=Path, default=FONTS_DIR, help="take the fonts from here")
    arguments = parser.parse_args()
    try:
        archive = release(arguments.out, wheels=arguments.wheels, fonts=arguments.fonts)
    except ReleaseFault as fault:
        print(f"release: {fault}", file=sys.stderr)
        return 1
    print(f"{sha256(archive)}  {archive}")
    return 0


def release(out: Path, *, wheels: Path | None = None, fonts: Path = FONTS_DIR) -> Path:
    """Write the bundle as a folder and as an archive beside it; return the archive."""
    out.mkdir(parents=True, exist_ok=True)
    made_at = int(output("git", "log", "-1", "--format=%ct"))
    with tempfile.TemporaryDirectory() as name:
        source, bundle = Path(name) / "source", Path(name) / "bundle"
        export(source)
        (bundle / "wheels").mkdir(parents=True)
        collect_wheels(bundle / "wheels", wheels)
        collect_fonts(bundle / "fonts", fonts)
        own = build_own(source, bundle / "wheels", made_at)
        version = own.name.split("-")[1]
        fill(bundle, source, own, version, made_at)
        target = out / f"junheng-{version}"
        shutil.rmtree(target, ignore_errors=True)
        shutil.move(bundle, target)
    return pack(target, made_at)


# --- from the commit to a wheel -------------------------------------------------------------------


def export(target: Path) -> None:
    """Write the commit that is checked out, its built front end and its messages."""
    if output("git", "status", "--porcelain", "--untracked-files=no", "--", "frontend"):
        raise ReleaseFault("frontend/ is not as committed: commit, then run make setup")
    if not (ROOT / DIST / "manifest.json").is_file():
        raise ReleaseFault("the front end is not built: run make setup")
    archive = target.with_suffix(".tar")
    run("git", "archive", f"--output={archive}", "HEAD")
    with tarfile.open(archive) as opened:
        opened.extractall(target, filter="data")
    shutil.copytree(ROOT / DIST, target / DIST)
    run(sys.executable, "tools/messages.py", "compile", cwd=target)


def build_own(source: Path, wheels: Path, made_at: int) -> Path:
    """Build our own wheel; two builds of one commit are equal byte for byte."""
    command = (sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(wheels))
    run(*command, cwd=source, SOURCE_DATE_EPOCH=str(made_at))
    (own,) = wheels.glob("junheng-*.whl")
    with zipfile.ZipFile(own) as opened:
        for name in opened.namelist():
            if os.fsencode(ROOT) in opened.read(name):
                raise ReleaseFault(f"{name} in {own.name} names a folder of this machine")
    return own


# --- packages of others ---------------------------------------------------------------------------


def collect_wheels(target: Path, given: Path | None) -> None:
    """Bring the locked packages for every kind of machine, each checked against its hashes."""
    for machine in MACHINES:
        platforms = [f"--platform={platform}_{machine}" for platform in PLATFORMS]
        local = ["--no-index", f"--find-links={given}"] if given else []
        locks = ["-r", "deploy/bundle/pip.txt", "-r", "requirements/base.txt"]
        run(
            sys.executable,
            *("-m", "pip", "download", "--quiet", "--no-deps", "--require-hashes"),
            *("--only-binary=:all:", f"--python-version={PYTHON_VERSION}", "--implementation=cp"),
            *(*platforms, *local, *locks, f"--dest={target}"),
        )


def python_parts(wheels: Path) -> Iterator[Part]:
    """Yield the parts that wheels bring; those of several machines are one part."""
    found: dict[tuple[str, str], Part] = {}
    for path in sorted(wheels.glob("*.whl")):
        part = read_wheel(path)
        known = found.get((part.name, part.version))
        hashes = {**(known.hashes if known else {}), **part.hashes}
        found[part.name, part.version] = Part(**{**vars(part), "hashes": hashes})
    yield from found.values()


def read_wheel(path: Path) -> Part:
    """Return what a wheel says of itself; ReleaseFault when it names no licence."""
    with zipfile.ZipFile(path) as wheel:
        (described,) = (n for n in wheel.namelist() if n.endswith(".dist-info/METADATA"))
        told = email.message_from_bytes(wheel.read(described))
        info = described.removesuffix("METADATA")
        texts = {
            name.removeprefix(info).removeprefix("licenses/"): wheel.read(name)
            for name in wheel.namelist()
            if name.startswith(info) and is_licence(name.removeprefix(info))
        }
    licence = told["License-Expression"] or short_licence(told)
    if not licence:
        raise ReleaseFault(f"{path.name} names no licence")
    return Part(
        "pypi",
        told["Name"].lower().replace("_", "-"),
        told["Version"],
        licence,
        bool(told["License-Expression"]),
        {f"wheels/{path.name}": sha256(path)},
        texts,
    )


def short_licence(told: email.message.Message) -> str:
    """Return the licence by its classifiers, else by the field, where that is no whole text."""
    classified = [
        str(line).rpartition(" :: ")[2]
        for line in told.get_all("Classifier", ())
        if str(line).startswith("License ::")
    ]
    stated = str(told["License"] or "")
    return ", ".join(classified) or ("" if "\n" in stated else stated)


def is_licence(name: str) -> bool:
    """Say whether a file, by its path within the package's own data, is a licence text."""
    if name.endswith("/"):
        return False
    return name.startswith("licenses/") or name.lower().startswith(LICENCE_NAMES)


def npm_parts(frontend: Path) -> Iterator[Part]:
    """Yield the packages whose code or fonts are in the built front end."""
    lock = json.loads((frontend / "package-lock.json").read_text(encoding="utf-8"))
    for place, entry in sorted(lock["packages"].items()):
        if not place or entry.get("dev"):
            continue
        name = place.rpartition("node_modules/")[2]
        folder = ROOT / "frontend" / place
        texts = {
            path.name: path.read_bytes()
            for path in sorted(folder.glob("*"))
            if path.is_file() and is_licence(path.name)
        }
        yield Part("npm", name, entry["version"], entry["license"], True, {}, texts)


def collect_fonts(target: Path, source: Path) -> None:
    """Copy the fonts that papers are set in; their licence wants to go with them."""
    missing = [name for name in FONTS if not (source / name).is_file()]
    if missing or not FONTS_LICENCE.is_file():
        raise ReleaseFault(
            f"{', '.join(missing) or FONTS_LICENCE} is missing: install fonts-noto-cjk"
        )
    target.mkdir()
    for name in FONTS:
        shutil.copyfile(source / name, target / name)


def font_part(fonts: Path) -> Part:
    """Return the fonts of a bundle as a part; their version is the one the files tell."""
    hashes = {f"fonts/{path.name}": sha256(path) for path in sorted(fonts.iterdir())}
    version = font_version(fonts / FONTS[0])
    texts = {"copyright": FONTS_LICENCE.read_bytes()}
    return Part("generic", "noto-cjk", version, "OFL-1.1", True, hashes, texts)


def font_version(path: Path) -> str:
    """Return the revision in the head table of the first font of a collection."""
    with path.open("rb") as opened:
        opened.seek(12)
        (start,) = struct.unpack(">I", opened.read(4))
        opened.seek(start + 4)
        (n_tables,) = struct.unpack(">H6x", opened.read(8))
        for _ in range(n_tables):
            tag, _sum, offset, _length = struct.unpack(">4sIII", opened.read(16))
            if tag == b"head":
                opened.seek(offset + 4)
                whole, part = struct.unpack(">HH", opened.read(4))
                return f"{whole + part / 65536:.3f}"
    raise ReleaseFault(f"{path.name} is no collection of fonts")


# --- what lies beside the wheels ------------------------------------------------------------------


def fill(bundle: Path, source: Path, own: Path, version: str, made_at: int) -> None:
    """Write everything but the wheels, and the sums of all at last."""
    ours = own.relative_to(bundle).as_posix()
    others = [part for part in python_parts(bundle / "wheels") if ours not in part.hashes]
    parts = [*others, *npm_parts(source / "frontend"), font_part(bundle / "fonts")]
    for name in ("LICENSE", "NOTICE"):
        shutil.copyfile(source / name, bundle / name)
    shutil.copyfile(source / "deploy" / "bundle" / "install.sh", bundle / "install.sh")
    ignored = shutil.ignore_patterns("bundle")
    shutil.copytree(source / "deploy", bundle / "deploy", ignore=ignored)
    copy_docs(source / "docs" / "how-to", bundle / "docs")
    write_requirements(bundle / "requirements.txt", source, own, version)
    write_licences(bundle / "licences", parts)
    write_json(bundle / "sbom.cdx.json", sbom(parts, own, version, made_at))
    write_json(bundle / "bundle.json", description(source, version))
    names = sorted(p.relative_to(bundle).as_posix() for p in bundle.rglob("*") if p.is_file())
    sums = "".join(f"{sha256(bundle / name)}  {name}\n" for name in names)
    (bundle / "SHA256SUMS").write_text(sums, encoding="utf-8")


def copy_docs(source: Path, target: Path) -> None:
    """Copy what whoever installs has to read, in both languages."""
    target.mkdir()
    for name in DOCS:
        for path in source.glob(f"{name}.*"):
            shutil.copyfile(path, target / path.name)


def write_requirements(path: Path, source: Path, own: Path, version: str) -> None:
    """Write every package with its hashes, ours too: pip then installs nothing else."""
    locks = (source / "deploy" / "bundle" / "pip.txt", source / "requirements" / "base.txt")
    lines = [lock.read_text(encoding="utf-8") for lock in locks]
    lines.append(f"junheng=={version} --hash=sha256:{sha256(own)}\n")
    path.write_text("".join(lines), encoding="utf-8")


def description(source: Path, version: str) -> dict[str, Any]:
    """Return what `junheng upgrade` reads first."""
    told = tomllib.loads((source / "deploy/bundle/bundle.toml").read_text(encoding="utf-8"))
    return {
        "format": 1,
        "name": "junheng",
        "version": version,
        "python": PYTHON_VERSION,
        "machines": list(MACHINES),
        **told,
    }


def write_licences(folder: Path, parts: list[Part]) -> None:
    """Write the licence texts of all parts and a list that names each licence."""
    rows = ["# Licences of the parts\n\n| Part | Version | Licence |\n|---|---|---|\n"]
    for part in parts:
        rows.append(f"| {part.name} | {part.version} | {part.licence} |\n")
        for name, text in part.texts.items():
            path = folder / part.kind / part.name / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text)
    (folder / "LICENCES.md").write_text("".join(rows), encoding="utf-8")


def sbom(parts: list[Part], own: Path, version: str, made_at: int) -> dict[str, Any]:
    """Return the bill of materials in the form of CycloneDX 1.6."""
    components = [component(part) for part in parts]
    content = json.dumps([components, sha256(own)])
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_OID, content)}",
        "version": 1,
        "metadata": {
            "timestamp": datetime.fromtimestamp(made_at, UTC).isoformat(),
            "component": {
                "type": "application",
                "bom-ref": f"pkg:pypi/junheng@{version}",
                "name": "junheng",
                "version": version,
                "purl": f"pkg:pypi/junheng@{version}",
                "licenses": [{"expression": "Apache-2.0"}],
                "hashes": [{"alg": "SHA-256", "content": sha256(own)}],
            },
        },
        "components": components,
    }


def component(part: Part) -> dict[str, Any]:
    """Return one part as CycloneDX writes it; each file of it lies in the bundle."""
    licence = (
        {"expression": part.licence} if part.is_expression else {"license": {"name": part.licence}}
    )
    files = [
        {"type": "distribution", "url": name, "hashes": [{"alg": "SHA-256", "content": digest}]}
        for name, digest in part.hashes.items()
    ]
    told = {
        "type": "library",
        "bom-ref": part.purl,
        "name": part.name,
        "version": part.version,
        "purl": part.purl,
        "licenses": [licence],
    }
    return told | ({"externalReferences": files} if files else {})


# --- small helpers --------------------------------------------------------------------------------


def pack(folder: Path, made_at: int) -> Path:
    """Write a folder as an archive that depends on its content alone."""

    def plain(entry: tarfile.TarInfo) -> tarfile.TarInfo:
        entry.mtime, entry.uid, entry.gid, entry.uname, entry.gname = made_at, 0, 0, "", ""
        entry.mode = 0o755 if entry.isdir() or entry.name.endswith(".sh") else 0o644
        return entry

    path = folder.with_name(f"{folder.name}-offline.tar")
    with tarfile.open(path, "w", format=tarfile.PAX_FORMAT) as archive:
        for each in [folder, *sorted(folder.rglob("*"))]:
            name = each.relative_to(folder.parent).as_posix()
            archive.add(each, name, recursive=False, filter=plain)
    return path


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def sha256(path: Path) -> str:
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def output(*command: str) -> str:
    return run(*command).strip()


def run(*command: str, cwd: Path = ROOT, **variables: str) -> str:
    """Run a command and return what it printed; ReleaseFault with its last words when it fails."""
    done = subprocess.run(
        command,
        cwd=cwd,
        env=os.environ | variables,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode:
        raise ReleaseFault(f"{' '.join(command[:5])} ...: {done.stderr.strip()[-800:]}")
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
