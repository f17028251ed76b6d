"""The same synthetic cities in Belvedere and, where installed, in other programs; one after the other, in turns.

    python -m benchmarks.peers --buildings 1000 10000 100000 --out docs/benchmarks.md

Each runs in a process of its own, all of them once a round. F3D comes from ``.venv/peers``, which ``make bench`` makes,
three.js and CesiumJS from ``tests/twin/tiles/npm`` in Chromium. What is not installed is said so in the table.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.common import SIZE, City, RawVtk, city, city_of, ms, rgba_by, span_of
from benchmarks.stream import STEP_DEG, Window, baked, cameras, first_frames, honest, look

ROOT = Path(__file__).resolve().parents[1]
COMPARED = ROOT / ".venv" / "peers"
NPM = ROOT / "tests" / "twin" / "tiles" / "npm"
FRAMES = 15
ROUNDS = 2
MARKS = ("<!-- peers: written by benchmarks/peers.py -->", "<!-- end of peers -->")
PATIENCE_S = 420
VIEWS = ("whole city, ms (p95)", "oblique 600 m, ms (p95)", "street 60 m, ms (p95)")
RATIOS = ("frames to raw VTK", "first complete, memory to raw VTK")
PEERS = ("raw", "belvedere", "pyvista", "f3d", "three", "cesium")
NAMES = {
    "raw": "raw VTK, one merged mesh", "belvedere": "Belvedere, streamed", "pyvista": "pyvista, default",
    "f3d": "F3D", "three": "three.js in Chromium", "cesium": "CesiumJS in Chromium",
}  # fmt: skip


def timed(turn: Callable[[], object]) -> list[float]:
    return [ms(turn) for _ in range(FRAMES)]


def read_city(folder: Path, buildings: int) -> City:
    """Return the blocks of the file of footprints, read by the quickest way known here."""
    import geopandas as gpd

    source = folder / f"city{buildings}.gpkg"
    return city_of(gpd.read_file(source, engine="pyogrio", use_arrow=True))


def raw(folder: Path, buildings: int) -> dict[str, Any]:
    import geopandas  # noqa: F401 - before the clock starts
    from vtkmodules.vtkCommonCore import vtkVersion

    started = time.perf_counter()
    made = read_city(folder, buildings)
    window = RawVtk(made, rgba_by(made.height_m))
    views = cameras(span_of(buildings))
    found: dict[str, Any] = {"version": vtkVersion().GetVTKVersion()}
    for name, (eye, target) in views.items():
        window.look(eye, target)
        window.turn(0.0)
        found.setdefault("first_complete_s", time.perf_counter() - started)
        found[name] = timed(lambda: window.turn(STEP_DEG))
    window.close()
    return found


def belvedere(folder: Path, buildings: int) -> dict[str, Any]:
    """Measure what the window shows: its pixels and tiles keep pace with the machine."""
    from twin import __version__

    for name in ("twin.render.stage", "twin.render.streamed", "ui.text", "ui.viewport.scene"):
        import_module(name)  # what a program imports is not what it loads
    started = time.perf_counter()
    window = Window(folder / f"tiles{buildings}" / "tileset.json", 0.0)
    found: dict[str, Any] = {"version": __version__}
    for name, (eye, target) in cameras(span_of(buildings)).items():
        look(window.stage, eye, target)
        if name == "city":
            found["first_complete_s"] = first_frames(window, started)["first_complete_s"]
        window.settle()
        found[name] = [window.frame() for _ in range(FRAMES)]
        found.setdefault("pixels", []).append("{} x {}".format(*window.stage.size))
    found["renderer"] = window.stage.renderer
    window.close()
    return found


def pyvista(folder: Path, buildings: int) -> dict[str, Any]:
    import geopandas  # noqa: F401 - before the clock starts
    import pyvista as pv

    started = time.perf_counter()
    made = read_city(folder, buildings)
    faces = np.column_stack([np.full(len(made.triangles), 3), made.triangles]).ravel()
    mesh = pv.PolyData(made.xyz, faces)
    mesh["rgba"] = rgba_by(made.height_m)[made.row]
    plotter = pv.Plotter(off_screen=True, window_size=SIZE)
    plotter.add_mesh(mesh, scalars="rgba", rgba=True)
    found: dict[str, Any] = {"version": pv.__version__}
    for name, (eye, target) in cameras(span_of(buildings)).items():
        plotter.camera_position = [eye, target, (0, 0, 1)]
        plotter.camera.view_angle = 40.0
        plotter.show(auto_close=False) if name == "city" else plotter.render()
        found.setdefault("first_complete_s", time.perf_counter() - started)

        def frame() -> None:
            plotter.camera.azimuth += STEP_DEG
            plotter.render()
            plotter.render_window.WaitForCompletion()

        found[name] = timed(frame)
    plotter.close()
    return found


def f3d(folder: Path, buildings: int) -> dict[str, Any]:
    sys.path += [str(path) for path in COMPARED.glob("lib/python*/site-packages")]
    import f3d as peer

    started = time.perf_counter()
    peer.Engine.autoload_plugins()
    engine = peer.Engine.create(True)
    engine.window.size = SIZE
    engine.options.update({"scene.up_direction": "+Y"})
    engine.scene.add(str(folder / f"glb{buildings}" / "city.glb"))
    found: dict[str, Any] = {"version": str(getattr(peer, "__version__", ""))}
    camera = engine.window.camera
    for name, (eye, target) in cameras(span_of(buildings)).items():
        camera.position = (eye[0], eye[2], -eye[1])
        camera.focal_point = (target[0], target[2], -target[1])
        camera.view_up = (0.0, 1.0, 0.0)
        camera.view_angle = 40.0
        engine.window.render()
        found.setdefault("first_complete_s", time.perf_counter() - started)

        def frame() -> None:
            camera.azimuth(STEP_DEG)
            engine.window.render()

        found[name] = timed(frame)
    return found


def browser(peer: str, folder: Path, buildings: int) -> dict[str, Any]:
    chromium = shutil.which("chromium")
    if chromium is None or not (NPM / "node_modules").is_dir() or shutil.which("node") is None:
        return {"missing": "Chromium, Node.js or their packages"}
    data = folder / (f"glb{buildings}" if peer == "three" else f"tiles{buildings}")
    views = json.dumps(cameras(span_of(buildings)))
    done = subprocess.run(
        ["node", "frames.mjs", peer, str(data), chromium, views, str(FRAMES)],
        cwd=NPM, capture_output=True, text=True, timeout=PATIENCE_S, check=False,
    )  # fmt: skip
    if done.returncode:
        return {"missing": done.stderr.strip().splitlines()[-1][:120]}
    return dict(json.loads(done.stdout.strip().splitlines()[-1]))


def one(peer: str, folder: Path, buildings: int) -> dict[str, Any]:
    """Measure one program in this process."""
    if peer in {"three", "cesium"}:
        return browser(peer, folder, buildings)
    try:
        return dict(globals()[peer](folder, buildings))
    except ImportError as error:
        return {"missing": f"not installed ({error.name})"}


def apart(peer: str, folder: Path, buildings: int) -> dict[str, Any]:
    """Measure one program in a process of its own, and what its processes take at most."""
    import psutil

    command = [
        sys.executable,
        "-W",
        "ignore",
        "-m",
        "benchmarks.peers",
        "--one",
        peer,
        str(folder),
        str(buildings),
    ]
    process = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    watched, most = psutil.Process(process.pid), 0
    end = time.monotonic() + PATIENCE_S
    while process.poll() is None and time.monotonic() < end:
        try:
            family = [watched, *watched.children(recursive=True)]
            most = max(most, sum(_held(p) for p in family))
        except psutil.NoSuchProcess:
            break
        time.sleep(0.1)
    if process.poll() is None:
        process.kill()
        return {"missing": f"not complete after {PATIENCE_S} s"}
    out = (process.stdout.read() if process.stdout else "").strip().splitlines()
    try:
        return {**json.loads(out[-1]), "peak_mb": most / 1e6}
    except (IndexError, ValueError):
        return {"missing": f"ended with {process.returncode}"}


def in_turns(folder: Path, buildings: int, rounds: int) -> dict[str, dict[str, Any]]:
    """Measure all programs once a round; return for each what its rounds found together."""
    turns = [{peer: apart(peer, folder, buildings) for peer in PEERS} for _ in range(rounds)]
    return {peer: together([turn[peer] for turn in turns]) for peer in PEERS}


def together(found: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the frames of several runs after each other, the median of their first pictures, the most memory."""
    good = [one for one in found if "missing" not in one]
    if not good:
        return found[-1]
    frames = {
        name: [t for one in good for t in one[name]] for name in ("city", "oblique", "street")
    }
    first = float(np.median([one["first_complete_s"] for one in good]))
    most = max(one["peak_mb"] for one in good)
    return {**good[-1], **frames, "first_complete_s": first, "peak_mb": most}


