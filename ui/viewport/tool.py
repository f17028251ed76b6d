"""A mouse tool: while one is taken, clicks in the view are its places and no selection."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QKeyEvent

TOOL_KEYS = frozenset(
    {
        Qt.Key.Key_Escape,
        Qt.Key.Key_Return,
        Qt.Key.Key_Enter,
        Qt.Key.Key_Backspace,
        Qt.Key.Key_Period,
        Qt.Key.Key_Comma,
        Qt.Key.Key_Minus,
        *(Qt.Key(Qt.Key.Key_0.value + digit) for digit in range(10)),
    }
)
"""Keys that are a tool's own while it is taken, whatever shortcut they are: typed lengths, done, back, away."""


class MouseTool(Protocol):
    """What the viewport asks of a tool. The wheel, and drags that it does not grab, go on moving the camera."""

    def grab(self, at: QPointF) -> bool:
        """The left button went down; returns whether the tool takes hold of what is there."""

    def drag(self, at: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        """The pointer moved with what was grabbed."""

    def drop(self) -> None:
        """What was grabbed is let go."""

    def click(self, at: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        """A place was clicked, in pixels of the view."""

    def hover(self, at: QPointF) -> None:
        """The pointer is over a place."""

    def finish(self) -> None:
        """A double click: what was drawn is complete."""

    def key(self, event: QKeyEvent) -> bool:
        """A key went down; returns whether it was for the tool."""

    def leave(self) -> None:
        """The tool is put away: what it drew goes."""
