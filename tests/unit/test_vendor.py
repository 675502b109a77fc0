"""The vendored files are npm's, byte for byte, and each comes with its licence."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from widget.assets import Assets

VENDOR = Path(__file__).parents[2] / "widget" / "vendor"
LISTED = json.loads((VENDOR / "VENDOR.json").read_text())


def test_every_file_matches_its_hash() -> None:
    found = {row["file"]: hashlib.sha256((VENDOR / row["file"]).read_bytes()).hexdigest() for row in LISTED}
    assert found == {row["file"]: row["sha256"] for row in LISTED}


def test_nothing_lies_there_unlisted() -> None:
    assert {file.name for file in VENDOR.iterdir()} - {"VENDOR.json"} == {row["file"] for row in LISTED}


def test_every_script_says_where_it_is_from_and_has_its_licence() -> None:
    scripts = [row for row in LISTED if row["file"].endswith(".js")]
    assert scripts
    for row in scripts:
        assert row["package"]
        assert row["version"]
        assert row["source"].endswith(".js")
        licence = (VENDOR / row["licence_file"]).read_text()
        assert {"MIT": "MIT License", "Apache-2.0": "Apache License"}[row["licence"]] in licence


def test_the_pages_load_the_scripts_in_the_order_they_need() -> None:
    order = ["preact.umd.js", "hooks.umd.js", "signals-core.min.js", "signals.min.js"]
    for page in ("console", "manager", "certainty", "login"):
        text = Assets().page(f"{page}/index.html")
        places = [text.index(f"/vendor/{name}") for name in order]
        assert places == sorted(places)
        assert places[-1] < text.index('type="module"')
