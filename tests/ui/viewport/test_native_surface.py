"""The OpenGL widget needs a display: a virtual one, where Xvfb is installed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.twin.tiles.cities import footprints
from ui.cli.main import main

ROOT = Path(__file__).resolve().parents[3]

SCRIPT = """
import sys
import numpy as np
from PySide6.QtGui import QSurfaceFormat
from PySide6.QtWidgets import QApplication, QWidget
from ui.viewport.frames import Step
from ui.viewport.making import make_surface
from ui.viewport.native_surface import NativeSurface
from ui.viewport.surface import gl_renderer, surface_format
from twin.drawables import Mesh

QSurfaceFormat.setDefaultFormat(surface_format())
app = QApplication([])
assert gl_renderer(app.platformName()), "no OpenGL"

def settle():
    for _ in range(30):
        app.processEvents()

def opened():
    window = QWidget()
    window.resize(320, 240)
    surface = make_surface(window)
    assert isinstance(surface, NativeSurface)
    surface.setGeometry(0, 0, 320, 240)
    window.show()
    xyz = np.array([[-40, -40, 0], [40, -40, 0], [40, 40, 0], [-40, 40, 0]], np.float32)
    square = Mesh(xyz_in_scene=xyz, triangles=np.array([[0, 1, 2], [0, 2, 3]], np.int32),
                  rgba=(1.0, 0.1, 0.1, 1.0), styled=False)
    surface.stage.set_layer("square", [square], rgba=np.zeros((0, 4), np.uint8), rows_visible=np.zeros(0, bool))
    while surface.stage.upload(float("inf")):
        pass
    surface.stage.camera.look(surface.stage.camera.top_pose((-50, -50, 0, 50, 50, 1)))
    surface.prepare(Step.COARSE)
    surface.draw(Step.COARSE)
    settle()
    return window, surface

def colours(window):
    image = window.grab().toImage()
    return [image.pixelColor(x, y) for x, y in ((160, 120), (3, 3))]

first, second = opened(), opened()
for window, _ in (first, second):
    middle, corner = colours(window)
    assert middle.red() > 2 * middle.blue(), middle.name()
    assert corner.name() != middle.name()
before = colours(second[0])
first[1].close(); first[0].close()
second[1].draw(Step.FINE)
settle()
for now, was in zip(colours(second[0]), before):
    assert max(abs(now.red() - was.red()), abs(now.blue() - was.blue())) < 25, (now.name(), was.name())
assert second[1].stage_px(second[1].widget_px(10, 20)) == (10, 20)
hit = second[1].stage.pick(*second[1].stage_px(window.rect().center().toPointF()))
assert hit is not None and hit.layer_id == "square"
second[1].resize(200, 150)
settle()
second[1].draw(Step.COARSE)
settle()
second[1].close(); second[1].close(); second[0].close()
print("fine")
"""


CITY = """
import sys, time
from pathlib import Path
import numpy as np
from benchmarks.window import footprints, open_window, spin_until
import benchmarks.window
from ui.viewport.native_surface import NativeSurface
from ui.viewport.surface import choose
import os

os.environ.pop("BELVEDERE_SURFACE")
folder = Path(sys.argv[1])
benchmarks.window.PATIENCE_S = 60.0
benchmarks.window.application()
assert choose() == "image", "the display is drawn by software"
os.environ["BELVEDERE_SURFACE"] = "native"
window = open_window(folder, footprints(folder, 3000))
viewport = window.viewport
assert isinstance(viewport.surface, NativeSurface)
spin_until(lambda: viewport.scene.complete)
spin_until(lambda: not (viewport.frames.moving or viewport.scene.uploading))
spin_until(lambda: not viewport.stage.waits_for_render)
image = viewport.surface.grabFramebuffer()
image = image.convertToFormat(image.Format.Format_RGB888)  # has a name: its bits do not keep it
shown = np.array(image.constBits()).reshape(image.height(), -1)
shown = shown[:, :3 * image.width()].reshape(image.height(), image.width(), 3).astype(float)
from twin.render.picture import render_picture
view = window.bookmarks.present()
wanted = render_picture(window.session, size=(image.width(), image.height()), view=view, overlay=False).astype(float)
off = np.abs(shown - wanted)
print("mean off", off.mean(), "shadowless", shown.std())
assert off.mean() < 3.0, off.mean()  # samples of the card against eight shifted frames; labels
window.close()
print("fine")
"""


FADE = """
import sys, time
import numpy as np
from PySide6.QtGui import QSurfaceFormat
from PySide6.QtWidgets import QApplication, QWidget
import ui.viewport.fade
from twin.drawables import Tileset
from twin.model.project import View
from twin.synth.grid import CENTRE, CRS
from ui.viewport.frames import Step
from ui.viewport.making import make_surface
from ui.viewport.surface import surface_format