def _held(process: Any) -> int:
    try:
        return int(process.memory_info().rss)
    except Exception:  # noqa: BLE001 - it may be gone by now
        return 0


def glb(folder: Path, buildings: int) -> None:
    """Write the city as one .glb, for programs that open a file."""
    path = folder / f"glb{buildings}" / "city.glb"
    if path.exists():
        return
    from twin.tiles.glb import Primitive, write_glb

    made = city(buildings)
    path.parent.mkdir(parents=True, exist_ok=True)
    rgba = rgba_by(made.height_m)[made.row]
    shape = Primitive(
        xyz=made.xyz.astype(np.float64), indices=made.triangles, feature=np.full(len(made.xyz), -1, np.int32),
        rgba=rgba, closed=True,
    )  # fmt: skip
    path.write_bytes(write_glb([shape], [], 0))


def table(
    buildings: int, found: dict[str, dict[str, Any]], similar: dict[str, dict[str, float]]
) -> list[str]:
    """Return the lines of the page for one size."""
    base = found["raw"]
    lines = [
        f"### {buildings:,} buildings", "",
        f"| program | version | first complete, s | {' | '.join(VIEWS)} | peak MB | {' | '.join(RATIOS)} |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]  # fmt: skip
    for peer in PEERS:
        entry = found[peer]
        if "missing" in entry:
            lines.append(f"| {NAMES[peer]} | | {entry['missing']} | | | | | | |")
            continue
        lines.append(_line(peer, entry, base))
    winners = _winners(found)
    lines += ["", f"Fastest frame: {winners}."]
    if "pixels" in found["belvedere"]:
        sizes = ", ".join(found["belvedere"]["pixels"])
        lines.append(
            f"Belvedere's window drew {sizes} pixels while it moved and stretched them; the others drew all."
        )
    for kind in next(iter(similar.values()), ()):
        told = ", ".join(f"{name} {of[kind]:.3f}" for name, of in similar.items())
        lines.append(
            f"Similarity (SSIM) of Belvedere's {kind} picture to its resting full detail: {told}."
        )
    return [*lines, ""]


def _line(peer: str, entry: dict[str, Any], base: dict[str, Any]) -> str:
    cells, ratios = [], []
    for name in ("city", "oblique", "street"):
        median = float(np.median(entry[name]))
        cells.append(f"{median:.0f} ({np.percentile(entry[name], 95):.0f})")
        if name in base:
            ratios.append(f"{median / float(np.median(base[name])):.2f}")
    others = [
        f"{entry[name] / base[name]:.2f}"
        for name in ("first_complete_s", "peak_mb")
        if name in base
    ]
    return (
        f"| {NAMES[peer]} | {entry['version']} | {entry['first_complete_s']:.1f} | {' | '.join(cells)} "
        f"| {entry['peak_mb']:.0f} | {' / '.join(ratios)} | {' / '.join(others)} |"
    )


def _winners(found: dict[str, dict[str, Any]]) -> str:
    told = []
    for name in ("city", "oblique", "street"):
        medians = {p: float(np.median(e[name])) for p, e in found.items() if name in e}
        if medians:
            told.append(f"{name}: {NAMES[min(medians, key=medians.__getitem__)]}")
    return "; ".join(told)


def write_page(path: Path, lines: list[str]) -> None:
    """Put the tables between their marks; the rest of the page stays."""
    text = path.read_text(encoding="utf-8") if path.exists() else "# Benchmarks\n"
    block = "\n".join([MARKS[0], *lines, MARKS[1]])
    if MARKS[0] in text and MARKS[1] in text:
        before, rest = text.split(MARKS[0], 1)
        text = before + block + rest.split(MARKS[1], 1)[1]
    else:
        text = f"{text.rstrip()}\n\n## Beside other programs\n\n{block}\n"
    path.write_text(text, encoding="utf-8")


def main() -> int:
    if sys.argv[1:2] == ["--one"]:
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
        print(json.dumps(one(sys.argv[2], Path(sys.argv[3]), int(sys.argv[4]))))
        return 0
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--buildings", type=int, nargs="+", default=[1_000, 10_000, 100_000, 1_000_000]
    )
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "benchmarks.md")
    parser.add_argument("--cities", type=Path, help="where the cities are kept; default: made anew")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--ssim-up-to", type=int, default=100_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = options.cities or Path(name)
        folder.mkdir(parents=True, exist_ok=True)
        measure(options, folder)
    return 0


def measure(options: argparse.Namespace, folder: Path) -> None:
    """Measure one size after the other; the page has what is known after each."""
    sections: list[str] = []
    renderer, load = "", os.getloadavg()[0]
    for buildings in options.buildings:
        tileset, _ = baked(folder, buildings)
        glb(folder, buildings)
        found = in_turns(folder, buildings, options.rounds)
        renderer = renderer or str(found["belvedere"].get("renderer", ""))
        few = buildings <= options.ssim_up_to
        similar = honest(tileset, span_of(buildings), 1.0) if few else {}
        sections += table(buildings, found, similar)
        head = (
            f"Measured on {os.cpu_count()} cores ({platform.machine()}, {platform.system()}, "
            f"Python {platform.python_version()}), renderer {renderer}, {SIZE[0]} x {SIZE[1]}, in {options.rounds} "
            f"rounds of {FRAMES} frames a camera, each program in its own process; load of the machine at the start "
            f"{load:.1f}. Raw VTK and pyvista read the footprints, F3D and three.js one .glb, CesiumJS and Belvedere "
            "the tileset. QGIS 3D was not measured."
        )
        write_page(options.out, [head, "", *sections])


if __name__ == "__main__":
    sys.exit(main())
