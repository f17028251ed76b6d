"""A story as a web page that opens from a disk: one page, one classic script, pictures, no network."""

from __future__ import annotations

import base64
import gzip
import html
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.analysis.sun import sun_in_scene
from twin.drawables import Role
from twin.errors import BelvedereError
from twin.export.gltf import glb
from twin.export.page_media import Medium, jpeg, media_of
from twin.export.parts import Part, near, parts_of, plants_near
from twin.model.story import Stop, Story
from twin.progress import Unattended
from twin.render.scene import CUT_FACES
from twin.show.card import RIGHT_TO_LEFT, Row, Told
from twin.show.journey import Journey
from twin.show.obstacles import Skyline
from twin.show.staging import pose_at
from twin.work.sections import drawn, equations, faces_in, from_story
from twin.work.session import Session
from twin.work.town import town_of

WEB = Path(__file__).resolve().parents[2] / "assets" / "web"
REACH_M = 1_500.0
"""Buildings farther than this from every place that is looked at are left out of the page's model."""
PLANTS_REACH_M = 700.0
PATH_POINTS = 24
POLICY = (
    "default-src 'none'; script-src 'self' file:; style-src 'unsafe-inline'; "
    "img-src 'self' data: blob: file:; media-src 'self' file:; font-src data:; connect-src blob: data:"
)
"""The page asks no network for anything, whatever it shows."""
ROLES = frozenset({Role.SOLID, Role.GROUND, Role.WATER, Role.UNDERGROUND})


@dataclass(frozen=True, eq=False, kw_only=True)
class Page:
    """What a page is made of.

    Parameters
    ----------
    words : callable
        What a stop says in the language of the page.
    pictures : mapping
        (h, w, 3) uint8 by stop id, shown until a browser has drawn in 3D, and where it cannot.
    charts : mapping
        (h, w, 3) uint8 by stop id, of those that show one.
    fonts : sequence of (woff bytes, licence)
        Cut down to the page's letters.
    labels : mapping
        ``back``, ``on``, ``scene``: names of the buttons and of the picture.
    """

    story: Story
    language: str
    words: Callable[[Stop], Told]
    pictures: Mapping[str, NDArray[np.uint8]]
    fonts: Sequence[tuple[bytes, str]]
    labels: Mapping[str, str]
    charts: Mapping[str, NDArray[np.uint8]] = field(default_factory=dict)


def library() -> Path:
    """Return the three.js script that set-up has bundled.

    Raises
    ------
    BelvedereError
        ``export.no_three``: set-up found no Node.js.
    """
    path = Path(sys.prefix) / "share" / "belvedere" / "three.js"
    if not path.is_file():
        raise BelvedereError("export.no_three", str(path))
    return path


def write_page(page: Page, session: Session, folder: Path, skyline: Skyline | None) -> Path:
    """Write the page into a folder, ``index.html`` the page itself; return its path.

    Raises
    ------
    BelvedereError
        ``export.no_three``. OSError where the folder cannot be written.
    """
    script = library().read_text(encoding="utf-8")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "pictures").mkdir(exist_ok=True)
    for number, stop in enumerate(page.story.stops, start=1):
        if stop.id in page.pictures:  # numbered: an id of somebody else may be any text
            (folder / "pictures" / f"{number}.jpg").write_bytes(jpeg(page.pictures[stop.id]))
        for medium in _media(page, number, stop, session.folder):
            medium.write(folder)
    for number, (_, licence) in enumerate(page.fonts, start=1):
        if licence:
            (folder / f"font-licence-{number}.txt").write_text(licence, encoding="utf-8")
    data = json.dumps(_story(page, session, skyline), ensure_ascii=False, separators=(",", ":"))
    model = base64.b64encode(gzip.compress(_model(page.story, session), 6, mtime=0)).decode()
    player = (WEB / "player.js").read_text(encoding="utf-8")
    # A line separator ends a statement in scripts of old browsers, though not in JSON.
    data = data.replace("\u2028", " ").replace("\u2029", " ").replace("</", "<\\/")
    whole = f'{script}\nvar STORY = {data};\nvar MODEL = "{model}";\n{player}'
    (folder / "story.js").write_text(whole, encoding="utf-8")
    index = folder / "index.html"
    index.write_text(_html(page, session.folder), encoding="utf-8")
    return index


def _media(page: Page, number: int, stop: Stop, folder: Path) -> list[Medium]:
    """Return what stands and plays beside a stop; its number counts from 1."""
    chart = page.charts.get(stop.id)
    return list(media_of(number, stop, page.words(stop), folder, chart))


