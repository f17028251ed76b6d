"""Film and sound of a stop: they play on stage, stop with it, and are left out where they cannot be played."""

from __future__ import annotations

import math
import struct
import wave
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from tests.ui.show.conftest import town_story
from twin.export.clips import Moving, Sounding
from twin.export.video import Encoding, Sounded, write_video
from twin.model.story import Clip
from ui.show.clips import FilmView, Voice, speaker
from ui.show.on_stage import OnStage
from ui.window import MainWindow

pytest.importorskip("imageio_ffmpeg")
miniaudio = pytest.importorskip("miniaudio")


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A second of red with a tone."""
    folder = tmp_path_factory.mktemp("clips")
    wave_form = [int(9000 * math.sin(n / 9.0)) for n in range(44_100)]
    with wave.open(str(folder / "tone.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(44_100)
        file.writeframes(struct.pack(f"<{len(wave_form)}h", *wave_form))
    red = np.zeros((90, 160, 3), np.uint8)
    red[..., 0] = 220
    path = folder / "red.mp4"
    tone = Sounded(path=folder / "tone.wav", begin_s=0.0, seconds=1.0)
    encoding = Encoding(size=(160, 90), fps=10, sounds=[tone], seconds=1.0)
    write_video([(red, 10)], path, encoding)
    return path


def test_a_film_is_decoded_as_it_plays(film: Path) -> None:
    moving = Moving(film, (320, 180), paced=True)
    first = moving.next()
    assert first is not None
    assert first.shape == (180, 320, 3)
    assert first[90, 160, 0] > 180
    assert first[90, 160, 1] < 40
    count = 1
    while moving.next() is not None:
        count += 1
    assert 20 <= count <= 30  # a second at 25 pictures
    moving.close()


def test_its_sound_goes_to_a_device(film: Path, qtbot: QtBot) -> None:
    sounding = Sounding(film)
    samples = sounding.samples()
    next(samples)
    data = np.frombuffer(samples.send(4_000), np.int16)
    assert len(data) == 8_000
    assert np.abs(data).max() > 3_000
    sounding.close()
    voice = Voice(film, device=speaker(backends=[miniaudio.Backend.NULL]))
    qtbot.wait(100)
    voice.stop()


def test_what_is_no_film_ends_at_once(tmp_path: Path, qtbot: QtBot) -> None:
    bad = tmp_path / "bad.mp4"
    bad.write_text("#EXTM3U\nhttp://127.0.0.1:9/x.ts\n")
    view = FilmView(bad, "bad")
    view._thread.join(10.0)
    assert not view._thread.is_alive()
    assert view.image.isNull()
    view.stop()


def test_a_stop_plays_its_film_and_the_next_one_is_silent(
    window: MainWindow, film: Path, qtbot: QtBot
) -> None:
    story = town_story()
    first = replace(story.stops[0], video=Clip(path=film.name, caption={"en": "Red"}))
    window.session.folder = film.parent
    stage = OnStage(window, replace(story, stops=(first, *story.stops[1:])), "en")
    stage.begin()
    shown = stage.clips.film
    assert shown is not None
    assert shown.accessibleName() == "Red"
    qtbot.waitUntil(lambda: not shown.image.isNull(), timeout=10_000)
    assert shown.isVisible()
    stage.do("next")
    assert stage.clips.film is None
    assert not shown._thread.is_alive()
    stage.end()
