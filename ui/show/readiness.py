"""The check before a show as window and command line run it: the engine's items, and those of fonts and screens."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from twin.model.project import Project
from twin.model.story import texts_of
from twin.show import preflight
from twin.show.preflight import Item, Light, item
from ui.show.packing import versions_of

if TYPE_CHECKING:
    from twin.registry import Registry

SIZE = (1920, 1080)


def ready(
    project: Project,
    folder: Path,
    registry: Registry,
    *,
    stop_now: Callable[[], bool] | None = None,
) -> Iterator[Item]:
    """Yield all items, the quick ones first; loads the project in a session of its own."""
    from twin.work.session import Session
    from ui.text import ensure_application

    ensure_application()
    yield from preflight.check_files(project, folder)
    yield from preflight.check_stories(project)
    yield from preflight.check_plugins(wanted_versions(folder), versions_of(project, registry))
    yield from check_fonts(project)
    yield check_screens()
    session = Session(project, folder, registry)
    try:
        session.start()
        session.wait()
        yield from preflight.check_layers(session)
        yield from preflight.check_selections(session)
        yield from _drawn(session, project, stop_now)
        yield preflight.check_memory()
    finally:
        session.close()


def _drawn(
    session: object, project: Project, stop_now: Callable[[], bool] | None
) -> Iterator[Item]:
    from twin.render.binding import SessionStage
    from twin.render.stage import Stage
    from twin.show.staging import Director
    from ui.text import QtTextEngine

    stage = Stage(size=SIZE, text=QtTextEngine())
    binding = SessionStage(session, stage)  # type: ignore[arg-type]
    try:
        stage.render()
        yield preflight.check_renderer(stage.renderer)
        director = Director(session, binding)  # type: ignore[arg-type]
        yield from preflight.check_frames(director, project, stop_now=stop_now)
    finally:
        binding.close()
        stage.close()


def check_fonts(project: Project) -> Iterator[Item]:
    """Yield the languages whose letters no font of the application has."""
    from PySide6.QtGui import QRawFont

    from ui.text import font_files, script_files

    files = [*font_files()[:1], *script_files().values()]
    faces = [QRawFont(str(path), 16.0) for path in files]
    for language in sorted({code for story in project.stories for code in story.languages}):
        letters = {
            letter
            for story in project.stories
            for _, text in texts_of(story)
            for letter in text.get(language, "")
            if not letter.isspace() and letter.isprintable()
        }
        lacking = sorted(
            c for c in letters if not any(face.supportsCharacter(ord(c)) for face in faces)
        )
        light = Light.RED if lacking else Light.GREEN
        yield item("fonts", light, language, letters=" ".join(lacking[:8]))


def check_screens() -> Item:
    """Return whether there is a second screen, and how large the largest is."""
    from PySide6.QtGui import QGuiApplication

    screens = QGuiApplication.screens()
    sizes = [screen.size() * screen.devicePixelRatio() for screen in screens]
    named = ", ".join(f"{size.width()}×{size.height()}" for size in sizes) or "–"
    return item("screens", Light.GREEN if len(screens) > 1 else Light.AMBER, sizes=named)


def wanted_versions(folder: Path) -> dict[str, str]:
    """Return the versions of plugins that a pack was made with, nothing for an ordinary project."""
    from twin.store.pack import MANIFEST, pack_of

    pack = pack_of(folder)
    if pack is None or not pack.is_file():
        return {}
    import zipfile

    with zipfile.ZipFile(pack) as archive:
        found = json.loads(archive.read(MANIFEST)).get("plugins", {})
    return {str(name): str(version) for name, version in found.items()}
