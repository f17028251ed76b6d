"""What a greeter may ask, and the answers: pure, without sockets. Described in ``docs/greeter.md``.

One JSON object a line, both ways. ``{"id", "do", "token", "language", "scene"}`` is answered by ``{"id", "ok",
...}``. ``do`` is ``hello`` (what can be shown), ``show`` (show it, and the words to say) or ``say`` (only the words).
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from twin.model.project import Project, View

VERSION = 1
MOST_BYTES = 65_536


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Something that can be shown: a bookmark, or a stop of a story."""

    id: str
    title: Mapping[str, str]
    words: Mapping[str, str]
    view: View | None


def scenes_of(project: Project) -> list[Scene]:
    """Return what a project can show: its bookmarks, then the stops of its stories."""
    found = [Scene(id=v.id, title=v.title, words=v.title, view=v) for v in project.views]
    for story in project.stories:
        for stop in story.stops:
            words = stop.narration or stop.text or stop.title
            view = None
            if stop.camera is not None:
                view = View(
                    id=stop.id,
                    title=stop.title,
                    position=stop.camera.position,
                    target=stop.camera.target,
                    field_of_view_deg=stop.camera.field_of_view_deg,
                    xray=stop.camera.xray,
                    at=stop.at,
                )
            name = f"{story.id}/{stop.id}"
            found.append(Scene(id=name, title=stop.title, words=words, view=view))
    return found


class Greeter:
    """Answers requests about the project that is open.

    Parameters
    ----------
    project : callable
        Returns the open project, None without one.
    show : callable
        Shows a view; called where the answers are made.
    token : str
        What a greeter must know.
    """

    def __init__(
        self,
        project: Callable[[], Project | None],
        show: Callable[[View], object],
        token: str,
    ) -> None:
        self._project = project
        self._show = show
        self.token = token

    def answer(self, line: bytes) -> dict[str, Any]:
        """Return the answer to one line; whatever is wrong with it is an answer too."""
        try:
            request = json.loads(line)
        except (ValueError, RecursionError):
            return {"id": None, "ok": False, "error": "no_json"}
        if not isinstance(request, dict):
            return {"id": None, "ok": False, "error": "no_object"}
        number = request.get("id")
        number = number if isinstance(number, int | str) else None
        told = str(request.get("token", ""))
        if not hmac.compare_digest(told.encode(), self.token.encode()):
            return {"id": number, "ok": False, "error": "wrong_token"}
        return {"id": number, **self._answer(request)}

    def _answer(self, request: Mapping[str, Any]) -> dict[str, Any]:
        project = self._project()
        if project is None:
            return {"ok": False, "error": "no_project"}
        language = str(request.get("language", "en"))[:10]
        scenes = {scene.id: scene for scene in scenes_of(project)}
        if request.get("do") == "hello":
            listed = [{"id": s.id, "title": worded(s.title, language)[0]} for s in scenes.values()]
            title = worded(project.title, language)[0]
            notice = worded(project.notice, language)[0]
            return {
                "ok": True,
                "version": VERSION,
                "project": title,
                "notice": notice,
                "scenes": listed,
            }
        if request.get("do") not in {"show", "say"}:
            return {"ok": False, "error": "unknown_request"}
        scene = scenes.get(str(request.get("scene", "")))
        if scene is None:
            return {"ok": False, "error": "unknown_scene"}
        if request["do"] == "show" and scene.view is not None:
            self._show(scene.view)
        text, spoken = worded(scene.words, language)
        title = worded(scene.title, language)[0]
        return {"ok": True, "scene": scene.id, "title": title, "speak": text, "language": spoken}


def worded(text: Mapping[str, str], language: str) -> tuple[str, str]:
    """Return a text in a language and which language that is: the one wanted, else English, else any."""
    for wanted in (language, language.partition("-")[0], "en", *text):
        if text.get(wanted):
            return text[wanted], wanted
    return "", language
