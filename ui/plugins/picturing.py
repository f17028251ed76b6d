"""The picture of a plugin's own sample: something of it must be seen, and what is stored must be what is drawn."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from twin.api import testing
from twin.errors import BelvedereError
from twin.problems import Problem, Severity
from twin.registry import Manifest, read_manifest
from twin.work.session import Session
from ui.plugins.trying import registry_with, sample_project

SIZE = (320, 180)
WAIT_S = 10.0
SAME_SHARE = 0.02
"""Pixels that may differ: other drivers draw edges otherwise."""


def check_picture(folder: Path) -> list[Problem]:
    """Return what is wrong with the pictures of a plugin; nothing for one without a layer to draw."""
    manifest = read_manifest(folder)
    try:
        opened = sample_project(folder)
    except BelvedereError:
        return []
    with TemporaryDirectory(prefix="belvedere-") as scratch:
        registry = registry_with(folder, debug=False)
        session = Session(opened.project, Path(scratch), registry)
        try:
            session.start()
            session.wait(WAIT_S)
            return _findings(session, manifest)
        finally:
            for runtime in session.layers():
                close = getattr(runtime.layer, "close", None)
                if close is not None:
                    close()
            session.close()


def _findings(session: Session, manifest: Manifest) -> list[Problem]:
    drawn = _picture(session)
    session.do("plugins", lambda p: p.showing(()))
    if not testing.compare_pictures(drawn, _picture(session)):
        return [Problem("contract.picture_empty", manifest.id, {}, Severity.ERROR)]
    stored = _stored(manifest)
    if stored is None:
        return []
    apart = (
        1.0
        if stored.shape[:2] != drawn.shape[:2]
        else testing.compare_pictures(drawn, stored).share
    )
    if apart <= SAME_SHARE:
        return []
    values = {"percent": f"{100 * apart:.1f}"}
    return [Problem("contract.picture_differs", manifest.id, values, Severity.ERROR)]


def _picture(session: Session) -> Any:
    from twin.render.picture import render_picture
    from ui.text import ensure_application

    ensure_application()
    return render_picture(session, size=SIZE, view="iso", overlay=False)


def _stored(manifest: Manifest) -> Any:
    """Return the picture that ``[contract] picture`` names, None for none."""
    declared = manifest.extra.get("contract", {})
    name = declared.get("picture") if isinstance(declared, dict) else None
    path = (manifest.folder / str(name)).resolve()
    if not name or not path.is_relative_to(manifest.folder.resolve()) or not path.is_file():
        return None
    from PIL import Image

    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"))
