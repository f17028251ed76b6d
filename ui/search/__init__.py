"""Finding things by what is typed: coordinates in any usual notation, places and features by their words."""

from __future__ import annotations

from ui.search.coordinates import Place, understand
from ui.search.index import LayerIndex, find, index_layer

__all__ = ["LayerIndex", "Place", "find", "index_layer", "understand"]
