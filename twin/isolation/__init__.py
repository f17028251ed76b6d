"""Plugins of strangers: in a process of their own, behind walls that the system enforces."""

from __future__ import annotations
