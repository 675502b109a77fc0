"""Checks from where browsers stand: the public address, its clock, and the websocket through the proxy."""

from __future__ import annotations

import http.client
import json
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus, WebSocketException
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from bot.checks import Finding, fault, look, ok
from bot.checks.machine import skew
from conversation.sites import SiteCard
from runtime import clock
from runtime.settings import LOOPBACK, Settings

PATIENCE_S = 8.0
IDLE_S = 65.0  # the server speaks every 20 s, so that a proxy may cut at a minute as most do
DOCUMENTED = "deploy/ holds what nginx, Caddy and Traefik need."
UPGRADE = (
    "The proxy passes pages on, but not websockets. It must use HTTP/1.1 and pass Upgrade and Connection on: "
    "nginx: proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection upgrade. "
    f"{DOCUMENTED}"
)
BUFFERED = f"The proxy holds frames back. Turn its buffering off for /ws/ (nginx: proxy_buffering off). {DOCUMENTED}"


def outside(
    settings: Settings, site: Callable[[], SiteCard | None] | None, running: bool, slow: bool = False
) -> Iterator[Finding]:
    """`site` finds one to open a chat on; None: the database cannot be asked. `running`: the server answers on its
    own port. `slow`: also waits for an idle timeout.
    """
    yield forwarded(settings)
    if not settings.public_url and not running:
        yield look("websocket", "not looked at: the server is not running", "Start it, then run this again.")
        return
    found, dated = page(settings.base_url)
    yield found
    if found.level == "fault":
        return
    if dated is not None:
        yield dated
    if site is None:
        yield look("websocket", "not looked at: the database cannot be asked for a site", "Repair the database first.")
        return
    card = site()
    if card is None:
        yield look("websocket", "not looked at: there is no site yet", "Run: svardesk site set NAME --origin ADDRESS")
        return
    yield from websocket(settings.base_url, card.key, card.origins[0], IDLE_S if slow else 0)


def forwarded(settings: Settings) -> Finding:
    """A proxy that is not believed makes all customers one address, and that address has a limit."""
    proxies = settings.trusted_proxies
    if proxies == "*":
        return fault(
            "proxy",
            "SVARDESK_TRUSTED_PROXIES is *",
            "Anybody may invent an address, and limits by address are void. Name the proxy's own address.",
        )
    host = urlsplit(settings.base_url).hostname or ""
    if settings.public_url and host not in LOOPBACK and not proxies and (settings.secure or settings.host in LOOPBACK):
        return fault(
            "proxy",
            f"{settings.public_url}, but SVARDESK_TRUSTED_PROXIES is empty",
            f"All customers share the proxy's address and its {settings.sockets_per_address} sockets. Name the proxy's "
            "address, such as 127.0.0.1, and let it send X-Forwarded-For and X-Forwarded-Proto.",
        )
    return ok("proxy", f"believed: {proxies}" if proxies else "none")


