"""Icons from QtAwesome in the colours of the theme."""

from __future__ import annotations

from PySide6.QtGui import QIcon

from ui.theme import current_palette


def icon(name: str, colour: str = "") -> QIcon:
    """Return a QtAwesome icon, for instance ``mdi6.home-outline``, in the theme's colours.

    An unknown name (a plugin may have written it) gives a plain square, never an exception.
    """
    import qtawesome  # loads fonts, so only once a window exists

    palette = current_palette()
    colours = {
        "color": colour or palette.icon,
        "color_disabled": palette.disabled,
        "color_on": palette.accent,
    }
    try:
        made: QIcon = qtawesome.icon(name, **colours)
    except Exception:  # noqa: BLE001 - whatever QtAwesome raises for an unknown name or font
        made = qtawesome.icon("mdi6.square-outline", **colours)
    return made
