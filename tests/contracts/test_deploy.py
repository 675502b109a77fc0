"""What stands in deploy/ is taken by those who are to read it: schemas, linters, and the promises between the files."""

from __future__ import annotations

import json
import lzma
import math
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import compose_spec
import kubernetes_validate
import pytest
import yaml
from py3langid import langid

from bot.serving import EXIT_S, config
from runtime.settings import PREFIX, Settings
from tests.server import ROOT, running
from tests.services import free_port

DEPLOY = ROOT / "deploy"
KUBERNETES = sorted((DEPLOY / "kubernetes").glob("**/*.yaml"))
RELEASES = ("1.30", "1.34", "1.37")  # preStop's own sleep is on since 1.30
SECONDS = {"s": 1, "m": 60, "h": 3600}


def documents(path: Path) -> list[dict[str, Any]]:
    return [one for one in yaml.safe_load_all(path.read_text("utf-8")) if one]


def manifest(name: str) -> dict[str, Any]:
    (one,) = documents(DEPLOY / "kubernetes" / name)
    return one


def drain_s() -> int:
    """Seconds that the server itself takes for its end, at most."""
    return math.ceil(EXIT_S)


def known_settings(names: list[str]) -> None:
    """Every variable with our prefix is a setting, or the name of the file's own that compose fills in."""
    settings = {PREFIX + name.upper() for name in Settings.model_fields}
    assert {name for name in names if name.startswith(PREFIX)} <= settings


# -- Kubernetes ----------------------------------------------------------------------------------------------

NOT_OF_KUBERNETES = {"Kustomization", "ServiceMonitor"}


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("path", KUBERNETES, ids=lambda path: path.name)
def test_kubernetes_takes_the_manifests(path: Path, release: str) -> None:
    found = documents(path)
    assert found
    for one in found:
        if one["kind"] not in NOT_OF_KUBERNETES:
            kubernetes_validate.validate(one, release, strict=True)


def test_a_wrong_manifest_would_be_found() -> None:
    wrong = manifest("deployment.yaml")
    wrong["spec"]["template"]["spec"]["containers"][0]["livenessProb"] = {}
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(wrong, RELEASES[-1], strict=True)


def test_the_kustomization_names_what_is_there() -> None:
    named = manifest("kustomization.yaml")["resources"]
    there = {path.name for path in KUBERNETES if path.parent.name == "kubernetes"}
    assert set(named) == there - {"kustomization.yaml", "secret.example.yaml"}


def pod() -> dict[str, Any]:
    found: dict[str, Any] = manifest("deployment.yaml")["spec"]["template"]["spec"]
    return found


def test_a_pod_has_the_time_to_drain() -> None:
    (container,) = pod()["containers"]
    before = container["lifecycle"]["preStop"]["sleep"]["seconds"]
    readiness = container["readinessProbe"]
    assert before >= 3, "endpoints need a moment to forget the pod"
    assert readiness["timeoutSeconds"] <= readiness["periodSeconds"]
    assert before + drain_s() + 5 <= pod()["terminationGracePeriodSeconds"]


def test_a_pod_may_do_little() -> None:
    (container,) = pod()["containers"]
    assert pod()["securityContext"]["runAsNonRoot"] is True
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert pod()["automountServiceAccountToken"] is False
    assert {mount["mountPath"] for mount in container["volumeMounts"]} == {"/data", "/data/secret.key", "/tmp"}  # noqa: S108


def test_kubernetes_own_variables_do_not_meet_our_settings() -> None:
    """A service named svardesk would put SVARDESK_PORT=tcp://10.1.2.3:80 into every pod."""
    assert pod()["enableServiceLinks"] is False


def test_manifests_agree_with_each_other() -> None:
    labels = manifest("deployment.yaml")["spec"]["template"]["metadata"]["labels"]
    assert manifest("deployment.yaml")["spec"]["selector"]["matchLabels"].items() <= labels.items()
    for name, where in (("service.yaml", "selector"), ("disruption.yaml", "selector"), ("network.yaml", "podSelector")):
        selector = manifest(name)["spec"][where]
        assert selector.get("matchLabels", selector).items() <= labels.items(), name
    (port,) = pod()["containers"][0]["ports"]
    assert port["containerPort"] == Settings().port
    (served,) = manifest("service.yaml")["spec"]["ports"]
    assert served["targetPort"] == port["name"]
    secret = manifest("secret.example.yaml")["stringData"]
    named = [one["valueFrom"]["secretKeyRef"]["key"] for one in pod()["containers"][0]["env"]]
    assert {*named, "secret.key"} == set(secret)
    assert re.fullmatch("[0-9a-f]{64}", secret["secret.key"])
    known_settings([*named, *manifest("configuration.yaml")["data"]])


