"""`svardesk site`: a site is made, changed and listed; what cannot be is refused in a sentence."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.__main__ import app
from runtime.errors import BadInput

RUNNER = CliRunner()


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SVARDESK_DATA_FOLDER", str(tmp_path / "data"))
    monkeypatch.setenv("SVARDESK_PUBLIC_URL", "https://chat.example.com")
    monkeypatch.setenv("COLUMNS", "200")


def run(*words: str) -> str:
    done = RUNNER.invoke(app, words, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def test_prints_the_snippet_and_keeps_the_key_and_what_was_not_given() -> None:
    made = run("site", "set", "Fjeld & Fritid", "--origin", "https://www.fjeld.example", "--language", "da")
    assert 'src="https://chat.example.com/widget.js"' in made
    key = made.split("site:'")[1].split("'")[0]
    changed = run("site", "set", "Fjeld & Fritid", "--brand", "#123456", "--language", "nb", "--language", "da")
    assert f"site:'{key}'" in changed
    listed = run("site", "list")
    assert key in listed
    assert "https://www.fjeld.example" in listed
    assert "nb, da" in listed


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--language", "da"), "--origin"),
        (("--origin", "www.fjeld.example"), "not an origin"),
        (("--origin", "https://www.fjeld.example/shop"), "not an origin"),
        (("--origin", "https://a.example", "--language", "fi"), "no language 'fi'"),
        (("--origin", "https://a.example", "--brand", "green"), "not a colour"),
        (("--origin", "https://a.example", "--hours", '{"timezone": "Nowhere"}'), "not a time zone"),
    ],
)
def test_refuses_what_cannot_be(words: tuple[str, ...], said: str) -> None:
    with pytest.raises(BadInput, match=said):
        RUNNER.invoke(app, ("site", "set", "Fjeld", *words), catch_exceptions=False)
