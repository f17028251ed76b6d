"""Pictures of the main window for the guide: ``python -m ui.pictures --out docs/pictures [NAME...]``.

The window opens the demo city off screen with a fixed clock and settings of its own, so that the
same program makes the same pictures on every machine.
"""

from __future__ import annotations

import argparse
import io
import math
import os
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from twin.problems import Problem, Severity

if TYPE_CHECKING:
    from ui.window import MainWindow

SIZE_PX = (1920, 1080)
AT = datetime(2026, 4, 14, 12, 30, tzinfo=UTC)
"""The clock where a bookmark has no time of its own: 14:30 in Paris, a day of the demo's series."""
LONGEST_S = 600.0
TABLE_PX = 330
MOST_BYTES = 400_000
JPEG_QUALITIES = range(88, 70, -3)
"""The first is taken that keeps a picture small enough."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One picture.

    Parameters
    ----------
    view : str
        Bookmark of the demo.
    selected : tuple of str
        Layer and feature that are selected.
    table, filter : str
        Layer of the attribute table, and its filter; empty: the table is hidden.
    """

    view: str
    language: str = "en"
    theme: str = "light"
    selected: tuple[str, str] | None = None
    table: str = ""
    filter: str = ""


SCENES: Mapping[str, Scene] = {
    "main": Scene(view="overview"),
    "main-fr": Scene(view="overview", language="fr", theme="dark"),
    "xray": Scene(view="fort_xray", selected=("heat_fort", "fort-hp-04")),
    "street": Scene(view="street"),
    "evening": Scene(view="evening", theme="dark"),
    "table": Scene(
        view="fort",
        selected=("buildings", "building-05783"),
        table="buildings",
        filter='district = "fort" and energy_label in ("A", "B")',
    ),
    "sensors": Scene(view="sensors", selected=("sensors", "air-no2-002")),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Make the pictures that are named, or all; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m ui.pictures", description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("docs/pictures"), help="folder to write")
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(SCENES))
    given = parser.parse_args(arguments)
    unknown = sorted(set(given.names) - set(SCENES))
    if unknown:
        parser.error(f"unknown: {', '.join(unknown)}; there are {', '.join(SCENES)}")
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    given.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="belvedere-") as scratch:
        os.environ["BELVEDERE_STATE"] = scratch
        failed = take_all(given.names or list(SCENES), given.out, Path(scratch) / "settings.ini")
    for problem in failed:
        sys.stderr.write(f"{problem.where}: {problem.key} {dict(problem.values)}\n")
    return 1 if failed else 0


def take_all(names: Sequence[str], out: Path, settings: Path) -> list[Problem]:
    """Open one window and take one picture after the other; return what of the city is not in them."""
    from ui.app import make_application, make_window
    from ui.services import make_services
    from ui.settings import Settings
    from ui.shipped import DEMO

    app = make_application()
    services = make_services(app, Settings(settings))
    window = make_window(services, DEMO)
    window.resize(*SIZE_PX)
    window.show()
    window.viewport.pilot.set_animated(on=False)
    window.viewport.scene.hold()
    window.viewport.set_quality("best")
    try:
        for name in names:
            arrange(window, SCENES[name])
            settle(window)
            path = write(window, out / f"{name}.png")
            sys.stdout.write(f"{path}  {path.stat().st_size // 1000} kB\n")
            sys.stdout.flush()
        problems = (problem for _, problem in window.session.problems)
        return [problem for problem in problems if problem.severity is Severity.ERROR]
    finally:
        window.dispose()
        services.theme.close()


def arrange(window: MainWindow, scene: Scene) -> None:
    """Bring the window into the state that a picture shows."""
    from PySide6.QtCore import Qt

    window.set_language(scene.language)
    window.set_theme(scene.theme)
    session = window.session
    _until(lambda: not any(runtime.busy for runtime in session.layers()), "the city")
    window.viewport.stage.upload(math.inf)  # in small pieces it takes longer
    _until(lambda: window.viewport.scene.complete, "the picture")
    session.clock.play(on=False)
    session.clock.set(AT)
    view = next(view for view in session.project.views if view.id == scene.view)
    window.bookmarks.fly(view)
    session.selection.set([scene.selected] if scene.selected else [], current=scene.selected)
    if scene.table:
        window.show_table(scene.table)
        frame = window.docks.frames["table"]
        window.resizeDocks([frame], [TABLE_PX], Qt.Orientation.Vertical)
        window.docks.table.filter_line.set_text(scene.filter)
    else:
        window.docks.hide("table")
    window.docks.layers.choose(scene.selected[0] if scene.selected else "buildings")
    window.viewport.setFocus()


def settle(window: MainWindow) -> None:
    """Wait until nothing is loaded, uploaded or computed, then draw the finest picture."""
    session, viewport = window.session, window.viewport

    def quiet() -> bool:
        loading = session.jobs.running or any(runtime.busy for runtime in session.layers())
        return not (loading or viewport.scene.uploading or viewport.pilot.flying)

    _until(lambda: not any(runtime.busy for runtime in session.layers()), "the layers")
    viewport.stage.upload(math.inf)
    still = 0
    while still < 20:  # some panels ask for more once an answer has come
        _until(quiet, "the panels")
        still = still + 1 if quiet() else 0
        _turn()
    viewport.overlay.refresh()
    before: object = None
    while True:  # shadows come with later frames, labels are looked for a few at a time
        viewport.frames.request()
        viewport.frames.finish()
        labels = [(label.layer_id, label.row) for label in viewport.stage.placed]
        if labels == before and not viewport.stage.uploading:
            break
        before = labels
        _turn()
    for _ in range(10):
        _turn()
    window.status.memory.hide()  # differs every time


def write(window: MainWindow, path: Path) -> Path:
    """Write the window: a PNG where that is small enough, else a JPEG; return its path."""
    from PIL import Image
    from PySide6.QtGui import QImage

    grabbed = window.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
    size, step = (grabbed.width(), grabbed.height()), grabbed.bytesPerLine()
    image = Image.frombuffer("RGB", size, bytes(grabbed.constBits()), "raw", "RGB", step, 1)
    written = io.BytesIO()
    image.save(written, "PNG", optimize=True)
    for quality in JPEG_QUALITIES:
        if written.tell() <= MOST_BYTES:
            break
        path = path.with_suffix(".jpg")
        written = io.BytesIO()
        image.save(
            written, "JPEG", quality=quality, optimize=True, progressive=True, subsampling="4:2:0"
        )
    path.write_bytes(written.getvalue())
    return path


def _until(done: Callable[[], object], what: str) -> None:
    ends = time.monotonic() + LONGEST_S
    while not done():
        if time.monotonic() > ends:
            raise TimeoutError(f"still waiting for {what} after {LONGEST_S:.0f} s")
        _turn()


def _turn() -> None:
    from PySide6.QtWidgets import QApplication

    QApplication.processEvents()
    time.sleep(0.005)


if __name__ == "__main__":
    raise SystemExit(main())
