"""What the layers panel shows of the chosen layer: state, opacity, legend, style, settings, sources."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from enum import IntEnum
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QSlider,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from twin.model.layer import LayerState
from twin.model.params import fields_of
from twin.model.style import Legend, Style
from twin.model.styling import categories_of
from twin.model.table import FEATURE_ID
from twin.problems import Severity
from twin.work.jobs import Job
from ui.docks.features import column_label, runtime_of
from ui.docks.layers_model import state_text
from ui.docks.sources_view import SourcesView
from ui.forms import ParamsForm, StyleForm
from ui.forms.fields import Words
from ui.forms.legend_view import LegendView
from ui.forms.parts import Chip, LinkButton, heading, muted
from ui.i18n import text, tr, translator
from ui.i18n.formats import number
from ui.text import tabular

if TYPE_CHECKING:
    from twin.work.runtime import LayerRuntime
    from twin.work.session import Session

TONES = {
    LayerState.READY: "good",
    LayerState.PARTIAL: "warning",
    LayerState.FAILED: "danger",
}
MOST_CATEGORIES = 12


HEIGHT = "height_column"
"""Parameter of layers whose features can be as high as a number of theirs."""


class Page(IntEnum):
    """The pages, in their order."""

    LEGEND = 0
    STYLE = 1
    SETTINGS = 2
    SOURCES = 3


class LayerInspector(QWidget):
    """Shows and edits one layer."""

    problems_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session: Session | None = None
        self._layer_id = ""
        self._gesture = 0
        self._shown_legend: Legend | None = None
        self._form: ParamsForm | None = None
        self._form_key: tuple[Any, ...] = ()
        self._title = heading()
        self._chip = Chip()
        self._message = LinkButton("mdi6.alert-outline")
        self._message.clicked.connect(lambda: self.problems_requested.emit(self._layer_id))
        self._opacity_label, self._percent = QLabel(), QLabel()
        self._opacity = QSlider(Qt.Orientation.Horizontal, minimum=0, maximum=100, pageStep=10)
        self._legend = LegendView()
        self._style = StyleForm(self._word_column)
        self._settings_page = QWidget()
        self._settings = QVBoxLayout(self._settings_page)
        self._settings.setContentsMargins(0, 0, 0, 0)
        self._nothing_to_set = muted()
        self._settings.addWidget(self._nothing_to_set)
        self._settings.addStretch(1)
        self._sources = SourcesView()
        self._tabs = QTabWidget()
        self._tabs.setDocumentMode(True)
        self._tabs.setUsesScrollButtons(False)
        self._tabs.tabBar().setProperty("compact", "true")
        for page in (self._legend, self._style, self._settings_page, self._sources):
            self._tabs.addTab(_scrolling(page), "")
        self._arrange()
        self._opacity.valueChanged.connect(self._fade)
        self._opacity.sliderPressed.connect(self._next_gesture)
        self._tabs.currentChanged.connect(self._show_page)
        self._style.edited.connect(self._restyle)
        self._style.categories_wanted.connect(self._find_categories)
        self._style.reset_requested.connect(self._reset_style)
        self._style.height_wanted.connect(lambda name: self._set_param(HEIGHT, name, self._gesture))

    def show_layer(self, session: Session | None, layer_id: str) -> None:
        """Show a layer; an empty id shows nothing."""
        if layer_id != self._layer_id:
            self._next_gesture()
        self._session, self._layer_id = session, layer_id
        runtime = self._runtime()
        self.setVisible(runtime is not None)
        if runtime is not None:
            self.refresh()
        else:
            self._drop_form()

    def refresh(self) -> None:
        """Show the layer as it is now."""
        runtime = self._runtime()
        if runtime is None or self._session is None:
            return
        self._title.setText(text(runtime.spec.title, runtime.spec.id))
        self.refresh_state()
        with QSignalBlocker(self._opacity):
            self._opacity.setValue(round(100 * runtime.spec.opacity))
        self._percent.setText(number(self._opacity.value()) + tr("format.percent"))
        self._shown_legend = runtime.legend
        self._show_page()

    def _show_page(self) -> None:
        """Show the layer on the open page; the others are brought up to date when they are opened."""
        session, runtime = self._session, self._runtime()
        if session is None or runtime is None:
            return
        names = self._attribute_columns(runtime)
        match self._tabs.currentIndex():
            case Page.LEGEND:
                self._legend.show_legend(runtime.legend, runtime.style, self._word_column)
            case Page.STYLE:
                self._style.show_style(
                    runtime.style,
                    columns=names,
                    numeric=_numeric(runtime, names),
                    own=runtime.spec.style is not None,
                    height=getattr(runtime.params, HEIGHT, None),
                )
            case Page.SETTINGS:
                self._show_settings(runtime, names)
            case Page.SOURCES:
                self._sources.show_sources(session, runtime)

    def legend_is_old(self, layer_id: str) -> bool:
        """Whether a layer is shown with a legend that it no longer has."""
        runtime = self._runtime()
        return (
            layer_id == self._layer_id
            and runtime is not None
            and runtime.legend is not self._shown_legend
        )

    def refresh_state(self) -> None:
        """Show how the layer stands; cheap, for while it loads."""
        runtime = self._runtime()
        if runtime is None:
            return
        self._chip.show_as(state_text(runtime), TONES.get(runtime.state, "plain"))
        problems = runtime.problems
        self._message.setVisible(bool(problems))
        severities = {problem.severity for problem in problems}
        if severities <= {Severity.INFO}:
            self._message.set_icon("mdi6.information-outline", "")
            self._message.setText(tr("layers.notes", count=len(problems)))
        else:
            tone = "danger" if Severity.ERROR in severities else "warning"
            self._message.set_icon("mdi6.alert-outline", tone)
            self._message.setText(tr("layers.problems", count=len(problems)))

    def retranslate(self) -> None:
        """Word everything again."""
        for page in Page:
            self._tabs.setTabText(page, tr(f"layers.tab.{page.name.lower()}"))
        self._opacity_label.setText(tr("layers.opacity"))
        self._opacity.setAccessibleName(tr("layers.opacity"))
        self._nothing_to_set.setText(tr("settings.none"))
        self._message.setToolTip(tr("layers.problems_tip"))
        self._style.retranslate()
        if self._form is not None:
            self._form.retranslate()
        self.refresh()

    def retheme(self) -> None:
        """Draw the icons in the colours of the theme."""
        self._style.retheme()
        if self._form is not None:
            self._form.retheme()
        self.refresh_state()

    def _arrange(self) -> None:
        top = QHBoxLayout()
        top.addWidget(self._title, 1)
        top.addWidget(self._chip)
        fade = QHBoxLayout()
        fade.setSpacing(8)
        self._opacity_label.setBuddy(self._opacity)
        self._percent.setFont(tabular(self._percent.font()))
        self._percent.setMinimumWidth(44)
        self._percent.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        for widget in (self._opacity_label, self._opacity, self._percent):
            fade.addWidget(widget)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 10, 12, 6)
        layout.setSpacing(8)
        layout.addLayout(top)
        layout.addWidget(self._message, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addLayout(fade)
        layout.addWidget(self._tabs, 1)

    def _runtime(self) -> LayerRuntime | None:
        return runtime_of(self._session, self._layer_id)

    def _next_gesture(self) -> None:
        self._gesture += 1

    # Edits, each one step of undo.

    def _fade(self, percent: int) -> None:
        layer_id, opacity = self._layer_id, percent / 100
        self._percent.setText(number(percent) + tr("format.percent"))
        self._do("edit.opacity", lambda spec: replace(spec, opacity=opacity), f"opacity.{layer_id}")

    def _restyle(self, style: Style, merge: str) -> None:
        self._do("edit.style", lambda spec: replace(spec, style=style), merge)

    def _reset_style(self) -> None:
        self._do("edit.style", lambda spec: replace(spec, style=None), "")

    def _set_param(self, name: str, value: object, gesture: int) -> None:
        if self._session is None:
            return
        layer_id = self._layer_id

        def change(project: Any) -> Any:
            spec = project.layer(layer_id)
            return project.with_layer(replace(spec, params={**spec.params, name: value}))

        merge = f"params.{layer_id}.{name}.{gesture}"
        self._session.do("edit.settings", change, merge=merge)

    def _reset_params(self) -> None:
        self._do("edit.settings", lambda spec: replace(spec, params={}), "")

    def _do(self, label: str, change: Callable[[Any], Any], merge: str) -> None:
        session, layer_id = self._session, self._layer_id
        if session is None:
            return
        key = f"{merge}.{self._gesture}" if merge else ""
        session.do(label, lambda p: p.with_layer(change(p.layer(layer_id))), merge=key)

    def _find_categories(self, column: str) -> None:
        """Let a worker find the values of a column, then colour by them."""
        session, runtime = self._session, self._runtime()
        values = runtime.column(column) if runtime is not None else None
        if session is None or runtime is None or values is None:
            return
        layer_id = self._layer_id

        def done(rule: Any) -> None:
            if self._session is session and layer_id == self._layer_id:
                self._restyle(Style(rule=rule), "")

        session.jobs.run(
            Job("job.categories", text(runtime.spec.title, layer_id)),
            lambda _job: categories_of(column, values, most=MOST_CATEGORIES),
            done=done,
            failed=lambda _problem: None,
        )

    # The generated form.

    def _show_settings(self, runtime: LayerRuntime, names: tuple[str, ...]) -> None:
        cls = getattr(runtime.layer, "Params", None)
        key = (self._session, runtime.spec.id, cls, names)
        if key != self._form_key:
            self._form_key = key
            self._make_form(runtime, names)
        if self._form is not None and runtime.params is not None:
            self._form.show_values(runtime.params)

    def _drop_form(self) -> None:
        self._form_key = ()
        if self._form is not None:
            self._form.hide()
            self._form.deleteLater()
            self._form = None

    def _make_form(self, runtime: LayerRuntime, names: tuple[str, ...]) -> None:
        key = self._form_key
        self._drop_form()
        self._form_key = key
        cls = getattr(runtime.layer, "Params", None)
        self._nothing_to_set.setVisible(cls is None or not fields_of(cls))
        if cls is None or not fields_of(cls):
            return
        self._form = ParamsForm(
            cls, self._words(runtime), columns=names, numeric=_numeric(runtime, names)
        )
        self._form.edited.connect(self._set_param)
        self._form.reset_requested.connect(self._reset_params)
        self._settings.insertWidget(0, self._form)

    def _words(self, runtime: LayerRuntime) -> Words:
        kind = runtime.spec.type

        def label(key: str) -> str:
            return self._session.registry.label(kind, key, translator.language)  # type: ignore[union-attr]

        return Words(
            label=lambda name: _capital(label(f"params.{name}")),
            choice=lambda value: _capital(label(f"choice.{value}")),
            column=self._word_column,
        )

    def _word_column(self, name: str) -> str:
        runtime = self._runtime()
        if not name or runtime is None or self._session is None:
            return tr("settings.no_column")
        return column_label(self._session, runtime, name)

    @staticmethod
    def _attribute_columns(runtime: LayerRuntime) -> tuple[str, ...]:
        return tuple(name for name in runtime.column_names() if name != FEATURE_ID)


def _numeric(runtime: LayerRuntime, names: tuple[str, ...]) -> tuple[str, ...]:
    made = []
    for name in names:
        values = runtime.column(name)
        if values is not None and np.asarray(values).dtype.kind in "fiu":
            made.append(name)
    return tuple(made)


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _scrolling(page: QWidget) -> QScrollArea:
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    holder = QWidget()
    layout = QVBoxLayout(holder)
    layout.setContentsMargins(0, 6, 6, 6)
    layout.addWidget(page)
    layout.addStretch(1)
    area.setWidget(holder)
    area.viewport().setAutoFillBackground(False)
    holder.setAutoFillBackground(False)
    return area
