"""A chat through a real proxy: nginx and Caddy with the files of deploy/, in front of two servers."""

from __future__ import annotations

import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
import yaml
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from bot.checks import outside
from tests import clients
from tests.server import ROOT, SITE_ORIGIN, Server, prepare
from tests.services import free_port

DEPLOY = ROOT / "deploy"
HOST = "chat.example.com"
START_S = 20
AT_ONCE = 3


@dataclass(frozen=True, slots=True)
class Front:
    """A running proxy. `url` is where it answers for HOST."""

    url: str
    server: Server
    context: ssl.SSLContext | None
    certificate: Path | None = None

    def get(self, path: str, **headers: str) -> httpx.Response:
        verify = self.context if self.context is not None else True
        return httpx.get(self.url + path, headers={"Host": HOST, **headers}, verify=verify, timeout=10)

    def check(self) -> None:
        if self.get("/healthz").status_code != 200:
            raise httpx.ConnectError("not yet")

    async def customer(self, address: str = "127.0.0.1", **headers: str) -> clients.Client:
        site = self.server.facts["site"]
        there = urlsplit(self.url)
        opened = await connect(
            f"{'wss' if self.context else 'ws'}://{HOST}/ws/customer/{site}",
            host=there.hostname,
            port=there.port,
            origin=SITE_ORIGIN,  # type: ignore[arg-type]
            ssl=self.context,
            additional_headers=headers,
            local_addr=(address, 0),
        )
        clients.OPEN.append(opened)
        return clients.Client(opened)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Believes the proxy, and lets each address have three chats, which tells addresses apart."""
    folder = tmp_path_factory.mktemp("proxied") / "data"
    prepare(folder)
    settings = {
        "SVARDESK_TRUSTED_PROXIES": "127.0.0.1",
        "SVARDESK_PUBLIC_URL": f"https://{HOST}",
        "SVARDESK_SOCKETS_PER_ADDRESS": str(AT_ONCE),
        "SVARDESK_ANSWER_DEADLINE_S": "60",  # a busy machine must not look like a broken proxy
    }
    found = Server(folder, settings=settings).start()
    yield found
    found.stop()


@contextmanager
def running(
    command: list[str | Path], log: Path, answers: Callable[[], object], environment: dict[str, str]
) -> Iterator[None]:
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out, env={**os.environ, **environment})
    try:
        deadline = time.monotonic() + START_S
        while True:
            try:
                answers()
                break
            except httpx.TransportError:
                if process.poll() is not None or time.monotonic() > deadline:
                    pytest.fail(f"The proxy did not start:\n{log.read_text(errors='replace')[-3000:]}")
                time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.wait(15)


def certificate(folder: Path) -> ssl.SSLContext:
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    names = ["-subj", f"/CN={HOST}", "-addext", f"subjectAltName=DNS:{HOST},IP:127.0.0.1", "-days", "2"]
    files = ["-keyout", folder / "privkey.pem", "-out", folder / "fullchain.pem"]
    subprocess.run([*command, *names, *files], check=True, capture_output=True)
    return ssl.create_default_context(cafile=folder / "fullchain.pem")


def example(name: str, server: Server) -> str:
    """The proxy's file with this server as the first worker. The second one is down: its chats go to the first."""
    text = (DEPLOY / name).read_text("utf-8")
    return text.replace("svardesk-1:8000", f"127.0.0.1:{server.port}").replace(
        "svardesk-2:8000", f"127.0.0.1:{free_port()}"
    )


@contextmanager
def nginx(folder: Path, server: Server) -> Iterator[Front]:
    binary = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if binary is None:
        pytest.fail("nginx is missing. `make test` installs it; by hand: apt-get install nginx-light")
    context, port = certificate(folder), free_port()
    text = example("nginx/svardesk.conf", server)
    text = text.replace("listen 443 ssl", f"listen 127.0.0.1:{port} ssl").replace("/etc/ssl/svardesk", str(folder))
    (folder / "svardesk.conf").write_text(text, "utf-8")
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "nginx.conf").write_text(
        f"daemon off; pid {folder}/pid; error_log stderr; worker_processes 1;"
        f"events {{}} http {{ access_log off; {temporary} include {folder}/svardesk.conf; }}",
        "utf-8",
    )
    tested = subprocess.run([binary, "-t", "-c", folder / "nginx.conf"], capture_output=True, text=True, check=False)
    assert tested.returncode == 0, tested.stderr
    front = Front(f"https://127.0.0.1:{port}", server, context, folder / "fullchain.pem")
    with running([binary, "-c", folder / "nginx.conf"], folder / "log", front.check, {}):
        yield front


