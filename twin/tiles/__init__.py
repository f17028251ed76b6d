"""3D Tiles 1.1: baking tilesets, and streaming them."""

from __future__ import annotations
