"""Styles that a user keeps under a name: for any layer that has their columns, in any project."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QInputDialog, QMenu

from twin.model.style import Style, style_from_dict, style_to_dict
from twin.problems import Problem, Severity
from ui.i18n import text, tr

if TYPE_CHECKING:
    from ui.window.main import MainWindow

FOLDER = "styles"
MOST_BYTES = 1_000_000


def fill(window: MainWindow, menu: QMenu) -> None:
    """Offer to keep the style of the chosen layer, and to give it one of those kept."""
    session, layer = window.session, window.docks.layers.current_layer()
    if session is None or not layer:
        menu.addAction(tr("styles.choose_layer")).setEnabled(False)
        return
    name = text(session.project.layer(layer).title, layer)
    menu.addAction(tr("styles.keep", layer=name)).triggered.connect(lambda: _ask(window, layer))
    menu.addSeparator()
    found = list(kept(folder_of(window)))
    for title, path in found:
        action = menu.addAction(title)
        action.triggered.connect(lambda _on=False, p=path: apply(window, layer, p))
    if not found:
        menu.addAction(tr("styles.none")).setEnabled(False)


def folder_of(window: MainWindow) -> Path:
    """Return where styles are kept."""
    return Path(window.services.state_dir) / FOLDER


def kept(folder: Path) -> Iterator[tuple[str, Path]]:
    """Yield the names and files of the kept styles, in order."""
    for path in sorted(folder.glob("*.json")):
        yield path.stem.replace("_", " "), path


def keep(window: MainWindow, layer: str, name: str) -> Path | None:
    """Keep the style of a layer; the file is also what a plugin brings as a style."""
    session = window.session
    if session is None:
        return None
    plain = re.sub(r"[^\w-]+", "_", name.strip())[:80]
    path = folder_of(window) / f"{plain or 'style'}.json"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        data = style_to_dict(session.layer(layer).style)
        path.write_text(json.dumps(data, ensure_ascii=False, indent=1), encoding="utf-8")
    except OSError as error:
        _tell(window, path, error.strerror or str(error))
        return None
    window.say("styles.kept", name=name)
    return path


def apply(window: MainWindow, layer: str, path: Path) -> None:
    """Give a layer a kept style."""
    session = window.session
    if session is None:
        return
    try:
        style = _read(path)
    except (OSError, ValueError, AttributeError) as error:
        _tell(window, path, str(error)[:160])
        return
    session.do("themes.do.apply", lambda p: p.with_layer(replace(p.layer(layer), style=style)))


def _read(path: Path) -> Style:
    if path.stat().st_size > MOST_BYTES:
        raise ValueError("> 1 MB")
    return style_from_dict(json.loads(path.read_text(encoding="utf-8")))


def _ask(window: MainWindow, layer: str) -> None:
    name, good = QInputDialog.getText(window, tr("styles.title"), tr("styles.name"))
    if good and name.strip():
        keep(window, layer, name)


def _tell(window: MainWindow, path: Path, reason: str) -> None:
    window.tell(Problem("style.cannot_use", path.name, {"reason": reason}, Severity.ERROR))
