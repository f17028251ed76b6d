"""What a sheet is drawn on: a PDF with vector text and the same bytes each time, or a picture."""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from twin.render.text import TextEngine

MM_PT = 72.0 / 25.4
PT_MM = 25.4 / 72.0
REGULAR, STRONG = "Belvedere", "Belvedere-Bold"
INK = "#1c2129"
Box = tuple[float, float, float, float]


class Canvas(Protocol):
    """Draws in millimetres from the top left corner of the page."""

    def page(self, width_mm: float, height_mm: float) -> None:
        """Begin a page."""

    def words(
        self, text: str, x_mm: float, y_mm: float, *, size_pt: float, bold: bool = False,
        colour: str = INK, align: str = "left",
    ) -> None:  # fmt: skip
        """Write one line; ``y_mm`` is its baseline, ``x_mm`` its left, middle or right end."""

    def width_mm(self, text: str, size_pt: float, *, bold: bool = False) -> float:
        """Return how wide a line is."""

    def image(self, box_mm: Box, pixels: NDArray[np.uint8]) -> None:
        """Place a picture, (h, w, 3) uint8, top row first."""

    def area(self, points_mm: Sequence[tuple[float, float]], colour: str) -> None:
        """Fill a polygon."""

    def line(
        self, points_mm: Sequence[tuple[float, float]], colour: str, width_pt: float = 0.5
    ) -> None:
        """Draw a line."""


class PdfCanvas:
    """A PDF: the same drawing gives the same bytes; texts are texts, pictures are lossless.

    Parameters
    ----------
    fonts : tuple of 2 bytes or None
        TrueType files of the regular and the strong weight; None: the standard Helvetica.
    """

    def __init__(self, title: str, fonts: tuple[bytes, bytes] | None) -> None:
        from reportlab.pdfgen.canvas import Canvas as Writer

        self._bytes = io.BytesIO()
        # "invariant" leaves the date and a number made of it out of the file.
        self._pdf: Any = Writer(self._bytes, invariant=1, pageCompression=1)
        self._pdf.setTitle(title)
        self._pdf.setCreator("Belvedere")
        self._names = _registered(fonts)
        self._height_pt = 0.0
        self._begun = False

    def page(self, width_mm: float, height_mm: float) -> None:
        """Begin a page."""
        if self._begun:
            self._pdf.showPage()
        self._begun = True
        self._height_pt = height_mm * MM_PT
        self._pdf.setPageSize((width_mm * MM_PT, self._height_pt))

    def words(
        self,
        text: str,
        x_mm: float,
        y_mm: float,
        *,
        size_pt: float,
        bold: bool = False,
        colour: str = INK,
        align: str = "left",
    ) -> None:
        """Write one line."""
        pdf = self._pdf
        pdf.setFont(self._names[bold], size_pt)
        pdf.setFillColor(_colour(colour))
        write = {"right": pdf.drawRightString, "centre": pdf.drawCentredString}
        write.get(align, pdf.drawString)(x_mm * MM_PT, self._y(y_mm), text)

    def width_mm(self, text: str, size_pt: float, *, bold: bool = False) -> float:
        """Return how wide a line is."""
        return float(self._pdf.stringWidth(text, self._names[bold], size_pt)) * PT_MM

    def image(self, box_mm: Box, pixels: NDArray[np.uint8]) -> None:
        """Place a picture."""
        from PIL import Image
        from reportlab.lib.utils import ImageReader

        left, top, width, height = box_mm
        picture = ImageReader(Image.fromarray(np.ascontiguousarray(pixels)))
        self._pdf.drawImage(
            picture,
            left * MM_PT,
            self._y(top + height),
            width * MM_PT,
            height * MM_PT,
        )

    def area(self, points_mm: Sequence[tuple[float, float]], colour: str) -> None:
        """Fill a polygon."""
        self._pdf.setFillColor(_colour(colour))
        self._pdf.drawPath(self._path(points_mm, closed=True), stroke=0, fill=1)

    def line(
        self, points_mm: Sequence[tuple[float, float]], colour: str, width_pt: float = 0.5
    ) -> None:
        """Draw a line."""
        self._pdf.setStrokeColor(_colour(colour))
        self._pdf.setLineWidth(width_pt)
        self._pdf.drawPath(self._path(points_mm, closed=False), stroke=1, fill=0)

    def finish(self) -> bytes:
        """Return the file."""
        self._pdf.save()
        return self._bytes.getvalue()

    def _y(self, y_mm: float) -> float:
        return self._height_pt - y_mm * MM_PT

    def _path(self, points_mm: Sequence[tuple[float, float]], *, closed: bool) -> Any:
        path = self._pdf.beginPath()
        for number, (x, y) in enumerate(points_mm):
            go = path.lineTo if number else path.moveTo
            go(x * MM_PT, self._y(y))
        if closed:
            path.close()
        return path