def test_the_ingress_waits_longer_than_the_pings() -> None:
    annotations = manifest("ingress.yaml")["metadata"]["annotations"]
    pings = config(None, Settings())
    silence = (pings.ws_ping_interval or 0) + (pings.ws_ping_timeout or 0)
    for way in ("read", "send"):
        assert int(annotations[f"nginx.ingress.kubernetes.io/proxy-{way}-timeout"]) > silence


# -- compose -------------------------------------------------------------------------------------------------

FILLED = {"SVARDESK_DOMAIN": "chat.example.com", "POSTGRES_PASSWORD": "abc123"}


def compose_text() -> str:
    def fill(match: re.Match[str]) -> str:
        name, kind, rest = match.groups()
        if kind == ":?":
            return FILLED[name]
        return FILLED.get(name, rest or "")

    return re.sub(r"\$\{([A-Z_]+)(:[-?])([^}]*)\}", fill, (DEPLOY / "compose.yml").read_text("utf-8"))


def services() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(compose_text())["services"]
    return found


def test_compose_takes_the_file() -> None:
    options = compose_spec.PyOptions()
    options.apply_merge = True
    read = options.from_yaml(compose_text())
    read.validate()
    assert set(read.service_names()) == {"svardesk-1", "svardesk-2", "proxy", "database", "redis"}
    with pytest.raises(ValueError, match="duration"):
        options.from_yaml(compose_text().replace("stop_grace_period: 20s", "stop_grace_period: soon"))


def test_every_image_has_a_version() -> None:
    for name, service in services().items():
        if "build" not in service:
            assert re.search(r":\d+\.\d+(\.\d+)?(-[a-z0-9.]+)?$", service["image"]), name


def test_the_workers_may_do_little_and_have_the_time_to_drain() -> None:
    for name in ("svardesk-1", "svardesk-2"):
        service = services()[name]
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert service["volumes"] == ["data:/data"], "the workers share the secret key"
        period = service["stop_grace_period"]
        assert int(period[:-1]) * SECONDS[period[-1]] >= drain_s() + 5
        known_settings(list(service["environment"]))
        Settings(**{key.removeprefix(PREFIX).lower(): value for key, value in service["environment"].items() if value})


def test_only_the_proxy_is_reached_from_outside() -> None:
    assert [name for name, service in services().items() if "ports" in service] == ["proxy"]
    assert yaml.safe_load(compose_text())["networks"]["inside"]["internal"] is True
    names = services()["proxy"]["networks"]["inside"]["aliases"]
    assert names == ["chat.example.com"], "the doctor in a worker reaches the public address, though nothing leads out"


def test_the_example_of_the_environment_names_what_compose_asks_for() -> None:
    text = (DEPLOY / "compose.yml").read_text("utf-8")
    example = set(re.findall(r"^([A-Z_]+)=", (DEPLOY / "compose.env.example").read_text("utf-8"), re.MULTILINE))
    assert set(re.findall(r"\$\{([A-Z_]+):\?", text)) <= example
    assert example <= set(re.findall(r"\$\{([A-Z_]+):", text))


def test_the_language_model_has_room_to_be_unpacked() -> None:
    """py3langid unpacks it into a temporary file, each worker at its start."""
    with lzma.open(Path(langid.__file__).parent / langid.MODEL_FILE) as packed:
        needed = sum(len(piece) for piece in iter(lambda: packed.read(1 << 20), b""))
    (volume,) = [one for one in pod()["volumes"] if one["name"] == "temporary"]
    limit = volume["emptyDir"]["sizeLimit"]
    assert limit.endswith("Mi")
    assert int(limit.removesuffix("Mi")) * 2**20 > 3 * needed
    for name in ("svardesk-1", "svardesk-2"):
        size = re.search(r"^/tmp:size=(\d+)m,", services()[name]["tmpfs"][0])
        assert size is not None
        assert int(size[1]) * 2**20 > 3 * needed


# -- the container -------------------------------------------------------------------------------------------


def dockerfile() -> str:
    return (DEPLOY / "Dockerfile").read_text("utf-8")


