"""What menus, tool bar, keys and the palette trigger: one record an action, all else is built from them."""

from __future__ import annotations

from ui.actions.action import Action, Scope
from ui.actions.registry import ActionSet

__all__ = ["Action", "ActionSet", "Scope"]