@contextmanager
def caddy(folder: Path, server: Server) -> Iterator[Front]:
    port = free_port()
    text = example("caddy/Caddyfile", server)
    (folder / "Caddyfile").write_text("{\n\tadmin off\n}\n" + text, "utf-8")
    # No certificate is to be had here for a name of somebody else's: the same file, without TLS, on any name.
    environment = {"SVARDESK_DOMAIN": f"http://:{port}", "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    binary = Path(sys.executable).with_name("caddy")
    command: list[str | Path] = [binary, "run", "--config", folder / "Caddyfile", "--adapter", "caddyfile"]
    front = Front(f"http://127.0.0.1:{port}", server, None)

    with running(command, folder / "log", front.check, environment):
        yield front


@contextmanager
def traefik(folder: Path, server: Server) -> Iterator[Front]:
    port = free_port()
    text = example("traefik/svardesk.yml", server)
    dynamic = yaml.safe_load(text)
    del dynamic["http"]["routers"]["svardesk"]["tls"]  # nobody gives us a certificate for this name
    (folder / "svardesk.yml").write_text(yaml.safe_dump(dynamic), "utf-8")
    static = {
        "entryPoints": {"web": {"address": f"127.0.0.1:{port}"}},
        "providers": {"file": {"filename": str(folder / "svardesk.yml")}},
        "global": {"checkNewVersion": False, "sendAnonymousUsage": False},
    }
    (folder / "traefik.yml").write_text(yaml.safe_dump(static), "utf-8")
    front = Front(f"http://127.0.0.1:{port}", server, None)
    binary = Path(sys.executable).with_name("traefik")
    with running([binary, f"--configfile={folder}/traefik.yml"], folder / "log", front.check, {}):
        yield front


@pytest.fixture(scope="module", params=[nginx, caddy, traefik], ids=["nginx", "caddy", "traefik"])
def front(request: pytest.FixtureRequest, server: Server) -> Iterator[Front]:
    # nginx started by root gives its files up to another user, who could not enter pytest's folders.
    with tempfile.TemporaryDirectory(prefix="svardesk-proxy-") as folder:
        Path(folder).chmod(0o755)
        with request.param(Path(folder), server) as found:
            yield found


@pytest.mark.anyio
@pytest.mark.usefixtures("sockets_are_closed")
async def test_a_chat_goes_through(front: Front) -> None:
    client = await front.customer()
    await client.send("hello", language="da", page=f"{SITE_ORIGIN}/telte", resume=[])
    await client.frame("welcome")
    await clients.ask(client)
    found = await client.until(
        lambda frame: frame["type"] == "entry" and frame["data"]["kind"] in ("answered", "offered"), "an answer"
    )
    assert found["seq"] > 1


@pytest.mark.anyio
@pytest.mark.usefixtures("sockets_are_closed")
async def test_each_browser_has_its_own_address_and_cannot_lie_about_it(front: Front) -> None:
    for n in range(AT_ONCE):
        await front.customer(**{"X-Forwarded-For": f"192.0.2.{n}", "Forwarded": f"for=192.0.2.{n}"})
    with pytest.raises(InvalidStatus) as refused:
        await front.customer(**{"X-Forwarded-For": "192.0.2.77"})
    assert refused.value.response.status_code == 429
    other = await front.customer("127.0.0.2")
    await other.send("hello", language="da", page=f"{SITE_ORIGIN}/telte", resume=[])
    await other.frame("welcome")


def test_the_doctor_finds_nothing_wrong(front: Front, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """By the name that customers use, which here leads to the proxy and nowhere else."""
    there = urlsplit(front.url)
    looked_up = socket.getaddrinfo

    def here(host: str, *args: Any, **more: Any) -> Any:
        return looked_up("127.0.0.1" if host == HOST else host, *args, **more)

    monkeypatch.setattr(socket, "getaddrinfo", here)
    monkeypatch.setenv("SSL_CERT_FILE", str(front.certificate or tmp_path))
    url = f"{there.scheme}://{HOST}:{there.port}"
    found = list(outside.websocket(url, front.server.facts["site"], SITE_ORIGIN, idle_s=1))
    assert [finding.level for finding in found] == ["ok", "ok"], found


def test_pages_go_through_with_https_in_mind(front: Front) -> None:
    assert front.get("/healthz").json() == {"status": "ok"}
    assert front.get("/readyz").status_code == 200
    assert front.get("/api/v1/session").headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("path", ["/metrics", "/metrics/", "/%6detrics", "//metrics"])
def test_the_metrics_stay_inside(front: Front, path: str) -> None:
    answer = front.get(path)
    assert answer.status_code in (404, 308), answer.status_code
    assert "svardesk_" not in answer.text


def test_a_long_article_goes_through(front: Front) -> None:
    """nginx takes 1 MB of its own accord; what comes back is our answer, not the proxy's."""
    verify = front.context if front.context is not None else True
    answer = httpx.post(f"{front.url}/api/v1/session", content=b" " * 1_200_000, headers={"Host": HOST}, verify=verify)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.status_code in (403, 422)


def test_the_files_wait_longer_than_the_pings() -> None:
    text = (DEPLOY / "nginx/svardesk.conf").read_text("utf-8")
    assert [int(seconds) for seconds in re.findall(r"proxy_(?:read|send)_timeout (\d+)s;", text)] == [75, 75]
