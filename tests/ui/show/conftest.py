"""A window on the small town with a story."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.twin.show.story_of_town import story
from tests.ui import small_city
from tests.ui.window.conftest import make_window, services  # noqa: F401 - fixtures
from twin.model.story import Stop, Story
from ui.opened import Opened


def town_story() -> Story:
    """Return the story, shown with the layers of the small town."""
    told = story()

    def fitted(stop: Stop) -> Stop:
        layers = None if stop.layers is None else ("houses",)
        return replace(stop, layers=layers, transition=replace(stop.transition, duration_s=0.4))

    return replace(told, stops=tuple(fitted(stop) for stop in told.stops))


@pytest.fixture
def window(make_window: Callable):  # noqa: F811
    """A window on the small town, with one story."""
    project = replace(small_city.project(broken=False), stories=(town_story(),))
    return make_window(Opened(project=project, folder=None))
