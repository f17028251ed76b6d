"""What stands on the printed sheet of a trace or an outage."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFileDialog, QWidget

from ui.i18n import text, tr
from ui.i18n.formats import date_time
from ui.networks.sheet import write
from ui.networks.words import Row, moment

if TYPE_CHECKING:
    from twin.work.session import Session

PICTURE_PX = (1400, 760)


def write_page(
    path: Path, window: Any, title: str, groups: tuple[tuple[str, list[Row]], ...]
) -> int:
    """Write the page; see :func:`ui.networks.sheet.write`."""
    session = window.session
    project = session.project
    at = date_time(session.clock.at, project.time_zone)
    notice = text(project.notice)
    sources = [tr("networks.sheet_computed"), *([notice] if notice else [])]
    return write(
        path,
        title=title,
        subtitle=f"{text(project.title)} · {at}",
        picture=_picture(window),
        numbers=groups[0][1] if groups else [],
        rows=[row for _, rows in groups[1:] for row in rows],
        sources=sources,
    )


def ask_for_file(parent: QWidget, session: Session) -> Path | None:
    """Ask where the page goes; None if nowhere."""
    name = f"{tr('networks.sheet_file')}-{moment(session.clock.at)}.pdf"
    path, _ = QFileDialog.getSaveFileName(parent, tr("networks.print"), name, "PDF (*.pdf)")
    return Path(path) if path else None


def _picture(window: Any) -> QImage | None:
    """Return the scene as it is, with its legend."""
    image = window.pictures.image(PICTURE_PX, furnished=True)
    pixels = np.ascontiguousarray(image[..., :3])
    height, width = pixels.shape[:2]
    return QImage(pixels.data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()
