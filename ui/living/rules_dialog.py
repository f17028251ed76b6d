"""Alerts of the project: threshold, rate of change, silence, zone."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtWidgets import (
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QPushButton,
    QWidget,
)

from twin.model.feed import AlertRule
from ui.dialogs.frame import Dialog
from ui.forms.boxes import NumberBox
from ui.forms.parts import muted
from ui.i18n import tr

if TYPE_CHECKING:
    from twin.work.session import Session
    from ui.living.control import LivingControl

KINDS = ("above", "below", "rate", "silence", "zone")
LARGEST = 1e12


class RulesDialog(Dialog):
    """Lists the alerts, adds one and removes one; every change can be undone."""

    def __init__(
        self, session: Session, control: LivingControl, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session, self._control = session, control
        self.list = QListWidget()
        self.kind = QComboBox()
        self.property = QComboBox(editable=True)
        self.limit = NumberBox(decimals=3, minimum=-LARGEST, maximum=LARGEST)
        self.name = QLineEdit()
        self._hint = muted()
        self._add, self._remove = QPushButton(), QPushButton()
        self._form = QFormLayout()
        self._rows = [
            ("rules.kind", self.kind),
            ("rules.property", self.property),
            ("rules.limit", self.limit),
            ("rules.name", self.name),
        ]
        for key, widget in self._rows:
            self._form.addRow(tr(key), widget)
        buttons = QHBoxLayout()
        buttons.addWidget(self._add)
        buttons.addWidget(self._remove)
        buttons.addStretch(1)
        self.body.addWidget(self.list)
        self.body.addLayout(self._form)
        self.body.addWidget(self._hint)
        self.body.addLayout(buttons)
        self.setMinimumWidth(520)
        self._add.clicked.connect(lambda _checked=False: self.add())
        self._remove.clicked.connect(lambda _checked=False: self.remove())
        self.kind.currentIndexChanged.connect(lambda _i: self._say_hint())
        self._properties()
        self.retranslate()

    def retranslate(self) -> None:
        """See base."""
        super().retranslate()
        self.setWindowTitle(tr("rules.title"))
        chosen = max(0, self.kind.currentIndex())
        self.kind.clear()
        for kind in KINDS:
            self.kind.addItem(tr(f"rules.kind.{kind}"), kind)
        self.kind.setCurrentIndex(chosen)
        for key, widget in self._rows:
            self._form.labelForField(widget).setText(tr(key))  # type: ignore[attr-defined]
            widget.setAccessibleName(tr(key))
        self._add.setText(tr("rules.add"))
        self._remove.setText(tr("rules.remove"))
        self._fill()
        self._say_hint()

    def add(self) -> None:
        """Add the alert that is typed."""
        taken = {rule.id for rule in self._session.project.alerts}
        number = next(n for n in range(1, len(taken) + 2) if f"alert-{n}" not in taken)
        kind = str(self.kind.currentData())
        observed = self.property.currentText().strip()
        rule = AlertRule(
            id=f"alert-{number}",
            kind=kind,
            limit=self.limit.value(),
            observed_property=observed,
            title=self.name.text().strip() or self._named(kind, observed),
            zone=self._zone() if kind == "zone" else (),
        )
        if kind == "zone" and len(rule.zone) < 3:
            return
        self._session.do("edit.alerts", lambda p: replace(p, alerts=(*p.alerts, rule)))
        self._fill()

    def remove(self) -> None:
        """Remove the chosen alert."""
        row = self.list.currentRow()
        if 0 <= row < len(self._session.project.alerts):
            gone = self._session.project.alerts[row].id
            self._session.do(
                "edit.alerts",
                lambda p: replace(p, alerts=tuple(a for a in p.alerts if a.id != gone)),
            )
            self._fill()

    def _named(self, kind: str, observed: str) -> str:
        return f"{observed or tr('rules.any')}: {tr(f'rules.kind.{kind}')} {self.limit.value():g}"

    def _zone(self) -> tuple[tuple[float, float], ...]:
        """Return the outline of the selected feature, degrees."""
        import shapely

        from twin.model.geoframe import transformer

        session = self._session
        for layer, feature in session.selection.features:
            table = session.layer(layer).table
            row = table.row_of(feature) if table is not None else -1
            if table is None or row < 0:
                continue
            hull = shapely.convex_hull(table.frame.geometry.iloc[row])
            if hull.geom_type == "Polygon":
                to_lonlat = transformer(session.project.frame.crs, "EPSG:4326")
                x, y = hull.exterior.coords.xy
                lon, lat = to_lonlat.transform(list(x), list(y))
                return tuple(zip(lon, lat, strict=True))
        return ()

    def _say_hint(self) -> None:
        kind = str(self.kind.currentData() or KINDS[0])
        self._hint.setText(tr(f"rules.hint.{kind}"))
        self.limit.setEnabled(kind != "zone")
        if kind == "zone":
            self._add.setEnabled(len(self._zone()) >= 3)
        else:
            self._add.setEnabled(True)

    def _properties(self) -> None:
        names = set()
        for runtime in self._session.layers():
            column = runtime.column("observed_property")
            names |= {str(v) for v in column} if column is not None else set()
        self.property.addItems(["", *sorted(n for n in names if n)])

    def _fill(self) -> None:
        self.list.clear()
        self.list.addItems([rule.title or rule.id for rule in self._session.project.alerts])
        self._remove.setEnabled(bool(self._session.project.alerts))
