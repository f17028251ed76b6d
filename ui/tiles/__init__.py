"""Baking 3D Tiles from the window."""
