"""Stories survive the project file whole; damaged ones are left out and named."""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from typing import Any

import pytest

from tests.twin.render import toy_town
from tests.twin.show.story_of_town import story
from twin.model.project import Project
from twin.store.codec import from_json, to_json
from twin.synth.stories import stories


def read(data: dict[str, Any]) -> tuple[Project, list[str]]:
    project, problems = from_json(json.loads(json.dumps(data)), "here")
    return project, [problem.key for problem in problems]


def test_every_story_comes_back_as_it_was() -> None:
    project = replace(toy_town.project(), stories=(story(), *stories()))
    again, problems = read(to_json(project))
    assert problems == []
    assert again.stories == project.stories


def test_a_project_without_stories_is_written_as_before() -> None:
    assert "stories" not in to_json(toy_town.project())


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("stops", 0, "camera", "field_of_view_deg"), 0),
        (("stops", 0, "camera", "position"), [1, 2]),
        (("stops", 0, "hold_s"), -1),
        (("stops", 0, "at"), "2026-06-21T10:00"),
        (("stops", 1, "id"), "south"),
        (("stops", 0, "branches"), [{"title": {}, "stop": "nowhere"}]),
        (("stops", 0, "figures", 0, "source"), ""),
        (("stops", 0, "figures", 0, "value"), "NaN"),
        (("stops", 1, "motion", "kind"), "dance"),
        (("stops", 0, "beside"), {"kind": "wipe"}),
        (("stops", 0, "beside"), {"project": "../elsewhere"}),
        (("stops", 0, "video"), {"path": "/etc/passwd"}),
        (("stops", 0, "sound"), {"path": "C:/sound.mp3"}),
        (("stops", 0, "pictures"), [{"path": "a/../../b.png"}]),
        (("stops",), {"not": "a list"}),
        (("id",), ""),
    ],
)
def test_a_damaged_story_is_left_out_and_the_rest_opens(
    path: tuple[Any, ...], value: object
) -> None:
    data = to_json(replace(toy_town.project(), stories=(story(),)))
    row = copy.deepcopy(data["stories"][0])
    place: Any = row
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    project, problems = read({**data, "stories": [row, data["stories"][0]]})
    assert problems == ["project.bad_part"]
    assert project.stories == (story(),)
    assert len(project.layers) == 3