def _model(story: Story, session: Session) -> bytes:
    shown = {name for stop in story.stops for name in (stop.layers or ())}
    if any(stop.layers is None for stop in story.stops):
        shown |= {spec.id for spec in session.project.layers if spec.visible}
    places = np.array([stop.camera.target[:2] for stop in story.stops if stop.camera is not None])
    kept: list[Part] = []
    for part in parts_of(session, layers=sorted(shown), roles=ROLES, glyphs=False):
        cut = (
            part if part.role is not Role.SOLID or not len(places) else near(part, places, REACH_M)
        )
        if cut is not None:
            kept.append(cut)
    kept += plants_near(session, sorted(shown), places, PLANTS_REACH_M)
    for number, stop in enumerate(story.stops, start=1):
        kept += _faces(stop, _faces_id(number), session)
    return glb(kept, quantised=True)


def _faces_id(number: int) -> str:
    """Return the layer of the faces that the section of a stop leaves."""
    return f"{CUT_FACES}-{number}"


def _faces(stop: Stop, layer_id: str, session: Session) -> list[Part]:
    """Return the faces that the section of a stop leaves, of the layers that it shows."""
    if not stop.section:
        return []
    town = town_of(session, stop.at, shown=_layers(stop, session))
    meshes = drawn(faces_in(town, from_story(stop.section), Unattended()))
    return [
        Part(
            layer_id=layer_id,
            role=mesh.role,
            xyz_in_scene=mesh.xyz_in_scene.astype(np.float64),
            indices=mesh.triangles.astype(np.uint32),
            rgba=np.tile(
                np.round(np.array(mesh.rgba) * 255).astype(np.uint8), (len(mesh.xyz_in_scene), 1)
            ),
        )
        for mesh in meshes
    ]


def _cut(stop: Stop) -> list[list[float]]:
    """Return normal and distance of each plane that cuts the scene of a stop open."""
    planes = equations(from_story(stop.section))
    return [] if planes is None else [[round(float(v), 5) for v in plane] for plane in planes]


def _story(page: Page, session: Session, skyline: Skyline | None) -> dict[str, Any]:
    story, stops = page.story, []
    before: Stop | None = None
    for number, stop in enumerate(story.stops, start=1):
        told = page.words(stop)
        row: dict[str, Any] = {
            "id": stop.id,
            "title": told.title,
            "text": told.text,
            "figures": [list(figure) for figure in told.figures],
            "aside": stop.aside,
            "pair": bool(told.plates),
            "layers": [*_layers(stop, session), *([_faces_id(number)] if stop.section else [])],
            "cut": _cut(stop),
            "sun": _sun(stop, session),
            "seconds": stop.transition.duration_s if stop.transition.kind == "fly" else 0.0,
            "xray": bool(stop.camera and stop.camera.xray),
        }
        if stop.camera is not None:
            camera = stop.camera
            row["camera"] = [list(camera.position), list(camera.target), camera.field_of_view_deg]
            if before is not None and before.camera is not None and stop.transition.kind == "fly":
                row["path"] = _path(before, stop, skyline)
        stops.append(row)
        before = before if stop.aside else stop
    title = story.told(story.title, page.language)
    return {"id": story.id, "language": page.language, "title": title, "stops": stops}


def _layers(stop: Stop, session: Session) -> list[str]:
    if stop.layers is not None:
        return list(stop.layers)
    return [spec.id for spec in session.project.layers if spec.visible]


def _sun(stop: Stop, session: Session) -> list[float]:
    azimuth, elevation = np.deg2rad(
        sun_in_scene(session.project.frame, stop.at or session.clock.at)
    )
    flat = np.cos(elevation)
    towards = (np.sin(azimuth) * flat, np.cos(azimuth) * flat, np.sin(elevation))
    return [round(float(v), 4) for v in towards]


def _path(before: Stop, stop: Stop, skyline: Skyline | None) -> list[list[Any]]:
    assert before.camera is not None and stop.camera is not None  # noqa: S101, PT018 - asked by the caller
    journey = Journey(pose_at(before.camera), pose_at(stop.camera), skyline)
    points = []
    for share in np.linspace(0.0, 1.0, PATH_POINTS):
        pose = journey.pose(float(share))
        position = [round(v, 2) for v in pose.position]
        points.append([position, [round(v, 2) for v in pose.target], pose.field_of_view_deg])
    return points