class PictureCanvas:
    """Pages as pictures, (h, w, 3) uint8.

    Parameters
    ----------
    dpi : float
    text : TextEngine
    """

    def __init__(self, dpi: float, text: TextEngine, lang: str) -> None:
        self._scale = dpi / 25.4
        self._text, self._lang = text, lang
        self.pages: list[NDArray[np.uint8]] = []

    def page(self, width_mm: float, height_mm: float) -> None:
        """Begin a page."""
        size = (self._px(height_mm), self._px(width_mm), 3)
        self.pages.append(np.full(size, 255, np.uint8))

    def words(
        self,
        text: str,
        x_mm: float,
        y_mm: float,
        *,
        size_pt: float,
        bold: bool = False,
        colour: str = INK,
        align: str = "left",
    ) -> None:
        """Write one line."""
        from twin.render.compose import blend

        if not text.strip():
            return
        red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
        made = self._image(text, size_pt, bold=bold, rgba=(red, green, blue, 1.0))
        left = x_mm * self._scale - {"right": made.width, "centre": made.width / 2}.get(align, 0.0)
        blend(self.pages[-1], made.rgba, round(left), round(y_mm * self._scale) - made.baseline)

    def width_mm(self, text: str, size_pt: float, *, bold: bool = False) -> float:
        """Return how wide a line is."""
        if not text.strip():
            return 0.0
        made = self._image(text, size_pt, bold=bold, rgba=(0.0, 0.0, 0.0, 1.0))
        return float(made.width) / self._scale

    def image(self, box_mm: Box, pixels: NDArray[np.uint8]) -> None:
        """Place a picture, resampled where its size is another."""
        from PIL import Image

        left, top = self._px(box_mm[0]), self._px(box_mm[1])
        size = (self._px(box_mm[2]), self._px(box_mm[3]))
        picture = Image.fromarray(np.ascontiguousarray(pixels))
        if picture.size != size:
            picture = picture.resize(size, Image.Resampling.LANCZOS)
        page = self.pages[-1]
        there = np.asarray(picture)[: max(page.shape[0] - top, 0), : max(page.shape[1] - left, 0)]
        page[top : top + there.shape[0], left : left + there.shape[1]] = there

    def area(self, points_mm: Sequence[tuple[float, float]], colour: str) -> None:
        """Fill a polygon."""
        self._draw("polygon", points_mm, colour, 0.0)

    def line(
        self, points_mm: Sequence[tuple[float, float]], colour: str, width_pt: float = 0.5
    ) -> None:
        """Draw a line."""
        self._draw("line", points_mm, colour, width_pt)

    def _draw(
        self, what: str, points_mm: Sequence[tuple[float, float]], colour: str, width_pt: float
    ) -> None:
        from PIL import Image, ImageDraw

        picture = Image.fromarray(self.pages[-1])
        pen = ImageDraw.Draw(picture)
        points = [(x * self._scale, y * self._scale) for x, y in points_mm]
        if what == "polygon":
            pen.polygon(points, fill=colour)
        else:
            pen.line(points, fill=colour, width=max(1, round(width_pt * PT_MM * self._scale)))
        self.pages[-1] = np.asarray(picture).copy()

    def _image(
        self, text: str, size_pt: float, *, bold: bool, rgba: tuple[float, float, float, float]
    ) -> Any:
        font_px = max(4, round(size_pt * PT_MM * self._scale))
        return self._text.render(
            text, font_px=font_px, bold=bold, rgba=rgba, halo_rgba=None, locale=self._lang
        )

    def _px(self, mm: float) -> int:
        return max(0, round(mm * self._scale))


@lru_cache(maxsize=2)
def weights(path: Path) -> tuple[bytes, bytes]:
    """Return two weights of a variable typeface, regular and semi-bold, as fonts of their own.

    Without fontTools (extra ``show``) both are the file as it is.
    """
    try:
        from fontTools.ttLib import TTFont
        from fontTools.varLib.instancer import instantiateVariableFont
    except ImportError:
        whole = path.read_bytes()
        return whole, whole
    made = []
    for weight in (400, 650):
        with TTFont(path, recalcTimestamp=False) as font:
            if "fvar" in font:
                axes = {axis.axisTag: axis.defaultValue for axis in font["fvar"].axes}
                instantiateVariableFont(font, {**axes, "wght": weight}, inplace=True)
            # ReportLab knows a font by this name: without another one both weights would be the first.
            font["name"].setName(f"Belvedere-{weight}", 6, 3, 1, 0x409)
            font["name"].setName(f"Belvedere-{weight}", 6, 1, 0, 0)
            for table in ("GPOS", "GSUB", "GDEF", "STAT"):
                if table in font:
                    del font[table]  # a line of a sheet is set without them
            written = io.BytesIO()
            font.save(written)
            made.append(written.getvalue())
    return made[0], made[1]


def _registered(fonts: tuple[bytes, bytes] | None) -> tuple[str, str]:
    if fonts is None:
        return ("Helvetica", "Helvetica-Bold")
    from reportlab.pdfbase.pdfmetrics import registerFont
    from reportlab.pdfbase.ttfonts import TTFont

    for name, font in zip((REGULAR, STRONG), fonts, strict=True):
        registerFont(TTFont(name, io.BytesIO(font)))
    return (REGULAR, STRONG)


def _colour(text: str) -> Any:
    from reportlab.lib.colors import HexColor

    return HexColor(text)
