"""Settings: what is read, what is refused, and with which sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from runtime.errors import SettingsError
from runtime.settings import Settings, load


def test_nothing_set_gives_a_server_for_this_machine_alone() -> None:
    settings = load({})
    assert (settings.host, settings.port) == ("127.0.0.1", 8000)
    assert settings.base_url == "http://127.0.0.1:8000"
    assert settings.database == f"sqlite:///{Path('data/svardesk.sqlite3').absolute()}"
    assert settings.shop_port == 8001
    assert not settings.secure


def test_variables_are_read_and_the_command_line_wins() -> None:
    everywhere = "0.0.0.0"  # noqa: S104 - nothing is bound here
    settings = load({"SVARDESK_PORT": " 9000 ", "svardesk_host": everywhere, "PORT": "1", "HOME": "/root"}, port=9001)
    assert (settings.port, settings.host) == (9001, everywhere)
    assert load({"SVARDESK_PORT": "9000"}, port=None).port == 9000
    assert settings.base_url == "http://localhost:9001"


def test_an_empty_variable_is_an_unset_one() -> None:
    assert load({"SVARDESK_PORT": "", "SVARDESK_PUBLIC_URL": " "}) == load({})


@pytest.mark.parametrize(
    ("variable", "value", "sentence"),
    [
        ("SVARDESK_PROT", "1", "There is no setting SVARDESK_PROT. Did you mean SVARDESK_PORT?"),
        ("SVARDESK_XYZ", "1", "There is no setting SVARDESK_XYZ. docs/operating.md lists them."),
        ("SVARDESK_PORT", "abc", "SVARDESK_PORT must be a whole number, not 'abc'."),
        ("SVARDESK_PORT", "70000", "SVARDESK_PORT must be less than or equal to 65535, not '70000'."),
        ("SVARDESK_ANSWER_TARGET", "95", "SVARDESK_ANSWER_TARGET must be less than or equal to 0.999, not '95'."),
        ("SVARDESK_ANSWER_DEADLINE_S", "soon", "SVARDESK_ANSWER_DEADLINE_S must be a number, not 'soon'."),
        ("SVARDESK_LOG_LEVEL", "loud", "SVARDESK_LOG_LEVEL must be 'debug', 'info', 'warning' or 'error', not 'loud'."),
        (
            "SVARDESK_PUBLIC_URL",
            "chat.example.com",
            "SVARDESK_PUBLIC_URL must be an address such as https://chat.example.com, not 'chat.example.com'.",
        ),
        (
            "SVARDESK_PUBLIC_URL",
            "https://example.com/chat",
            "SVARDESK_PUBLIC_URL must not have a path: the server answers at the root of its own host name, "
            "not 'https://example.com/chat'.",
        ),
        *(
            (
                "SVARDESK_TRUSTED_PROXIES",
                value,
                "SVARDESK_TRUSTED_PROXIES must be addresses or networks divided by commas, such as "
                f"127.0.0.1,10.0.0.0/8 (names are not looked up), not {value!r}.",
            )
            # uvicorn would start with each of them, and believe nobody.
            for value in ("abc", "127.0.0.1,proxy.example", "10.0.0.1/8", "127.0.0.1:80", "127.0.0.1,*")
        ),
    ],
)
def test_a_fault_is_one_sentence(variable: str, value: str, sentence: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load({variable: value})
    assert caught.value.message == sentence


def test_every_fault_is_told_at_once() -> None:
    with pytest.raises(SettingsError) as caught:
        load({"SVARDESK_PROT": "1", "SVARDESK_PORT": "x", "SVARDESK_RETENTION_DAYS": "0"})
    assert [line.split()[0] for line in caught.value.message.splitlines()] == [
        "There",
        "SVARDESK_PORT",
        "SVARDESK_RETENTION_DAYS",
    ]


@pytest.mark.parametrize(
    ("values", "origins"),
    [
        ({"public_url": "https://Chat.Example.com/"}, {"https://chat.example.com"}),
        ({"public_url": "https://chat.example.com:443"}, {"https://chat.example.com"}),
        ({"public_url": "http://chat.example.com:8080"}, {"http://chat.example.com:8080"}),
        ({"host": "192.0.2.1"}, {"http://192.0.2.1:8000"}),
        ({"host": "192.0.2.1", "port": 80}, {"http://192.0.2.1"}),
        ({"host": "2001:db8::1", "port": 80}, {"http://[2001:db8::1]"}),
        ({}, {"http://127.0.0.1:8000", "http://localhost:8000", "http://[::1]:8000"}),
    ],
)
def test_own_origins_are_written_as_browsers_write_them(values: dict[str, object], origins: set[str]) -> None:
    assert Settings(**values).own_origins == origins  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("127.0.0.1", "127.0.0.1"),
        ("10.0.0.0/8 , ::1,", "10.0.0.0/8,::1"),
        ("2001:db8::/32", "2001:db8::/32"),
        ("*", "*"),
    ],
)
def test_proxies_are_addresses_or_networks(value: str, read: str) -> None:
    assert load({"SVARDESK_TRUSTED_PROXIES": value}).trusted_proxies == read


def test_threads_are_those_asked_for_or_a_few() -> None:
    assert Settings(model_threads=7).threads == 7
    assert 1 <= Settings().threads <= 4
    assert Settings(workers=64).threads == 1
