"""The widget of the 3D view: takes the input, asks for frames, lays out surface and overlay."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, Qt, Signal
from PySide6.QtGui import (
    QAction,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPolygonF,
    QResizeEvent,
    QTouchEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from ui.docks.features import feature_title
from ui.i18n import tr, translator
from ui.viewport.frames import Frames, Step
from ui.viewport.hover import Hover
from ui.viewport.keys import KeyInput
from ui.viewport.making import make_surface
from ui.viewport.mouse import MouseInput
from ui.viewport.overlay import Overlay
from ui.viewport.overlay.contents import layer_title
from ui.viewport.pilot import Pilot
from ui.viewport.scene import Scene
from ui.viewport.section import Section
from ui.viewport.tool import TOOL_KEYS, MouseTool
from ui.viewport.touch import Tap, TouchInput
from ui.viewport.views import Views

if TYPE_CHECKING:
    from twin.render import Hit
    from twin.work.session import Session

LEVEL_DEG = 12.0
"""A flatter view has no one scale."""


class Viewport(Views, QWidget):
    """The view of one session."""

    problems_requested = Signal()
    place_changed = Signal(object)
    """Place under the pointer, (x, y, z) in the scene, or None."""
    state_changed = Signal()
    """X-ray, labels, walking or the like was switched."""
    completed = Signal()
    """Everything of the session is loaded and drawn for the first time."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents)
        self.setMinimumSize(160, 120)
        self.session: Session | None = None
        self.tool: MouseTool | None = None
        self._grabbed: MouseTool | None = None
        self.surface = make_surface(self)
        self.frames = Frames(self._draw, self)
        self.pilot = Pilot(self.surface, self)
        self.scene = Scene(self.surface, self.frames, self)
        self.section = Section(self.stage, self.scene, self)
        self.overlay = Overlay(self)
        self._mouse = MouseInput(self.pilot)
        self._touch = TouchInput(self.pilot)
        self._keys = KeyInput(self.pilot, self)
        self._hover = Hover(self._look_under, self)
        self._hovered: tuple[str, int] | None = None
        self._by_hand = False
        self._finer = 0
        self._connect()
        self.retranslate()
        self.retheme()

    def _connect(self) -> None:
        self.pilot.moved.connect(self._moved)
        self.pilot.walking_changed.connect(self._walking_changed)
        self.frames.drawn.connect(self._drawn)
        self.scene.completed.connect(self._completed)
        self.overlay.north_requested.connect(self.north)
        self.overlay.problems_requested.connect(self.problems_requested)

    def set_session(self, session: Session | None) -> None:
        """Show another session, or nothing."""
        self._hover.leave()
        self.take_tool(None)
        self.pilot.stop()
        self.session = session
        self._by_hand = False
        self.section.set_session(session)
        self.scene.set_session(session)
        self.overlay.set_session(session)
        if session is not None and session.project.views:
            self.stage.camera.look(session.project.views[0])
            self._by_hand = True

    def take_tool(self, tool: MouseTool | None) -> None:
        """Take a mouse tool, or put away the one that is taken."""
        before, self.tool = self.tool, None
        self._grabbed = None
        if before is not None:
            before.leave()
        self.tool = tool
        self.setCursor(Qt.CursorShape.CrossCursor if tool else Qt.CursorShape.ArrowCursor)
        self.overlay.tip.hide()
        self.state_changed.emit()

    def set_actions(self, actions: Sequence[QAction]) -> None:
        """Give the navigation buttons their actions."""
        self.overlay.set_actions(actions)

    def set_seen(self, *, seen: bool) -> None:
        """Rest while nobody can see the view."""
        self.scene.set_seen(seen=seen)

    def retranslate(self) -> None:
        """Word everything again, the labels in the scene too."""
        self.setAccessibleName(tr("viewport.name"))
        self.setAccessibleDescription(tr("viewport.description"))
        self.stage.set_language(translator.language)
        self.overlay.retranslate()
        self.frames.request()

    def retheme(self) -> None:
        """Take over the theme's colours."""
        self.overlay.retheme()

    def close(self) -> bool:
        """Free the stage and stop every timer."""
        self.pilot.close()
        self._keys.release_all()
        self._hover.leave()
        self.overlay.close()
        self.section.close()
        self.scene.close()
        self.frames.close()
        self.surface.close()
        return super().close()

    # Drawing.

    def _draw(self, step: Step) -> bool:
        if step is not Step.MORE:
            self._finer = 0
        elif not (self.stage.waits_for_render or self.stage.piecing):
            # Steps that only wait make nothing finer; those of a picture in parts come to an end by themselves.
            self._finer += 1
        if step is not Step.MORE:
            self.surface.prepare(step)  # first: the boxes are in pixels of the frame
            self.stage.set_keep_out([self._box(box) for box in self.overlay.boxes()])
        more = self.surface.draw(step)
        return more and (self.stage.waits_for_render or self._finer < self.most_steps)

    def _box(self, box: QRect) -> tuple[int, int, int, int]:
        left, top = self.surface.stage_px(QPointF(box.topLeft()))
        right, bottom = self.surface.stage_px(QPointF(box.bottomRight()))
        return round(left), round(top), round(right), round(bottom)

    def _drawn(self, fine: bool) -> None:
        camera = self.stage.camera
        ratio = self.surface.stage_px(QPointF(1.0, 1.0))[0]
        level = camera.pitch_deg < LEVEL_DEG
        self.overlay.set_camera(
            heading_deg=camera.heading_deg,
            metres_per_px=math.nan if level else camera.metres_per_px * ratio,
        )
        self.frames.note(self.surface.paint_ms)
        if fine:
            self.overlay.set_in_sight(self.stage.layers_in_sight())
            self._hover.again()
        else:
            self.surface.note_coarse(self.frames.last_ms)

    def _moved(self) -> None:
        self._by_hand = True
        self.overlay.tip.hide()
        self.overlay.outline.clear()
        self.frames.request()

    def _completed(self) -> None:
        if not self._by_hand:
            self.stage.camera.home()
            self.frames.request()
        self.completed.emit()

    def _walking_changed(self, on: bool) -> None:
        self.overlay.set_walking(on=on)
        self.state_changed.emit()

    # Picking.

    def select_at(self, at: QPointF, *, add: bool) -> None:
        """Select what is under a place; nothing there clears the selection."""
        if self.session is None:
            return
        found = self._feature(self._hit(at))
        selection = self.session.selection
        if found is None:
            if not add:
                selection.clear()
        elif add:
            selection.toggle(found)
        else:
            selection.set([found], current=found)

    def _hit(self, at: QPointF) -> Hit | None:
        return self.stage.pick(*self.surface.stage_px(at))

    def _feature(self, hit: Hit | None) -> tuple[str, str] | None:
        if hit is None or hit.row < 0 or self.session is None:
            return None
        table = self.session.layer(hit.layer_id).table
        if table is None or hit.row >= len(table):
            return None
        return hit.layer_id, str(table.feature_ids[hit.row])

    def _look_under(self, at: QPointF | None) -> None:
        if at is None or self.session is None or self._mouse.dragging:
            self.overlay.tip.hide()
            self.overlay.outline.clear()
            self.place_changed.emit(None)
            return
        x_px, y_px = self.surface.stage_px(at)
        hit = self.stage.pick(x_px, y_px)
        place = hit.xyz_in_scene if hit is not None else self.stage.camera.ground_under(x_px, y_px)
        self.place_changed.emit(tuple(map(float, place)) if place is not None else None)
        if self.tool is not None:
            self.tool.hover(at)
        else:
            self._name(hit, at.toPoint())
        self._outline(hit)

    def _outline(self, hit: Hit | None) -> None:
        """Show the outline of what is under the pointer; what is selected glows already."""
        found = self._feature(hit)
        selected = self.session.selection.features if self.session is not None else ()
        if hit is None or found is None or found in selected:
            self.overlay.outline.clear()
            return
        rings, strokes = self.stage.outline(hit.layer_id, hit.row)
        place = self.surface.widget_px
        self.overlay.outline.show_lines(
            [QPolygonF([place(x, y) for x, y in ring]) for ring in rings],
            [QPolygonF([place(x, y) for x, y in stroke]) for stroke in strokes],
        )

    def _name(self, hit: Hit | None, at: QPoint) -> None:
        found = self._feature(hit)
        self.setCursor(Qt.CursorShape.PointingHandCursor if found else Qt.CursorShape.ArrowCursor)
        if hit is None or found is None or self.session is None:
            self.overlay.tip.hide()
            return
        runtime = self.session.layer(hit.layer_id)
        self.overlay.tip.show_at(
            at,
            self.rect(),
            name=feature_title(runtime, hit.row),
            layer=layer_title(runtime),
        )

    # Events.

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fill the widget with the surface."""
        super().resizeEvent(event)
        self.surface.widget.setGeometry(self.rect())
        self.overlay.place()
        self.frames.request()

    def event(self, event: QEvent) -> bool:
        """Take touches and gestures, and keys of movement before they become shortcuts."""
        kind = event.type()
        if isinstance(event, QTouchEvent):
            self._touched(event)
            return True
        if isinstance(event, QNativeGestureEvent) and self._mouse.gesture(event):
            return True
        if kind == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            for_tool = self.tool is not None and event.key() in TOOL_KEYS
            if for_tool or self._keys.wants(event) or self._ends_walk(event):
                event.accept()
                return True
        elif kind == QEvent.Type.DevicePixelRatioChange:
            self.frames.request()
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a click or a drag."""
        left = event.button() is Qt.MouseButton.LeftButton
        if left and self.tool is not None and self.tool.grab(event.position()):
            self._grabbed = self.tool
        else:
            self._mouse.press(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag, or look at what is under the pointer."""
        if self._grabbed is not None:
            self._grabbed.drag(event.position(), event.modifiers())
        elif self._mouse.pressed:
            self._mouse.move(event)
        else:
            self._hover.move(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End a drag, or select."""
        if self._grabbed is not None:
            grabbed, self._grabbed = self._grabbed, None
            grabbed.drop()
        elif self._mouse.release(event):
            if self.tool is not None:
                self.tool.click(event.position(), event.modifiers())
                return
            add = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
            self.select_at(event.position(), add=add)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Fly to what was clicked, or complete what a tool draws."""
        if self.tool is not None:
            self.tool.finish()
        elif event.button() is Qt.MouseButton.LeftButton and not self.pilot.walking:
            self.pilot.fly_to_point(event.position())

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom to the cursor."""
        self._mouse.wheel(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move, or end a walk."""
        if self.tool is not None and self.tool.key(event):
            event.accept()
        elif self._ends_walk(event):
            self.pilot.end_walk()
        elif not self._keys.press(event):
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Stop moving."""
        if not self._keys.release(event):
            super().keyReleaseEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show where the focus is when it came by key."""
        by_key = event.reason() in (
            Qt.FocusReason.TabFocusReason,
            Qt.FocusReason.BacktabFocusReason,
        )
        self.overlay.set_focus_shown(shown=by_key)
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Forget keys that are down: their release goes elsewhere."""
        self._keys.release_all()
        self.overlay.set_focus_shown(shown=False)
        super().focusOutEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """The pointer is elsewhere."""
        self._hover.leave()
        super().leaveEvent(event)

    def _touched(self, event: QTouchEvent) -> None:
        tap, at = self._touch.handle(event)
        if tap is Tap.ONE:
            self.select_at(at, add=False)
        elif tap is Tap.TWO:
            self.pilot.fly_to_point(at)

    def _ends_walk(self, event: QKeyEvent) -> bool:
        return self.pilot.walking and event.key() == Qt.Key.Key_Escape
