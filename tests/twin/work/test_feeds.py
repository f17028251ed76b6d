"""Feeds that plugins bring run as ours do."""

from __future__ import annotations

from pathlib import Path

import pytest

from twin.errors import BelvedereError
from twin.live.kinds.mqtt import MqttFeed
from twin.model.feed import FeedSpec
from twin.registry import Registry
from twin.work.feeds import maker

PLUGIN = """
id = "tide"
version = "0.1.0"
api = "0.1"
title = { en = "Tide", fr = "Marée" }

[[contributions.feeds]]
id = "tide"
class = "feed:Tide"
title = { en = "Tide", fr = "Marée" }
"""


def test_a_plugin_brings_a_kind(tmp_path: Path) -> None:
    folder = tmp_path / "plugins" / "tide"
    folder.mkdir(parents=True)
    (folder / "plugin.toml").write_text(PLUGIN, encoding="utf-8")
    (folder / "feed.py").write_text(
        "class Tide:\n    async def run(self, ctx):\n        ctx.connected()\n", encoding="utf-8"
    )
    make = maker(Registry.discover([tmp_path / "plugins"]))
    assert type(make(FeedSpec(id="t", kind="tide", url="x"))).__name__ == "Tide"
    assert isinstance(make(FeedSpec(id="m", kind="mqtt", url="mqtt://localhost/x")), MqttFeed)
    with pytest.raises(BelvedereError) as caught:
        make(FeedSpec(id="n", kind="nobody", url="x"))
    assert caught.value.problem.key == "feed.kind_unknown"
