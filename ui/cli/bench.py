"""``bench``: run the benchmarks of this checkout and print their ratios."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys

from ui.cli.output import print_json
from ui.shipped import ROOT


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("names", nargs="*", metavar="NAME", help="only these; default: all")
    parser.add_argument("--quick", action="store_true", help="small cities, for a first look")


def run(options: argparse.Namespace) -> int:
    """Run each benchmark in a process of its own, so that none warms up another."""
    names = options.names or sorted(
        p.stem
        for p in (ROOT / "benchmarks").glob("*.py")
        if p.stem not in ("__init__", "common", "window", "soak", "peers")
    )
    results: dict[str, object] = {}
    for name in names:
        command = [sys.executable, "-m", f"benchmarks.{name}"] + (
            ["--quick"] if options.quick else []
        )
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        results[name] = _result(done)
    print_json(results)
    return 0 if any("error" not in r for r in results.values() if isinstance(r, dict)) else 2


def _result(done: subprocess.CompletedProcess[str]) -> object:
    lines = done.stdout.strip().splitlines()
    try:
        return json.loads(lines[-1]) if done.returncode == 0 else {"error": done.stderr[-2000:]}
    except (ValueError, IndexError):
        return {"error": "no JSON line at the end of the output"}
