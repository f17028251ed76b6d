"""A trace or an outage on one page: PDF, written by Qt, with the scene as it is."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QMarginsF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPageLayout, QPageSize, QPainter, QPdfWriter

from twin.errors import BelvedereError
from ui.i18n import tr
from ui.networks.words import Row
from ui.text import REGULAR, SEMIBOLD, font

DPI = 150
MM = DPI / 25.4
LINE_MM, SMALL_MM = 5.2, 4.4
INK, GREY = "#1c2329", "#5b6670"


class SheetError(BelvedereError):
    """The sheet cannot be written."""


def write(
    path: Path,
    *,
    title: str,
    subtitle: str,
    picture: QImage | None,
    numbers: Sequence[Row],
    rows: Sequence[Row],
    sources: Sequence[str],
) -> int:
    """Write one page and return how many of ``rows`` stand on it; the rest is counted there.

    Raises
    ------
    SheetError
        The file cannot be written.
    """
    try:
        path.write_bytes(b"")
    except OSError as error:
        raise SheetError("network.sheet_not_written", str(path)) from error
    writer = QPdfWriter(str(path))
    writer.setResolution(DPI)
    writer.setTitle(title)
    writer.setCreator("Belvedere")
    layout = QPageLayout(
        QPageSize(QPageSize.PageSizeId.A4),
        QPageLayout.Orientation.Portrait,
        QMarginsF(15, 14, 15, 14),
    )
    writer.setPageLayout(layout)
    painter = QPainter()
    if not painter.begin(writer):
        raise SheetError("network.sheet_not_written", str(path))
    try:
        area = QRectF(0, 0, writer.width(), writer.height())
        return _Page(painter, area).draw(title, subtitle, picture, (numbers, rows), sources)
    finally:
        painter.end()


class _Page:
    """A page that is filled from top to bottom."""

    def __init__(self, painter: QPainter, area: QRectF) -> None:
        self._p, self._area, self._y = painter, area, area.top()

    def draw(
        self,
        title: str,
        subtitle: str,
        picture: QImage | None,
        tables: tuple[Sequence[Row], Sequence[Row]],
        sources: Sequence[str],
    ) -> int:
        """Draw everything."""
        self._line(title, 17, bold=True, height_mm=9)
        self._line(subtitle, 9.5, colour=GREY, height_mm=7)
        if picture is not None and not picture.isNull():
            self._picture(picture)
        for row in tables[0]:
            self._pair(row, 10)
        self._y += 3 * MM
        foot = (len(sources) + 1) * SMALL_MM * MM + 4 * MM
        room = int((self._area.bottom() - foot - self._y) / (SMALL_MM * MM)) - 1
        shown = min(len(tables[1]), max(room, 0))
        for row in tables[1][:shown]:
            self._pair(row, 8.5, small=True)
        if shown < len(tables[1]):
            self._line(tr("networks.more_rows", count=len(tables[1]) - shown), 8.5, colour=GREY)
        self._y = self._area.bottom() - foot
        for source in sources:
            self._line(source, 7.5, colour=GREY, height_mm=SMALL_MM)
        return shown

    def _picture(self, picture: QImage) -> None:
        wide = self._area.width()
        high = min(wide * picture.height() / picture.width(), 95 * MM)
        wide = high * picture.width() / picture.height()
        box = QRectF(self._area.left(), self._y, wide, high)
        self._p.drawImage(box, picture)
        self._y += high + 5 * MM

    def _pair(self, row: Row, points: float, *, small: bool = False) -> None:
        height = (SMALL_MM if small else LINE_MM) * MM
        box = QRectF(self._area.left(), self._y, self._area.width(), height)
        self._set(points, bold=False)
        self._p.setPen(QColor(INK))
        name = self._p.fontMetrics().elidedText(
            row.name, Qt.TextElideMode.ElideRight, int(box.width() * 0.62)
        )
        self._p.drawText(box, int(Qt.AlignmentFlag.AlignLeft), name)
        self._p.drawText(box, int(Qt.AlignmentFlag.AlignRight), row.value)
        self._y += height

    def _line(
        self,
        words: str,
        points: float,
        *,
        bold: bool = False,
        colour: str = INK,
        height_mm: float = LINE_MM,
    ) -> None:
        self._set(points, bold=bold)
        self._p.setPen(QColor(colour))
        box = QRectF(self._area.left(), self._y, self._area.width(), height_mm * MM)
        self._p.drawText(box, int(Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextSingleLine), words)
        self._y += height_mm * MM

    def _set(self, points: float, *, bold: bool) -> None:
        made = font(13, SEMIBOLD if bold else REGULAR)
        made.setPointSizeF(points)
        self._p.setFont(made)
