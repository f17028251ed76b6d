"""A plugin's own packages: resolved into a folder of its own, never into the application's.

Only wheels are taken: nothing of a package runs while it is installed. The versions of what the application
has are fixed, so that what both use is the same. A plugin that ships ``wheels/`` needs no network.
"""

from __future__ import annotations

import importlib.metadata
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from twin.errors import PluginError
from twin.registry import Manifest

TIMEOUT_S = 600.0
STAMP = "requires.txt"


def site_of(environments: Path, manifest: Manifest) -> Path:
    """Return the folder of a plugin's packages; it may not exist yet."""
    return environments / manifest.id / "site"


def is_ready(environments: Path, manifest: Manifest) -> bool:
    """Whether the packages that a manifest asks for are there."""
    try:
        stamp = (site_of(environments, manifest) / STAMP).read_text(encoding="utf-8")
    except OSError:
        return not manifest.requires
    return stamp.split("\n") == list(manifest.requires)


def provide(environments: Path, manifest: Manifest) -> Path:
    """Install what a manifest asks for and return the folder.

    Raises
    ------
    PluginError
        Something cannot be had as a wheel, or does not fit the application's versions.
    """
    site = site_of(environments, manifest)
    if is_ready(environments, manifest):
        return site
    site.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(dir=site.parent, prefix=".new-"))
    try:
        _install(manifest, draft)
        (draft / STAMP).write_text("\n".join(manifest.requires), encoding="utf-8")
        shutil.rmtree(site, ignore_errors=True)
        draft.rename(site)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return site


def remove(environments: Path, plugin_id: str) -> None:
    """Remove a plugin's packages."""
    shutil.rmtree(environments / plugin_id, ignore_errors=True)


def _install(manifest: Manifest, target: Path) -> None:
    if any(word.startswith("-") or "://" in word or "@" in word for word in manifest.requires):
        raise PluginError("plugin.bad_requirement", manifest.id, value=", ".join(manifest.requires))
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    command += ["--no-input", "--only-binary", ":all:", "--target", str(target)]
    wheels = manifest.folder / "wheels"
    if wheels.is_dir():
        command += ["--no-index", "--find-links", str(wheels)]
    with tempfile.TemporaryDirectory(prefix="belvedere-") as folder:
        fixed = Path(folder) / "constraints.txt"
        fixed.write_text(_installed(), encoding="utf-8")
        try:
            done = subprocess.run(
                [*command, "--constraint", str(fixed), "--", *manifest.requires],
                capture_output=True,
                text=True,
                timeout=TIMEOUT_S,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise PluginError(
                "plugin.no_environment", manifest.id, reason=str(error)[:200]
            ) from error
    if done.returncode != 0:
        lines = [line for line in done.stderr.splitlines() if line.startswith("ERROR")]
        reason = (lines[-1] if lines else done.stderr)[-200:]
        raise PluginError("plugin.no_environment", manifest.id, reason=reason)


def _installed() -> str:
    found = {(d.metadata["Name"], d.version) for d in importlib.metadata.distributions()}
    return "".join(f"{name}=={version}\n" for name, version in sorted(found) if name)
