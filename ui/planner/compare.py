"""Two to four views side by side, one camera and one clock, each with a variant; and the list of differences."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QPushButton,
    QSplitter,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from twin.model import plans
from twin.work.session import Session
from ui.bridge import Bridge
from ui.i18n import text, tr, translator
from ui.viewport import Viewport

if TYPE_CHECKING:
    from datetime import datetime

    from ui.window.main import MainWindow

MOST_VIEWS = 4
ADDED, REMOVED, CHANGED = (35, 139, 69, 255), (203, 24, 29, 255), (254, 178, 76, 255)
DELTA = Qt.ItemDataRole.UserRole


def open_compare(window: MainWindow) -> CompareWindow | None:
    """Open the comparison of the project that is open, with the city as it is beside the first variant."""
    session = window.session
    if session is None or not session.project.variants:
        return None
    made = CompareWindow(window)
    first = session.variant or session.project.variants[0].id
    others = [v.id for v in session.project.variants if v.id != first]
    made.show_variants(["", first] if not session.variant or not others else [first, others[0]])
    made.show()
    return made


class Side(QWidget):
    """One view of a comparison with its own session."""

    def __init__(self, window: MainWindow, variant: str, parent: QWidget) -> None:
        super().__init__(parent)
        given = window.session
        assert given is not None  # noqa: S101 - open_compare asks first
        self.bridge = Bridge(self)
        self.viewport = Viewport(self)
        self.chosen = QComboBox()
        self.chosen.addItem(tr("plan.as_it_is"), "")
        for known in given.project.variants:
            self.chosen.addItem(text(known.label, known.id), known.id)
        self.chosen.setAccessibleName(tr("plan.variant"))
        self.session = Session(
            given.project, given.folder, given.registry, deliver=self.bridge.deliver
        )
        self.session.clock.set(given.clock.at)
        self.session.set_variant(variant)
        self.chosen.setCurrentIndex(max(0, self.chosen.findData(variant)))
        self.chosen.currentIndexChanged.connect(
            lambda _index: self.session.set_variant(str(self.chosen.currentData() or ""))
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.chosen)
        layout.addWidget(self.viewport, 1)
        self.session.start()
        self.viewport.set_session(self.session)
        self.coloured = False
        self.session.layer_changed.connect(self._on_layer)

    def set_coloured(self, *, on: bool) -> None:
        """Colour what the variant adds, changes and removes."""
        self.coloured = on
        for runtime in self.session.layers():
            self._colour(runtime.spec.id)

    def _on_layer(self, layer: str, aspects: frozenset[str]) -> None:
        if self.coloured and aspects & {"drawables", "colours", "rows"}:
            self._colour(layer)

    def _colour(self, layer: str) -> None:
        known = {r.spec.id: r for r in self.session.layers()}
        if layer not in known or layer not in self.viewport.stage.layer_ids:
            return
        runtime = known[layer]
        rgba, rows = runtime.rgba, runtime.rows_visible
        if self.coloured and runtime.table is not None and runtime.changes:
            rgba, rows = differences(runtime.table.frame, runtime.changes, rgba, rows)
        self.viewport.stage.recolour(layer, rgba)
        self.viewport.stage.set_rows(layer, rows)
        self.viewport.scene.refresh()

    def end(self) -> None:
        """Let go of everything."""
        self.session.layer_changed.disconnect(self._on_layer, missing_ok=True)
        self.viewport.set_session(None)
        self.viewport.close()
        self.bridge.close()
        self.session.close()


def differences(
    frame: object,
    changes: plans.Changes,
    rgba: np.ndarray,
    rows: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Return colours and visibility in which new rows are green, changed ones orange, removed ones red and there.

    Parameters
    ----------
    frame : DataFrame of the layer in the variant
    rgba : (n, 4) uint8, rows : (n,) bool
        As they are without the comparison.
    """
    rgba, rows = rgba.copy(), rows.copy()
    ids = frame["feature_id"].astype(str).to_numpy()  # type: ignore[index]
    by_op: dict[str, set[str]] = {}
    for change in changes:
        by_op.setdefault(change.op, set()).add(change.feature_id)
    stems = np.array([name.partition("~")[0] for name in ids], object)
    added = np.isin(stems, list(by_op.get(plans.ADD, ())))
    removed = np.isin(ids, list(by_op.get(plans.REMOVE, ()))) & ~added
    changed = np.isin(stems, list(by_op.get(plans.MODIFY, ()))) & (ids != stems)
    rgba[added], rgba[removed], rgba[changed] = ADDED, REMOVED, CHANGED
    rows[removed] = True
    return rgba, rows


