"""What if: choose what to add or change, and compute again."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QFormLayout, QListWidget, QPushButton, QWidget

from twin.network import model
from twin.network.model import Network
from twin.network.whatif import BYPASS, SCALE, Change
from ui.dialogs.frame import Dialog
from ui.forms.boxes import NumberBox
from ui.i18n import tr
from ui.networks.bench import Bench
from ui.networks.place_box import Named, PlaceBox
from ui.networks.questions import FeatureRef, shown_layer
from ui.networks.runs_view import change_words
from ui.networks.words import label_of

HEAT_KINDS = ("building", "well", BYPASS, "supply_c", SCALE)
POWER_KINDS = ("building", "charger", "pv", "battery", BYPASS, "source_pu", SCALE)
AIR_KINDS = (BYPASS,)
USUAL = {
    "building": (300.0, "kW"), "charger": (22.0, "kW"), "pv": (100.0, "kW"), "battery": (60.0, "kW"),
    "well": (1000.0, "kW"), BYPASS: (0.0, ""), "supply_c": (28.0, "°C"), "source_pu": (1.02, "pu"), SCALE: (120.0, "%"),
}  # fmt: skip
PLACELESS = ("supply_c", "source_pu", SCALE)


class WhatIfDialog(Dialog):
    """A list of changes; the place is that of the selection unless another is chosen."""

    asked = Signal(list, dict)
    """Changes (list of :class:`~twin.network.whatif.Change`) and prices."""

    def __init__(
        self, network: Network, at: str, parent: QWidget | None = None, *, named: Named = str
    ) -> None:
        super().__init__(parent, accept="networks.compute")
        self._named = named
        self._changes: list[Change] = []
        known = {model.ELECTRICITY: POWER_KINDS, model.VACUUM: AIR_KINDS}
        self._kind, self._value = QComboBox(), NumberBox(decimals=2, maximum=1e6, minimum=0.0)
        for kind in known.get(network.commodity, HEAT_KINDS):
            self._kind.addItem(tr(f"networks.change.{kind}"), kind)
        self._at, self._to = PlaceBox(network, named, at), PlaceBox(network, named)
        self._co2 = NumberBox(decimals=3, maximum=5.0, value=0.06)
        self._price = NumberBox(
            decimals=1, maximum=10_000.0, specialValueText=tr("networks.no_price")
        )
        self._co2.setSuffix(" kg/kWh")
        self._price.setSuffix(" €/MWh")
        self._add, self._list = QPushButton(tr("networks.add_change")), QListWidget()
        self._arrange()
        self._connect()
        self._choose()
        self.retranslate()

    def _arrange(self) -> None:
        self.setWindowTitle(tr("networks.what_if"))
        form = QFormLayout()
        for key, field in (
            ("kind", self._kind), ("value", self._value), ("at", self._at), ("to", self._to),
        ):  # fmt: skip
            form.addRow(tr(f"networks.field.{key}"), field)
        form.addRow("", self._add)
        form.addRow(tr("networks.field.changes"), self._list)
        form.addRow(tr("networks.field.co2"), self._co2)
        form.addRow(tr("networks.field.price"), self._price)
        self._list.setMaximumHeight(110)
        self.body.addLayout(form)
        self.setMinimumWidth(420)

    def _connect(self) -> None:
        self._kind.currentIndexChanged.connect(lambda _i: self._choose())
        self._add.clicked.connect(lambda _on=False: self._take())
        self._list.itemActivated.connect(lambda _item: self._drop())

    def _choose(self) -> None:
        kind = str(self._kind.currentData())
        value, unit = USUAL[kind]
        self._value.setValue(value)
        self._value.setSuffix(f" {unit}" if unit else "")
        self._value.setEnabled(kind != BYPASS)
        self._at.setEnabled(kind not in PLACELESS)
        self._to.setEnabled(kind == BYPASS)

    def _take(self) -> None:
        kind = str(self._kind.currentData())
        at = "" if kind in PLACELESS else self._at.place()
        to = self._to.place() if kind == BYPASS else ""
        if kind not in PLACELESS and (not at or (kind == BYPASS and not to)):
            (self._to if at else self._at).setFocus()
            return
        change = Change(kind=kind, at=at, to=to, value=self._value.value())
        self._changes.append(change)
        self._list.addItem(change_words(change, self._named))

    def _drop(self) -> None:
        row = self._list.currentRow()
        if 0 <= row < len(self._changes):
            del self._changes[row]
            self._list.takeItem(row)

    def accept(self) -> None:
        """Ask for the run."""
        if not self._changes:
            self._take()
        prices = {"co2_kg_per_kwh": self._co2.value()}
        if self._price.value() > 0:
            prices["eur_per_mwh"] = self._price.value()
        if self._changes:
            self.asked.emit(list(self._changes), prices)
            super().accept()


def ask(bench: Bench, feature: FeatureRef, parent: QWidget, *, steps: int) -> None:
    """Ask what to change in the network of a feature, then compute; of a building, in what serves it."""
    system = bench.town.base(*feature)
    if system is None:

        def known(found: FeatureRef) -> None:
            if bench.town.base(*found) is not None:
                ask(bench, found, parent, steps=steps)

        bench.locate(feature, known)
        return
    shown = shown_layer(bench.session, system.layer)
    dialog = WhatIfDialog(
        system.network, feature[1], parent, named=lambda name: label_of(bench.session, shown, name)
    )
    dialog.asked.connect(
        lambda changes, prices: bench.solve(feature, steps=steps, changes=changes, prices=prices)
    )
    dialog.open()