def test_hadolint_finds_nothing() -> None:
    binary = Path(sys.executable).with_name("hadolint")
    found = subprocess.run([binary, "--no-color", DEPLOY / "Dockerfile"], capture_output=True, text=True, check=False)
    assert (found.returncode, found.stdout) == (0, "")


def test_the_image_is_pinned_runs_as_nobody_and_carries_no_installer() -> None:
    text = dockerfile()
    assert re.search(r"^ARG PYTHON=\d+\.\d+\.\d+$", text, re.MULTILINE)
    assert re.findall(r"^FROM (\S+)", text, re.MULTILINE) == ["python:${PYTHON}-slim-bookworm"] * 2
    last = text.rpartition("\nFROM ")[2]
    assert re.search(r"^USER \d+:\d+$", last, re.MULTILINE)
    assert "pip" not in last
    assert "apt-get" not in text
    known_settings(re.findall(rf"\b({PREFIX}[A-Z_]+)=", text))


def test_the_image_has_all_that_a_container_cannot_install_later() -> None:
    """PostgreSQL, Redis and traces are turned on by variables; the root file system is read-only and has no pip."""
    found = re.search(r'--compile "\.\[([a-z,]+)\]"', dockerfile())
    assert found is not None
    assert set(found[1].split(",")) == {"scale", "telemetry"}


def test_what_the_image_is_built_from_is_let_in() -> None:
    ignored = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    assert ignored[0] == "*"
    let_in = {line[1:] for line in ignored if line.startswith("!")}
    project = (ROOT / "pyproject.toml").read_text("utf-8")
    packages = re.search(r"^packages = (\[.*\])$", project, re.MULTILINE)
    assert packages is not None
    needed = {*json.loads(packages[1]), "pyproject.toml", "constraints.txt", "README.md", "LICENSE", "NOTICE"}
    assert let_in == needed


@contextmanager
def answering(status: int) -> Iterator[int]:
    """The port of a server that answers /readyz so, and knows no other page."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status if self.path == "/readyz" else 404)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        threading.Thread(target=server.serve_forever).start()
        yield server.server_port
        server.shutdown()


def test_the_health_check_tells_a_live_server_from_a_dead_one() -> None:
    found = re.search(r"^HEALTHCHECK .*\\\n\s+CMD (\[.*\])$", dockerfile(), re.MULTILINE)
    assert found is not None
    _, *arguments = json.loads(found[1])

    def check(port: int) -> int:
        environment = {**os.environ, "SVARDESK_PORT": str(port)}
        command = [sys.executable, *arguments]
        return subprocess.run(command, env=environment, capture_output=True, check=False).returncode

    for status, wanted in ((200, 0), (503, 1)):
        with answering(status) as port:
            assert check(port) == wanted
    assert check(free_port()) == 1


# -- systemd -------------------------------------------------------------------------------------------------


def unit() -> str:
    return (DEPLOY / "systemd" / "svardesk.service").read_text("utf-8")


def test_systemd_takes_the_unit(tmp_path: Path) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.fail("systemd-analyze is missing. `make test` installs it; by hand: apt-get install systemd")
    copy = tmp_path / "svardesk.service"
    copy.write_text(unit().replace("/opt/svardesk/bin/svardesk", sys.executable), "utf-8")
    verify = [analyze, "verify", "--man=no", "--recursive-errors=no", copy]
    found = subprocess.run(verify, capture_output=True, text=True, check=False)
    assert found.returncode == 0
    assert "svardesk.service" not in found.stderr, found.stderr
    rated = subprocess.run(
        [analyze, "security", "--offline=true", "--no-pager", "--threshold=20", copy],
        capture_output=True,
        text=True,
        check=False,
    )
    assert rated.returncode == 0, rated.stdout[-2000:]


def test_a_reload_of_a_single_server_is_a_restart_in_order(tmp_path: Path) -> None:
    assert "ExecReload=kill -HUP $MAINPID\n" in unit()
    assert "Restart=always\n" in unit()
    with running(tmp_path / "data") as server:
        assert server.process is not None
        server.process.send_signal(signal.SIGHUP)
        assert server.process.wait(20) == 0
        assert '"event": "drained"' in server.log()


def test_the_unit_gives_the_time_to_drain() -> None:
    found = re.search(r"^TimeoutStopSec=(\d+)$", unit(), re.MULTILINE)
    assert found is not None
    assert int(found[1]) >= drain_s() + 5
    known_settings(re.findall(rf"\b({PREFIX}[A-Z_]+)=", unit()))
