"""What a streamed city takes at most, beside raw VTK with 100,000 buildings in one mesh; each in a process of its own.

Wanted, as ratios to raw VTK: 0.9 with 100,000 buildings, 2 with a million, and flat from there on. Seen are the whole
city, a quarter, a street, and a flight from the one to the other. Ten million are measured where
``BELVEDERE_BENCH_CITIES`` has them baked.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.common import machine, main, span_of
from benchmarks.peers import FRAMES, ROOT, raw
from benchmarks.stream import Window, baked, cameras, first_frames, fly_through, look

RAW = "raw"


def streamed(folder: Path, buildings: int) -> dict[str, Any]:
    """Look at a city as a user does; return what its tiles take."""
    started = time.perf_counter()
    window = Window(folder / f"tiles{buildings}" / "tileset.json", 0.0)
    span = span_of(buildings)
    for name, (eye, target) in cameras(span).items():
        look(window.stage, eye, target)
        if name == "city":
            first_frames(window, started)
        window.settle()
        for _ in range(FRAMES):
            window.frame()
    fly_through(window, span)
    stream = window.stage.streamed()["tiles"].stream
    found = {
        "tiles_most_mb": round(stream.most_bytes / 1e6),
        "tiles_mb": round(stream.nbytes / 1e6),
    }
    window.close()
    return found


def apart(kind: str, folder: Path, buildings: int) -> dict[str, Any]:
    """Measure in a process of its own."""
    command = [sys.executable, "-W", "ignore", "-m", "benchmarks.memory", "--one", kind]
    done = subprocess.run(
        [*command, str(folder), str(buildings)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return dict(json.loads(done.stdout.strip().splitlines()[-1]))


def one(kind: str, folder: Path, buildings: int) -> dict[str, Any]:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    if kind == RAW:
        raw(folder, buildings)
        found = {}
    else:
        found = streamed(folder, buildings)
    return {"peak_mb": round(peak_bytes() / 1e6), **found}


def peak_bytes() -> int:
    """Return the most that this process took; the system's own count, where it has one, begins with its program."""
    status = Path("/proc/self/status")
    if status.exists():
        lines = dict(line.split(":", 1) for line in status.read_text().splitlines())
        return int(lines["VmHWM"].split()[0]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def run(quick: bool) -> dict[str, object]:  # noqa: FBT001 - one switch
    """Return the peaks by number of buildings, and their ratios."""
    sizes = [1_000, 10_000] if quick else [100_000, 1_000_000]
    result: dict[str, object] = machine()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(os.environ.get("BELVEDERE_BENCH_CITIES", name))
        sizes += [10_000_000] if (folder / "tiles10000000" / "tileset.json").exists() else []
        for buildings in sizes[:2]:
            baked(folder, buildings)
        base = apart(RAW, folder, sizes[0])
        result[RAW] = base
        for buildings in sizes:
            found = apart("streamed", folder, buildings)
            ratio = round(found["peak_mb"] / base["peak_mb"], 2)
            result[str(buildings)] = {**found, "to_raw": ratio}
    return result


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        print(json.dumps(one(sys.argv[2], Path(sys.argv[3]), int(sys.argv[4]))))
    else:
        main(run)
