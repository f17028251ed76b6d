"""What windows share: settings, theme, layer types, the folder of the application's own state."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from twin.work.prepared import Prepared
from ui.settings import Settings
from ui.shipped import DEMO, ROOT
from ui.theme import Theme

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from twin.registry import Registry

PLUGIN_FOLDERS = (ROOT / "layers", ROOT / "plugins")


@dataclass(frozen=True, kw_only=True)
class Services:
    """Made once an application; a test makes its own."""

    settings: Settings
    theme: Theme
    registry: Registry
    state_dir: Path
    demo: Path = DEMO
    prepared: Prepared | None = None


def state_dir() -> Path:
    """Return the folder for what must outlive a crash, by the habits of the system."""
    import platformdirs

    named = os.environ.get("BELVEDERE_STATE")
    return Path(named) if named else Path(platformdirs.user_state_dir("belvedere", appauthor=False))


def cache_dir() -> Path:
    """Return the folder for what can be made again, by the habits of the system."""
    import platformdirs

    named = os.environ.get("BELVEDERE_CACHE")
    return Path(named) if named else Path(platformdirs.user_cache_dir("belvedere", appauthor=False))


def kept_layers() -> Prepared:
    """Return where layers that were built before are found again."""
    return Prepared(cache_dir() / "layers")


def make_services(app: QApplication, settings: Settings) -> Services:
    """Make what the windows of an application share."""
    from ui.plugin_home import registry

    return Services(
        settings=settings,
        theme=Theme(app, settings.theme),
        registry=registry(),
        state_dir=state_dir(),
        prepared=kept_layers(),
    )
