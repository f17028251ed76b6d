"""The engine of Belvedere: a city, its layers, its time and its pictures. No Qt anywhere in it."""

from __future__ import annotations

__version__ = "0.1.0"
