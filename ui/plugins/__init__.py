"""Plugins from the user's side: where they are kept, the manager in the window."""

from __future__ import annotations
