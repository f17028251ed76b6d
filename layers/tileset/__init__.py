"""The layer of streamed 3D Tiles."""
