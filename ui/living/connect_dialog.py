"""Connect a feed: an address is tried, its kind recognised, what is there shown, and layers proposed."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import (
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from twin.errors import BelvedereError
from twin.live.dialects import DIALECTS
from twin.live.feed import FeedState
from twin.live.names import label_of
from twin.live.trial import VEHICLES
from twin.model.feed import AlertRule, FeedSpec, split_login
from twin.model.layer import LayerSpec, Source
from twin.model.table import Provenance, Quality
from ui.dialogs.frame import Dialog
from ui.forms.boxes import NumberBox
from ui.forms.parts import Chip, muted
from ui.i18n import problem_text, text, tr
from ui.i18n.formats import quantity
from ui.living.connect_more import FileField, MoreFields
from ui.living.words import TONES, state_text, status_text

if TYPE_CHECKING:
    from twin.live.trial import Proposal, Trial
    from twin.model.project import Project
    from twin.work.session import Session
    from ui.living.control import LivingControl

LOOK_MS = 250
SHOWN = 200
KINDS = (
    *("", "mqtt", "sensorthings", "ngsi", "onem2m", "opendatasoft", "datafair", "gbfs", "gtfs_rt"),
    *("siri", "irve", "ocpi", "datex", "table", "websocket", "sse", "csv"),
)
COLUMNS = ("property", "unit", "things", "placed", "value", "warn", "alarm")
LIMITS = (5, 6)
LIMIT_PX = 112
LAYER_TYPE = "belvedere.sensors"
VEHICLES_TYPE = "belvedere.vehicles"
PLACES = "CSV, GeoJSON, GeoPackage (*.csv *.geojson *.json *.gpkg *.parquet *.xlsx *.shp)"
NO_FILES: Mapping[str, str] = MappingProxyType({})


class ConnectDialog(Dialog):
    """Tries an address and adds it to the project as a feed with layers."""

    def __init__(
        self, session: Session, control: LivingControl, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent, accept="connect.add")
        self._session, self._control = session, control
        self._trial: Trial | None = None
        self._proposals: list[Proposal] = []
        self.address, self.user, self.password = QLineEdit(), QLineEdit(), QLineEdit()
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self.kind, self.dialect = QComboBox(), QComboBox()
        self.timetable, self.places = FileField("GTFS (*.zip)"), FileField(PLACES)
        self.try_button = QPushButton()
        self.try_button.setAutoDefault(False)
        self._chip, self._said = Chip(), QLabel()
        self._said.setWordWrap(True)
        self._said.setTextFormat(Qt.TextFormat.PlainText)
        self.more = MoreFields()
        self._hint, self._below = muted(), muted()
        self.table = QTableWidget(0, len(COLUMNS))
        self._form = QFormLayout()
        self._rows = (
            ("connect.address", self.address),
            ("connect.user", self.user),
            ("connect.password", self.password),
            ("connect.kind", self.kind),
            ("connect.dialect", self.dialect),
            ("connect.timetable", self.timetable),
            ("connect.places", self.places),
        )
        self._timer = QTimer(self, interval=LOOK_MS)
        self._timer.timeout.connect(self._look)
        self._arrange()
        self.retranslate()
        self._connect()
        self._typed()

    def _connect(self) -> None:
        self.address.textChanged.connect(lambda _t: self._typed())
        self.address.returnPressed.connect(self.attempt)
        self.try_button.clicked.connect(lambda _c=False: self.attempt())
        self.kind.currentIndexChanged.connect(lambda _i: self._typed())
        self.accepted.connect(self._add)
        self.finished.connect(lambda _r: self._end())

    def retranslate(self) -> None:
        """See base."""
        super().retranslate()
        self.setWindowTitle(tr("connect.title"))
        for key, widget in self._rows:
            self._form.labelForField(widget).setText(tr(key))  # type: ignore[attr-defined]
            widget.setAccessibleName(tr(key))
        for box, names, prefix in (
            (self.kind, KINDS, "connect.kind"),
            (self.dialect, ("", *DIALECTS), "connect.dialect"),
        ):
            chosen = max(0, box.currentIndex())
            box.clear()
            for name in names:
                box.addItem(tr(f"{prefix}.{name or 'auto'}"), name)
            if box is self.kind:
                for brought in self._session.registry.contributions("feeds"):
                    box.addItem(text(brought.title) or brought.id, brought.id)
            box.setCurrentIndex(chosen)
        self.more.retranslate()
        self.timetable.setPlaceholderText(tr("connect.timetable_hint"))
        self.places.setPlaceholderText(tr("connect.places_hint"))
        for field, key in ((self.timetable, "connect.timetable"), (self.places, "connect.places")):
            field.say(tr(key))
        self.address.setPlaceholderText("mqtts://broker.example.org:8883/city/#")
        self.try_button.setText(tr("connect.try"))
        self._hint.setText(tr("connect.hint"))
        self.table.setHorizontalHeaderLabels([tr(f"connect.column.{name}") for name in COLUMNS])
        self.table.setAccessibleName(tr("connect.proposals"))

    def _arrange(self) -> None:
        for key, widget in self._rows:
            self._form.addRow(tr(key), widget)
        line = QHBoxLayout()
        line.addWidget(self.try_button)
        line.addWidget(self._chip)
        line.addWidget(self._said, 1)
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column in LIMITS:
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)
            self.table.setColumnWidth(column, LIMIT_PX)
        self.table.verticalHeader().setVisible(False)
        self.table.setMinimumHeight(190)
        self.body.addLayout(self._form)
        self.body.addWidget(self.more)
        self.body.addWidget(self._hint)
        self.body.addLayout(line)
        self.body.addWidget(self.table)
        self.body.addWidget(self._below)
        for label, lines in ((self._hint, 2), (self._said, 3), (self._below, 2)):
            # A layout takes no account of words that need more lines: it would squeeze the fields.
            label.setMinimumHeight(lines * label.fontMetrics().lineSpacing())
        self._chip.hide()
        self.setMinimumWidth(680)

    def _typed(self) -> None:
        self.try_button.setEnabled(bool(self.address.text().strip()))
        self.accept_button.setEnabled(self._trial is not None)
        mqtt = self.address.text().startswith("mqtt") or self.kind.currentData() == "mqtt"
        self.dialect.setEnabled(mqtt)
        self.timetable.setEnabled(self.kind.currentData() in ("gtfs_rt", "siri"))

    # Trying.

    def attempt(self) -> None:
        """Connect to the address and look at what comes."""
        from twin.live.trial import Trial
        from twin.work.feeds import maker

        self._end()
        url, login = split_login(self.address.text().strip())
        if login.user and not self.user.text():
            self.user.setText(login.user)
        if login.password:
            # Out of sight at once, and never in a file.
            self.password.setText(login.password)
            self.address.setText(url)
        dialect = self.dialect.currentData() if self.dialect.isEnabled() else ""
        spec = FeedSpec(
            id=_free("feed", {f.id for f in self._session.project.feeds}),
            kind=str(self.kind.currentData() or ""),
            url=url,
            title=url.partition("://")[2] or url,
            options={**self.more.options(), **({"dialect": dialect} if dialect else {})},
        )
        try:
            make = maker(self._session.registry)
            self._trial = Trial(spec, lambda _spec, name: self._typed_secret(name), make=make)
        except BelvedereError as error:
            self._show_state(FeedState.FAILED, problem_text(error.problem))
            return
        self._timer.start()
        self._look()

    def _typed_secret(self, name: str) -> str:
        values = {
            "user": self.user.text(),
            "password": self.password.text(),
            "token": "" if self.user.text() else self.password.text(),
        }
        return values.get(name, "")

    def _look(self) -> None:
        trial = self._trial
        if trial is None:
            return
        trial.look()
        status = trial.status
        known = trial.spec.kind in KINDS
        kind = tr(f"connect.kind.{trial.spec.kind}") if known else self.kind.currentText()
        dialect = str(trial.spec.options.get("dialect", ""))
        spoken = tr(f"connect.dialect.{dialect}") if dialect else ""
        told = tr("connect.notices", count=trial.notices) if trial.notices else ""
        words = " · ".join(w for w in (kind, spoken, status_text(status), told) if w)
        self._show_state(status.state, words)
        proposals = trial.proposals()[:SHOWN]
        if [p.observed_property for p in proposals] != [
            p.observed_property for p in self._proposals
        ]:
            self._proposals = proposals
            self._fill()
            if any(p.observed_property == VEHICLES for p in proposals):
                self.timetable.setEnabled(True)
        self._show_values(proposals)
        self.accept_button.setEnabled(status.state is not FeedState.FAILED)

    def _show_state(self, state: FeedState, words: str) -> None:
        self._chip.show_as(state_text(state), TONES[state])
        self._chip.show()
        self._said.setText(words)

    def _fill(self) -> None:
        kept = self.chosen()
        self.table.setRowCount(len(self._proposals))
        best = next((p for p in self._proposals if p.placed), None)
        for row, proposal in enumerate(self._proposals):
            name = QTableWidgetItem(property_text(proposal.observed_property))
            name.setFlags(Qt.ItemFlag.ItemIsUserCheckable | Qt.ItemFlag.ItemIsEnabled)
            on = proposal.observed_property in kept or (not kept and proposal is best)
            name.setCheckState(Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)
            self.table.setItem(row, 0, name)
            for column in range(1, 5):
                cell = QTableWidgetItem()
                cell.setFlags(Qt.ItemFlag.ItemIsEnabled)
                self.table.setItem(row, column, cell)
            for column, limit in ((5, proposal.warn_above), (6, proposal.alarm_above)):
                box = NumberBox(decimals=2, minimum=0.0, maximum=1e9, value=limit)
                box.setSpecialValueText("–")
                box.setAccessibleName(tr(f"connect.column.{COLUMNS[column]}"))
                self.table.setCellWidget(row, column, box)
        if self._proposals and best is None and not kept:
            self.table.item(0, 0).setCheckState(Qt.CheckState.Checked)

    def _show_values(self, proposals: list[Proposal]) -> None:
        for row, proposal in enumerate(proposals):
            value = proposal.sample
            shown = "–" if math.isnan(value) else quantity(round(value, 2), proposal.unit)
            cells = (proposal.unit, str(proposal.things), str(proposal.placed), shown)
            for column, words in enumerate(cells, start=1):
                self.table.item(row, column).setText(words)
        unplaced = max((p.things - p.placed for p in proposals), default=0)
        self._below.setText(tr("connect.unplaced", count=unplaced) if unplaced else "")

    def chosen(self) -> list[str]:
        """Return the observed properties for which layers are to be made."""
        found = []
        for row, proposal in enumerate(self._proposals[: self.table.rowCount()]):
            item = self.table.item(row, 0)
            if item is not None and item.checkState() is Qt.CheckState.Checked:
                found.append(proposal.observed_property)
        return found

    # Adding.

    def _add(self) -> None:
        trial = self._trial
        if trial is None:
            return
        spec = trial.spec
        for name in ("user", "password", "token"):
            value = self._typed_secret(name)
            if value:
                self._control.kept.keep(spec, name, value)
        limits = {
            self._proposals[row].observed_property: (self._limit(row, 5), self._limit(row, 6))
            for row in range(self.table.rowCount())
        }
        chosen = self.chosen()
        self._end()
        files = {"gtfs": self.timetable.text().strip(), "features": self.places.text().strip()}
        self._session.do(
            "edit.connect",
            lambda project: with_feed(project, spec, chosen, limits, files=files),
        )
        self._session.clock.follow()

    def _limit(self, row: int, column: int) -> float:
        box = self.table.cellWidget(row, column)
        return float(box.value()) if isinstance(box, NumberBox) else 0.0

    def _end(self) -> None:
        self._timer.stop()
        trial, self._trial = self._trial, None
        if trial is not None:
            trial.close()


def with_feed(
    project: Project,
    spec: FeedSpec,
    properties: list[str],
    limits: dict[str, tuple[float, float]],
    *,
    files: Mapping[str, str] = NO_FILES,
) -> Project:
    """Return a project with a feed, a layer for each observed property, and alerts at their limits.

    What moves becomes a layer of vehicles.

    Parameters
    ----------
    files : mapping
        Files that layers are joined to, by role: the timetable of what moves (``gtfs``), the places of what
        does not say where it is (``features``); empty: none.
    """
    layers, alerts = list(project.layers), list(project.alerts)
    for name in properties:
        warn, alarm = limits.get(name, (0.0, 0.0))
        layer = _layer_of(spec, name, {"warn_above": warn, "alarm_above": alarm}, files)
        layers.append(replace(layer, id=_free(layer.id, {known.id for known in layers})))
        if alarm:
            rule_id = _free(f"{spec.id}-{name}", {rule.id for rule in alerts})
            alerts.append(
                AlertRule(
                    id=rule_id,
                    kind="above",
                    limit=alarm,
                    observed_property=name,
                    title=f"{layer.title['en']} > {alarm:g}",
                )
            )
    return replace(
        project,
        feeds=(*project.feeds, spec),
        layers=tuple(layers),
        alerts=tuple(alerts),
    )


def property_text(name: str) -> str:
    """Return an observed property in words."""
    return (
        tr("connect.vehicles")
        if name == VEHICLES
        else text(label_of(name)) or tr("connect.no_property")
    )


def _layer_of(
    spec: FeedSpec, name: str, limits: Mapping[str, float], files: Mapping[str, str]
) -> LayerSpec:
    """Return a layer of one observed property of a feed, or of the vehicles that it tells of."""
    provenance = Provenance(source=spec.url, quality=Quality.MEASURED)
    sources = {"observations": Source(path="history", provenance=provenance)}
    if name == VEHICLES:
        type_id, title = VEHICLES_TYPE, label_of(spec.title)
        params: dict[str, object] = {"feed": spec.id}
    else:
        type_id, title = LAYER_TYPE, label_of(name or spec.title)
        given = {key: limit for key, limit in limits.items() if limit}
        params = {"observed_property": name, "feed": spec.id, **given}
    role = "gtfs" if name == VEHICLES else "features"
    if files.get(role):
        sources[role] = Source(path=files[role])
    return LayerSpec(
        id=f"{spec.id}-{name}" if name else spec.id,
        type=type_id,
        title=title,
        sources=sources,
        params=params,
    )


def _free(base: str, taken: set[str]) -> str:
    plain = "".join(c if c.isalnum() else "-" for c in base.lower()).strip("-") or "feed"
    names = (plain, *(f"{plain}-{n}" for n in range(2, 10_000)))
    return next(name for name in names if name not in taken)
