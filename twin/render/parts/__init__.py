"""Drawables to triangles with attributes. Pure arrays: may run on a worker."""
