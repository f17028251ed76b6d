"""Films, glTF and pages of the toy town: the same each time, whole, and readable by programs of others."""

from __future__ import annotations

import base64
import gzip
import json
import re
import struct
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import trimesh

from tests.twin.render import toy_town
from tests.twin.show.story_of_town import story
from twin.analysis import cuts
from twin.drawables import Role
from twin.export.film import Film, Plan
from twin.export.gltf import glb
from twin.export.page import Page, library, write_page
from twin.export.parts import parts_of
from twin.export.video import Encoding, ffmpeg, subtitles, write_video
from twin.model.story import Clip, Stop
from twin.show.card import Told
from twin.work.sections import to_story
from twin.work.session import Session

SIZE = (192, 108)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    session = toy_town.open_town(tmp_path_factory.mktemp("town"))
    yield session
    session.close()


def words(language: str = "en"):
    told = story()

    def say(stop: Stop) -> Told:
        return Told(
            title=told.told(stop.title, language),
            text=told.told(stop.text, language),
            language=language,
        )

    return say


def filmed(town: Session, plan: Plan) -> tuple[Film, list[tuple[np.ndarray, int]]]:
    from tests.twin.render.block_text import BlockText
    from twin.render.binding import SessionStage
    from twin.render.stage import Stage
    from twin.show.staging import Director, skyline_at

    before = town.project
    stage = Stage(size=plan.size, text=BlockText())
    binding = SessionStage(town, stage)
    try:
        film = Film(story(), plan, Director(town, binding), BlockText(), words())
        return film, [(shot.image, shot.frames) for shot in film.shots(skyline_at(town))]
    finally:
        binding.close()
        stage.close()
        town.do("show.stop", lambda _p: before)


@pytest.mark.render
def test_a_film_has_the_frames_of_its_schedule_and_is_the_same_each_time(
    town: Session, tmp_path: Path
) -> None:
    plan = Plan(size=SIZE, fps=4, longest_flight_s=1.0, moving=True)
    film, shots = filmed(town, plan)
    frames = sum(count for _, count in film.schedule())
    assert sum(count for _, count in shots) == frames
    assert [still.stop.id for still in film.stills] == ["south", "west", "east", "pipe"]
    _, again = filmed(town, plan)
    assert all(np.array_equal(a, b) for (a, _), (b, _) in zip(shots, again, strict=True))
    encoding = Encoding(size=SIZE, fps=4, captions=film.captions(), language="ko", title="Tour")
    paths = [tmp_path / "a.mp4", tmp_path / "b.mp4"]
    for path in paths:
        assert write_video(shots, path, encoding) == frames
    assert paths[0].read_bytes() == paths[1].read_bytes()
    said = subprocess.run(
        [ffmpeg(), "-i", str(paths[0])], capture_output=True, text=True, check=False
    ).stderr
    assert re.search(r"Video: h264 .* 192x108", said)
    assert "(kor): Subtitle: mov_text" in said
    counted = subprocess.run(
        [ffmpeg(), "-i", str(paths[0]), "-map", "0:v", "-f", "null", "-"],
        capture_output=True, text=True, check=False,
    ).stderr  # fmt: skip
    assert re.findall(r"frame=\s*(\d+)", counted)[-1] == str(frames)


def test_av1_is_written_too(tmp_path: Path) -> None:
    image = np.zeros((108, 192, 3), np.uint8)
    image[:, :96] = 200
    path = tmp_path / "a.mp4"
    write_video([(image, 8)], path, Encoding(size=SIZE, fps=8, codec="av1"))
    said = subprocess.run(
        [ffmpeg(), "-i", str(path)], capture_output=True, text=True, check=False
    ).stderr
    assert "Video: av1" in said


def test_subtitles_have_the_form_of_subrip() -> None:
    assert subtitles([(0.0, 3661.5, "가")]) == "1\n00:00:00,000 --> 01:01:01,500\n가\n"


def test_the_gltf_is_what_the_scene_is(town: Session) -> None:
    parts = list(parts_of(town))
    houses = next(p for p in parts if p.layer_id == "houses")
    pipe = next(p for p in parts if p.layer_id == "pipe")
    assert pipe.lines
    assert pipe.role is Role.UNDERGROUND
    scene = trimesh.load(trimesh.util.wrap_as_stream(glb([houses])), file_type="glb")
    made = scene.to_geometry()
    turned = made.vertices[:, [0, 2, 1]] * (1.0, -1.0, 1.0)  # y up back to z up
    assert turned.min(axis=0) == pytest.approx(houses.xyz_in_scene.min(axis=0), abs=1e-3)
    assert turned.max(axis=0) == pytest.approx(houses.xyz_in_scene.max(axis=0), abs=1e-3)
    volume = trimesh.Trimesh(houses.xyz_in_scene, houses.indices).volume
    assert made.volume == pytest.approx(volume, rel=1e-4)
    assert glb(parts) == glb(list(parts_of(town)))


def test_a_quantised_gltf_says_so_and_stays_within_a_step(town: Session) -> None:
    (houses,) = parts_of(town, layers=["houses"])
    data = glb([houses], quantised=True)
    length = struct.unpack_from("<I", data, 12)[0]
    body = json.loads(data[20 : 20 + length])
    assert body["extensionsRequired"] == ["KHR_mesh_quantization"]
    (node,) = body["nodes"]
    view = body["bufferViews"][body["accessors"][0]["bufferView"]]
    raw = np.frombuffer(
        data, np.uint16, count=view["byteLength"] // 2, offset=28 + length + view["byteOffset"]
    )
    xyz = raw.reshape(-1, 4)[:, :3] * node["scale"][0] + node["translation"]
    wanted = houses.xyz_in_scene[:, [0, 2, 1]] * (1, 1, -1)
    assert np.abs(xyz - wanted).max() <= node["scale"][0]