QSurfaceFormat.setDefaultFormat(surface_format())
app = QApplication([])
window = QWidget()
window.resize(320, 240)
surface = make_surface(window)
surface.setGeometry(0, 0, 320, 240)
window.show()
app.processEvents()
stage = surface.stage
tiles = Tileset(address=sys.argv[1], crs=CRS, origin=(*CENTRE, 0.0))
stage.set_layer("tiles", [tiles], rgba=np.zeros((0, 4), np.uint8), rows_visible=np.zeros(0, bool))
stage.camera.look(View(id="", title={}, position=(-200.0, -200.0, 60.0), target=(0.0, 0.0, 40.0)))
surface.prepare(Step.FINE)
while stage.upload(float("inf")):
    pass

def drawn(seconds=0.0):
    surface.draw(Step.FINE)
    end = time.monotonic() + seconds
    app.processEvents()
    while time.monotonic() < end:
        app.processEvents()
    return surface.grabFramebuffer().pixelColor(310, 5).lightness()

drawn(0.5)
before = drawn(0.3)
ui.viewport.fade.FADE_MS = 20_000  # frames of the processor take long
stage.set_sun(150.0, -30.0)  # another picture of the same view
stage.levels_changed = True
during = drawn()
ui.viewport.fade.FADE_MS = 1
after = drawn(0.5)
assert after + 20 < during <= before, (before, during, after)
stage.set_sun(150.0, 42.0)
stage.camera.orbit(5.0, 0.0)
stage.levels_changed = True
assert abs(drawn() - before) < 12, "motion shows other tiles at once"
surface.close()
print("fine")
"""


def run(script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    if shutil.which("xvfb-run") is None:
        pytest.skip("no virtual display: install xvfb")
    environment = {name: value for name, value in os.environ.items() if name != "QT_QPA_PLATFORM"}
    environment |= {"BELVEDERE_SURFACE": "native", "PYTHONPATH": str(ROOT)}
    screen = ["xvfb-run", "-a", "-s", "-screen 0 1280x800x24"]
    return subprocess.run(
        [*screen, sys.executable, "-X", "faulthandler", "-c", script, *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Xvfb is a program of Linux")
def test_two_gl_widgets_draw_close_and_leave_each_other_alone() -> None:
    done = run(SCRIPT)
    assert done.stdout.strip().endswith("fine"), done.stdout + done.stderr
    assert done.returncode == 0, done.stderr


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Xvfb is a program of Linux")
def test_a_city_is_complete_in_a_gl_widget_and_looks_as_off_screen(tmp_path: Path) -> None:
    done = run(CITY, str(tmp_path))
    assert done.stdout.strip().endswith("fine"), done.stdout + done.stderr
    assert done.returncode == 0, done.stderr


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Xvfb is a program of Linux")
def test_other_tiles_fade_in_on_a_graphics_card_too(tmp_path: Path) -> None:
    source = footprints(tmp_path, 300)
    assert main(["bake", str(source), "--out", str(tmp_path / "out"), "--workers", "1"]) == 0
    done = run(FADE, str(tmp_path / "out" / "tileset.json"))
    assert done.stdout.strip().endswith("fine"), done.stdout + done.stderr
    assert done.returncode == 0, done.stderr
