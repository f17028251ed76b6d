"""A rehearsal that goes wrong on purpose: autoplay on two virtual screens, one of them unplugged, the process killed,
the feed cut, a plugin that crashes.

    python -m benchmarks.rehearsal --minutes 6 --speed 20        two hours of telling in six minutes
    python -m benchmarks.rehearsal --minutes 120 --speed 1       the two hours themselves

The tests run the same for half a minute. Needs Xvfb and xrandr. Writes what happened to ``build/rehearsal.json``; ends
with 1 where the show stayed away, came back elsewhere, grew, or changed the project.
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
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.trouble import Sender, troubled

ROOT = Path(__file__).resolve().parents[1]
TROUBLES = ("screen", "kill", "feed")
SAID = {
    "set_aside": "layer brittle is set aside",
    "feeds_lost": "feeds lost",
    "feeds_back": "feeds are back",
}
"""What the log of the show says of each recovery."""
SETTLED_S = 2.0
GROWN = 1.25
"""Memory at the end, of that once everything was shown: more is a leak."""
WARM_S = 20.0
"""So long after a start everything has been loaded."""


class Rehearsal:
    """One rehearsal on a display of its own."""

    def __init__(self, options: argparse.Namespace, folder: Path) -> None:
        self.options, self.folder = options, folder
        self.events: list[dict[str, Any]] = []
        self.memory: list[tuple[float, float]] = []
        self.stops: list[str] = []
        self._diary: Path | None = None
        self.began_s = time.monotonic()
        self.server, display = _display(options.size)
        self.environment = {**os.environ, "DISPLAY": display, "BELVEDERE_STATE": str(folder)}
        self.environment.pop("QT_QPA_PLATFORM", None)
        self._monitor("left", 0, "screen")
        self.plug(on=True)
        self.sender = Sender()
        source = ROOT / "assets" / "demo" if options.project == "demo" else Path(options.project)
        project = troubled(source, folder / "project", options.story, self.sender)
        self._document = project / "project.json"
        self._as_it_was = self._document.read_bytes()
        command = [sys.executable, str(ROOT / "main.py"), "show", str(project), options.story]
        command += ["--autoplay", "--loop", "--lang", "ko", "--speed", str(options.speed)]
        self.show = subprocess.Popen(command, env=self.environment, cwd=ROOT)

    @property
    def log(self) -> str:
        """What the show has written down."""
        path = self.folder / "logs" / "belvedere.log"
        return path.read_text(encoding="utf-8") if path.exists() else ""

    @property
    def unchanged(self) -> bool:
        """Whether the project is as it was, byte for byte."""
        return self._document.read_bytes() == self._as_it_was

    def note(self, what: str, **more: Any) -> None:
        """Write an event down."""
        row = {"s": round(time.monotonic() - self.began_s, 1), "what": what, **more}
        self.events.append(row)
        print(json.dumps(row), flush=True)

    def plug(self, *, on: bool) -> None:
        """Plug the second screen in or out."""
        if on:
            self._monitor("right", self.options.size[0], "none")
        else:
            self._xrandr("--delmonitor", "right")

    def children(self) -> list[int]:
        """Return the processes that show, by their place below the guardian."""
        path = Path(f"/proc/{self.show.pid}/task/{self.show.pid}/children")
        return [int(word) for word in path.read_text().split()] if path.exists() else []

    def stands_on(self) -> tuple[str, str]:
        """Return the screen of the audience by the last word of the show, and of how many it is one."""
        placed = re.findall(r"on stage: screen (\S+) of (\d+)", self.log)
        return placed[-1] if placed else ("", "")

    def diary(self) -> dict[str, Any]:
        """Return how the show stands, by its own word."""
        for child in self.children() if self._diary is None else ():
            words = Path(f"/proc/{child}/cmdline").read_bytes().split(b"\0")
            if b"--diary" in words:
                self._diary = Path(words[words.index(b"--diary") + 1].decode()) / "show.json"
        if self._diary is None or not self._diary.exists():
            return {}
        found: dict[str, Any] = json.loads(self._diary.read_text(encoding="utf-8"))
        return found

    def watch(self, seconds: float) -> None:
        """Let the show go on, noting stops and memory."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            state = self.diary()
            if state.get("stop") and (not self.stops or self.stops[-1] != state["stop"]):
                self.stops.append(state["stop"])
            memory = _resident_mb(int(state.get("process", 0)))
            if memory:
                self.memory.append((round(time.monotonic() - self.began_s, 1), memory))
            time.sleep(min(1.0, seconds))

    def until_live(self, since: float = 0.0) -> float | None:
        """Wait until the scene is on stage, by its word after a moment; None where it never was."""

        def live() -> bool:
            state = self.diary()
            return bool(state.get("on_stage")) and state.get("beat", 0.0) > since

        return self._until(live)

    def meet(self, trouble: str) -> None:
        """Let something go wrong, and wait until it is mended."""
        {"screen": self.unplug, "kill": self.kill, "feed": self.cut}[trouble]()

    def unplug(self) -> None:
        """Unplug the second screen, and plug it in again."""
        for on, what in ((False, "screen unplugged"), (True, "screen plugged")):
            self.plug(on=on)
            there = ("right", "2") if on else ("left", "1")
            followed_s = self._until(lambda: self.stands_on() == there)  # noqa: B023
            self.watch(SETTLED_S)
            self.note(what, stop=self.diary().get("stop"), followed_s=followed_s)

    def kill(self) -> None:
        """Kill the process that shows, and wait until it is back."""
        os.kill(int(self.diary()["process"]), signal.SIGKILL)
        killed, stop = time.time(), self.diary().get("stop", "")  # the last word of the dead
        live_s = self.until_live(since=killed)
        put_back = re.findall(r"back on stage at stop (\S+)", self.log)
        self.note("killed", stop=stop, put_back=put_back[-1:], live_s=live_s)

    def cut(self) -> None:
        """Cut the feed for some time."""
        lost, back = self._said("feeds_lost"), self._said("feeds_back")
        self.sender.cut.set()
        stood_in_s = self._until(lambda: self._said("feeds_lost") > lost)
        self.watch(self.options.cut)
        self.note("feed cut", stop=self.diary().get("stop"), stood_in_s=stood_in_s)
        self.sender.cut.clear()
        back_s = self._until(lambda: self._said("feeds_back") > back)
        self.note("feed back", stop=self.diary().get("stop"), back_s=back_s)

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

    def _monitor(self, name: str, left_px: int, output: str) -> None:
        width, height = self.options.size
        self._xrandr("--setmonitor", name, f"{width}/300x{height}/200+{left_px}+0", output)

    def _xrandr(self, *words: str) -> None:
        subprocess.run(["xrandr", *words], env=self.environment, capture_output=True, check=True)

    def _said(self, what: str) -> int:
        return self.log.count(SAID[what])

    def _until(self, done: Callable[[], bool]) -> float | None:
        """Wait for something; return the seconds it took, None where patience ended first."""
        began = time.monotonic()
        while time.monotonic() - began < self.options.patience:
            if done():
                return round(time.monotonic() - began, 1)
            time.sleep(0.2)
        return None


