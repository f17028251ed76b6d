"""Films, sounds, charts and pictures of stops go along when a story is taken away."""

from __future__ import annotations

import math
import struct
import subprocess
import wave
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from twin.export.inset import film_inset, inset_box, picture_inset
from twin.export.video import Encoding, Sounded, ffmpeg, write_video
from twin.model.layer import Series
from twin.model.story import Clip, Stop
from twin.model.table import Provenance, Quality
from ui.show.insets import sounds_of
from ui.show.stage_chart import StageChart, StageChartView

pytest.importorskip("imageio_ffmpeg")
SIZE = (160, 90)


def tone(path: Path, hertz: float, seconds: float) -> Path:
    samples = [
        int(9000 * math.sin(2 * math.pi * hertz * n / 8000)) for n in range(int(8000 * seconds))
    ]
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(struct.pack(f"<{len(samples)}h", *samples))
    return path


def plain(value: int, size: tuple[int, int] = SIZE) -> np.ndarray:
    return np.full((size[1], size[0], 3), value, np.uint8)


def heard(path: Path) -> np.ndarray:
    """Return the loudness of each tenth of a second."""
    command = [
        ffmpeg(),
        "-v",
        "error",
        "-i",
        str(path),
        "-f",
        "s16le",
        "-ac",
        "1",
        "-ar",
        "8000",
        "-",
    ]
    samples = np.frombuffer(
        subprocess.run(command, capture_output=True, check=True).stdout, np.int16
    )
    tenths = samples[: len(samples) // 800 * 800].reshape(-1, 800).astype(float)
    return np.sqrt((tenths**2).mean(axis=1))


def test_each_sound_is_heard_while_its_stop_is_held_and_the_film_keeps_its_length(
    tmp_path: Path,
) -> None:
    long = tone(tmp_path / "long.wav", 440.0, 5.0)
    sounds = [
        Sounded(path=long, begin_s=1.0, seconds=0.5),
        Sounded(path=long, begin_s=2.0, seconds=0.5),
    ]
    encoding = Encoding(
        size=SIZE, fps=10, sounds=sounds, captions=[(0.0, 3.0, "Tone")], seconds=3.0
    )
    paths = [tmp_path / "a.mp4", tmp_path / "b.mp4"]
    for path in paths:
        assert write_video([(plain(90), 30)], path, encoding) == 30
    assert paths[0].read_bytes() == paths[1].read_bytes()
    loud = heard(paths[0]) > 500
    assert 29 <= len(loud) <= 31
    assert loud[11:15].all()
    assert loud[21:25].all()
    assert not loud[:9].any()
    assert not loud[17:19].any()
    assert not loud[27:].any()


@pytest.mark.parametrize("codec", ["h264", "av1"])
def test_captions_are_whole_to_the_end_whatever_the_encoder_holds_back(
    tmp_path: Path, codec: str
) -> None:
    sound = Sounded(path=tone(tmp_path / "tone.wav", 440.0, 1.0), begin_s=0.0, seconds=1.0)
    captions = [(0.0, 2.0, "First"), (2.5, 4.5, "Last")]
    encoding = Encoding(
        size=SIZE, fps=10, codec=codec, sounds=[sound], captions=captions, seconds=5.0
    )
    path = tmp_path / "a.mp4"
    assert write_video([(plain(90), 50)], path, encoding) == 50
    command = [ffmpeg(), "-v", "error", "-i", str(path), "-map", "0:s", "-f", "srt", "-"]
    said = subprocess.run(command, capture_output=True, check=True, text=True).stdout
    assert "00:00:02,500 --> 00:00:04,500\nLast" in said
    assert 49 <= len(heard(path)) <= 51


def test_what_cannot_be_heard_is_left_out(tmp_path: Path) -> None:
    class Place:
        folder = tmp_path

    tone(tmp_path / "tone.wav", 300.0, 0.5)
    write_video([(plain(90), 5)], tmp_path / "silent.mp4", Encoding(size=SIZE, fps=10))
    (tmp_path / "list.wav").write_text("#EXTM3U\nhttp://127.0.0.1:9/x.ts\n")
    stops = [
        Stop(id="a", title={}, sound=Clip(path="tone.wav"), video=Clip(path="silent.mp4")),
        Stop(id="b", title={}, sound=Clip(path="list.wav")),
        Stop(id="c", title={}, sound=Clip(path="nothing.wav")),
    ]
    found = sounds_of([(stop, 2.0 * n, 2.0 * n + 1.5) for n, stop in enumerate(stops)], Place())
    assert [(s.path.name, s.begin_s, s.seconds) for s in found] == [("tone.wav", 0.0, 1.5)]


def test_a_film_in_the_corner_moves_and_its_last_picture_stays(tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    frames = [(plain(20), 5), (plain(220), 5)]
    write_video(frames, path, Encoding(size=SIZE, fps=10))
    inset = film_inset(path, (64, 36))
    assert inset is not None
    assert inset.still.shape == (36, 64, 3)
    shown = [int(picture[18, 32, 0]) for picture in inset.pictures(10, 14)]
    assert len(shown) == 14
    assert shown[2] < 60
    assert min(shown[7:]) > 180
    (tmp_path / "none.mp4").write_bytes(b"nothing")
    assert film_inset(tmp_path / "none.mp4", (64, 36)) is None


def test_a_picture_is_whole_in_its_corner_and_the_corner_away_from_the_words(
    tmp_path: Path,
) -> None:
    Image.new("RGB", (50, 100), (200, 0, 0)).save(tmp_path / "tall.png")
    inset = picture_inset(tmp_path / "tall.png", (64, 36))
    assert inset is not None
    assert inset.still[18, 32, 0] == 200
    assert inset.still[18, 2, 0] == 0
    left, top, width, height = inset_box((1280, 720))
    assert left + width + top == 1280
    assert left > 640
    assert height == pytest.approx(width * 9 / 16, abs=2)
    assert inset_box((1280, 720), mirrored=True)[0] == top


@pytest.mark.parametrize(
    ("language", "said"), [("fr", "simulé"), ("ko", "시뮬레이션"), ("ar", "محاك")]
)
def test_a_chart_speaks_the_language_of_the_story(qtbot, language: str, said: str) -> None:
    time = np.arange("2026-06-21T00:00", "2026-06-22T00:00", 15, dtype="datetime64[m]")
    value = 30 + 18 * np.sin(np.arange(len(time)) / 8)
    value[10:14] = np.nan
    names = {"en": "Heat", "fr": "Chaleur", "ko": "열", "ar": "حرارة"}
    series = Series(
        name=names, unit="kW", time_utc=time.astype("datetime64[ns]"), value=value,
        provenance=Provenance("Nobody", "2026", "", Quality.SIMULATED),
    )  # fmt: skip
    chart = StageChart(series=series, language=language, time_zone="Europe/Paris")
    assert chart.title == f"{names[language]} (kW)"
    assert said in chart._source()
    early, late = (datetime(2026, 6, 21, hour, tzinfo=UTC) for hour in (6, 18))
    assert chart.value_at(early) != chart.value_at(late)
    picture = chart.picture((440, 248), early)
    assert np.array_equal(picture, chart.picture((440, 248), early))
    assert not np.array_equal(picture, chart.picture((440, 248), late))
    gold = (np.abs(picture.astype(int) - (255, 204, 92)).max(axis=2) < 30).sum()
    assert gold > 300
    view = StageChartView(chart, early)
    qtbot.addWidget(view)
    assert names[language] in view.accessibleName()
    assert chart.value_at(late) not in view.accessibleName()
    view.show_time(late)
    assert chart.value_at(late) in view.accessibleName()
