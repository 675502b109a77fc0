"""Chromium, and the demo as a user starts it: one `svardesk demo` for all the tests that walk through it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.browser.real_shop import OPEN_SHADOW_ROOTS, RealShop, real_shop
from tests.proxy import Proxy
from tests.services import chromium, free_port

ROOT = Path(__file__).parent.parent.parent
FLAGS = ["--no-sandbox", "--disable-background-networking", "--disable-gpu", "--disable-component-update"]
START_S = 300
expect.set_options(timeout=20_000)  # whoever waits for so long waits for something that does not come


# Of the package and not of the session: while Playwright runs, no later test could start an event loop.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield browser
        browser.close()


@dataclass(slots=True)
class Demo:
    """The demo's data folder outlives its process, which may be killed and started again behind its proxy."""

    folder: Path
    port: int = field(default_factory=free_port)
    proxy: Proxy = field(init=False)
    shop_port: int = field(default_factory=free_port)
    passwords: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    def __post_init__(self) -> None:
        self.proxy = Proxy(self.port)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.proxy.port}"

    @property
    def shop(self) -> str:
        return f"http://127.0.0.1:{self.shop_port}"

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("SVARDESK_")}
        return kept | {
            "SVARDESK_DATA_FOLDER": str(self.folder),
            "SVARDESK_PORT": str(self.port),
            "SVARDESK_PUBLIC_URL": self.url,
            "SVARDESK_DEMO_SHOP_PORT": str(self.shop_port),
            "COLUMNS": "120",
        }

    def command(self, *words: str) -> str:
        """What `svardesk WORDS` prints."""
        done = subprocess.run(
            [sys.executable, "-m", "bot", *words], env=self.environment, cwd=ROOT, capture_output=True, timeout=120
        )
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode()

    def start(self) -> None:
        log = self.folder.parent / f"demo-{time.monotonic_ns()}.log"
        with log.open("wb") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "bot", "demo"], env=self.environment, cwd=ROOT, stdout=out, stderr=out
            )
        deadline = time.monotonic() + START_S
        while time.monotonic() < deadline:
            said = log.read_text(errors="replace")
            if "Ctrl+C" in said:
                self.passwords |= dict(re.findall(r"│ (\S+@\S+)\s+│ (\S+)", said))
                return
            assert self.process.poll() is None, said
            time.sleep(0.1)
        raise AssertionError(log.read_text(errors="replace"))

    def kill(self) -> None:
        """SIGKILL: nothing is tidied up."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(20)


@pytest.fixture(scope="package")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    found = Demo(tmp_path_factory.mktemp("demo") / "data")
    found.proxy.start()
    found.start()
    yield found
    found.stop()
    found.proxy.stop()


@pytest.fixture(scope="package")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealShop]:
    """A real server, without articles, behind a line that a test may spoil."""
    with real_shop(tmp_path_factory.mktemp("shop") / "data") as made:
        yield made


@pytest.fixture
def customer(browser: Browser) -> Iterator[BrowserContext]:
    """A browser of a customer who reads Danish."""
    context = browser.new_context(viewport={"width": 1280, "height": 860}, locale="da-DK")
    context.add_init_script(OPEN_SHADOW_ROOTS)
    yield context
    context.close()


@pytest.fixture
def desk(browser: Browser) -> Iterator[BrowserContext]:
    """A browser of somebody on the staff; what they read is English."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB")
    yield context
    context.close()


def complaints(page: Page) -> list[str]:
    """Collects what the page's console says is wrong, content security policy included."""
    found: list[str] = []
    page.on("pageerror", lambda error: found.append(str(error)))
    page.on(
        "console",
        lambda message: found.append(message.text) if message.type == "error" and "401" not in message.text else None,
    )
    return found


def sign_in(page: Page, demo: Demo, who: str, to: str) -> None:
    """As a person does it, on the login page."""
    page.goto(f"{demo.url}{to}")
    page.wait_for_url("**/login?next=*")
    page.locator("input[type=email]").fill(f"{who}@lyngvidde.example")
    page.locator("input[type=password]").fill(demo.passwords[f"{who}@lyngvidde.example"])
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{to}*")
