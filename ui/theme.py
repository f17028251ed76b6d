"""Light and dark: palettes whose contrasts are tested, and the style sheet made of them."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from string import Template

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from ui.stylesheet import SHEET

ICONS = Path(__file__).resolve().parents[1] / "assets" / "icons"


@dataclass(frozen=True, slots=True, kw_only=True)
class Palette:
    """Colours as ``#rrggbb``. A ``card`` is what lies on the 3D picture, ``card_alpha`` its opacity (0..255)."""

    name: str
    window: str  # behind everything
    panel: str  # docks, bars
    base: str  # lists, fields
    alternate: str  # every other row
    text: str
    muted: str  # secondary text
    disabled: str
    border: str  # lines between areas
    outline: str  # borders of fields and buttons
    hover: str
    accent: str  # focus, checked, links
    on_accent: str  # text on the accent
    accent_soft: str  # selected rows
    on_soft: str
    icon: str
    danger: str
    warning: str
    good: str
    card: str
    card_text: str
    card_alpha: int


LIGHT = Palette(
    name="light",
    window="#eef0f2",
    panel="#f8f9fa",
    base="#ffffff",
    alternate="#f3f5f6",
    text="#1c2329",
    muted="#55616b",
    disabled="#98a2aa",
    border="#d9dee2",
    outline="#848f98",
    hover="#e7ecef",
    accent="#0a6c85",
    on_accent="#ffffff",
    accent_soft="#d5eaf0",
    on_soft="#0d2a33",
    icon="#3c4750",
    danger="#b3261e",
    warning="#8a5300",
    good="#1d6b3a",
    card="#ffffff",
    card_text="#1c2329",
    card_alpha=228,
)

DARK = Palette(
    name="dark",
    window="#14181b",
    panel="#1b2024",
    base="#15191c",
    alternate="#191e21",
    text="#e7eaec",
    muted="#a3aeb6",
    disabled="#5f6a72",
    border="#2b3237",
    outline="#6d7981",
    hover="#272e33",
    accent="#5cc3dc",
    on_accent="#06232b",
    accent_soft="#1d4450",
    on_soft="#e8f6fa",
    icon="#c3ccd2",
    danger="#ff8f86",
    warning="#f0b429",
    good="#6fcf97",
    card="#14181b",
    card_text="#f0f3f5",
    card_alpha=216,
)

_current = LIGHT


def current_palette() -> Palette:
    """Return the palette in use."""
    return _current


def luminance(colour: str) -> float:
    """Return the relative luminance of ``#rrggbb`` (WCAG 2.2, "relative luminance")."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: str, second: str) -> float:
    """Return the contrast ratio of two ``#rrggbb`` colours, 1 to 21 (WCAG 2.2, "contrast ratio")."""
    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def over(colour: str, alpha: int, ground: str) -> str:
    """Return what ``colour`` with an opacity of 0..255 looks like on ``ground``."""
    mixed = []
    for i in (1, 3, 5):
        top, below = int(colour[i : i + 2], 16), int(ground[i : i + 2], 16)
        mixed.append(round((top * alpha + below * (255 - alpha)) / 255))
    return "#{:02x}{:02x}{:02x}".format(*mixed)


class Theme(QObject):
    """Dresses the application; follows the system while its mode is ``system``."""

    changed = Signal()

    def __init__(self, app: QApplication, mode: str = "system") -> None:
        super().__init__(app)
        self._app = app
        self._mode = mode
        hints = QGuiApplication.styleHints()
        hints.colorSchemeChanged.connect(self._system_changed)
        app.setStyle("Fusion")
        self._apply()

    @property
    def mode(self) -> str:
        """``system``, ``light`` or ``dark``."""
        return self._mode

    @property
    def palette(self) -> Palette:
        """The palette in use."""
        return current_palette()

    def set_mode(self, mode: str) -> None:
        """Switch; takes effect at once. Raises ValueError for an unknown mode."""
        if mode not in ("system", "light", "dark"):
            raise ValueError(f"mode must be 'system', 'light' or 'dark', got {mode!r}")
        if mode != self._mode:
            self._mode = mode
            self._apply()

    def close(self) -> None:
        """Stop following the system."""
        QGuiApplication.styleHints().colorSchemeChanged.disconnect(self._system_changed)

    def _system_changed(self) -> None:
        if self._mode == "system":
            self._apply()

    def _apply(self) -> None:
        global _current  # noqa: PLW0603 - one application, one palette, read by widgets that paint themselves
        dark = self._mode == "dark"
        if self._mode == "system":
            dark = system_is_dark()
        _current = DARK if dark else LIGHT
        self._app.setPalette(qt_palette(_current))
        self._app.setStyleSheet(style_sheet(_current))
        self.changed.emit()


def system_is_dark() -> bool:
    """Whether the system asks for a dark look."""
    return QGuiApplication.styleHints().colorScheme() is Qt.ColorScheme.Dark


def style_sheet(palette: Palette) -> str:
    """Return the application's style sheet in a palette's colours."""
    names = {f.name: str(getattr(palette, f.name)) for f in fields(palette)}
    return Template(SHEET).substitute(names, icons=ICONS.as_posix())


def qt_palette(palette: Palette) -> QPalette:
    """Return the Qt palette for what the style sheet does not reach."""
    made = QPalette()
    role = QPalette.ColorRole
    for target, colour in (
        (role.Window, palette.panel),
        (role.WindowText, palette.text),
        (role.Base, palette.base),
        (role.AlternateBase, palette.alternate),
        (role.Text, palette.text),
        (role.Button, palette.panel),
        (role.ButtonText, palette.text),
        (role.BrightText, palette.danger),
        (role.ToolTipBase, palette.base),
        (role.ToolTipText, palette.text),
        (role.PlaceholderText, palette.muted),
        (role.Highlight, palette.accent_soft),
        (role.HighlightedText, palette.on_soft),
        (role.Link, palette.accent),
        (role.Mid, palette.border),
        (role.Dark, palette.outline),
        (role.Light, palette.base),
        (role.Accent, palette.accent),
    ):
        made.setColor(target, QColor(colour))
    for target in (role.WindowText, role.Text, role.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, target, QColor(palette.disabled))
    return made
