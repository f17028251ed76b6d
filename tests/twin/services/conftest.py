from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.twin.services.town_hall import TownHall
from twin.progress import Unattended
from twin.services.client import HttpClient


@pytest.fixture
def town_hall() -> Iterator[TownHall]:
    made = TownHall()
    yield made
    made.close()


@pytest.fixture
def told() -> Unattended:
    return Unattended()


@pytest.fixture
def waits() -> list[float]:
    """Seconds that the client waited between tries; nothing really sleeps."""
    return []


@pytest.fixture
def http(tmp_path: Path, told: Unattended, waits: list[float]) -> Iterator[HttpClient]:
    with HttpClient(tmp_path / "cache", told, sleep=waits.append, requests_per_s=1e6) as client:
        yield client
