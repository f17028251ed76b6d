"""What the user says of a file: what its heights are, which column means what, where a model without a place stands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFormLayout,
    QLabel,
    QPushButton,
    QWidget,
)

from ui.forms.boxes import NumberBox
from ui.i18n import tr, translator

if TYPE_CHECKING:
    from twin.io import LayerInfo
    from twin.model.geoframe import GeoFrame
    from twin.model.ground import Ground
    from twin.registry import Registry

HEIGHTS = ("", "sea", "ellipsoid")
UNITS = ("m", "ft", "us-ft", "cm", "mm")
MODELS = frozenset({"mesh", "cloud"})
NEAR_ZERO_M = 20_000.0
"""Numbers beyond that are coordinates, of whatever system: such a model has a place."""
SHORTEST_CHOICE = 14
_LIMITS = {"x": 1e8, "y": 1e8, "z": 1e5, "angle_deg": 360.0, "scale": 1e4}


def place_in_scene(
    layer: LayerInfo, frame: GeoFrame, ground: Ground | None = None
) -> dict[str, float]:
    """Return the middle of the scene for a model around its own zero, on the ground; empty for what has a place."""
    if layer.kind not in MODELS or layer.crs or layer.extent is None:
        return {}
    if max(map(abs, layer.extent)) > NEAR_ZERO_M:
        return {}
    x, y, z = frame.origin
    if ground is not None:
        z += round(float(ground.height_m([[0.0, 0.0]])[0]), 2)
    return {"x": x, "y": y, "z": z, "angle_deg": 0.0, "scale": 1.0}


class ImportOptions(QWidget):
    """A form that fits the layer which is shown; ``changed`` after every choice."""

    changed = Signal()
    pick_wanted = Signal()
    """The user wants to click the place of a model in the view."""

    def __init__(self, registry: Registry, frame: GeoFrame, *, can_pick: bool = False) -> None:
        super().__init__()
        self._registry, self._frame, self._can_pick = registry, frame, can_pick
        self.pick = QPushButton()
        self._form = QFormLayout(self)
        self._form.setContentsMargins(0, 0, 0, 0)
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self.heights, self.unit = QComboBox(), QComboBox()
        self.place: dict[str, NumberBox] = {}
        self.columns: dict[str, QComboBox] = {}
        self._layer: LayerInfo | None = None
        self._type_id = ""

    def show_layer(
        self, layer: LayerInfo, type_id: str, options: Mapping[str, Any], params: Mapping[str, Any]
    ) -> None:
        """Build the form anew for a layer, with what was chosen before."""
        self._layer, self._type_id = layer, type_id
        while self._form.rowCount():
            self._form.removeRow(0)
        self.place, self.columns = {}, {}
        if layer.z_range is not None:
            self._add_heights(options)
        place = options.get("place") or place_in_scene(layer, self._frame)
        if place:
            self._add_place(place)
        self._add_columns(params)

    def set_place(self, xyz_in_scene: tuple[float, float, float]) -> None:
        """Put the model where the view was clicked, its zero on the ground there."""
        for name, value, origin in zip(
            ("x", "y", "z"), xyz_in_scene, self._frame.origin, strict=True
        ):
            self.place[name].setValue(value + origin)

    def options(self) -> dict[str, Any]:
        """Return what is said of the source; nothing where all is left as it is."""
        found: dict[str, Any] = {}
        if self._layer is not None and self._layer.z_range is not None:
            if self.heights.currentData():
                found["heights"] = self.heights.currentData()
            if self.unit.currentData() != "m":
                found["z_unit"] = self.unit.currentData()
        if self.place:
            found["place"] = {name: box.value() for name, box in self.place.items()}
        return found

    def params(self) -> dict[str, Any]:
        """Return the columns that were chosen by hand, by parameter."""
        return {name: box.currentData() for name, box in self.columns.items() if box.currentData()}

    def _add_heights(self, options: Mapping[str, Any]) -> None:
        self.heights, self.unit = QComboBox(), QComboBox()
        for value in HEIGHTS:
            self.heights.addItem(tr(f"import.heights_are.{value or 'file'}"), value)
        for value in UNITS:
            self.unit.addItem(tr(f"import.unit.{value}"), value)
        self.heights.setCurrentIndex(max(self.heights.findData(options.get("heights", "")), 0))
        self.unit.setCurrentIndex(max(self.unit.findData(options.get("z_unit", "m")), 0))
        for key, box in (("import.heights_are", self.heights), ("import.unit", self.unit)):
            self._add_row(tr(key), box)
            box.activated.connect(lambda *_: self.changed.emit())

    def _add_place(self, told: Mapping[str, Any]) -> None:
        for name, limit in _LIMITS.items():
            box = NumberBox()
            box.setRange(0.0001 if name == "scale" else -limit, limit)
            box.setDecimals(4 if name == "scale" else 2)
            box.setValue(float(told[name]))
            self.place[name] = box
            self._add_row(tr(f"import.place.{name}"), box)
            box.valueChanged.connect(lambda *_: self.changed.emit())
        if self._can_pick:
            self.pick = QPushButton(tr("import.place.pick"))
            self.pick.setToolTip(tr("import.place.pick_hint"))
            self.pick.clicked.connect(self.pick_wanted)
            self._form.addRow("", self.pick)

    def _add_columns(self, params: Mapping[str, Any]) -> None:
        """A row for each parameter that names a column: what was guessed stands first."""
        from twin.io.guess import columns_for

        layer = self._layer
        if layer is None or not layer.attributes:
            return
        names = [attribute.name for attribute in layer.attributes]
        guessed = columns_for(names)
        for meaning, word in _MEANINGS.items():
            name = f"{meaning}_column"
            key = f"params.{name}"
            label = self._registry.label(self._type_id, key, translator.language)
            if label in {key, name.replace("_", " ")}:
                continue  # not a parameter of this kind of layer
            self._add_row(label, self._column_box(name, guessed.get(word, ""), names, params))

    def _column_box(
        self, name: str, guess: str, names: list[str], params: Mapping[str, Any]
    ) -> QComboBox:
        box = QComboBox()
        auto = tr("import.column.auto", column=guess) if guess else tr("import.column.none")
        box.addItem(auto, "")
        for column in names:
            box.addItem(column, column)
        box.setCurrentIndex(max(box.findData(params.get(name, "")), 0))
        box.activated.connect(lambda *_: self.changed.emit())
        self.columns[name] = box
        return box

    def _add_row(self, words: str, box: QWidget) -> None:
        label = QLabel(words)
        if isinstance(box, QComboBox):  # a long name of a column makes no wide form
            box.setSizeAdjustPolicy(
                QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
            )
            box.setMinimumContentsLength(SHORTEST_CHOICE)
        label.setBuddy(box)
        box.setAccessibleName(words)
        self._form.addRow(label, box)


_MEANINGS = {
    "height": "height",
    "storeys": "storeys",
    "ground": "ground_z",
    "roof_shape": "roof_shape",
    "roof_height": "roof_height",
    "use": "use",
    "material": "material",
    "year": "year",
}
"""Parameters of layers that say what a column means, by the word that the guesses have for it."""
