"""One line of the plugin manager, and its words."""

from __future__ import annotations

from dataclasses import dataclass

from twin.isolation.shelf import Offer, Receipt, Shelf, version_key
from twin.registry import Manifest
from ui.i18n import tr, translator
from ui.plugins.listing import Row


@dataclass(frozen=True, kw_only=True)
class Shown:
    """One line of the list: a plugin that is there, one that a registry offers, or both."""

    id: str
    row: Row | None = None
    manifest: Manifest | None = None
    receipt: Receipt | None = None
    offer: Offer | None = None
    shelf: Shelf | None = None

    @property
    def state(self) -> str:
        """Return the state in which it is shown."""
        return self.row.state if self.row is not None else "available"

    @property
    def title(self) -> str:
        """Return its name in the language of the interface."""
        texts = self.manifest.title if self.manifest is not None else None
        texts = texts or (self.offer.title if self.offer is not None else None) or {}
        return texts.get(translator.language) or texts.get("en") or self.id

    @property
    def newer(self) -> bool:
        """Whether a registry offers a newer version than the one installed."""
        if self.receipt is None or self.offer is None:
            return False
        return version_key(self.offer.version) > version_key(self.receipt.version)


def facts(shown: Shown) -> str:
    """Return version and origin in a line."""
    parts = [shown.id]
    version = shown.row.version if shown.row is not None else ""
    version = version or (shown.offer.version if shown.offer is not None else "")
    if version:
        parts.append(tr("plugins.version", version=version))
    if shown.receipt is not None and shown.receipt.pinned:
        parts.append(tr("plugins.is_pinned"))
    if shown.newer and shown.offer is not None:
        parts.append(tr("plugins.newer", version=shown.offer.version))
    author = shown.manifest.about.get("author") if shown.manifest is not None else None
    if author:
        parts.append(next(iter(author.values())))
    return " · ".join(parts)


def description(shown: Shown) -> str:
    """Return what its author says of it, in the language of the interface."""
    texts = shown.manifest.about.get("description") if shown.manifest is not None else None
    texts = texts or (shown.offer.description if shown.offer is not None else None) or {}
    return texts.get(translator.language) or texts.get("en", "")
