"""What every part of the planning panel does: knows the place in the plan, makes changes, takes drawing tools."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from PySide6.QtWidgets import QPushButton
from shapely.affinity import translate

from twin.errors import BelvedereError
from twin.model.project import Delta
from twin.work import developments as dev
from ui.forms.boxes import NumberBox
from ui.i18n import translator
from ui.planner.drawing import DrawTool

if TYPE_CHECKING:
    from ui.planner.plans_panel import PlansPanel
    from ui.viewport.tool import MouseTool
    from ui.window.main import MainWindow

T = TypeVar("T")


class PlanWork:
    """The chosen variant and phase of a panel, and what is done in them."""

    def __init__(self, window: MainWindow, panel: PlansPanel) -> None:
        self.window, self.panel = window, panel

    def place(self, layer: str = "") -> tuple[str, str, str]:
        """Return variant, phase and layer of what is planned now; without a layer that of buildings."""
        session = self.window.session
        if not layer and session is not None:
            layer = dev.building_layer(session)
        return (self.panel.variant_id, self.panel.phase_id or "always", layer)

    def outline(self, layer: str, row: int) -> Any:
        """Return the outline of a feature in the CRS, of a streamed one that of its tile; None where it has no area."""
        session = self.window.session
        table = session.layer(layer).table if session is not None else None
        if session is None or table is None or row < 0:
            return None
        shape = table.frame.geometry.iloc[row]
        streamed = self.window.viewport.stage.streamed().get(layer)
        if shape is None and streamed is not None:
            x, y, _ = session.project.frame.origin
            shape = translate(streamed.outline(row), x, y)
        areal = shape is not None and shape.geom_type in ("Polygon", "MultiPolygon")
        return shape if areal and not shape.is_empty else None

    def do(self, label: str, found: Sequence[Delta], *, merge: str = "") -> None:
        """Make changes; one undo takes them all back."""
        session = self.window.session
        if session is not None and found:
            session.do(label, lambda p: dev.with_all(p, found), merge=merge)

    def attempt(self, work: Callable[[], T]) -> T | None:
        """Return what work gives, or tell why it cannot be done."""
        try:
            return work()
        except BelvedereError as error:
            self.window.tell(error.problem)
            return None

    def draw(
        self,
        button: QPushButton,
        done: Callable[[np.ndarray], None],
        *,
        closed: bool = False,
        most: int = 0,
    ) -> DrawTool:
        """Take a tool that draws on the ground; the button comes up when it is put away."""
        tool = DrawTool(self.window.viewport, closed=closed, on_ground=True, most=most)
        tool.done.connect(done)
        self.take(button, tool)
        self.window.say("plan.draw_advice")
        return tool

    def take(self, button: QPushButton, tool: DrawTool | MouseTool) -> None:
        """Take a tool of the view."""
        tool.left.connect(lambda: button.setChecked(False))  # type: ignore[union-attr]
        self.window.viewport.take_tool(tool)
        self.window.viewport.setFocus()

    def put_away(self, tool: object) -> None:
        """Put a tool away, if it is the one that is taken."""
        if tool is not None and self.window.viewport.tool is tool:
            self.window.viewport.take_tool(None)


def metres(value: float, low: float, high: float, step: float = 0.5) -> NumberBox:
    """Return a field for a length."""
    field = NumberBox()
    field.setRange(low, high)
    field.setValue(value)
    field.setSingleStep(step)
    field.setSuffix(" m")
    field.setLocale(translator.locale)
    return field
