"""Bundles the part of three.js that a story's page needs; called by .ci/bootstrap.py, only the standard library."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent


def main(environment: Path) -> None:
    """Bundle three.js, pinned by package-lock.json, into one classic script inside an environment."""
    recipe = [HERE / name for name in ("package.json", "package-lock.json", "three.js")]
    stamp = hashlib.sha256(b"".join(path.read_bytes() for path in recipe)).hexdigest()
    made = environment.absolute() / "share" / "belvedere" / "three.js"
    mark = made.with_suffix(".stamp")
    if made.exists() and mark.exists() and mark.read_text(encoding="utf-8") == stamp:
        return
    npm = shutil.which("npm")
    if npm is None:
        print("Web pages of stories need Node.js once, at set-up: install it and set up again.")
        return
    made.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        for path in recipe:
            shutil.copy(path, folder)
        quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
        if subprocess.run([npm, "ci", *quiet], cwd=folder, check=False).returncode != 0:
            print("three.js could not be installed; web pages of stories cannot be written.")
            return
        bundle = ["--bundle", "--minify", "--format=iife", "--global-name=THREE"]
        tool = Path(folder, "node_modules", ".bin", "esbuild")
        done = subprocess.run(
            [tool, "three.js", *bundle, "--legal-comments=inline", "--log-level=error",
             f"--outfile={made}"],
            cwd=folder, check=False,
        )  # fmt: skip
    if done.returncode == 0:
        mark.write_text(stamp, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
