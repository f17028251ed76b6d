"""The application's typeface, from its pinned package, in the weights that the design uses."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from PySide6.QtGui import QFont, QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QWidget

FAMILY = "Inter"
SCRIPTS = ("Noto Sans KR", "Noto Sans Arabic")
"""Families for scripts that the typeface does not have; each comes from its own pinned package."""
ONE_WEIGHT = frozenset({"Noto Sans KR"})
"""Families that come in one weight: Qt would draw bold words with regular letters."""
REGULAR, MEDIUM, SEMIBOLD, BOLD = 400, 500, 600, 700


def load_fonts() -> str:
    """Give the typeface to Qt, once per application, and return its family name.

    Returns
    -------
    str
        ``"Inter"``; the family of the system where the package is missing or Qt cannot read it.

    Raises
    ------
    RuntimeError
        There is no Qt application yet.
    """
    application = QGuiApplication.instance()
    if application is None:
        raise RuntimeError("fonts need a Qt application: call ui.text.ensure_application() first")
    if FAMILY in QFontDatabase.families():
        return FAMILY
    loaded = [QFontDatabase.addApplicationFont(str(path)) for path in font_files()]
    for path in script_files().values():
        QFontDatabase.addApplicationFont(str(path))
    if any(index >= 0 for index in loaded):
        return FAMILY
    return QGuiApplication.font().family()


@cache
def font_files() -> tuple[Path, ...]:
    """Return the upright font files of the pinned package; empty when it is not installed."""
    try:
        import fontpkg_inter
    except ImportError:
        return ()
    files = sorted((Path(fontpkg_inter.ROOT) / "files").glob("*.ttf"))
    return tuple(path for path in files if "Italic" not in path.name)


@cache
def script_files() -> dict[str, Path]:
    """Return the font file of each language that has one of its own: Korean and Arabic."""
    found = {}
    try:
        import pylopdf_fonts_ko

        found["ko"] = pylopdf_fonts_ko.sans_path()
    except ImportError:
        pass
    try:
        import fontpkg_noto_sans_arabic

        files = sorted((Path(fontpkg_noto_sans_arabic.ROOT) / "files").glob("*.ttf"))
        found |= {"ar": files[0]} if files else {}
    except ImportError:
        pass
    return {language: path for language, path in found.items() if path.exists()}


def licence_of(path: Path) -> str:
    """Return the licence that came with a font file's package, empty when it brought none."""
    near = [path.parent.parent / "LICENSE", path.parent / "LICENSE"]
    near += sorted(path.parent.parent.glob(f"{path.parent.name}*.dist-info/licenses/LICENSE"))
    found = next((file for file in near if file.is_file()), None)
    return found.read_text(encoding="utf-8") if found else ""


def licence_file() -> Path | None:
    """Return the licence that came with the typeface, or None when the package is missing."""
    files = font_files()
    if not files:
        return None
    licence = files[0].parent.parent / "LICENSE"
    return licence if licence.exists() else None


def font(px: int = 13, weight: int = REGULAR) -> QFont:
    """Return the typeface at a size in pixels and a weight of 100 to 900.

    The file is a variable font: its weight is an axis. ``QFont.setBold`` and a style sheet's
    ``font-weight`` would only smear the regular outline.
    """
    made = QFont()
    made.setFamilies([load_fonts(), *SCRIPTS])
    made.setPixelSize(px)
    return with_weight(made, weight)


def with_weight(base: QFont, weight: int) -> QFont:
    """Return a copy of a font at another weight."""
    made = QFont(base)
    tag = QFont.Tag("wght")
    if made.family() == FAMILY:
        made.setVariableAxis(tag, float(weight))
    else:
        made.setWeight(QFont.Weight(weight))
    return made


def set_weight(widget: QWidget, weight: int, *, px: int | None = None) -> None:
    """Give a widget's own text another weight, and another size in pixels where ``px`` is given."""
    made = with_weight(widget.font(), weight)
    if px is not None:
        made.setPixelSize(px)
    widget.setFont(made)


def tabular(base: QFont) -> QFont:
    """Return a copy whose figures are all of one width, for columns of numbers and clocks."""
    made = QFont(base)
    made.setFeature(QFont.Tag("tnum"), 1)
    return made
