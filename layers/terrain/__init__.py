"""Terrain: a grid of heights as the ground of the scene, with a picture on it or without."""
