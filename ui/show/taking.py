"""Taking a story away: one loading of the city, every stop drawn once, all that was asked for written."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from twin.errors import BelvedereError
from twin.export.film import Film, Plan
from twin.model.project import Project
from twin.model.story import Stop, Story
from twin.problems import Problem
from twin.show.card import Told
from ui.show.insets import charts_of, inset_of, sounds_of
from ui.show.wording import told

if TYPE_CHECKING:
    from concurrent.futures import Future

    from twin.registry import Registry
    from twin.show.obstacles import Skyline
    from twin.show.staging import Director
    from twin.work.session import Session
    from ui.show.handout import Handout

    Fonts = Future[list[tuple[bytes, str]]]

GLTF_REACH_M, GLTF_GLYPHS = 900.0, 350_000
"""A phone has to hold it: no more than is near what is looked at, and no more triangles of trees."""
LEAST_SOLID_M, MOST_SOLID_M = 200.0, 4_000.0
BUTTONS = {
    "fr": {"back": "Étape précédente", "on": "Étape suivante", "scene": "Vue 3D de la ville"},
    "en": {"back": "Previous stop", "on": "Next stop", "scene": "3D view of the city"},
    "ko": {"back": "이전 장면", "on": "다음 장면", "scene": "도시 3D 화면"},
    "ar": {"back": "المحطة السابقة", "on": "المحطة التالية", "scene": "مشهد ثلاثي الأبعاد للمدينة"},
}


@dataclass(frozen=True, kw_only=True)
class Order:
    """What is wanted of a story; None: not wanted."""

    story: Story
    language: str = "en"
    size: tuple[int, int] = (1280, 720)
    fps: int = 10
    codec: str = "h264"
    whole: bool = False
    sound: Path | None = None
    mp4: Path | None = None
    pdf: Path | None = None
    html: Path | None = None
    images: Path | None = None
    poster: Path | None = None
    gltf: Path | None = None
    solid: Path | None = None
    po: Path | None = None
    xliff: Path | None = None

    @property
    def plan(self) -> Plan:
        """How the film is made."""
        if not self.whole:
            return Plan(size=self.size, fps=self.fps)
        return Plan(size=self.size, fps=self.fps, longest_flight_s=60.0, holds="story", moving=True)

    @property
    def draws(self) -> bool:
        """Whether anything is wanted that needs the city."""
        return any((self.mp4, self.pdf, self.html, self.images, self.poster, self.gltf, self.solid))


def take(
    order: Order, project: Project, folder: Path, registry: Registry
) -> tuple[dict[str, str], list[Problem]]:
    """Write all that is ordered; return the paths by kind, and what went wrong with layers on the way.

    Raises
    ------
    BelvedereError
        Something ordered cannot be written at all.
    """
    written: dict[str, str] = {}
    _texts(order, written)
    if not order.draws:
        return written, []
    if order.html is not None:
        from twin.export.page import library

        library()  # missing: said before minutes of drawing
    from twin.work.session import Session

    session = Session(project, folder, registry)
    try:
        session.start()
        session.wait()
        problems = [problem for _, problem in session.problems]
        _draw(order, session, written)
        return written, problems
    except OSError as error:
        reason = error.strerror or str(error)
        raise BelvedereError("export.cannot_write", str(error.filename), reason=reason) from error
    finally:
        session.close()


def _texts(order: Order, written: dict[str, str]) -> None:
    from twin.show.translation import write_po, write_xliff

    if order.po is not None:
        write_po(order.story, order.language, order.po)
        written["po"] = str(order.po)
    if order.xliff is not None:
        write_xliff(order.story, order.language, order.xliff)
        written["xliff"] = str(order.xliff)


def _draw(order: Order, session: Session, written: dict[str, str]) -> None:
    from twin.render.binding import SessionStage
    from twin.render.stage import Stage
    from twin.show.staging import Director
    from ui.text import QtTextEngine, ensure_application

    ensure_application()
    stage = Stage(size=order.size, text=QtTextEngine(), lang=order.language)
    binding = SessionStage(session, stage)
    try:
        with ThreadPoolExecutor(1, "fonts") as cutter:
            # Drawing waits for the renderer most of the time: letters are cut out of the fonts meanwhile.
            fonts = cutter.submit(
                fonts_for, order.story, session.project, order.language, session.folder
            )
            _drawn(order, session, Director(session, binding), fonts, written)
    finally:
        binding.close()
        stage.close()


def _drawn(
    order: Order, session: Session, director: Director, fonts: Fonts, written: dict[str, str]
) -> None:
    from twin.export.page import Page, write_page
    from twin.show.staging import skyline_at
    from ui.show.handout import Handout
    from ui.text import QtTextEngine

    project = session.project
    skyline = skyline_at(session) if order.mp4 or order.html else None

    def words(stop: Stop) -> Told:
        return told(stop, order.story, project, order.language, session.folder)

    insets = partial(inset_of, session=session, language=order.language)
    film = Film(order.story, order.plan, director, QtTextEngine(), words, insets=insets)
    _film(order, film, session, skyline)
    if order.mp4 is not None:
        written["mp4"] = str(order.mp4)
    bare = {still.stop.id: still.bare for still in film.stills}
    charts = charts_of(order.story, session, order.language)
    handout = Handout(
        project=project,
        story=order.story,
        language=order.language,
        pictures=bare,
        charts=charts,
        folder=session.folder,
    )
    _papers(order, handout, written)
    if order.html is not None:
        page = Page(
            story=order.story,
            language=order.language,
            words=words,
            pictures=bare,
            fonts=fonts.result(),
            labels=BUTTONS.get(order.language, BUTTONS["en"]),
            charts=charts,
        )
        written["html"] = str(write_page(page, session, order.html, skyline))
    if order.images is not None:
        written["images"] = str(_images(order, film))
    if order.gltf is not None:
        written["gltf"] = str(_gltf(order, session, film))
    if order.solid is not None:
        written["solid"] = str(_solid(order.solid, film.stills[0].stop, session))


def _film(order: Order, film: Film, session: Session, skyline: Skyline | None) -> None:
    """Draw all stops; with a film wanted, the flights as well, straight into it."""
    if order.mp4 is None:
        for _ in film.shots(skyline, flights=False):
            pass
        return
    from twin.export.video import Encoding, Sounded, write_video

    sounds = sounds_of(film.held(), session)
    if order.sound is not None:
        sounds.append(Sounded(path=order.sound, begin_s=0.0, seconds=film.seconds()))
    encoding = Encoding(
        size=order.size,
        fps=order.fps,
        codec=order.codec,
        captions=film.captions(),
        language=order.language,
        title=order.story.told(order.story.title, order.language),
        sounds=sounds,
        seconds=film.seconds(),
    )
    shots = ((shot.image, shot.frames) for shot in film.shots(skyline))
    write_video(shots, order.mp4, encoding)


def _papers(order: Order, handout: Handout, written: dict[str, str]) -> None:
    from ui.show.handout import write_handout
    from ui.show.poster import write_poster

    if order.pdf is not None:
        write_handout(handout, order.pdf)
        written["pdf"] = str(order.pdf)
    if order.poster is not None:
        write_poster(handout, order.poster)
        written["poster"] = str(order.poster)


def fonts_for(
    story: Story, project: Project, language: str, folder: Path | None = None
) -> list[tuple[bytes, str]]:
    """Return the typeface and the language's own, cut down to what a story needs, with their licences."""
    from twin.export.fonts import subset
    from ui.text import font_files, licence_of, script_files

    texts = [story.told(story.title, language)]
    for stop in story.stops:
        words = told(stop, story, project, language, folder)
        texts += [words.title, words.text, words.notice]
        texts += [part for figure in (*words.figures, *words.beside) for part in figure]
        texts += [part for some in words.plates for part in (some.title, some.notice)]
        texts += [story.told(branch.title, language) for branch in stop.branches]
    files = [*font_files()[:1], *(p for name, p in script_files().items() if name == language)]
    return [(subset(path, texts), licence_of(path)) for path in files]