def page(base_url: str) -> tuple[Finding, Finding | None]:
    """Whether the address answers, and its clock, from the Date of the answer."""
    parts = urlsplit(base_url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    asked = clock.now_ms()
    try:
        connection = kind(parts.netloc, timeout=PATIENCE_S)
        try:
            connection.request("GET", "/readyz")
            answer = connection.getresponse()
            status, date, place = answer.status, answer.getheader("Date"), answer.getheader("Location")
            body = answer.read(4096)
        finally:
            connection.close()
    except (OSError, http.client.HTTPException) as error:
        return fault("public address", base_url, why(parts.hostname or "", error)), None
    return answered(base_url, status, body, place), _clock(date, asked)


def why(host: str, error: Exception) -> str:
    """What to do when nothing usable answers."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return (
            f"Its certificate is not valid: {error.verify_message}. Renew it, and let the proxy send the whole chain."
        )
    if isinstance(error, ssl.SSLError):
        return "It does not speak HTTPS there. Check the proxy, or write http:// in SVARDESK_PUBLIC_URL."
    if isinstance(error, socket.gaierror):
        return f"The name {host} is not known. Check its DNS entry, and SVARDESK_PUBLIC_URL."
    if isinstance(error, ConnectionRefusedError):
        return "Nobody answers there. Start the proxy and the server."
    if isinstance(error, TimeoutError):
        return "No answer came. Is a firewall in between?"
    return f"No answer came: {str(error) or type(error).__name__}."


def answered(base_url: str, status: int, body: bytes, place: str | None) -> Finding:
    """The answer of /readyz."""
    seen = f"{base_url} answers {status}"
    if status == 200 and b'"status"' in body:
        return ok("public address", seen)
    if status in (301, 302, 307, 308):
        return fault("public address", seen, f"It leads to {place}. Write the final address in SVARDESK_PUBLIC_URL.")
    if status in (502, 504):
        return fault("public address", seen, "The proxy does not reach the server. Check where it passes requests to.")
    if status == 503:
        return fault("public address", seen, "The server is starting, closing or full. Try again in a moment.")
    return fault("public address", seen, "That is not Svardesk. Check SVARDESK_PUBLIC_URL and where the proxy leads.")


def _clock(date: str | None, asked_ms: int) -> Finding | None:
    try:
        theirs = parsedate_to_datetime(date or "")
    except ValueError:
        return None
    ours = clock.now_ms()
    # A Date has whole seconds, cut off: the answer is up to a second later than it says.
    return skew("proxy's clock", ours, round(theirs.timestamp() * 1000), 1000 + ours - asked_ms)


def websocket(base_url: str, site_key: str, origin: str, idle_s: float = 0) -> Iterator[Finding]:
    """Says hello as a customer's browser does. Nothing is stored: a visitor is one who has written something."""
    address = f"ws{base_url.removeprefix('http')}/ws/customer/{site_key}"
    begun = time.perf_counter()
    try:
        socket_ = connect(
            address,
            origin=Origin(origin),
            open_timeout=PATIENCE_S,
            ping_interval=None,
            proxy=None,
            compression=None,
        )
    except InvalidStatus as error:
        body = error.response.body or b""
        yield fault(
            "websocket", f"refused with {error.response.status_code}", refused(error.response.status_code, body)
        )
        return
    except (OSError, InvalidHandshake) as error:
        advice = why(urlsplit(base_url).hostname or "", error) if isinstance(error, OSError) else UPGRADE
        yield fault("websocket", f"not opened: {type(error).__name__}", advice)
        return
    with socket_:
        found = welcomed(socket_, begun)
        yield found
        if found.level == "ok" and idle_s:
            yield idle(socket_, idle_s)


def refused(status: int, body: bytes) -> str:
    """What to do about the status of a refused handshake; `body` tells our own refusals from a proxy's."""
    if b"origin is not on the site" in body:
        return "The proxy changes or drops the Origin header. Let it pass unchanged."
    if status == 429 or b"from this address" in body:
        return "Too many sockets from this address: see the proxy above, and SVARDESK_SOCKETS_PER_ADDRESS."
    if status == 503:
        return "The server is full or closing. Raise SVARDESK_MAX_SOCKETS, or try again in a moment."
    if status in (502, 504):
        return "The proxy does not reach the server for /ws/. Check where it passes these requests to."
    if status == 403:
        return f"The proxy forbids it: look for a rule or a firewall that knows no websockets. {DOCUMENTED}"
    return UPGRADE  # without the Upgrade header the server sees an ordinary request: 404, or 400 and 426 of proxies


def welcomed(socket_: ClientConnection, begun: float) -> Finding:
    hello = {"v": 1, "type": "hello", "data": {"language": "en", "page": "svardesk doctor", "resume": []}}
    try:
        socket_.send(json.dumps(hello))
        answer = json.loads(socket_.recv(timeout=PATIENCE_S))
    except TimeoutError:
        return fault("websocket", "opened, but no welcome came", BUFFERED)
    except (WebSocketException, OSError, ValueError) as error:
        return fault("websocket", f"opened, then cut: {error}", f"The proxy cuts websockets. {DOCUMENTED}")
    if not isinstance(answer, dict) or answer.get("type") != "welcome":
        return fault("websocket", "another answer than a welcome", "Something else answers there. Check the proxy.")
    return ok("websocket", f"welcome after {(time.perf_counter() - begun) * 1000:.0f} ms")


def idle(socket_: ClientConnection, wait_s: float) -> Finding:
    """Says nothing for a while. The server pings every 20 s, so only a very short timeout is found, as it should be."""
    begun = time.monotonic()
    deadline = begun + wait_s
    try:
        while (left := deadline - time.monotonic()) > 0:
            try:
                socket_.recv(timeout=left)
            except TimeoutError:
                break
        socket_.send(json.dumps({"v": 1, "type": "ping"}))
        socket_.recv(timeout=PATIENCE_S)
    except (ConnectionClosed, TimeoutError, OSError):
        lasted = time.monotonic() - begun
        return fault(
            "idle socket",
            f"cut after {lasted:.0f} s",
            f"The proxy's idle timeout is too short. Set it to an hour (nginx: proxy_read_timeout 3600s). {DOCUMENTED}",
        )
    return ok("idle socket", f"alive after {wait_s:.0f} s")
