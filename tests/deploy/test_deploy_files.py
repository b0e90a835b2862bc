"""The files in deploy/ are well-formed, name settings that exist, raise the walls they claim."""

from __future__ import annotations

import configparser
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
SETTINGS = (ROOT / "docs" / "reference" / "settings.md").read_text(encoding="utf-8")
UNITS = sorted((DEPLOY / "systemd").glob("*.*"))
SERVICES = [unit for unit in UNITS if unit.suffix == ".service"]
FILES = sorted(path for path in DEPLOY.rglob("*") if path.is_file())
HARDENING = {
    "NoNewPrivileges": "yes",
    "ProtectSystem": "strict",
    "ProtectHome": "yes",
    "PrivateTmp": "yes",
    "PrivateDevices": "yes",
    "CapabilityBoundingSet": "",
    "UMask": "0077",
    "User": "junheng",
    "RestrictSUIDSGID": "yes",
}


class Unit(configparser.RawConfigParser):
    """A systemd unit: keys keep their case, and the last of several counts."""

    def __init__(self, path: Path) -> None:
        super().__init__(strict=False, delimiters=("=",), comment_prefixes=("#", ";"))
        self.read(path, encoding="utf-8")

    def optionxform(self, optionstr: str) -> str:
        return optionstr


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    text = (DEPLOY / "compose" / "compose.yaml").read_text(encoding="utf-8")
    parsed: dict[str, Any] = yaml.safe_load(text)
    return parsed


@pytest.fixture(scope="module")
def nginx() -> str:
    return (DEPLOY / "nginx" / "junheng.conf").read_text(encoding="utf-8")


def commands_of(compose: dict[str, Any]) -> list[list[str]]:
    return [compose["services"][name]["command"] for name in ("migrate", "web", "worker")]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(DEPLOY)))
def test_settings_that_are_named_exist(path: Path) -> None:
    named = set(re.findall(r"JUNHENG_[A-Z_]+", path.read_text(encoding="utf-8")))
    # The name of the host is a variable of the compose file itself.
    known = {name for name in named if f"`{name.removesuffix('_FILE')}`" in SETTINGS}
    assert named - known <= {"JUNHENG_HOST"}


def test_the_example_gives_every_setting_that_production_demands() -> None:
    lines = (DEPLOY / "junheng.env.example").read_text(encoding="utf-8").splitlines()
    given = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    demanded = {"JUNHENG_SECRET_KEY", "JUNHENG_FIELD_KEYS", "JUNHENG_INDEX_KEY"}
    assert {f"{name}_FILE" for name in demanded} | {"JUNHENG_ALLOWED_HOSTS"} <= given.keys()
    assert given["JUNHENG_MODE"] == "production"
    # An example with a secret in it becomes somebody's secret.
    assert not demanded & given.keys()


@pytest.mark.parametrize("path", SERVICES, ids=lambda path: path.name)
def test_services_are_fenced_in(path: Path) -> None:
    service = Unit(path)["Service"]
    assert {key: service.get(key) for key in HARDENING} == HARDENING
    assert service["EnvironmentFile"] == "/etc/junheng/junheng.env"


@pytest.mark.parametrize("path", SERVICES, ids=lambda path: path.name)
def test_services_run_commands_that_exist(path: Path) -> None:
    from junheng.cli import build_parser
    from junheng.i18n import translator

    written = Unit(path)["Service"]["ExecStart"]
    # The shell puts the moment into the name of a backup's folder.
    filled = re.sub(r"\$\$\(.*?\)", "now", written)
    words = filled.partition("/opt/junheng/bin/junheng ")[2].rstrip('"').split()
    assert words
    build_parser(translator("en")).parse_args(words)


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not installed")
def test_systemd_understands_the_units(tmp_path: Path) -> None:
    for unit in UNITS:
        text = unit.read_text(encoding="utf-8")
        # The program of the site is not installed where tests run.
        (tmp_path / unit.name).write_text(
            text.replace("/opt/junheng/bin/junheng", "/bin/true"), encoding="utf-8"
        )
    command = ["systemd-analyze", "verify", "--man=no", *map(str, sorted(tmp_path.iterdir()))]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    ours = [line for line in done.stderr.splitlines() if "junheng" in line]
    assert (done.returncode, ours) == (0, []), done.stderr


@pytest.mark.parametrize("duty", ["backup", "retention"])
def test_it_is_done_every_night(duty: str) -> None:
    timer = Unit(DEPLOY / "systemd" / f"junheng-{duty}.timer")["Timer"]
    assert timer["OnCalendar"].startswith("*-*-* ")
    assert timer["Persistent"] == "yes"
    assert (DEPLOY / "systemd" / f"junheng-{duty}.service").is_file()


def test_an_upgrade_that_was_broken_off_is_recovered_before_anything_else() -> None:
    web = DEPLOY / "systemd" / "junheng-web.service"
    lines = web.read_text(encoding="utf-8").splitlines()
    first = next(line for line in lines if line.startswith("ExecStartPre="))
    assert first == "ExecStartPre=/opt/junheng/bin/junheng upgrade --recover"


def test_compose_runs_commands_that_exist(compose: dict[str, Any]) -> None:
    from junheng.cli import build_parser
    from junheng.i18n import translator

    for command in commands_of(compose):
        build_parser(translator("en")).parse_args(command)


