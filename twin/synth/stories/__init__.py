"""The stories that come with the demo city. Every figure stands with its source; ``docs/show.md`` lists them."""

from __future__ import annotations

from twin.model.story import Story
from twin.synth.stories import busan, casablanca, fort, issy, issygrid


def stories() -> tuple[Story, ...]:
    """Return the stories in the order in which they are offered."""
    return (issy.tell(), fort.tell(), issygrid.tell(), busan.tell(), casablanca.tell())
