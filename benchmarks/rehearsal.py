"""A rehearsal that goes wrong on purpose: autoplay on two virtual screens, one of them unplugged, the process killed,
the feed cut, a plugin that crashes.

    python -m benchmarks.rehearsal --minutes 6 --speed 20        two hours of telling in six minutes
    python -m benchmarks.rehearsal --minutes 120 --speed 1       the two hours themselves

Needs Xvfb and xrandr. Writes what happened to ``build/rehearsal.json``; ends with 1 where the show stayed away.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.trouble import Sender, troubled

ROOT = Path(__file__).resolve().parents[1]
MONITOR = ("right", "1280/300x720/200+1280+0", "none")
CUT_S = 45.0
"""Long enough for the show to miss the feed, and to find it again."""
GROWN = 1.25
"""Memory at the end, of that once everything was shown: more is a leak."""


class Rehearsal:
    """One rehearsal on a display of its own."""

    def __init__(self, options: argparse.Namespace, folder: Path) -> None:
        self.options, self.folder = options, folder
        self.events: list[dict[str, Any]] = []
        self.memory: list[tuple[float, float]] = []
        self.stops: list[str] = []
        self.began_s = time.monotonic()
        number = next(n for n in range(90, 200) if not Path(f"/tmp/.X11-unix/X{n}").exists())
        self.display = f":{number}"
        self.server = subprocess.Popen(
            ["Xvfb", self.display, "-screen", "0", "2560x720x24", "+extension", "RANDR"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        time.sleep(1.0)
        self.environment = {**os.environ, "DISPLAY": self.display, "BELVEDERE_STATE": str(folder)}
        self.environment.pop("QT_QPA_PLATFORM", None)
        self.plug(on=True)
        self.sender = Sender()
        source = ROOT / "assets" / "demo" if options.project == "demo" else Path(options.project)
        project = troubled(source, folder / "project", options.story, self.sender)
        command = [sys.executable, str(ROOT / "main.py"), "show", str(project), options.story]
        command += ["--autoplay", "--loop", "--lang", "ko", "--speed", str(options.speed)]
        self.show = subprocess.Popen(command, env=self.environment, cwd=ROOT)

    def note(self, what: str, **more: Any) -> None:
        """Write an event down."""
        row = {"s": round(time.monotonic() - self.began_s, 1), "what": what, **more}
        self.events.append(row)
        print(json.dumps(row), flush=True)

    def plug(self, *, on: bool) -> None:
        """Plug the second screen in or out."""
        verb = ["--setmonitor", *MONITOR] if on else ["--delmonitor", MONITOR[0]]
        subprocess.run(["xrandr", *verb], env=self.environment, capture_output=True, check=False)

    def children(self) -> list[int]:
        """Return the processes that show, by their place below the guardian."""
        path = Path(f"/proc/{self.show.pid}/task/{self.show.pid}/children")
        return [int(word) for word in path.read_text().split()] if path.exists() else []

    def diary(self) -> dict[str, Any]:
        """Return how the show stands, by its own word."""
        found = {}
        for child in self.children():
            try:
                words = Path(f"/proc/{child}/cmdline").read_bytes().split(b"\0")
                file = Path(words[words.index(b"--diary") + 1].decode()) / "show.json"
                found = json.loads(file.read_text())
            except (OSError, ValueError):
                continue
        return found

    def watch(self, seconds: float) -> None:
        """Let the show go on, noting stops and memory."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            state = self.diary()
            if state.get("stop") and (not self.stops or self.stops[-1] != state["stop"]):
                self.stops.append(state["stop"])
            for child in self.children():
                memory = _resident_mb(child)
                if memory:
                    self.memory.append((round(time.monotonic() - self.began_s, 1), memory))
            time.sleep(1.0)

    def until_live(self, since: float = 0.0) -> float | None:
        """Wait until the scene is on stage, by its word after a moment; None where it never was."""
        began = time.monotonic()
        while time.monotonic() - began < self.options.patience:
            state = self.diary()
            if state.get("on_stage") and state.get("beat", 0.0) > since:
                return round(time.monotonic() - began, 1)
            time.sleep(0.2)
        return None

    def kill(self) -> None:
        """Kill the process that shows, and wait until it is back."""
        before = self.diary().get("stop", "")
        os.kill(int(self.diary()["process"]), signal.SIGKILL)
        live_s = self.until_live(since=time.time() + 0.6)
        log = (self.folder / "logs" / "belvedere.log").read_text(encoding="utf-8")
        put_back = re.findall(r"back on stage at stop (\S+)", log)
        after = self.diary().get("stop", "")
        self.note("killed", stop=before, after=after, put_back=put_back[-1:], live_s=live_s)

    def cut(self, seconds: float) -> None:
        """Cut the feed for some time."""
        self.sender.cut.set()
        self.watch(seconds)
        self.note("feed cut", stop=self.diary().get("stop"))
        self.sender.cut.clear()
        self.watch(seconds)
        self.note("feed back", stop=self.diary().get("stop"))

    def close(self) -> None:
        """End everything that was started."""
        self.sender.close()
        for process in [*self.children(), self.show.pid]:
            try:
                os.kill(process, signal.SIGKILL)
            except ProcessLookupError:
                continue
        self.show.wait()
        self.server.terminate()
        self.server.wait()


