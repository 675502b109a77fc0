"""Fixtures of every suite: a database of either kind, and the servers that tests run against."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import hypothesis
import pytest
import sqlalchemy as sa

from runtime.settings import PREFIX, Settings
from tests import services

# How long an example takes says more about the machine's other work than about ours.
hypothesis.settings.register_profile("svardesk", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("svardesk")


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """A developer's own SVARDESK_* variables must not decide whether a test passes."""
    import os

    for name in list(os.environ):
        if name.startswith(PREFIX):
            monkeypatch.delenv(name)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings with a data folder of the test's own."""
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    return Settings(data_folder=folder)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[services.Postgresql]:
    """A PostgreSQL server of our own, on a free port."""
    with services.postgresql() as server:
        yield server


@pytest.fixture
def postgresql_url(postgresql: services.Postgresql) -> Iterator[str]:
    """An empty database, dropped afterwards."""
    name = postgresql.create_database()
    yield postgresql.url(name)
    postgresql.drop_database(name)


@pytest.fixture
def make_postgresql_url(postgresql: services.Postgresql) -> Iterator[Callable[[], str]]:
    """More empty databases, as many as are asked for; dropped afterwards."""
    names: list[str] = []

    def make() -> str:
        names.append(postgresql.create_database())
        return postgresql.url(names[-1])

    yield make
    for name in names:
        postgresql.drop_database(name)


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Redis server of our own, on a free port."""
    with services.redis(tmp_path_factory.mktemp("redis")) as url:
        yield url


@pytest.fixture(scope="session")
def converted_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A `model` folder in which the bundled model is converted already: it costs seconds, so once is enough."""
    from knowledge_base.model.conversion import converted

    folder = tmp_path_factory.mktemp("model")
    converted(folder, lambda sentence: None)
    return folder


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind: the test runs twice."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'test.sqlite3'}"
    url: str = request.getfixturevalue("postgresql_url")
    return url


@pytest.fixture
def empty_engine(database_url: str) -> Iterator[sa.Engine]:
    from runtime.db import make_engine

    engine = make_engine(database_url)
    yield engine
    engine.dispose()