def _images(order: Order, film: Film) -> Path:
    from twin.render.picture import save_png

    assert order.images is not None  # noqa: S101 - asked by the caller
    order.images.mkdir(exist_ok=True)
    for number, still in enumerate(film.stills, start=1):
        save_png(still.told, order.images / f"{order.story.id}-{number:02}-{order.language}.png")
    return order.images


def _gltf(order: Order, session: Session, film: Film) -> Path:
    import numpy as np

    from twin.export.gltf import glb
    from twin.export.parts import Around, parts_of

    assert order.gltf is not None  # noqa: S101 - asked by the caller
    first = film.stills[0].stop
    frame = session.project.frame
    extras = {
        "title": dict(session.project.title),
        "notice": dict(session.project.notice),
        "crs": frame.crs,
        "origin": list(frame.origin),
    }
    places = [stop.camera.target[:2] for stop in order.story.stops if stop.camera is not None]
    around = Around(
        places=np.array(places or [(0.0, 0.0)]),
        reach_m=GLTF_REACH_M if places else math.inf,
        glyph_triangles=GLTF_GLYPHS,
    )
    parts = list(parts_of(session, layers=first.layers, around=around))
    order.gltf.write_bytes(glb(parts, extras=extras))
    return order.gltf


def _solid(path: Path, first: Stop, session: Session) -> Path:
    """Write what the first stop looks at, as far as it does, for a 3D printer."""
    from twin.export.solid import solid_of, write_solid
    from twin.work.town import town_of

    where = (0.0, 0.0, 0.0) if first.camera is None else first.camera.target
    away = 0.0 if first.camera is None else math.dist(first.camera.position, where)
    town = town_of(session, first.at, shown=first.layers)
    solid = solid_of(town, where[:2], min(max(1.2 * away, LEAST_SOLID_M), MOST_SOLID_M))
    write_solid(solid, path)
    return path