class CompareWindow(QWidget):
    """The comparison."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window, Qt.WindowType.Window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._window = window
        self._following = False
        self.sides: list[Side] = []
        self._splitter = QSplitter(Qt.Orientation.Horizontal)
        self.more, self.fewer = QPushButton("+"), QPushButton("−")
        self.colours = QCheckBox()
        self.list = QTreeWidget()
        self.list.setRootIsDecorated(False)
        self.list.setMaximumHeight(180)
        bar = QHBoxLayout()
        bar.addWidget(self.colours, 1)
        bar.addWidget(self.fewer)
        bar.addWidget(self.more)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.addLayout(bar)
        layout.addWidget(self._splitter, 1)
        layout.addWidget(self.list)
        self.more.clicked.connect(self.add_view)
        self.fewer.clicked.connect(self.remove_view)
        self.colours.toggled.connect(self._colour)
        self.list.currentItemChanged.connect(lambda *_: self._fly())
        if window.session is not None:
            window.session.clock.changed.connect(self._on_time)
        window.session_changed.connect(self._on_session)
        translator.language_changed.connect(self.retranslate)
        self.resize(1300, 800)
        self.retranslate()

    def retranslate(self, _language: str = "") -> None:
        """Word everything again."""
        self.setWindowTitle(tr("compare.title"))
        self.colours.setText(tr("compare.colours"))
        self.more.setToolTip(tr("compare.more"))
        self.fewer.setToolTip(tr("compare.fewer"))
        self.list.setHeaderLabels(
            [tr(f"plan.{h}") for h in ("variant", "change", "feature", "phase")]
        )
        self._fill()

    def show_variants(self, variants: list[str]) -> None:
        """Show one view for each variant, all from where the main view looks."""
        while self.sides:
            self._drop()
        for variant in variants[:MOST_VIEWS]:
            self._add(variant)
        self._fill()

    def add_view(self) -> None:
        """Add a view of the next variant."""
        session = self._window.session
        if session is None or len(self.sides) >= MOST_VIEWS:
            return
        shown = {side.session.variant for side in self.sides}
        names = ["", *(v.id for v in session.project.variants)]
        self._add(next((name for name in names if name not in shown), names[-1]))
        self._fill()

    def remove_view(self) -> None:
        """Take the last view away; two stay."""
        if len(self.sides) > 2:
            self._drop()
            self._fill()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Let go of every session and stage."""
        while self.sides:
            self._drop()
        if self._window.session is not None:
            self._window.session.clock.changed.disconnect(self._on_time, missing_ok=True)
        super().closeEvent(event)

    def _add(self, variant: str) -> None:
        side = Side(self._window, variant, self._splitter)
        self._splitter.addWidget(side)
        camera = self.sides[0].viewport if self.sides else self._window.viewport
        side.viewport.pilot.set_animated(on=False)
        side.viewport.pilot.fly(camera.stage.camera.pose, 0.0)
        side.viewport.pilot.moved.connect(lambda: self._follow(side))
        side.session.variant_changed.connect(self._on_variant)
        side.set_coloured(on=self.colours.isChecked())
        self.sides.append(side)

    def _drop(self) -> None:
        side = self.sides.pop()
        side.session.variant_changed.disconnect(self._on_variant, missing_ok=True)
        side.end()
        side.setParent(None)
        side.deleteLater()

    def _on_variant(self, _variant: str) -> None:
        self._fill()

    def _on_session(self, _session: object) -> None:
        self.close()

    def _on_time(self, at: datetime) -> None:
        for side in self.sides:
            side.session.clock.set(at)

    def _follow(self, leader: Side) -> None:
        if self._following:
            return
        self._following = True
        pose = leader.viewport.stage.camera.pose
        for side in self.sides:
            if side is not leader:
                side.viewport.stage.camera.pose = replace(pose)
                side.viewport.frames.request()
        self._following = False

    def _colour(self, on: bool) -> None:
        for side in self.sides:
            side.set_coloured(on=on)

    def _fill(self) -> None:
        self.list.clear()
        session = self._window.session
        if session is None:
            return
        phases = {p.id: text(p.label, p.id) for p in session.project.phases}
        labels = {v.id: text(v.label, v.id) for v in session.project.variants}
        for variant in dict.fromkeys(side.session.variant for side in self.sides):
            for delta in plans.deltas_of(session.project, variant) if variant else ():
                words = [
                    labels.get(variant, variant),
                    tr(f"plan.op_{delta.op}"),
                    delta.feature_id,
                    phases.get(delta.phase, tr("plan.always")),
                ]
                item = QTreeWidgetItem(words)
                item.setData(0, DELTA, delta)
                self.list.addTopLevelItem(item)

    def _fly(self) -> None:
        item = self.list.currentItem()
        delta = item.data(0, DELTA) if item is not None else None
        if delta is None:
            return
        for side in self.sides:
            layers = {r.spec.id: r for r in side.session.layers()}
            runtime = layers.get(delta.layer)
            if runtime is None or runtime.table is None:
                continue
            row = runtime.table.row_of(delta.feature_id)
            if row >= 0:
                x, y = runtime.table.frame.geometry.iloc[row].centroid.coords[0][:2]
                origin = side.session.project.frame.origin
                at = np.array([[x - origin[0], y - origin[1]]])
                z = float(side.session.ground.height_m(at)[0])
                x_s, y_s = at[0]
                side.viewport.fly_to_bounds((x_s - 60, y_s - 60, z, x_s + 60, y_s + 60, z + 20))
                return