def test_containers_of_the_site_are_fenced_in(compose: dict[str, Any]) -> None:
    for name in ("migrate", "web", "worker"):
        service = compose["services"][name]
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert "no-new-privileges:true" in service["security_opt"]
        assert "ports" not in service, "the proxy is the one door"
    assert compose["networks"]["inside"] == {"internal": True}
    assert "ports" not in compose["services"]["database"]


def test_every_name_in_compose_is_declared(compose: dict[str, Any]) -> None:
    for service in compose["services"].values():
        assert set(service["networks"]) <= compose["networks"].keys()
        assert set(service.get("secrets", ())) <= compose["secrets"].keys()
        assert set(service.get("depends_on", ())) <= compose["services"].keys()
        named = {volume.partition(":")[0] for volume in service.get("volumes", ())}
        assert {name for name in named if not name.startswith(".")} <= compose["volumes"].keys()


def test_no_secret_stands_in_compose(compose: dict[str, Any]) -> None:
    for service in compose["services"].values():
        for name, value in service.get("environment", {}).items():
            is_secret = re.search(r"PASSWORD|SECRET_KEY|_KEYS?$", name)
            assert not is_secret or str(value).startswith("/run/secrets/"), name


def test_nginx_has_balanced_braces_and_closed_lines(nginx: str) -> None:
    depth = 0
    for number, line in enumerate(nginx.splitlines(), 1):
        code = line.partition("#")[0].strip()
        assert not code or code[-1] in "{};", f"line {number}: {line}"
        depth += code.count("{") - code.count("}")
        assert depth >= 0, f"line {number}"
    assert depth == 0


def test_nginx_takes_what_the_site_takes_and_no_more(nginx: str) -> None:
    from junheng.apps.evidence.rules import files
    from junheng.web import settings

    found = re.search(r"client_max_body_size (\d+)m;", nginx)
    assert found
    assert 0 < int(found[1]) - settings.UPLOAD_LIMIT_MB <= 5
    of_evidence = re.search(r"location /evidence/ \{[^}]*client_max_body_size (\d+)m;", nginx)
    assert of_evidence
    assert 0 < int(of_evidence[1]) - files().file_mb <= 5


@pytest.mark.parametrize(
    "directive",
    [
        "ssl_protocols TLSv1.2 TLSv1.3;",
        "return 301 https://$host$request_uri;",
        "proxy_set_header X-Forwarded-For $remote_addr;",
        "proxy_set_header X-Forwarded-Proto $scheme;",
        "limit_req zone=junheng_sign_in burst=60 nodelay;",
        "access_log off;",
        "server_tokens off;",
    ],
)
def test_nginx_raises_the_walls(nginx: str, directive: str) -> None:
    assert directive in nginx


def test_nginx_addresses_are_those_of_the_site(nginx: str) -> None:
    from django.urls import reverse

    places = set(re.findall(r"location (?:= )?(/\S*) \{", nginx))
    assert places == {
        reverse("metrics"),
        reverse("health_ready"),
        reverse("sign_in"),
        reverse("evidence:binder"),
        "/static/",
        "/",
    }


@pytest.mark.skipif(not shutil.which("nginx"), reason="nginx is not installed")
def test_nginx_understands_its_file(nginx: str, tmp_path: Path) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "fullchain.pem"
    subprocess.run(
        [
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-subj",
            "/CN=localhost",
            "-keyout",
            str(key),
            "-out",
            str(certificate),
        ],
        check=True,
        capture_output=True,
    )
    site = nginx.replace("/etc/junheng/tls", str(tmp_path)).replace("/var/log/nginx", str(tmp_path))
    whole = tmp_path / "nginx.conf"
    whole.write_text(f"pid {tmp_path}/pid;\nevents {{}}\nhttp {{\n{site}\n}}\n", encoding="utf-8")
    done = subprocess.run(
        ["nginx", "-t", "-e", str(tmp_path / "error"), "-c", str(whole)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", ["mlps-level-3.md", "mlps-level-3.zh.md"])
def test_what_the_hardening_guide_refers_to_exists(name: str) -> None:
    page = (ROOT / "docs" / "reference" / name).read_text(encoding="utf-8")
    for path in re.findall(r"`((?:tests|deploy)/[\w./-]+)`", page):
        assert (ROOT / path).exists(), path
    for setting in re.findall(r"`(JUNHENG_\w+)`", page):
        assert f"`{setting}`" in SETTINGS, setting


def test_both_hardening_guides_say_the_same() -> None:
    folder = ROOT / "docs" / "reference"
    pages = [folder / "mlps-level-3.md", folder / "mlps-level-3.zh.md"]
    words = {"软件": "software", "部署": "deployment", "未满足": "open", "、": ", "}
    met = []
    for page in pages:
        rows = [line for line in page.read_text(encoding="utf-8").splitlines() if line[:1] == "|"]
        said = [row.split("|")[3].strip() for row in rows[2:]]
        for chinese, english in words.items():
            said = [cell.replace(chinese, english) for cell in said]
        met.append(said)
    assert met[0] == met[1]
    assert set(met[0]) == {"software", "deployment", "open", "software, deployment"}