def _resident_mb(process: int) -> float:
    try:
        text = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return 0.0
    found = re.search(r"VmRSS:\s+(\d+)", text)
    return round(int(found[1]) / 1024, 1) if found else 0.0


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Rehearse; return what happened."""
    with tempfile.TemporaryDirectory() as folder:
        rehearsal = Rehearsal(options, Path(folder))
        try:
            rehearsal.note("on stage", live_s=rehearsal.until_live())
            part = options.minutes * 60.0 / 8.0
            for step in range(8):
                rehearsal.watch(part)
                if step in (1, 4):
                    rehearsal.plug(on=False)
                    rehearsal.watch(3.0)
                    rehearsal.note("screen unplugged", stop=rehearsal.diary().get("stop"))
                    rehearsal.plug(on=True)
                    rehearsal.watch(3.0)
                    rehearsal.note("screen plugged", stop=rehearsal.diary().get("stop"))
                if step in (2, 5):
                    rehearsal.kill()
                if step in (3, 6):
                    rehearsal.cut(CUT_S)
            alive = bool(rehearsal.diary().get("on_stage"))
        finally:
            log = Path(folder) / "logs" / "belvedere.log"
            text = log.read_text(encoding="utf-8") if log.exists() else ""
            rehearsal.close()
    told = {
        "set_aside": len(re.findall(r"layer brittle is set aside", text)),
        "feeds_lost": len(re.findall(r"feeds lost .* stand in", text)),
        "feeds_back": len(re.findall(r"feeds are back", text)),
    }
    return {"alive": alive, **told, "log": text.splitlines(), **_judged(rehearsal)}


def _judged(rehearsal: Rehearsal) -> dict[str, Any]:
    kills = [e for e in rehearsal.events if e["what"] == "killed"]
    last = kills[-1]["s"] if kills else 0.0
    since = [mb for at, mb in rehearsal.memory if at > last + 20.0] or [0.0]
    warm, end = max(since[: max(len(since) // 3, 1)]), since[-1]
    return {
        "events": rehearsal.events,
        "stops": rehearsal.stops,
        "memory_warm_mb": warm,
        "memory_end_mb": end,
        "memory_flat": end <= warm * GROWN,
        "all_came_back": all(e["live_s"] is not None for e in kills),
    }


def main() -> int:
    """Rehearse by the arguments; 1 where the show did not come back."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--project", default="demo")
    parser.add_argument("--story", default="issy")
    parser.add_argument("--minutes", type=float, default=6.0)
    parser.add_argument("--speed", type=float, default=20.0)
    parser.add_argument(
        "--patience", type=float, default=90.0, help="seconds until it counts as lost"
    )
    options = parser.parse_args()
    for program in ("Xvfb", "xrandr"):
        if shutil.which(program) is None:
            print(f"{program} is missing")
            return 2
    found = run(options)
    out = ROOT / "build" / "rehearsal.json"
    out.parent.mkdir(exist_ok=True)
    out.write_text(json.dumps(found, indent=1), encoding="utf-8")
    print(json.dumps({k: v for k, v in found.items() if k not in ("log", "events")}, indent=1))
    recovered = found["set_aside"] and found["feeds_lost"] and found["feeds_back"]
    good = found["alive"] and found["all_came_back"] and found["memory_flat"] and recovered
    return 0 if good else 1


if __name__ == "__main__":
    raise SystemExit(main())
