from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.servers import Postgres, postgres
from twin.store.history import History, open_history

__all__ = ["postgres"]


@pytest.fixture(params=["folder", "postgresql"])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Address of a history that is not there yet, of each kind."""
    if request.param == "folder":
        return str(tmp_path / "history")
    server: Postgres = request.getfixturevalue("postgres")
    return server.database(f"t{uuid.uuid4().hex}")


@pytest.fixture
def opened() -> Iterator[Callable[..., History]]:
    """Opens histories and closes them after the test."""
    made: list[History] = []

    def open_one(where: str | Path, *, write: bool = True) -> History:
        made.append(open_history(where, write=write))
        return made[-1]

    yield open_one
    for history in made:
        history.close()


@pytest.fixture
def history(where: str, opened: Callable[..., History]) -> History:
    return opened(where)
