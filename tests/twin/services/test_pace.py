from __future__ import annotations

from datetime import UTC, datetime

import pytest

from twin.services.client import shown
from twin.services.pace import LONGEST_ASKED_S, asked_wait_s
from twin.tiles.fetch import named

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("5", 5.0),
        ("Sun, 22 Nov 2026 12:01:30 GMT", 90.0),
        ("Sun, 22 Nov 2026 11:00:00 GMT", 0.0),
        ("999999999", LONGEST_ASKED_S),
        ("inf", 0.0),
        ("nan", 0.0),
        ("-3", 0.0),
        ("soon", 0.0),
        ("", 0.0),
    ],
)
def test_what_a_server_asks_to_wait(text: str, seconds: float) -> None:
    assert asked_wait_s(text, NOW) == seconds


@pytest.mark.parametrize("url", ["http://me:secret@host/a/b?key=secret", "http://me:secret@host"])
def test_no_secret_of_an_address_is_shown(url: str) -> None:
    assert "secret" not in shown(url)
    assert "secret" not in named(url)


@pytest.mark.parametrize("url", ["http://[::1", "http://host:notaport/x"])
def test_an_address_that_is_none_can_be_shown(url: str) -> None:
    assert "secret" not in shown(url)
    assert shown(url) in {"", url}
