"""The search field: places, features of any layer, coordinates; found by workers while typing."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QFocusEvent, QKeyEvent, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QCompleter, QHBoxLayout, QLineEdit, QListView, QWidget

from twin.drawables import Labels
from twin.errors import CrsError
from twin.model.expressions.evaluate import folded
from twin.work.jobs import Job
from ui.docks.features import Bounds, bounds_of_rows, layer_title
from ui.docks.panel import Panel
from ui.docks.two_lines import SECOND_LINE, TwoLines
from ui.forms.parts import ClearMark
from ui.i18n import problem_text, text, tr
from ui.icons import icon
from ui.search import LayerIndex, Place, find, index_layer, understand
from ui.search.addresses import lookup
from ui.search.coordinates import in_words

if TYPE_CHECKING:
    from pathlib import Path

    from twin.problems import Problem
    from twin.services.addresses import Found
    from twin.work.runtime import LayerRuntime
    from twin.work.session import Session

SETTLE_MS = 120
MOST_PLACES = 5
AROUND_M = 120.0
"""How much of the scene around a found point is shown."""

RESULT = Qt.ItemDataRole.UserRole + 5


@dataclass(frozen=True, slots=True)
class Result:
    """Something found. A feature has layer and id; a place or coordinates have bounds."""

    title: str
    about: str
    icon: str
    layer_id: str = ""
    feature_id: str = ""
    bounds: Bounds | None = None
    asks: str = ""
    """What is looked up by services when this line is chosen."""


class SearchBox(Panel):
    """A line edit whose results drop down below it."""

    fly_to_requested = Signal(object)
    """Bounds in the scene."""

    def __init__(
        self, session: Session | None, parent: QWidget | None = None, *, folder: Path | None = None
    ) -> None:
        super().__init__(session, parent)
        self._folder = folder
        self._indexes: dict[str, LayerIndex] = {}
        self._indexing: set[str] = set()
        self._request = 0
        self._looked_up = ""
        self._model = QStandardItemModel(self)
        self._line = _Line()
        self._completer = QCompleter(self._model, self)
        self._mark = QAction(self)
        self._settle = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._settle.timeout.connect(self._ask)
        self._arrange()
        self._begin()

    @property
    def line(self) -> QLineEdit:
        """Where the query is typed."""
        return self._line

    def results(self) -> list[Result]:
        """Return what is listed, top to bottom."""
        found = (self._model.item(row).data(RESULT) for row in range(self._model.rowCount()))
        return [result for result in found if result is not None]

    def choose(self, result: Result) -> None:
        """Go to something found: select it, and ask to fly there."""
        if self._session is None:
            return
        if result.asks:
            self.look_up(result.asks)
            return
        bounds = result.bounds
        if result.layer_id and result.feature_id:
            self._session.selection.set([(result.layer_id, result.feature_id)])
            bounds = self._feature_bounds(result) or bounds
        if bounds is not None:
            self.fly_to_requested.emit(bounds)

    def look_up(self, query: str) -> None:
        """Ask services for an address or a cadastral parcel, on a worker."""
        session = self._session
        if session is None or self._folder is None:
            return
        self._settle.stop()
        self._request += 1
        request, self._looked_up = self._request, query
        self._line.setText(query)
        lon, lat = (float(v) for v in session.project.frame.lonlat_from_scene([(0.0, 0.0)])[0])

        def show(found: Any) -> None:
            if request == self._request:
                self._show([_of_service(session, place) for place in found])

        def failed(problem: Problem) -> None:
            if request == self._request:
                self._say(problem_text(problem))

        session.jobs.run(
            Job("job.search", query),
            lookup(query, self._folder, (lon, lat)),
            done=show,
            failed=failed,
            waits=True,
        )

    def retranslate(self) -> None:
        """See base."""
        self._line.setPlaceholderText(tr("search.hint"))
        self._line.setAccessibleName(tr("search.name"))
        self._clear.setText(tr("dialog.clear"))
        self._line.setToolTip(tr("search.tip"))

    def retheme(self) -> None:
        """See base."""
        self._mark.setIcon(icon("mdi6.magnify"))
        self._clear.retheme()

    def _arrange(self) -> None:
        self._line.addAction(self._mark, QLineEdit.ActionPosition.LeadingPosition)
        self._clear = ClearMark(self._line)
        self._line.setMinimumWidth(240)
        self.setMaximumWidth(380)
        self._line.textEdited.connect(lambda _text: self._settle.start())
        self._clear.triggered.connect(self._settle.start)
        self._line.returnPressed.connect(self._choose_first)
        self._line.entered.connect(self._make_indexes)
        self._completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        self._completer.setMaxVisibleItems(9)
        popup = QListView()
        popup.setUniformItemSizes(True)
        popup.setMinimumWidth(340)
        self._completer.setPopup(popup)
        popup.setItemDelegate(TwoLines(popup))
        self._completer.setWidget(self._line)
        self._completer.activated[QModelIndex].connect(self._activated)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._line)
        self.setFocusProxy(self._line)

    # What the session tells.

    def _attach(self, session: Session) -> None:
        self._links.connect(session.layer_changed, self._on_layer)

    def _refresh(self) -> None:
        self._indexes.clear()
        self._indexing.clear()
        self._request += 1
        self._model.clear()
        self._line.setEnabled(self._session is not None)

    def _on_layer(self, layer_id: str, aspects: frozenset[str]) -> None:
        if aspects & {"table", "removed"}:
            self._indexes.pop(layer_id, None)
            self._indexing.discard(layer_id)

    # Indexes, made when the field is first used.

    def _make_indexes(self) -> None:
        for runtime in self._session.layers() if self._session is not None else ():
            layer_id = runtime.spec.id
            if runtime.table is None or layer_id in self._indexes or layer_id in self._indexing:
                continue
            if len(runtime.table):
                self._make_index(runtime)

    def _make_index(self, runtime: LayerRuntime) -> None:
        session, table, layer_id = self._session, runtime.table, runtime.spec.id
        if session is None or table is None:
            return
        self._indexing.add(layer_id)

        def work(job: Job) -> LayerIndex:
            return index_layer(layer_id, table, check=job.check_cancelled)

        def done(index: LayerIndex) -> None:
            self._indexing.discard(layer_id)
            if session is self._session and runtime.table is table:
                self._indexes[layer_id] = index
                asked = self._line.text().strip()
                if asked and asked != self._looked_up and self._line.hasFocus():
                    self._ask()

        job = Job("job.index", layer_title(session, layer_id))
        session.jobs.run(job, work, done=done, failed=lambda _p: self._indexing.discard(layer_id))

    # Searching.

    def _ask(self) -> None:
        session, query = self._session, self._line.text().strip()
        self._request += 1
        self._looked_up = ""
        if session is None or not query:
            self._show([])
            return
        self._make_indexes()
        request = self._request
        near = [*self._coordinates(session, query), *self._places(session, query)]
        indexes = list(self._indexes.values())

        def show(hits: Any) -> None:
            if request == self._request:
                found = (_of_feature(session, hit) for hit in hits)
                self._show([*near, *found, *self._further(query)])

        if not indexes:
            show([])
            return
        job = Job("job.search", query)
        session.jobs.run(
            job, lambda _job: find(query, indexes), done=show, failed=lambda _problem: None
        )

    def _further(self, query: str) -> list[Result]:
        """Return the line that asks services; nothing is sent before it is chosen."""
        if self._folder is None or len(query) < 3:
            return []
        title = tr("search.look_up", text=query)
        return [Result(title, tr("search.look_up_about"), "mdi6.map-search-outline", asks=query)]

    def _coordinates(self, session: Session, query: str) -> list[Result]:
        try:
            place = understand(query, session.project.frame)
            bounds = bounds_of_place(session, place) if place is not None else None
        except CrsError:
            return []
        if place is None:
            return []
        return [Result(in_words(place), tr("search.coordinates"), "mdi6.crosshairs", bounds=bounds)]

    def _places(self, session: Session, query: str) -> list[Result]:
        words = folded(query).split()
        found: list[Result] = []
        for runtime in session.layers():
            for labels in runtime.drawables:
                if isinstance(labels, Labels) and len(found) < MOST_PLACES:
                    found += _places_in(labels, words, layer_title(session, runtime.spec.id))
        return found[:MOST_PLACES]

    def _show(self, results: Sequence[Result]) -> None:
        self._model.clear()
        for result in results:
            item = QStandardItem(icon(result.icon), result.title)
            item.setEditable(False)
            item.setData(result.about, SECOND_LINE)
            item.setData(f"{result.title}, {result.about}", Qt.ItemDataRole.AccessibleTextRole)
            item.setData(result, RESULT)
            self._model.appendRow(item)
        if not results and self._line.text().strip():
            self._say_nothing_found()
        if self._model.rowCount() and self._line.hasFocus():
            self._completer.complete()
            self._completer.popup().setCurrentIndex(self._completer.completionModel().index(0, 0))
        elif not self._model.rowCount():
            self._completer.popup().hide()

    def _say_nothing_found(self) -> None:
        self._add_words(tr("search.indexing") if self._indexing else tr("search.nothing"))

    def _say(self, words: str) -> None:
        """Show words in place of results."""
        self._model.clear()
        self._add_words(words)
        self._completer.complete()

    def _add_words(self, words: str) -> None:
        item = QStandardItem(words)
        item.setFlags(Qt.ItemFlag.NoItemFlags)
        self._model.appendRow(item)

    def _activated(self, index: QModelIndex) -> None:
        result = index.data(RESULT)
        if result is not None:
            if not result.asks:
                self._line.setText(result.title)
            self.choose(result)

    def _choose_first(self) -> None:
        found = self.results()
        if found and not self._completer.popup().isVisible():  # which hears of Enter itself
            self.choose(found[0])

    def _feature_bounds(self, result: Result) -> Bounds | None:
        if self._session is None:
            return None
        try:
            runtime = self._session.layer(result.layer_id)
        except KeyError:
            return None
        row = runtime.table.row_of(result.feature_id) if runtime.table is not None else -1
        return bounds_of_rows(self._session, runtime, [row]) if row >= 0 else None


class _Line(QLineEdit):
    """A line that tells when it is entered, and forgets its text on Escape."""

    entered = Signal()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Tell that a search may follow."""
        super().focusInEvent(event)
        self.entered.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Clear on Escape."""
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
            self.textEdited.emit("")
            return
        super().keyPressEvent(event)


def bounds_of_place(session: Session, place: Place) -> Bounds:
    """Return a box around a place on the ground. Raises CrsError where PROJ has no exact way."""
    x, y = place.xy_in_scene(session.project.frame)
    z = float(session.ground.height_m(np.array([[x, y]]))[0])
    return around((x, y, z))


def around(xyz: tuple[float, float, float]) -> Bounds:
    """Return a box around a point of the scene."""
    x, y, z = xyz
    return (x - AROUND_M, y - AROUND_M, z, x + AROUND_M, y + AROUND_M, z)


def _of_service(session: Session, place: Found) -> Result:
    """Return an address or a parcel as a line; a parcel is flown to as a whole."""
    lonlat = [(place.lon, place.lat)]
    if place.outline is not None:
        west, south, east, north = place.outline.bounds
        lonlat = [(west, south), (east, north)]
    xy = session.project.frame.scene_from_lonlat(lonlat)[:, :2]
    z = float(session.ground.height_m(xy[:1])[0])
    low, high = xy.min(axis=0), xy.max(axis=0)
    room = np.maximum((AROUND_M - (high - low)) / 2, 10.0)
    (x1, y1), (x2, y2) = low - room, high + room
    box = (float(x1), float(y1), z, float(x2), float(y2), z)
    return Result(place.title, place.about, "mdi6.map-marker-check-outline", bounds=box)


def _places_in(labels: Labels, words: Sequence[str], about: str) -> list[Result]:
    found = []
    for place, texts in enumerate(labels.texts):
        plain = folded(" ".join(texts.values()))
        if all(word in plain for word in words):
            x, y, z = (float(c) for c in labels.xyz_in_scene[place])
            box = around((x, y, z))
            found.append(Result(text(texts), about, "mdi6.map-marker-outline", bounds=box))
    return found


def _of_feature(session: Session, hit: Any) -> Result:
    kind = None
    with contextlib.suppress(KeyError):
        kind = session.registry.layer_types.get(session.project.layer(hit.layer_id).type)
    return Result(
        title=hit.title,
        about=layer_title(session, hit.layer_id),
        icon=kind.icon if kind is not None and kind.icon else "mdi6.shape-outline",
        layer_id=hit.layer_id,
        feature_id=hit.feature_id,
    )
