"""A report as a file: PDF with vector text, pictures, or its numbers as CSV. The same input gives the same bytes."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

from twin.errors import BelvedereError
from twin.export.canvas import PdfCanvas, PictureCanvas, weights
from twin.export.sheet import Composer, Setting
from twin.export.shots import Shots
from twin.export.template import Template
from twin.progress import Progress
from twin.render.label_pictures import worded
from twin.render.text import TextEngine

if TYPE_CHECKING:
    from twin.work.session import Session

SUFFIXES = (".pdf", ".png", ".csv")
MOST_SIDE_PX = 16_384


def write_report(
    session: Session,
    template: Template,
    out: Path,
    *,
    text: TextEngine,
    setting: Setting,
    progress: Progress,
    font: Path | None = None,
) -> list[Path]:
    """Compose a template from a loaded session and write it.

    Parameters
    ----------
    out : Path
        ``.pdf``, ``.png`` (several pages get numbers) or ``.csv`` (the indicators).
    font : Path or None
        TrueType file of the texts in a PDF; None: Helvetica.

    Returns
    -------
    list of Path
        What was written.

    Raises
    ------
    BelvedereError
        The template names what does not exist, a page is too large, the file cannot be written.
    """
    if out.suffix.lower() == ".csv":
        return _numbers(session, out, setting.lang)
    with contextlib.ExitStack() as stack:
        shots = Shots(session, text, setting.lang) if setting.pictures else None
        if shots is not None:
            stack.callback(shots.close)
        composer = Composer(session, template, shots, setting)
        if out.suffix.lower() == ".pdf":
            title = worded(session.project.title, setting.lang)
            return _pdf(composer, out, PdfCanvas(title, weights(font) if font else None), progress)
        return _pictures(composer, template, out, text, setting, progress)


def _numbers(session: Session, out: Path, lang: str) -> list[Path]:
    from twin.work.indicators import indicators_of_variants

    indicators_of_variants(session, lang=lang).write_csv(out)
    return [out]


def _pdf(composer: Composer, out: Path, canvas: PdfCanvas, progress: Progress) -> list[Path]:
    composer.compose(canvas, progress)
    return _written([(out, canvas.finish())])


def _pictures(  # noqa: PLR0917 - what a report is made of
    composer: Composer,
    template: Template,
    out: Path,
    text: TextEngine,
    setting: Setting,
    progress: Progress,
) -> list[Path]:
    from io import BytesIO

    from PIL import Image

    dpi = setting.dpi or template.dpi
    sides = [round(side * dpi / 25.4) for side in template.size_mm]
    if max(sides) > MOST_SIDE_PX:
        raise BelvedereError("report.too_large", str(out), side=max(sides), most=MOST_SIDE_PX)
    canvas = PictureCanvas(dpi, text, setting.lang)
    composer.compose(canvas, progress)
    files = []
    for number, page in enumerate(canvas.pages, start=1):
        many = len(canvas.pages) > 1
        path = out.with_name(f"{out.stem}-{number:02d}{out.suffix}") if many else out
        packed = BytesIO()
        Image.fromarray(page).save(packed, "PNG", dpi=(dpi, dpi))
        files.append((path, packed.getvalue()))
    return _written(files)


def _written(files: list[tuple[Path, bytes]]) -> list[Path]:
    for path, data in files:
        try:
            path.write_bytes(data)
        except OSError as error:
            reason = error.strerror or str(error)
            raise BelvedereError("report.cannot_write", str(path), reason=reason) from error
    return [path for path, _ in files]
