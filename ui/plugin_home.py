"""Where this user's plugins, and what the user decided about them, are kept."""

from __future__ import annotations

import functools
import os
from pathlib import Path
from typing import TYPE_CHECKING

from ui.shipped import ROOT

if TYPE_CHECKING:
    from twin.isolation.warden import Warden
    from twin.registry import Registry

BUNDLED = (ROOT / "layers", ROOT / "plugins")
FOLDER = "BELVEDERE_PLUGINS"
"""Environment variable: another folder than the user's own."""


def user_folder() -> Path:
    """Return the folder of the user's plugins; it may not exist yet."""
    import platformdirs

    named = os.environ.get(FOLDER)
    if named:
        return Path(named)
    return Path(platformdirs.user_data_dir("belvedere", appauthor=False)) / "plugins"


def decisions_file() -> Path:
    """Return the file with what the user decided about plugins."""
    import platformdirs

    return Path(platformdirs.user_config_dir("belvedere", appauthor=False)) / "plugins.json"


def environments_folder() -> Path:
    """Return the folder of the plugins' own environments."""
    return user_folder().parent / "plugin-environments"


@functools.lru_cache(maxsize=1)
def warden() -> Warden:
    """Return who looks after isolated plugins in this process."""
    from twin.isolation.trust import TrustStore
    from twin.isolation.warden import Warden

    return Warden(TrustStore(decisions_file()), environments=environments_folder())


def registry() -> Registry:
    """Return the built-in layers, the bundled plugins and those of this user; imports none of them."""
    from twin.isolation.discovery import open_registry

    return open_registry(BUNDLED, warden(), user=user_folder())
