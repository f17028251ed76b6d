"""Sensors shown another way: as a heat map on the ground, or on the buildings that they belong to."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from twin.model.layer import Gathers, LayerSpec
from twin.model.style import Graduated, Style
from ui.i18n import tr

if TYPE_CHECKING:
    from twin.model.project import Project
    from twin.work.runtime import LayerRuntime

SENSORS = "belvedere.sensors"
HEAT_MAP = "belvedere.sensors.heatmap"
BUILDINGS = "belvedere.buildings"
SHARED = ("feed", "repeat_day", "value_column", "time_column")
"""Parameters that a heat map takes over from the sensors."""
OPACITY = 0.6


def sensors_of(window: Any) -> LayerRuntime | None:
    """Return the layer of sensors that is chosen, else the first that is shown."""
    if window.session is None:
        return None
    layers = [r for r in window.session.layers() if r.spec.type == SENSORS]
    layers.sort(
        key=lambda r: (r.spec.id != window.docks.layers.current_layer(), not r.spec.visible)
    )
    return layers[0] if layers else None


def heat_map(window: Any) -> None:
    """Lay a heat map of one property on the ground."""
    sensors = sensors_of(window)
    name = _asked(window, sensors)
    if sensors is not None and name is not None:
        spec = sensors.spec
        window.session.do("edit.heat_map", lambda project: with_heat_map(project, spec, name))


def onto_buildings(window: Any) -> None:
    """Colour the buildings by their own sensors."""
    sensors = sensors_of(window)
    name = _asked(window, sensors)
    if sensors is not None and name is not None:
        spec, unit = sensors.spec, _unit(sensors, name)
        window.session.do(
            "edit.sensors_on_buildings",
            lambda project: with_values_on_buildings(project, spec, name, unit),
        )


def with_heat_map(project: Project, sensors: LayerSpec, name: str) -> Project:
    """Return a project with a heat map of a property of its sensors, above the ground's layers."""
    taken = {layer.id for layer in project.layers}
    base = f"{sensors.id}-{name}".strip("-")
    ids = (base, *(f"{base}-{n}" for n in range(2, 1000)))
    params = {key: sensors.params[key] for key in SHARED if key in sensors.params}
    made = replace(
        sensors,
        id=next(i for i in ids if i not in taken),
        type=HEAT_MAP,
        title={lang: f"{words}: {_label(name, lang)}" for lang, words in sensors.title.items()},
        params={**params, "observed_property": name},
        style=None,
        visible=True,
        opacity=OPACITY,
    )
    return replace(project, layers=(*project.layers, made))


def with_values_on_buildings(
    project: Project, sensors: LayerSpec, name: str, unit: str = ""
) -> Project:
    """Return a project whose buildings have the colours of their own sensors."""
    target = _buildings(project)
    titles = {
        "en": f"{_label(name, 'en')}, by own sensors",
        "fr": f"{_label(name, 'fr')}, par ses propres capteurs",
        "ko": f"{_label(name, 'ko')}, 건물 자체 센서",
        "ar": f"{_label(name, 'ar')}، بمجسّات المبنى نفسه",
    }
    rule = Graduated(column="sensor_value", method="equal", classes=5, ramp="viridis", unit=unit)
    layers = tuple(
        replace(
            layer,
            gathers=Gathers(layer=sensors.id, observed_property=name),
            style=Style(rule=rule, title=titles),
        )
        if layer is target
        else layer
        for layer in project.layers
    )
    return replace(project, layers=layers)


def _buildings(project: Project) -> LayerSpec | None:
    return next((layer for layer in project.layers if layer.type == BUILDINGS), None)


def _asked(window: Any, sensors: LayerRuntime | None) -> str | None:
    """Return the property that is wanted; asked for where there are several, None where nobody says."""
    if sensors is None or sensors.table is None:
        return None
    names = sorted(set(sensors.table.frame["observed_property"].astype(str)) - {""})
    if len(names) < 2:
        return names[0] if names else ""
    from PySide6.QtWidgets import QInputDialog

    from ui.living.connect_dialog import property_text

    shown = {property_text(name): name for name in names}
    words, given = QInputDialog.getItem(
        window, tr("live.which_property"), tr("rules.property"), list(shown), 0, editable=False
    )
    return shown[words] if given else None


def _unit(sensors: LayerRuntime, name: str) -> str:
    frame = sensors.table.frame if sensors.table is not None else None
    found = (
        frame[frame["observed_property"].astype(str) == name]["unit"] if frame is not None else ()
    )
    return str(found.iloc[0]) if len(found) else ""


def _label(name: str, lang: str) -> str:
    from twin.live.names import label_of

    label = label_of(name)
    return label.get(lang) or label.get("en", name)