def _html(page: Page, folder: Path) -> str:
    story, language = page.story, page.language
    direction = "rtl" if language in RIGHT_TO_LEFT else "ltr"
    title = html.escape(story.told(story.title, language))
    css = (WEB / "page.css").read_text(encoding="utf-8")
    faces = "\n".join(
        '@font-face { font-family: Story; font-weight: 100 900; src: url("data:font/woff;base64,'
        f'{base64.b64encode(font).decode()}") format("woff"); {_range(number)} }}'
        for number, (font, _) in enumerate(page.fonts)
    )
    sections = "\n".join(
        _section(page, number, stop, folder) for number, stop in enumerate(story.stops, start=1)
    )
    notice = next((page.words(stop).notice for stop in story.stops), "")
    label = {name: html.escape(text, quote=True) for name, text in page.labels.items()}
    return f"""<!DOCTYPE html>
<html lang="{language}" dir="{direction}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<title>{title}</title>
<style>
{faces}
{css}</style>
</head>
<body>
<canvas id="scene" role="img" aria-label="{label["scene"]}"></canvas>
<h1>{title}</h1>
<main id="stops">
{sections}
</main>
<p id="notice">{html.escape(notice)}</p>
<nav><button id="back" type="button" aria-label="{label["back"]}">{"▶" if direction == "rtl" else "◀"}</button>
<span id="count" dir="ltr" aria-live="polite"></span>
<button id="on" type="button" aria-label="{label["on"]}">{"◀" if direction == "rtl" else "▶"}</button></nav>
<script src="story.js"></script>
</body>
</html>
"""


def _range(number: int) -> str:
    """Return for which letters a face counts: the first is Latin, the second the script of the language."""
    return (
        "unicode-range: U+0000-02AF, U+2000-22FF;"
        if number == 0
        else "unicode-range: U+0300-1FFF, U+2E00-FFFF;"
    )


def _section(page: Page, number: int, stop: Stop, folder: Path) -> str:
    told = page.words(stop)
    ways = "".join(
        f'<button type="button" data-to="{html.escape(branch.stop, quote=True)}">'
        f"{html.escape(page.story.told(branch.title, page.language))}</button>"
        for branch in stop.branches
    )
    media = "".join(medium.markup for medium in _media(page, number, stop, folder))
    return (
        f'<section id="stop-{html.escape(stop.id, quote=True)}">{_scene(page, number, stop, told)}\n'
        f"<h2>{html.escape(told.title)}</h2>\n<p>{html.escape(told.text)}</p>\n{media}"
        + (_compared(told) if told.beside else _figures(told.figures))
        + (f'<div class="ways">{ways}</div>\n' if ways else "")
        + "</section>"
    )


def _scene(page: Page, number: int, stop: Stop, told: Told) -> str:
    """Return the picture of a stop, as large as it is, so that nothing moves once it is there."""
    if stop.id not in page.pictures:
        return ""
    high, wide = page.pictures[stop.id].shape[:2]
    alt = html.escape(told.title, quote=True)
    kind = "pair" if told.plates else "scene"
    size = f'width="{wide}" height="{high}"'
    return f'<img class="{kind}" src="pictures/{number}.jpg" {size} alt="{alt}">{_names(told)}'


def _figures(figures: Sequence[Row]) -> str:
    rows = "\n".join(
        f"<div><dt>{html.escape(value)}</dt><dd>{html.escape(label)}{_source(source)}</dd></div>"
        for value, label, source in figures
    )
    return f"<dl>\n{rows}\n</dl>\n" if rows else ""


def _compared(told: Told) -> str:
    """Return the figures of two places as a table."""
    names = "".join(f'<th scope="col">{html.escape(some.title)}</th>' for some in told.plates)
    rows = "\n".join(
        f'<tr><th scope="row">{html.escape(own[1])}</th>'
        + "".join(f"<td>{html.escape(side[0])}{_source(side[2])}</td>" for side in (own, other))
        + "</tr>"
        for own, other in zip(told.figures, told.beside, strict=False)
    )
    return f"<table>\n<tr><td></td>{names}</tr>\n{rows}\n</table>\n"


def _source(source: str) -> str:
    return f"<small><bdi>{html.escape(source)}</bdi></small>" if source else ""


def _names(told: Told) -> str:
    """Return what stands over two pictures."""
    return "".join(
        f'<div class="plate {side}"><b>{html.escape(some.title)}</b>'
        f"<small>{html.escape(some.notice)}</small></div>"
        for side, some in zip(("own", "other"), told.plates, strict=False)
    )
