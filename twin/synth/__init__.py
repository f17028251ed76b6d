"""Deterministic generators of synthetic cities: the demo city and benchmark footprints. No Qt, no VTK."""
