"""The wheel holds all that it takes: installed into an empty environment, it serves the browser files."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from runtime.settings import PREFIX
from tests.server import ROOT
from tests.services import free_port

START_S = 120


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (found,) = folder.glob("*.whl")
    return found


def test_the_wheel_holds_browser_files_articles_and_migrations(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    for name in (
        "widget/loader.js",
        "widget/embed/embed.js",
        "widget/console/index.html",
        "bot/migrations/script.py.mako",
        "bot/migrations/versions/0001_first.py",
        "bot/demo/articles/da/how-to-return.md",
        "bot/demo/shop/texts.json",
        "knowledge_base/model/encoder.onnx",
    ):
        assert name in names
    assert [name for name in names if name.startswith(("tests/", "docs/")) or "__pycache__" in name] == []


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `svardesk` command of an environment that has the wheel; its dependencies are those of this environment."""
    folder = tmp_path_factory.mktemp("installed")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True, timeout=120)
    packages = Path(sysconfig.get_path("purelib", vars={"base": str(folder)}))
    install = [sys.executable, "-m", "pip", "--python", str(folder / "bin/python"), "install", "--quiet", "--no-deps"]
    subprocess.run([*install, "--no-index", str(wheel)], check=True, timeout=120)
    # After the wheel's own folder on the path, so that an editable install of this checkout does not win.
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return folder / "bin" / "svardesk"


@pytest.fixture(scope="module")
def served(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder, port = tmp_path_factory.mktemp("empty"), free_port()
    hidden = ("PYTHONPATH", "PYTHONHOME")
    environment = {name: value for name, value in os.environ.items() if not name.startswith((PREFIX, *hidden))}
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [str(installed), "serve", "--port", str(port)], cwd=folder, env=environment, stdout=log, stderr=log
        )
    url = f"http://127.0.0.1:{port}"
    try:
        end = time.monotonic() + START_S
        while fetch(f"{url}/readyz")[0] != 200:
            if process.poll() is not None or time.monotonic() > end:
                pytest.fail((folder / "log").read_text(errors="replace")[-3000:])
            time.sleep(0.2)
        yield url
    finally:
        process.terminate()
        assert process.wait(30) == 0


def fetch(url: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(url, timeout=10) as response:  # noqa: S310 - our own server
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        error.close()
        return error.code, ""
    except OSError:
        return 0, ""


def test_it_serves_the_loader_and_what_the_loader_asks_for(served: str) -> None:
    assert fetch(f"{served}/healthz")[0] == 200
    status, loader = fetch(f"{served}/widget.js")
    assert status == 200
    assert len(loader.encode()) <= 1024
    start = loader.index("/assets/")
    embed = loader[start : start + loader[start:].index(".js") + 3]
    status, script = fetch(served + embed)
    assert status == 200
    assert "customElements" in script or "import" in script


@pytest.mark.parametrize("page", ["/login", "/console", "/manager", "/certainty"])
def test_it_serves_the_pages_of_the_staff(served: str, page: str) -> None:
    status, html = fetch(served + page)
    assert status == 200
    assert "/assets/" in html
    assert "__ASSETS__" not in html


def test_it_knows_its_version(installed: Path) -> None:
    done = subprocess.run([str(installed), "--version"], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "0.1.0"
