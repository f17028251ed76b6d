"""Who may import whom, where import-linter has no word for it: the door of layers and plugins."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.arch.rules import ROOT, imports_of, is_within, python_files

FOR_LAYERS = {"numpy", "pandas", "geopandas", "shapely", "pyproj", "scipy", "pyarrow"}
NOT_FOR_LAYERS = {"subprocess", "multiprocessing", "socket", "ctypes"}


def allowed_in_layer(name: str, folder: str) -> bool:
    """Whether a module of ``layers/x`` or ``plugins/x`` may import this name."""
    root = name.split(".")[0]
    if root in FOR_LAYERS or is_within(name, "twin.api"):
        return True
    if is_within(name, folder) or (name.startswith(".") and not name.startswith("..")):
        return True  # its own other modules
    return root in sys.stdlib_module_names and root not in NOT_FOR_LAYERS


@pytest.mark.parametrize(
    ("name", "allowed"),
    [
        ("twin.api.FeatureTable", True),
        ("numpy", True),
        ("json", True),
        ("layers.buildings.roofs", True),
        ("twin.model.table", False),
        ("twin.api_of_others", False),
        ("layers.terrain.layer", False),
        ("ui.app", False),
        ("PySide6.QtCore", False),
        ("pyvista", False),
        ("socket", False),
        ("multiprocessing.pool", False),
        ("requests", False),
    ],
)
def test_the_door_lets_through_what_the_design_says(name: str, allowed: bool) -> None:
    assert allowed_in_layer(name, "layers.buildings") is allowed


def test_layers_and_plugins_use_the_public_door() -> None:
    wrong = []
    for path in python_files("layers", "plugins"):
        folder = ".".join(path.parts[:2]) if len(path.parts) > 2 else path.parts[0]
        wrong += [
            f"{path}:{line} imports {name}"
            for line, name in imports_of(path)
            if name != "__future__.annotations" and not allowed_in_layer(name, folder)
        ]
    assert wrong == []


QT = {"PySide6", "shiboken6", "qtpy", "superqt", "pyqtgraph", "pyvistaqt", "qtawesome"}
ABOVE = {"twin": {"ui", "layers", "plugins", *QT}, "ui": {"layers", "plugins"}}


@pytest.mark.parametrize("room", ABOVE)
def test_a_room_knows_nobody_above_it_not_even_for_types(room: str) -> None:
    wrong = [
        f"{path}:{line} imports {name}"
        for path in python_files(room)
        for line, name in imports_of(path)
        if name.split(".")[0] in ABOVE[room]
    ]
    assert wrong == []


def test_nobody_imports_all_of_vtk() -> None:
    wrong = [
        f"{path}:{line}"
        for path in python_files()
        for line, name in imports_of(path)
        if is_within(name, "vtk")
    ]
    assert wrong == []


def test_main_calls_ui_and_nothing_else() -> None:
    wrong = [
        name
        for _, name in imports_of(Path("main.py"))
        if name.split(".")[0] not in {"ui", *sys.stdlib_module_names}
    ]
    assert wrong == []


def test_assets_are_data() -> None:
    wrong = [
        f"{path}:{line} imports {name}"
        for path in python_files("assets")
        for line, name in imports_of(path)
        if name.split(".")[0] in {"twin", "ui", "layers", "plugins"}
    ]
    assert wrong == []


def test_a_fresh_import_of_the_door_loads_no_qt_and_no_rendering() -> None:
    ask = "import sys, twin.api; print('\\n'.join(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", ask], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    loaded = done.stdout.split()
    forbidden = [
        name
        for name in loaded
        if name.split(".")[0] in {"PySide6", "shiboken6", "qtpy", "pyvistaqt", "vtk", "ui"}
        or name.startswith(("vtkmodules.vtkRendering", "pyvista.plotting"))
        or name.split(".")[0] in {"layers", "plugins", "pandapower", "matplotlib"}
    ]
    assert "twin.api" in loaded
    assert forbidden == []