def page(language: str) -> Page:
    told = story()
    picture = np.full((9, 16, 3), 128, np.uint8)
    return Page(
        story=told,
        language=language,
        words=words(language),
        pictures={stop.id: picture for stop in told.stops},
        fonts=[(b"wOFF", "a licence")],
        labels={"back": "Back", "on": "On", "scene": "Scene"},
    )


def needs_script() -> None:
    from twin.errors import BelvedereError

    try:
        library()
    except BelvedereError:
        pytest.skip("set-up found no Node.js, so there is no three.js for pages")


@pytest.mark.parametrize(("language", "direction"), [("ko", "ltr"), ("ar", "rtl")])
def test_a_page_is_one_classic_script_raw_letters_and_no_address(
    town: Session, tmp_path: Path, language: str, direction: str
) -> None:
    needs_script()
    index = write_page(page(language), town, tmp_path / "web", None)
    html = index.read_text("utf-8")
    assert f'<html lang="{language}" dir="{direction}">' in html
    assert re.findall(r"<script[^>]*>", html) == ['<script src="story.js">']
    assert story().stop("south").title[language] in html
    assert "&#" not in html
    assert not re.search(r"(?:src|href)=\"(?:https?:)?//", html)
    script = (tmp_path / "web" / "story.js").read_text("utf-8")
    assert story().stop("south").title[language] in script
    data = json.loads(re.search(r"^var STORY = (.*);$", script, re.MULTILINE)[1])
    assert [stop["id"] for stop in data["stops"]] == ["south", "west", "east", "pipe"]
    assert len(data["stops"][1]["path"]) == 24
    model = gzip.decompress(
        base64.b64decode(re.search(r'^var MODEL = "(.*)";$', script, re.MULTILINE)[1])
    )
    assert model[:4] == b"glTF"
    assert (tmp_path / "web" / "pictures" / "1.jpg").read_bytes()[:2] == b"\xff\xd8"
    assert (tmp_path / "web" / "font-licence-1.txt").read_text() == "a licence"


def test_a_hostile_story_puts_no_markup_and_no_file_where_it_should_not(
    town: Session, tmp_path: Path
) -> None:
    needs_script()
    evil = "</script><script>alert(1)</script>"
    told = story()
    stop = replace(told.stop("south"), id="../../" + evil, title={"en": evil}, branches=())
    told = replace(told, stops=(stop, *told.stops[1:]))
    shown = replace(
        page("en"), story=told, words=lambda s: Told(title=s.title.get("en", ""), text="")
    )
    shown = replace(shown, pictures={stop.id: np.zeros((2, 2, 3), np.uint8)})
    index = write_page(shown, town, tmp_path / "web", None)
    assert len(re.findall(r"<script", index.read_text("utf-8"))) == 1
    assert (
        "</script>" not in (tmp_path / "web" / "story.js").read_text("utf-8").split("var STORY")[1]
    )
    assert {p.name for p in tmp_path.iterdir()} == {"web"}


def test_a_page_plays_what_a_stop_plays_and_opens_its_section(
    town: Session, tmp_path: Path
) -> None:
    needs_script()
    (town.folder / "film.mp4").write_bytes(b"a film")
    (town.folder / "tone.ogg").write_bytes(b"a tone")
    (town.folder / "script.js").write_bytes(b"no film")
    made = page("en")
    plane = cuts.through(np.array([-60.0, 5.0, 0.0]), np.array([60.0, 5.0, 0.0]))
    first = replace(
        made.story.stops[0],
        video=Clip(path="film.mp4", caption={"en": 'A "film"'}),
        sound=Clip(path="tone.ogg"),
        section=to_story((plane,)),
    )
    second = replace(made.story.stops[1], video=Clip(path="script.js"))
    told = replace(made.story, stops=(first, second, *made.story.stops[2:]))
    chart = np.full((9, 16, 3), 30, np.uint8)
    index = write_page(replace(made, story=told, charts={"west": chart}), town, tmp_path, None)
    html = index.read_text("utf-8")
    assert '<video controls preload="metadata" src="pictures/video-1.mp4"' in html
    assert 'aria-label="A &quot;film&quot;"' in html
    assert html.count("<video") == 1
    assert (tmp_path / "pictures" / "video-1.mp4").read_bytes() == b"a film"
    assert (tmp_path / "pictures" / "audio-1.ogg").read_bytes() == b"a tone"
    assert 'src="pictures/chart-2.jpg"' in html
    script = (tmp_path / "story.js").read_text("utf-8")
    stops = json.loads(re.search(r"var STORY = (.*);\n", script)[1])["stops"]
    assert stops[0]["cut"] == [pytest.approx([0.0, 1.0, 0.0, 5.0])]
    assert stops[0]["layers"][-1] == "~section-1"
    assert stops[1]["cut"] == []
    model = gzip.decompress(base64.b64decode(re.search(r'var MODEL = "(.*)";\n', script)[1]))
    assert b'"~section-1"' in model