def _display(size: tuple[int, int]) -> tuple[subprocess.Popen[str], str]:
    """Start a display as wide as two screens of a size; return it and its name."""
    screen = f"{2 * size[0]}x{size[1]}x24"
    server = subprocess.Popen(
        ["Xvfb", "-noreset", "-displayfd", "1", "-screen", "0", screen, "+extension", "RANDR"],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    assert server.stdout is not None
    return server, f":{server.stdout.readline().strip()}"


def _resident_mb(process: int) -> float:
    try:
        text = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return 0.0
    found = re.search(r"VmRSS:\s+(\d+)", text)
    return round(int(found[1]) / 1024, 1) if found else 0.0


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Rehearse; return what happened."""
    troubles = TROUBLES * options.rounds
    part = options.minutes * 60.0 / (len(troubles) + 1)
    with tempfile.TemporaryDirectory() as folder:
        rehearsal = Rehearsal(options, Path(folder))
        try:
            rehearsal.note("on stage", live_s=rehearsal.until_live())
            rehearsal.watch(part)
            for trouble in troubles:
                rehearsal.meet(trouble)
                rehearsal.watch(part)
            return _judged(rehearsal)
        finally:
            rehearsal.close()


def _judged(rehearsal: Rehearsal) -> dict[str, Any]:
    kills = [event for event in rehearsal.events if event["what"] == "killed"]
    screens = [event for event in rehearsal.events if event["what"].startswith("screen ")]
    since = [mb for at, mb in rehearsal.memory if at > (kills[-1]["s"] if kills else 0.0) + WARM_S]
    warm, end = (max(since[: max(len(since) // 3, 1)]), since[-1]) if since else (0.0, 0.0)
    rounds, said = (
        rehearsal.options.rounds,
        {what: rehearsal.log.count(SAID[what]) for what in SAID},
    )
    verdicts = {
        "alive": bool(rehearsal.diary().get("on_stage")),
        "same_stop": all(event["put_back"] == [event["stop"]] for event in kills),
        "all_came_back": all(event["live_s"] is not None for event in kills),
        "screens_followed": all(e["followed_s"] is not None for e in screens),
        "plugin_set_aside": said["set_aside"] > 0,
        "feeds_stood_in": min(said["feeds_lost"], said["feeds_back"]) >= rounds,
        "memory_flat": end <= warm * GROWN,
        "nothing_lost": rehearsal.unchanged,
    }
    return {
        "good": all(verdicts.values()),
        **verdicts,
        "said": said,
        "events": rehearsal.events,
        "stops": rehearsal.stops,
        "memory_warm_mb": warm,
        "memory_end_mb": end,
        "log": rehearsal.log.splitlines(),
    }


def main() -> int:
    """Rehearse by the arguments; 1 where not everything was recovered from."""
    options = _parser().parse_args()
    for program in ("Xvfb", "xrandr"):
        if shutil.which(program) is None:
            print(f"{program} is missing")
            return 2
    found = run(options)
    options.out.parent.mkdir(exist_ok=True)
    options.out.write_text(json.dumps(found, indent=1), encoding="utf-8")
    print(json.dumps({k: v for k, v in found.items() if k not in ("log", "events")}, indent=1))
    return 0 if found["good"] else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--project", default="demo")
    parser.add_argument("--story", default="issy")
    parser.add_argument("--minutes", type=float, default=6.0, help="beside the troubles themselves")
    parser.add_argument("--speed", type=float, default=20.0, help="of the clock of the show")
    parser.add_argument("--rounds", type=int, default=2, help="how often everything goes wrong")
    parser.add_argument("--cut", type=float, default=45.0, help="seconds that a feed stays away")
    parser.add_argument("--size", type=_size, default=(1280, 720), help="of each screen")
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "rehearsal.json")
    parser.add_argument(
        "--patience", type=float, default=90.0, help="seconds until it counts as lost"
    )
    return parser


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.partition("x")
    return int(width), int(height)


if __name__ == "__main__":
    raise SystemExit(main())
